import { beforeAll, describe, expect, it } from "vitest";
import {
  attention,
  attentionWeights,
  blocked,
  causalBias,
  distances,
  layerNorm,
  linear,
  linearAttention,
  matMul,
  mergeHeads,
  oneHot,
  relativeSelector,
  splitHeads,
  tf,
  toTensor,
  toTensors,
} from "../../lib/nn/mod.ts";
import {
  devices,
  distance,
  numbers,
  open,
  read,
  small,
  smallBatch,
  smallOutputs,
  smallTransformer,
  titled,
} from "./support.ts";

const [R, B, H, T, D] = [2, 3, 2, 5, 4];
const shape = [R, B, H, T, D];
const qkv = () => ({
  q: toTensor(numbers(shape, "q")),
  k: toTensor(numbers(shape, "k")),
  v: toTensor(numbers(shape, "v")),
});

describe.each(devices)("attention", (device) => {
  describe.skipIf(device.missing)(titled(device), () => {
    beforeAll(() => open(device));

    it("the weights of every query sum to 1, and a blocked pair gets exactly 0", async () => {
      const weights = await read(
        tf.tidy(() => attentionWeights({ ...qkv(), bias: toTensor(causalBias(T)) })),
      );
      for (let row = 0; row < weights.length / T; row++) {
        const w = weights.slice(row * T, (row + 1) * T);
        expect(w.reduce((a, b) => a + b)).toBeCloseTo(1, 6); // five float32 terms
        expect(w.slice(row % T + 1).every((x) => x === 0)).toBe(true);
      }
    });

    it("equals the definition, computed in float64", async () => {
      const got = await read(tf.tidy(() => attention({ ...qkv(), scale: 0.7 })));
      const [q, k, v] = ["q", "k", "v"].map((n) => numbers(shape, n).data);
      const want = new Float64Array(got.length);
      for (let item = 0; item < R * B * H; item++) {
        for (let t = 0; t < T; t++) {
          const at = (s: number) => (item * T + s) * D;
          const e = Array.from({ length: T }, (_, s) => {
            let score = 0;
            for (let d = 0; d < D; d++) score += q[at(t) + d] * k[at(s) + d];
            return Math.exp(0.7 * score);
          });
          const z = e.reduce((a, b) => a + b);
          for (let s = 0; s < T; s++) for (let d = 0; d < D; d++) want[at(t) + d] += e[s] / z * v[at(s) + d];
        }
      }
      expect(distance(got, want)).toBeLessThan(2e-6); // a few float32 roundings of numbers below 1
    });

    it("strictly causal attention leaves the first query with nothing but a uniform average", async () => {
      const bias = causalBias(3, 3, { strict: true });
      const weights = await read(tf.tidy(() => tf.softmax(toTensor(bias))));
      expect(weights.slice(0, 3)).toEqual(
        new Array(3).fill(Math.fround(1 / 3)).map((x) => expect.closeTo(x, 6)),
      );
      expect(weights.slice(3)).toEqual([1, 0, 0, 0.5, 0.5, 0]);
    });

    it("a later token changes no earlier output of a causal transformer, bit for bit", async () => {
      const model = smallTransformer([1]);
      const p = toTensors(model.initial());
      const x = smallBatch(0).x;
      const changed = { ...x, data: x.data.slice() };
      const j = 3; // token 3 of every sequence
      for (let b = 0; b < small.batch; b++) {
        changed.data.fill(0.9, (b * small.T + j) * small.D, (b * small.T + j) * small.D + 3);
      }
      const [before, after] = await Promise.all(
        [x, changed].map((h) => read(tf.tidy(() => smallOutputs(p, toTensor(h))))),
      );
      const position = (i: number) => i % small.T;
      expect(after.filter((_, i) => position(i) < j)).toEqual(before.filter((_, i) => position(i) < j));
      // Negative control: from there on everything does change.
      for (let i = 0; i < after.length; i++) if (position(i) >= j) expect(after[i]).not.toBe(before[i]);
      tf.dispose(p);
    });

    it("attention without positions does not see the order of the keys", async () => {
      const order = [3, 0, 4, 1, 2];
      const permuted = (x: tf.Tensor) => tf.stack(order.map((s) => tf.unstack(x, 3)[s]), 3);
      const gap = tf.tidy(() => {
        const { q, k, v } = qkv();
        return tf.sub(attention({ q, k, v }), attention({ q, k: permuted(k), v: permuted(v) }));
      });
      expect(Math.max(...(await read(gap)).map(Math.abs))).toBeLessThan(1e-6); // sums of five in another order
    });

    it("heads side by side equal the sum of one projection a head", async () => {
      const gap = tf.tidy(() => {
        const x = toTensor(numbers([R, B, T, H * D], "x"));
        const w = toTensor(numbers([R, H * D, 7], "w"));
        const heads = tf.unstack(splitHeads(x, H), 2); // each [run, batch, t, d]
        const parts = heads.map((head, h) => linear(head, tf.slice(w, [0, h * D, 0], [R, D, 7])));
        return tf.sub(linear(mergeHeads(splitHeads(x, H)), w), tf.addN(parts));
      });
      expect(Math.max(...(await read(gap)).map(Math.abs))).toBeLessThan(2e-6); // sums of eight, split in two
    });

    it("linear attention with a causal mask equals a running sum of outer products", async () => {
      const mask = toTensor({
        ...causalBias(T),
        data: Float32Array.from(causalBias(T).data, (b) => b === blocked ? 0 : 1),
      });
      const got = await read(tf.tidy(() => linearAttention({ ...qkv(), scale: 1 / T, mask })));
      const [q, k, v] = ["q", "k", "v"].map((n) => numbers(shape, n).data);
      const want = new Float64Array(got.length);
      for (let item = 0; item < R * B * H; item++) {
        const memory = new Float64Array(D * D);
        for (let t = 0; t < T; t++) {
          const at = (item * T + t) * D;
          for (let i = 0; i < D; i++) {
            for (let j = 0; j < D; j++) memory[i * D + j] += k[at + i] * v[at + j] / T;
          }
          for (let i = 0; i < D; i++) {
            for (let j = 0; j < D; j++) want[at + j] += q[at + i] * memory[i * D + j];
          }
        }
      }
      expect(distance(got, want)).toBeLessThan(1e-6);
      mask.dispose();
    });

    it("a relative table lands on its diagonals and takes its gradient from them", async () => {
      const [m, head] = [3, 2];
      const table = numbers([1, head, m], "table");
      const bias = await read(tf.tidy(() => matMul(toTensor(table), toTensor(relativeSelector(T, T, m)))));
      for (let h = 0; h < head; h++) {
        for (let i = 0; i < T; i++) {
          for (let j = 0; j < T; j++) {
            const want = i - j >= 1 && i - j <= m ? table.data[h * m + i - j - 1] : 0;
            expect(bias[(h * T + i) * T + j]).toBe(want);
          }
        }
      }
      const gradient = tf.tidy(() =>
        tf.grad((t: tf.Tensor) => matMul(t, toTensor(relativeSelector(T, T, m))))(toTensor(table))
      );
      expect(await read(gradient)).toEqual([4, 3, 2, 4, 3, 2]); // pairs at distance 1, 2, 3 among five positions
    });

    it("an embedding by one-hot rows picks rows, and trains the rows it picked", async () => {
      const table = toTensor(numbers([R, 4, 3], "embedding"));
      const rows = toTensor(oneHot([2, 0, 2], [1, 3], 4)); // shared by the runs
      const { value, grads } = tf.valueAndGrads((t: tf.Tensor) => linear(rows, t))(
        [table],
        tf.ones([R, 3, 3]),
      );
      const host = numbers([R, 4, 3], "embedding").data;
      const want = [2, 0, 2, 6, 4, 6].flatMap((row) => Array.from(host.slice(3 * row, 3 * row + 3)));
      expect(await read(value)).toEqual(want);
      expect(await read(grads[0])).toEqual([1, 0, 2, 0, 1, 0, 2, 0].flatMap((n) => [n, n, n]));
      tf.dispose([table, rows]);
    });

    it("layer normalisation gives rows of mean 0 and variance 1, whatever their shift and scale", async () => {
      const rows = await read(
        tf.tidy(() => layerNorm(tf.add(tf.mul(toTensor(numbers([6, 16], "ln")), 50), 30), 0)),
      );
      for (let r = 0; r < 6; r++) {
        const row = rows.slice(16 * r, 16 * r + 16);
        expect(row.reduce((a, b) => a + b) / 16).toBeCloseTo(0, 5);
        expect(row.reduce((a, b) => a + b * b, 0) / 16).toBeCloseTo(1, 5);
      }
    });
  });
});

describe("layers refuse", () => {
  it("an index outside the vocabulary", () => {
    expect(() => oneHot([0, 5], [2], 5)).toThrow(
      "one-hot index must be a whole number in [0, 5), got 5 at place 1",
    );
  });

  it("features that do not divide into heads, and a weight without the run axis", async () => {
    await open({ backend: "cpu" });
    expect(() => tf.tidy(() => splitHeads(tf.zeros([1, 1, 2, 7]), 2))).toThrow(
      "7 features cannot be cut into 2 heads",
    );
    expect(() => tf.tidy(() => linear(tf.zeros([1, 2, 3]), tf.zeros([3, 4])))).toThrow(
      "weight [run, n, m], got [1,2,3] and [3,4]",
    );
  });

  it("distances are signed, query minus key", () => {
    expect(Array.from(distances(2, 3).data)).toEqual([0, -1, -2, 1, 0, -1]);
  });
});
