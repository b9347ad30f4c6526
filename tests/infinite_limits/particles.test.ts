/** @module Heads as particles: reference values, both limits, and how fast they are reached. */
import { describe, expect, test, vi } from "vitest";
import { particles } from "../../lib/infinite_limits/theory.ts";
import { logLogFit, stream, variance } from "../../lib/numerics/mod.ts";
import { rich, task } from "./shared.ts";

// Sampling takes seconds; a crowded machine may need twenty times as long.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const plain = (options = {}) => rich({ beta0: 1, ...options });
const run = (options: Parameters<typeof particles>[0], steps: number) => {
  const dynamics = particles(options);
  for (let t = 0; t < steps; t++) dynamics.step();
  return dynamics;
};

describe("infinitely wide heads", () => {
  test("follow the closed recursion: reference outputs to six digits", () => {
    const one = run({ task, scales: plain() }, 1), five = run({ task, scales: plain() }, 5);
    [0.021131, -0.070453, 0.094174].forEach((f, p) => expect(one.outputs[p]).toBeCloseTo(f, 6));
    [0.200025, -0.258024, 0.369869].forEach((f, p) => expect(five.outputs[p]).toBeCloseTo(f, 6));
  });

  test("are the limit of wide ones: squared error falls as 1/N", () => {
    const limit = run({ task, scales: plain() }, 10).outputs, sizes = [4, 16, 64], seeds = 24;
    const errors = sizes.map((N) => {
      let sum = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const scales = plain({ N, H: 4 });
        const { outputs } = run({ task, scales, heads: 4, infinite: false, stream: stream(1, N, seed) }, 10);
        outputs.forEach((f, p) => sum += (f - limit[p]) ** 2 / (3 * seeds));
      }
      return sum;
    });
    // 24 seeds know each level to about 25 percent: the slope over a factor 16 to 0.13.
    expect(Math.abs(logLogFit(sizes, errors).slope + 0.95)).toBeLessThan(0.3);
  });
});

describe("infinitely many heads at N = 4", () => {
  const scales = plain({ N: 4, H: Infinity });
  const dynamics = particles({ task, scales, heads: 2000, stream: stream(2) });
  const at: Record<number, { outputs: Float64Array; spread: number }> = {};
  for (let t = 0; t <= 20; t++) {
    const entries = Float64Array.from({ length: 2000 }, (_, m) => dynamics.logits[27 * m + 1]);
    at[t] = { outputs: dynamics.outputs.slice(), spread: variance(entries) };
    if (t < 20) dynamics.step();
  }

  test("follow the reference outputs", () => {
    // 2000 heads: 0.003 at t = 5, up to 0.01 in the steep part; three standard errors and the rounding of the reference.
    const expected: Record<number, [number[], number]> = {
      5: [[0.278, -0.284, 0.403], 0.012],
      10: [[0.697, -0.574, 0.635], 0.03],
      20: [[0.976, -0.940, 0.570], 0.012],
    };
    for (const [t, [f, tolerance]] of Object.entries(expected)) {
      f.forEach((x, p) => expect(Math.abs(at[+t].outputs[p] - x)).toBeLessThan(tolerance));
    }
  });

  test("spread their logits while training", () => {
    expect(Math.abs(at[0].spread - 0.3234)).toBeLessThan(0.06); // kurtosis 4.5, 2000 heads: 0.014
    expect(Math.abs(at[20].spread - 0.5997)).toBeLessThan(0.12);
  });

  test("are the limit of finitely many: squared error falls as 1/H", () => {
    const sizes = [8, 32, 128], seeds = 24;
    const errors = sizes.map((H) => {
      let sum = 0;
      for (let seed = 0; seed < seeds; seed++) {
        const options = {
          task,
          scales: plain({ N: 4, H }),
          heads: H,
          infinite: false,
          stream: stream(3, H, seed),
        };
        run(options, 10).outputs.forEach((f, p) => sum += (f - at[10].outputs[p]) ** 2 / (3 * seeds));
      }
      return sum;
    });
    expect(Math.abs(logLogFit(sizes, errors).slope + 0.95)).toBeLessThan(0.3);
  });

  test("need a stream, and N = infinity needs alphaA = 1", () => {
    expect(() => particles({ task, scales })).toThrow("give a random stream");
    const half = plain({ alphaA: 0.5, frozen: ["embedding"] });
    expect(() => particles({ task, scales: half })).toThrow("needs alphaA = 1, got 0.5");
  });
});
