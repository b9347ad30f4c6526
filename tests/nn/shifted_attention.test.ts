import { beforeAll, describe, expect, it } from "vitest";
import { openDevice, shiftedAttention, tf, toTensor } from "../../lib/nn/mod.ts";
import { wasmShiftedAttention } from "../../lib/nn/wasm_shifted_attention.ts";
import { devices, distance, numbers, open, read, titled } from "./support.ts";

/** y and dy/dbeta of every row by the definition, in float64. */
function reference(scale: number[], data: ArrayLike<number>, [R, B, L]: number[], keys: number) {
  const y: number[] = [], slope: number[] = [];
  for (let row = 0; row < R * B; row++) {
    const x = Array.from({ length: L }, (_, s) => data[row * L + s]), query = x[L - 1];
    const scores = x.slice(0, keys).map((k) => scale[Math.floor(row / B)] * query * k),
      top = Math.max(...scores);
    const weights = scores.map((s) => Math.exp(s - top)), z = weights.reduce((a, b) => a + b);
    const mean = (f: (s: number) => number) => weights.reduce((sum, w, s) => sum + w * f(s), 0) / z;
    const value = mean((s) => x[s + 1]);
    y.push(value);
    slope.push(query * mean((s) => (x[s] - mean((t) => x[t])) * (x[s + 1] - value)));
  }
  return { y, slope };
}

describe.each(devices.filter(({ missing }) => !missing))("shifted attention", (device) => {
  beforeAll(() => open(device));

  it.each([[4, 2], [5, 3], [6, 4], [7, 5], [9, 8], [12, 9], [30, 28], [31, 27]])(
    `L = %i, %i keys: value and gradient are those of the definition ${titled(device)}`,
    async (L, keys) => {
      const shape = [2, 3, L], x = numbers(shape, `x ${L}`), scale = [1.5, -40]; // gentle, and sharp
      const want = reference(scale, x.data, shape, keys), weights = numbers([2, 3], "weights");
      const [beta, tokens, w] = [tf.tensor2d(scale, [2, 1]), toTensor(x), toTensor(weights)];
      const y = await read(tf.tidy(() => shiftedAttention(beta, tokens, keys)));
      // float32 of sums of up to 28 terms below 1, with scores up to 40 that carry a round-off of 40 * 6e-8 into the exponent
      expect(distance(y, want.y)).toBeLessThan(5e-6);
      const gradient = await read(
        tf.tidy(() => tf.grad((b: tf.Tensor) => tf.sum(tf.mul(w, shiftedAttention(b, tokens, keys))))(beta)),
      );
      const expected = [0, 1].map((run) =>
        [0, 1, 2].reduce((sum, b) => sum + weights.data[3 * run + b] * want.slope[3 * run + b], 0)
      );
      expect(distance(gradient, expected)).toBeLessThan(1e-5);
      tf.dispose([beta, tokens, w]);
    },
  );
});

describe("the kernel of shifted attention", () => {
  beforeAll(() => openDevice("wasm"));

  it("agrees with automatic differentiation of the usual operations", async () => {
    const x = toTensor(numbers([3, 50, 41])), beta = tf.tensor2d([0.3, -2, 9], [3, 1]);
    const run = async () =>
      await read(
        tf.tidy(() => tf.grad((b: tf.Tensor) => tf.sum(tf.square(shiftedAttention(b, x, 39))))(beta)),
      );
    const fused = await run(), { kernelFunc } = tf.getKernel(wasmShiftedAttention, "wasm");
    tf.unregisterKernel(wasmShiftedAttention, "wasm");
    const plain = await run();
    tf.registerKernel({ kernelName: wasmShiftedAttention, backendName: "wasm", kernelFunc });
    expect(distance(fused, plain)).toBeLessThan(1e-5); // sums of 50 numbers below 1
    expect(Math.max(...plain.map(Math.abs))).toBeGreaterThan(0.1);
    tf.dispose([x, beta]);
  });

  it("survives scores of any size, and does not touch what lies behind its outputs", async () => {
    const x = toTensor(numbers([1, 5, 11])), huge = tf.tensor2d([[1e30]]);
    const y = await read(tf.tidy(() => shiftedAttention(huge, x, 9)));
    expect(y.every((value) => Math.abs(value) <= 1)).toBe(true);
    tf.dispose([x, huge]);
  });

  it("refuses shapes and key counts that do not fit", () => {
    tf.tidy(() => {
      const x = tf.zeros([2, 3, 8]), scale = tf.zeros([2, 1]);
      expect(() => shiftedAttention(tf.zeros([3, 1]), x, 4)).toThrow(
        "a scale [run, 1], got [2,3,8] and [3,1]",
      );
      expect(() => shiftedAttention(scale, x, 8)).toThrow("1 <= keys < L = 8, got 8");
    });
  });
});
