/** @module One logit at initialisation: variance-gamma, against draws and closed forms. */
import { describe, expect, test, vi } from "vitest";
import { attentionOf, logBesselK, logitLaw, logitSampler } from "../../lib/infinite_limits/theory.ts";
import { logLogFit, stream, variance } from "../../lib/numerics/mod.ts";
import { inputKernel } from "../../lib/infinite_limits/data.ts";
import { task } from "./shared.ts";

// Sampling takes seconds; a crowded machine may need twenty times as long.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

function draws(N: number, count: number): Float64Array {
  const random = stream(1, "logit", N), q = new Float64Array(N), k = new Float64Array(N);
  return Float64Array.from({ length: count }, () => {
    random.fillNormal(q);
    random.fillNormal(k);
    let z = 0;
    for (let n = 0; n < N; n++) z += q[n] * k[n];
    return z;
  });
}

describe("the law of a logit", () => {
  test("is the Bessel function K_0 at N = 1 and the Laplace law at N = 2", () => {
    // K_0(1) = 0.42102443824070834 (Abramowitz and Stegun, table 9.8).
    expect(logitLaw(1).density(1)).toBeCloseTo(0.42102443824070834 / Math.PI, 13);
    for (const z of [-7, -0.3, 0, 2, 30]) {
      expect(logitLaw(2).density(z) / (Math.exp(-Math.abs(z)) / 2)).toBeCloseTo(1, 12);
      expect(logitLaw(2).cumulative(z)).toBeCloseTo(z < 0 ? Math.exp(z) / 2 : 1 - Math.exp(-z) / 2, 9);
    }
  });

  test("half-integer Bessel functions are elementary", () => {
    for (const x of [1e-3, 0.7, 5, 200]) {
      const k12 = 0.5 * Math.log(Math.PI / (2 * x)) - x;
      expect(logBesselK(0.5, x)).toBeCloseTo(k12, 11);
      expect(logBesselK(1.5, x)).toBeCloseTo(k12 + Math.log1p(1 / x), 11);
    }
    expect(() => logBesselK(1, 0)).toThrow("needs x > 0, got 0");
  });

  test.each([1, 2, 4, 16, 64])("at N = %i integrates to one with variance N and excess kurtosis 6/N", (N) => {
    const law = logitLaw(N);
    let mass = 0, second = 0, fourth = 0;
    const h = 0.01, reach = 60 + 12 * Math.sqrt(N);
    for (let u = h / 2; u < Math.cbrt(reach); u += h) {
      // z = u^3 spreads the logarithmic singularity at N = 1.
      const z = u ** 3, w = 2 * 3 * u * u * h * law.density(z);
      mass += w, second += w * z * z, fourth += w * z ** 4;
    }
    expect(mass).toBeCloseTo(1, 4); // midpoint rule, h^2
    expect(second / N).toBeCloseTo(1, 3);
    expect(fourth / second ** 2 - 3).toBeCloseTo(6 / N, 2);
    expect(law.excessKurtosis).toBe(6 / N);
    expect(law.cumulative(reach)).toBeCloseTo(1, 8);
  });

  test.each([1, 2, 4, 16])("at N = %i is that of 100000 draws: Kolmogorov-Smirnov distance", (N) => {
    const law = logitLaw(N), sorted = draws(N, 100000).sort();
    let most = 0;
    sorted.forEach((z, i) => {
      const f = law.cumulative(z);
      most = Math.max(most, Math.abs(f - i / sorted.length), Math.abs(f - (i + 1) / sorted.length));
    });
    // The 99.9 percent point of the Kolmogorov law is 1.95 / sqrt(n) = 0.0062.
    expect(most).toBeLessThan(0.0062);
  });

  test("Gaussian logits are told apart from it at N = 1", () => {
    const law = logitLaw(1);
    expect(Math.abs(law.cumulative(0.5) - 0.6915)).toBeGreaterThan(0.05);
  });
});

describe("logits of a whole head", () => {
  const kernel = inputKernel(task), sizes = [4, 16, 64];
  const moments = (N: number, alphaA: number) => {
    const sampler = logitSampler(kernel, { P: 3, S: 3, N, alphaA }, stream(2, String(N)));
    const a: number[] = [], b: number[] = [];
    for (let m = 0; m < 3000; m++) {
      const logits = sampler.draw();
      a.push(logits[1]);
      b.push(logits[9 + 3]); // sample 2, s = 2, s' = 1
    }
    return { variance: variance(a), covariance: a.reduce((s, x, i) => s + x * b[i], 0) / a.length };
  };

  test("have variance N^(1 - 2 alphaA) K_ss K_rr: slope -1 at alphaA = 1, 0 at 1/2", () => {
    for (const [alphaA, slope] of [[1, -1], [0.5, 0]]) {
      const values = sizes.map((N) => moments(N, alphaA).variance);
      // Variance of 3000 draws with kurtosis up to 4.5: 4 percent each.
      values.forEach((v, i) => {
        expect(Math.abs(v / (sizes[i] ** (1 - 2 * alphaA) * kernel[0] * kernel[10]) - 1)).toBeLessThan(0.16);
      });
      expect(Math.abs(logLogFit(sizes, values).slope - slope)).toBeLessThan(0.08);
    }
  });

  test("are correlated within a head as products of kernels, in the Gaussian limit as well", () => {
    for (const [N, alphaA] of [[4, 1], [Infinity, 0.5]]) {
      // E[A_{1;12} A_{2;21}] = N^(1-2 alphaA) K_{11,22} K_{12,21}
      const expected = (N === Infinity ? 1 : 1 / N) * kernel[0 * 9 + 4] * kernel[1 * 9 + 3];
      const { covariance } = moments(N, alphaA);
      expect(Math.abs(covariance - expected)).toBeLessThan(
        4 * 1.6 * (N === Infinity ? 1 : 1 / N) / Math.sqrt(3000),
      );
    }
  });

  test("mirrored attention and the causal mask stay probability rows", () => {
    const sampler = logitSampler(kernel, { P: 3, S: 3, N: 2, alphaA: 1 }, stream(3)),
      out = new Float64Array(27);
    attentionOf(sampler.draw(), { P: 3, S: 3, N: 2, alphaA: 1, causal: true }, out, -1);
    expect([...out.subarray(0, 3)]).toEqual([1, 0, 0]);
    expect(out.reduce((a, b) => a + b)).toBeCloseTo(9, 12);
  });
});
