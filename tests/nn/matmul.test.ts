import { beforeAll, describe, expect, it } from "vitest";
import { type HostArray, matMul, tf, toTensor } from "../../lib/nn/mod.ts";
import { devices, distance, numbers, open, read, titled } from "./support.ts";

/** Every combination of ranks, broadcast in every way, and the edges of the kernel's blocks of 4, 8, 128 and 512. */
const cases: [number[], number[]][] = [
  [[3, 5], [5, 2]],
  [[1, 1], [1, 1]],
  [[4, 7], [7, 1]],
  [[2, 3, 5], [5, 4]],
  [[3, 5], [2, 5, 4]],
  [[2, 3, 5], [2, 5, 9]],
  [[2, 37, 19], [2, 19, 1]],
  [[1, 9, 5], [3, 5, 1]],
  [[1, 3, 5], [2, 5, 4]],
  [[2, 3, 5], [1, 5, 4]],
  [[2, 3, 4, 5], [5, 8]],
  [[2, 3, 4, 5], [3, 5, 2]],
  [[2, 1, 4, 5], [3, 5, 2]],
  [[2, 3, 4, 5], [2, 1, 5, 2]],
  [[2, 3, 4, 5], [2, 3, 5, 6]],
  [[2, 1, 3, 4, 5], [1, 2, 1, 5, 3]],
];

/** Product in float64 by the definition, with NumPy's broadcasting of the leading axes. */
function reference(a: HostArray, b: HostArray): { data: Float64Array; shape: number[] } {
  const rank = Math.max(a.shape.length, b.shape.length);
  const padded = (s: readonly number[]) => [...new Array<number>(rank - s.length).fill(1), ...s];
  const [sa, sb] = [padded(a.shape), padded(b.shape)];
  const [n, k, m] = [sa[rank - 2], sa[rank - 1], sb[rank - 1]];
  const lead = sa.slice(0, -2).map((size, i) => Math.max(size, sb[i]));
  const items = lead.reduce((x, y) => x * y, 1);
  const data = new Float64Array(items * n * m);
  for (let item = 0; item < items; item++) {
    let [rest, ia, ib, ja, jb] = [item, 0, 0, 1, 1];
    for (let axis = lead.length - 1; axis >= 0; axis--) {
      const index = rest % lead[axis];
      rest = Math.floor(rest / lead[axis]);
      if (sa[axis] > 1) ia += index * ja;
      if (sb[axis] > 1) ib += index * jb;
      [ja, jb] = [ja * sa[axis], jb * sb[axis]];
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        for (let l = 0; l < k; l++) {
          data[(item * n + i) * m + j] += a.data[(ia * n + i) * k + l] * b.data[(ib * k + l) * m + j];
        }
      }
    }
  }
  return { data, shape: [...lead, n, m] };
}

/** Gradient of sum(weights * A B) in one operand by differences: exact for any step, because the product is bilinear. */
function differences(
  which: 0 | 1,
  operands: [HostArray, HostArray],
  weights: ArrayLike<number>,
): Float64Array {
  const score = (data: Float32Array) => {
    const changed: [HostArray, HostArray] = [...operands];
    changed[which] = { data, shape: operands[which].shape };
    return reference(...changed).data.reduce((total, x, i) => total + x * weights[i], 0);
  };
  const data = operands[which].data as Float32Array;
  return Float64Array.from(data, (_, i) => {
    const [up, down] = [data.slice(), data.slice()];
    [up[i], down[i]] = [1, -1];
    return (score(up) - score(down)) / 2;
  });
}

