/** Summary statistics, line fits, the Kolmogorov-Smirnov test and the bootstrap. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  bootstrapStandardError,
  kolmogorovTail,
  ksTest,
  kurtosis,
  linearFit,
  logLogFit,
  mean,
  median,
  quantile,
  standardDeviation,
  standardError,
  stream,
  variance,
} from "../../lib/numerics/mod.ts";

describe("moments", () => {
  it("match small samples worked by hand", () => {
    expect(mean([1, 2, 3, 4])).toBe(2.5);
    expect(variance([1, 2, 3, 4])).toBeCloseTo(5 / 3, 15);
    expect(standardDeviation([1, 3])).toBeCloseTo(Math.SQRT2, 15);
    expect(standardError([1, 3])).toBe(1);
    expect(kurtosis([-1, 1, -1, 1])).toBe(-2); // the smallest possible
    expect(kurtosis([0, 0, 0, 0, 1])).toBeCloseTo(13 / 4 - 3, 14); // (1 - 3pq) / pq - 3 with p = 1/5
  });

  it("survive a large offset: NIST StRD NumAcc4, mean 10000000.2 and standard deviation 0.1", () => {
    // itl.nist.gov/div898/strd/univ/numacc4.html: 1001 values, 10000000.2 then 10000000.1 and .3 in turn.
    const xs = [10000000.2, ...Array.from({ length: 1000 }, (_, i) => (i % 2 ? 10000000.3 : 10000000.1))];
    expect(mean(xs)).toBeCloseTo(10000000.2, 8);
    // The data themselves are rounded to 1e-9, so the spread is known to 1e-8 of itself.
    expect(Math.abs(standardDeviation(xs) / 0.1 - 1)).toBeLessThan(2e-8);
  });

  it("move with the data: shift and scale", () => {
    const sample = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(sample, (xs) => {
        const moved = xs.map((x) => 3 * x + 7);
        expect(mean(moved)).toBeCloseTo(3 * mean(xs) + 7, 10);
        expect(variance(moved)).toBeCloseTo(9 * variance(xs), 8);
        expect(quantile(moved, 0.3)).toBeCloseTo(3 * quantile(xs, 0.3) + 7, 10);
      }),
      { seed: 1 },
    );
  });

  it("refuse empty, short and non-finite samples, saying where", () => {
    expect(() => mean([])).toThrow("mean needs at least 1 value, got 0");
    expect(() => variance([1])).toThrow("variance needs at least 2 values, got 1");
    expect(() => mean([1, NaN])).toThrow("mean was given NaN at index 1");
    expect(() => kurtosis([2, 2])).toThrow("all equal");
  });
});

describe("quantile", () => {
  it("is Hyndman and Fan's type 7, as R's default: quantile(c(1,2,4,8), c(0,.1,.5,.9,1))", () => {
    const expected = [1, 1.3, 3, 6.8, 8];
    [0, 0.1, 0.5, 0.9, 1].forEach((q, i) => expect(quantile([8, 1, 4, 2], q)).toBeCloseTo(expected[i], 14));
  });

  it("leaves its input alone, and median is its middle", () => {
    const xs = [3, 1, 2];
    expect(median(xs)).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(xs).toEqual([3, 1, 2]);
    expect(median([10, 9, -1])).toBe(9); // numeric order, not text order
    expect(() => quantile(xs, 1.1)).toThrow("between 0 and 1, got 1.1");
  });
});

// NIST StRD, linear regression, data set Norris: itl.nist.gov/div898/strd/lls/data/LINKS/DATA/Norris.dat
const NORRIS_X =
  `0.2 337.4 118.2 884.6 10.1 226.5 666.3 996.3 448.6 777.0 558.2 0.4 0.6 775.5 666.9 338.0 447.5 11.6
  556.0 228.1 995.8 887.6 120.2 0.3 0.3 556.8 339.1 887.2 999.0 779.0 11.1 118.3 229.2 669.1 448.9 0.5`;
const NORRIS_Y =
  `0.1 338.8 118.1 888.0 9.2 228.1 668.5 998.5 449.1 778.9 559.2 0.3 0.1 778.1 668.8 339.3 448.9 10.8
  557.7 228.3 998.0 888.8 119.6 0.3 0.6 557.6 339.3 888.0 998.5 778.9 10.2 117.6 228.9 668.4 449.2 0.2`;
const numbers = (text: string) => text.trim().split(/\s+/).map(Number);

describe("linearFit", () => {
  it("gives the certified values of NIST's Norris data", () => {
    const fit = linearFit(numbers(NORRIS_X), numbers(NORRIS_Y));
    const certified = {
      slope: 1.00211681802045,
      intercept: -0.262323073774029,
      slopeStandardError: 0.429796848199937e-3,
      interceptStandardError: 0.232818234301152,
      residualSd: 0.884796396144373,
      r2: 0.999993745883712,
    };
    for (const [name, value] of Object.entries(certified)) {
      // The certificate has 15 digits; the data's own rounding to float64 costs two.
      expect(Math.abs(fit[name as keyof typeof certified] / value - 1)).toBeLessThan(1e-12);
    }
  });

  it("recovers an exact line with zero error, and two points without an error", () => {
    const fit = linearFit([0, 1, 2, 5], [1, 3, 5, 11]);
    expect(fit.slope).toBeCloseTo(2, 14);
    expect(fit.intercept).toBeCloseTo(1, 14);
    expect(fit.residualSd).toBeLessThan(1e-14);
    expect(linearFit([0, 1], [1, 3])).toMatchObject({ slope: 2, intercept: 1, slopeStandardError: NaN });
    expect(linearFit([0, 1, 2], [4, 4, 4]).r2).toBe(1);
  });

  it("has standard errors that cover the truth: 95 % of slopes within 1.984 of them (t, 98 df)", () => {
    const s = stream(1, "coverage"), x = Float64Array.from({ length: 100 }, (_, i) => i / 10);
    let covered = 0;
    for (let r = 0; r < 2000; r++) {
      const fit = linearFit(x, x.map((v) => 2 - 0.5 * v + s.normal()));
      if (Math.abs(fit.slope + 0.5) < 1.984 * fit.slopeStandardError) covered++;
    }
    // 1900 expected, binomial spread 9.7: 4.5 sigma.
    expect(Math.abs(covered - 1900)).toBeLessThan(44);
  });

  it("fits a power law in logarithms", () => {
    const x = [1, 2, 4, 8, 100];
    const fit = logLogFit(x, x.map((v) => 3 * v ** -1.5));
    expect(fit.slope).toBeCloseTo(-1.5, 13);
    expect(Math.exp(fit.intercept)).toBeCloseTo(3, 13);
    expect(() => logLogFit([1, 2], [1, 0])).toThrow("y[1] is 0");
    expect(() => logLogFit([-1, 2], [1, 1])).toThrow("x[0] is -1");
  });

  it("refuses what has no line", () => {
    expect(() => linearFit([1, 2], [1])).toThrow("2 x values and 1 y values");
    expect(() => linearFit([1, 1], [1, 2])).toThrow("all 2 are 1");
    expect(() => linearFit([1], [1])).toThrow("at least 2 values, got 1");
    expect(() => linearFit([1, 2], [1, Infinity])).toThrow("given Infinity at index 1");
  });
});

describe("ksTest", () => {
  it("computes D on both sides of each step", () => {
    expect(ksTest([0.5], (x) => x).statistic).toBe(0.5);
    expect(ksTest([0.1, 0.2], (x) => x).statistic).toBeCloseTo(0.8, 15);
    expect(ksTest([0.9, 0.8], (x) => x).statistic).toBeCloseTo(0.8, 15);
  });

  it("agrees with tabulated critical values: 1.3581 (5 %) and 1.6276 (1 %) in the limit, 0.40925 for n = 10", () => {
    expect(kolmogorovTail(1.3581)).toBeCloseTo(0.05, 5);
    expect(kolmogorovTail(1.6276)).toBeCloseTo(0.01, 5);
    // L. H. Miller, JASA 51 (1956), n = 10, two-sided 5 %: 0.40925. Place ten points so that D is just that.
    const xs = Array.from({ length: 10 }, (_, i) => Math.max(0, (i + 1) / 10 - 0.40925));
    expect(ksTest(xs, (x) => x).statistic).toBeCloseTo(0.40925, 12);
    expect(ksTest(xs, (x) => x).pValue).toBeCloseTo(0.05, 3);
  });

  it("has two series that meet", () => {
    expect(kolmogorovTail(1.18 - 1e-12)).toBeCloseTo(kolmogorovTail(1.18), 11);
    expect(kolmogorovTail(0)).toBe(1);
    expect(kolmogorovTail(0.05)).toBe(1);
  });

  it("has uniform p-values under the null: at 20 points, 2000 times", () => {
    const s = stream(2, "ks null");
    const ps = Float64Array.from(
      { length: 2000 },
      () => ksTest(s.fillUniform(new Float64Array(20)), (x) => x).pValue,
    );
    for (const level of [0.01, 0.05, 0.2]) {
      const below = ps.filter((p) => p < level).length;
      // Binomial spread, 4.5 sigma, and 3 % for Stephens' approximation.
      const spread = 4.5 * Math.sqrt(2000 * level * (1 - level)) + 0.03 * 2000 * level;
      expect(Math.abs(below - 2000 * level)).toBeLessThan(spread);
    }
  });

  it("refuses a cdf that is not one", () => {
    expect(() => ksTest([1], (x) => x + 1)).toThrow("the cdf is 2 at 1");
    expect(() => ksTest([], (x) => x)).toThrow("at least 1 value");
  });
});

describe("bootstrapStandardError", () => {
  it("agrees with the formula for the mean, is repeatable, and refuses nonsense", () => {
    const xs = stream(3).fillNormal(new Float64Array(200));
    const value = bootstrapStandardError(xs, mean, stream(4), 2000);
    // The bootstrap uses n where the formula uses n - 1 (0.25 %), and has a relative error 1/sqrt(4000) = 1.6 %.
    expect(Math.abs(value / standardError(xs) - 1)).toBeLessThan(4.5 * 0.016 + 0.0025);
    expect(bootstrapStandardError(xs, mean, stream(4), 2000)).toBe(value);
    expect(() => bootstrapStandardError(xs, mean, stream(4), 1)).toThrow("at least 2 resamples, got 1");
    expect(() => bootstrapStandardError(xs, () => NaN, stream(4), 2)).toThrow("given NaN");
  });
});
