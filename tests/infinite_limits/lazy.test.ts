/** @module The lazy limit: its kernel block by block, and the quadratic departure of training from it. */
import { describe, expect, test, vi } from "vitest";
import { inputKernel, sequenceKernel } from "../../lib/infinite_limits/data.ts";
import { backward, forward, initialParameters, parameterLayout } from "../../lib/infinite_limits/forward.ts";
import { lazyOutputs, tangentKernel, TrainingDynamics } from "../../lib/infinite_limits/theory.ts";
import { logLogFit, stream } from "../../lib/numerics/mod.ts";
import { distance, rich, task } from "./shared.ts";

// Sampling takes seconds; a crowded machine may need twenty times as long.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const sampled = { heads: 8000, stream: stream(5) };

describe("the tangent kernel", () => {
  test("at N = infinity is (2 + 4 beta^2) times the sequence kernel", () => {
    const { total } = tangentKernel(task, rich());
    const expected = sequenceKernel(inputKernel(task), 3, 3).map((k) => 18 * k);
    expect(distance(total, expected)).toBeLessThan(1e-13);
    [4.741, 4.275, 3.573].forEach((k, p) => expect(Math.abs(total[4 * p] - k)).toBeLessThan(1.1e-3));
  });

  test.each([
    [4, 1, [5.414, 4.599, 4.066], [3.665, -1.494, -2.506]],
    [4, 0.5, [6.341, 5.026, 4.714], undefined],
    [1, 1, [6.593, 5.215, 4.799], undefined],
  ])("at N = %i, alphaA = %f has its reference diagonal", (N, alphaA, diagonal, off) => {
    const { total } = tangentKernel(task, rich({ N, H: Infinity, alphaA }), sampled);
    // 8000 heads know an entry to about 0.25 percent, up to 0.015.
    diagonal.forEach((k, p) => expect(Math.abs(total[4 * p] - k)).toBeLessThan(0.06));
    off?.forEach((k, i) => expect(Math.abs(total[[1, 2, 5][i]] - k)).toBeLessThan(0.06));
  });

  test("has its reference shares at N = 4", () => {
    const k = tangentKernel(task, rich({ N: 4, H: Infinity }), sampled);
    const shares = [k.readout, k.output, k.value, k.key, k.query, k.embedding].map((part) => part[0]);
    [1.393, 1.129, 1.129, 0.096, 0.090, 1.578].forEach((e, i) =>
      expect(Math.abs(shares[i] - e)).toBeLessThan(0.012)
    );
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(k.total[0], 12);
  });

  test("gives keys a share of order 1/N", () => {
    const shares = [1, 4, 16].map((N) =>
      tangentKernel(task, rich({ N, H: Infinity }), { ...sampled, heads: 3000 }).key[0]
    );
    [0.315, 0.096, 0.025].forEach((e, i) => expect(Math.abs(shares[i] / e - 1)).toBeLessThan(0.12));
    expect(Math.abs(logLogFit([4, 16], shares.slice(1)).slope + 1)).toBeLessThan(0.15);
  });

  test("is the average over networks of gradient products weighted by their rates, weight by weight", () => {
    // At the start the parts are sums over independent heads, so their mean does not depend on H.
    const scales = rich({ N: 4, H: 32, gamma0: 1 }), shape = { scales, features: 4, tokens: 3 };
    const sums: Record<string, number[]> = {}, seeds = 40;
    for (let seed = 0; seed < seeds; seed++) {
      const parameters = initialParameters(shape, stream(9, seed)),
        trace = forward(shape, parameters, task.inputs);
      const gradient = backward(shape, parameters, trace, [1, 0, 0]).parameters;
      for (const { name, kind } of parameterLayout(shape)) {
        const square = gradient[name].reduce((s, g) => s + g * g, 0);
        (sums[kind] ??= []).push(scales.rate[kind] * square / scales.eta0);
      }
    }
    const theory = tangentKernel(task, rich({ N: 4, H: Infinity, gamma0: 1 }), sampled);
    for (const kind of ["readout", "output", "value", "key", "query", "embedding"] as const) {
      const values = sums[kind], mean = values.reduce((a, b) => a + b) / seeds;
      const error = Math.sqrt(values.reduce((s, v) => s + (v - mean) ** 2, 0) / (seeds - 1) / seeds);
      expect(Math.abs(mean - theory[kind][0])).toBeLessThan(4 * error + 0.015); // 0.015 for the sampled theory
    }
  });

  test("freezing the embedding removes its part and nothing else", () => {
    const all = tangentKernel(task, rich()), frozen = tangentKernel(task, rich({ frozen: ["embedding"] }));
    expect(distance(frozen.total, all.total.map((k, i) => k - all.embedding[i]))).toBeLessThan(1e-14);
  });

  test("refuses what it does not cover", () => {
    expect(() => tangentKernel(task, rich({ L: 2 }))).toThrow("one block, got L = 2");
    expect(() => tangentKernel(task, rich({ N: 4 }))).toThrow("random stream");
  });
});

describe("lazy training", () => {
  test("follows the fixed kernel: reference outputs at t = 8", () => {
    const exact = lazyOutputs(tangentKernel(task, rich()).total, task.targets, 0.1, 8)[8];
    [0.27516, -0.31027, 0.45204].forEach((f, p) => expect(exact[p]).toBeCloseTo(f, 5));
    const four =
      lazyOutputs(tangentKernel(task, rich({ N: 4, H: Infinity }), sampled).total, task.targets, 0.1, 8)[8];
    // Errors of the sampled kernel times the sensitivity, about 0.1.
    [0.3361, -0.3328, 0.4709].forEach((f, p) => expect(Math.abs(four[p] - f)).toBeLessThan(6e-3));
  });

  test("is left by training as gamma0^2", () => {
    const kernel = tangentKernel(task, rich()).total, lazy = lazyOutputs(kernel, task.targets, 0.1, 8);
    const sizes = [0.05, 0.1, 0.2, 0.4];
    const errors = sizes.map((gamma0) => {
      const dynamics = new TrainingDynamics({ task, scales: rich({ gamma0 }), steps: 8 });
      let most = 0;
      for (let t = 1; t <= 8; t++) {
        dynamics.step();
        most = Math.max(most, distance(dynamics.outputs, lazy[t]));
      }
      return most;
    });
    [2.15e-4, 8.6e-4, 3.46e-3, 1.41e-2].forEach((e, i) => expect(errors[i] / e).toBeCloseTo(1, 2));
    expect(Math.abs(logLogFit(sizes, errors).slope - 2.01)).toBeLessThan(0.01);
  });
});