describe.each(devices)("matMul", (device) => {
  describe.skipIf(device.missing)(titled(device), () => {
    beforeAll(() => open(device));

    it.each(cases)(
      "[%j] x [%j]: the product and both gradients are those of the definition",
      async (sa, sb) => {
        const [a, b] = [numbers(sa, "a"), numbers(sb, "b")];
        const want = reference(a, b);
        const weights = numbers(want.shape, "w");
        const before = tf.memory().numTensors;
        const [ta, tb, tw] = [toTensor(a), toTensor(b), toTensor(weights)];
        const { value, grads } = tf.valueAndGrads((x: tf.Tensor, y: tf.Tensor) => matMul(x, y))([ta, tb], tw);
        expect(value.shape).toEqual(want.shape);
        expect(grads.map((g) => g.shape)).toEqual([sa, sb]);
        // Sums of at most 60 products of numbers below 1: float32 round-off stays below 60 * 60 * 6e-8 / 2.
        expect(distance(await read(value), want.data)).toBeLessThan(1e-5);
        expect(distance(await read(grads[0]), differences(0, [a, b], weights.data))).toBeLessThan(1e-5);
        expect(distance(await read(grads[1]), differences(1, [a, b], weights.data))).toBeLessThan(1e-5);
        tf.dispose([ta, tb, tw]);
        expect(tf.memory().numTensors).toBe(before);
      },
    );

    it("long inner axes, many rows and odd widths agree with the definition", async () => {
      const [a, b] = [numbers([2, 131, 1027], "long a"), numbers([1027, 13], "long b")];
      const product = tf.tidy(() => matMul(toTensor(a), toTensor(b)));
      // 1027 terms of variance 1/9: partial sums near 11, each rounded to 6e-8 of that; 1e-4 is ten times their random walk.
      expect(distance(await read(product), reference(a, b).data)).toBeLessThan(1e-4);
      const [tallA, tallB] = [numbers([1100, 6], "tall a"), numbers([1100, 9], "tall b")];
      const transposed = { data: new Float32Array(6 * 1100), shape: [6, 1100] };
      for (let i = 0; i < 1100; i++) {
        for (let j = 0; j < 6; j++) transposed.data[j * 1100 + i] = tallA.data[i * 6 + j];
      }
      const gradient = tf.tidy(() =>
        tf.grad((w: tf.Tensor) => matMul(toTensor(tallA), w))(toTensor(numbers([6, 9])), toTensor(tallB))
      );
      expect(distance(await read(gradient), reference(transposed, tallB).data)).toBeLessThan(1e-4);
    });

    it("each matrix of a batch is multiplied as if it were alone, bit for bit", async () => {
      const [a, b] = [numbers([5, 9, 7], "batch a"), numbers([5, 7, 11], "batch b")];
      const all = await read(tf.tidy(() => matMul(toTensor(a), toTensor(b))));
      for (let r = 0; r < 5; r++) {
        const alone = await read(tf.tidy(() =>
          matMul(
            tf.tensor(a.data.slice(63 * r, 63 * (r + 1)), [1, 9, 7]),
            tf.tensor(b.data.slice(77 * r, 77 * (r + 1)), [1, 7, 11]),
          )
        ));
        if (device.backend === "webgpu") {
          // The shader is chosen by the size of the whole product, so only round-off is promised there.
          expect(distance(alone, all.slice(99 * r, 99 * (r + 1)))).toBeLessThan(1e-6);
        } else {
          expect(alone).toEqual(all.slice(99 * r, 99 * (r + 1)));
        }
      }
    });
  });
});

describe("matMul refuses", () => {
  beforeAll(() => open({ backend: "cpu" }));

  it.each([
    [[3], [3, 2], "rank 2 or more, got [3] x [3,2]"],
    [[2, 3], [4, 2], "the inner sizes differ in [2,3] x [4,2]"],
    [[2, 4, 3], [3, 3, 2], "the leading axes do not broadcast in [2,4,3] x [3,3,2]"],
  ])("[%j] x [%j]", (sa, sb, message) => {
    expect(() => tf.tidy(() => matMul(tf.zeros(sa), tf.zeros(sb)))).toThrow(message);
  });
});

describe("negative control", () => {
  it("the package's own product is wrong for leading axes that repeat both ways, which is why ours repeats first", async () => {
    await open({ backend: "wasm" });
    const [a, b] = [numbers([2, 1, 4, 5], "a"), numbers([3, 5, 2], "b")];
    const theirs = await read(tf.tidy(() => tf.matMul(toTensor(a), toTensor(b)))).catch(() => [NaN]);
    expect(distance(theirs, reference(a, b).data)).toBeGreaterThan(0.1);
  });
});
