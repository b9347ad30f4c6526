/** Uniform, sign, integer, exponential, gamma, Dirichlet, categorical, permutation: each against its law. */
import { describe, expect, it } from "vitest";
import {
  erf,
  ksTest,
  logGamma,
  mean,
  normalQuantile,
  standardError,
  stream,
  variance,
} from "../../lib/numerics/mod.ts";

const draws = (n: number, draw: () => number) => Float64Array.from({ length: n }, draw);

/** Standard score of the chi-square statistic of counts against probabilities. */
function chiSquareScore(counts: ArrayLike<number>, probabilities: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((a, b) => a + b);
  const df = counts.length - 1;
  let chiSquare = 0;
  for (let i = 0; i < counts.length; i++) {
    chiSquare += (counts[i] - total * probabilities[i]) ** 2 / (total * probabilities[i]);
  }
  // Wilson and Hilferty: the cube root of a chi-square over its df is normal.
  return (Math.cbrt(chiSquare / df) - (1 - 2 / (9 * df))) / Math.sqrt(2 / (9 * df));
}

// Every bound on a standard score is 4.5: it fails 7 times in a million if the law is right.
const LIMIT = 4.5;
const even = (n: number) => new Array(n).fill(1 / n);

describe("uniform", () => {
  it("is uniform, and each of its 53 bits is fair", () => {
    const n = 100_000, s = stream(1, "uniform");
    const xs = draws(n, () => s.uniform());
    expect(ksTest(xs, (x) => x).pValue).toBeGreaterThan(1e-4);
    for (let bit = 1; bit <= 53; bit++) {
      const ones = xs.reduce((sum, x) => sum + Math.floor(x * 2 ** bit) % 2, 0);
      expect(Math.abs(ones - n / 2) / Math.sqrt(n / 4)).toBeLessThan(LIMIT);
    }
  });

  it("fills the square evenly in successive pairs", () => {
    const s = stream(2, "pairs"), counts = new Float64Array(1024);
    for (let i = 0; i < 400_000; i++) {
      counts[32 * Math.floor(32 * s.uniform()) + Math.floor(32 * s.uniform())]++;
    }
    expect(chiSquareScore(counts, even(1024))).toBeLessThan(LIMIT);
  });

  it("stays in [low, high) and refuses low > high", () => {
    const xs = stream(3).fillUniform(new Float64Array(10_000), -2, 5);
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(-2);
    expect(Math.max(...xs)).toBeLessThan(5);
    expect(() => stream(3).fillUniform(new Float64Array(1), 1, 0)).toThrow("low <= high, got 1 and 0");
  });
});

describe("sign and integer", () => {
  it("sign is fair and fillSign scales it", () => {
    const xs = stream(4).fillSign(new Float64Array(100_000), 3);
    expect([...new Set(xs)].sort()).toEqual([-3, 3]);
    expect(Math.abs(mean(xs)) / 3 * Math.sqrt(100_000)).toBeLessThan(LIMIT);
  });

  it("integer covers 0 to n-1 evenly", () => {
    const s = stream(5), counts = new Float64Array(7);
    for (let i = 0; i < 100_000; i++) counts[s.integer(7)]++;
    expect(chiSquareScore(counts, even(7))).toBeLessThan(LIMIT);
  });

  it("integer has no modulo bias: for n = 3 * 2^30 the thirds are equal", () => {
    // Taking a 32-bit word modulo n would give the first third twice the weight.
    const s = stream(6), counts = new Float64Array(3);
    for (let i = 0; i < 60_000; i++) counts[Math.floor(s.integer(3 * 2 ** 30) / 2 ** 30)]++;
    expect(chiSquareScore(counts, even(3))).toBeLessThan(LIMIT);
    const wide = new Float64Array(3);
    for (let i = 0; i < 60_000; i++) wide[Math.floor(s.integer(3 * 2 ** 51) / 2 ** 51)]++;
    expect(chiSquareScore(wide, even(3))).toBeLessThan(LIMIT);
  });

  it("integer(1) is 0, and sizes that make no sense are refused", () => {
    expect(stream(7).integer(1)).toBe(0);
    for (const n of [0, -1, 1.5, 2 ** 54, NaN]) expect(() => stream(7).integer(n)).toThrow(`got ${n}`);
  });
});

describe("exponential and gamma", () => {
  it("exponential follows 1 - exp(-x)", () => {
    const s = stream(8);
    expect(ksTest(draws(100_000, () => s.exponential()), (x) => 1 - Math.exp(-x)).pValue).toBeGreaterThan(
      1e-4,
    );
  });

  it("gamma follows its distribution function for shapes with a closed form", () => {
    const cases: [shape: number, cdf: (x: number) => number][] = [
      [0.5, (x) => erf(Math.sqrt(x))], // Z^2 / 2
      [1, (x) => 1 - Math.exp(-x)],
      [1.5, (x) => erf(Math.sqrt(x)) - 2 * Math.sqrt(x / Math.PI) * Math.exp(-x)],
      [3, (x) => 1 - Math.exp(-x) * (1 + x + x * x / 2)],
    ];
    for (const [shape, cdf] of cases) {
      const s = stream(9, shape);
      expect(ksTest(draws(50_000, () => s.gamma(shape, 2)), (x) => cdf(x / 2)).pValue).toBeGreaterThan(1e-4);
      expect(ksTest(draws(50_000, () => s.gamma(shape, 2.2)), (x) => cdf(x / 2)).pValue).toBeLessThan(0.01);
    }
  });

  it("gamma has mean and variance shape for large and small shapes", () => {
    for (const shape of [0.05, 30, 1000]) {
      const s = stream(10, shape), xs = draws(100_000, () => s.gamma(shape));
      expect(Math.abs(mean(xs) - shape) / standardError(xs)).toBeLessThan(LIMIT);
      // Var of the sample variance is (mu4 - sigma^4)/n, and mu4 = 3 a^2 + 6 a for Gamma(a).
      const spread = Math.sqrt((2 * shape ** 2 + 6 * shape) / xs.length);
      expect(Math.abs(variance(xs) - shape) / spread).toBeLessThan(LIMIT);
    }
  });

  it("refuses shapes and scales that are not positive", () => {
    expect(() => stream(1).gamma(0)).toThrow("a gamma shape must be positive and finite, got 0");
    expect(() => stream(1).gamma(1, Infinity)).toThrow(
      "a gamma scale must be positive and finite, got Infinity",
    );
  });
});

describe("Dirichlet", () => {
  it("has the moments alpha_i / A and alpha_i (alpha_i + 1) / (A (A + 1))", () => {
    for (const alpha of [[0.01, 0.01, 0.01], [0.1, 0.3, 0.6], [2, 3, 5]]) {
      const s = stream(11, ...alpha), A = alpha.reduce((a, b) => a + b);
      const rows = Array.from({ length: 40_000 }, () => s.dirichlet(alpha));
      alpha.forEach((a, i) => {
        const first = rows.map((row) => row[i]), second = first.map((p) => p * p);
        expect(Math.abs(mean(first) - a / A) / standardError(first)).toBeLessThan(LIMIT);
        const expected = (a * (a + 1)) / (A * (A + 1));
        expect(Math.abs(mean(second) - expected) / standardError(second)).toBeLessThan(LIMIT);
      });
    }
  });

  it("never underflows to NaN: it sums to 1 down to alpha = 1e-300", () => {
    for (const alpha of [0.01, 1e-3, 1e-6, 1e-300]) {
      const s = stream(12, alpha);
      for (let i = 0; i < 500; i++) {
        const p = s.dirichlet([alpha, alpha, alpha, alpha]);
        expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 14); // four roundings
      }
    }
  });

  it("has log p_1 - log p_2 of the right spread where p itself underflows", () => {
    // log G_a has variance psi'(a), about 1/a^2: the ratio keeps it although G_0.01 is often below 1e-308.
    const a = 0.05, h = 1e-3;
    const trigamma = (logGamma(a + h) - 2 * logGamma(a) + logGamma(a - h)) / h ** 2;
    const s = stream(13);
    const ratios = draws(20_000, () => {
      const p = s.dirichlet([a, a]);
      return Math.log(Math.max(p[0], 1e-320)) - Math.log(Math.max(p[1], 1e-320));
    });
    // Loose: the difference of two logs is close to Laplace, whose sample variance has relative error sqrt(5/n),
    // 1.6 %; the finite difference for psi' adds 0.1 %, and the floor at 1e-320 removes nothing (e^-737 at a = 0.05).
    expect(variance(ratios) / (2 * trigamma)).toBeGreaterThan(0.92);
    expect(variance(ratios) / (2 * trigamma)).toBeLessThan(1.08);
  });

  it("writes into out, and refuses alphas that are not positive", () => {
    const out = new Float64Array(2);
    expect(stream(1).dirichlet([1, 1], out)).toBe(out);
    expect(() => stream(1).dirichlet([1, 0])).toThrow("alpha[1] must be at least 1e-300 and finite, got 0");
    expect(() => stream(1).dirichlet([])).toThrow("at least one alpha");
    expect(() => stream(1).dirichlet([1, 1], new Float64Array(3))).toThrow("3 entries for 2 alphas");
  });
});

describe("categorical and permutation", () => {
  it("categorical has the given frequencies, needs no normalisation, and never returns a zero", () => {
    const weights = [0, 3, 0, 1, 6, 0], s = stream(14), counts = new Float64Array(6);
    for (let i = 0; i < 100_000; i++) counts[s.categorical(weights)]++;
    expect([counts[0], counts[2], counts[5]]).toEqual([0, 0, 0]);
    expect(chiSquareScore([counts[1], counts[3], counts[4]], [0.3, 0.1, 0.6])).toBeLessThan(LIMIT);
  });

  it("categorical refuses weights that are not a distribution", () => {
    expect(() => stream(1).categorical([0.5, -0.1])).toThrow("p[1] must be >= 0 and finite, got -0.1");
    expect(() => stream(1).categorical([0, 0])).toThrow("positive finite sum, got 0");
    expect(() => stream(1).categorical([NaN])).toThrow("got NaN");
    expect(() => stream(1).categorical([])).toThrow("positive finite sum, got 0");
  });

  it("permutation makes each of the 24 orders of 4 equally often", () => {
    const s = stream(15), counts = new Map<string, number>();
    for (let i = 0; i < 48_000; i++) {
      const key = s.permutation(4).join("");
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    expect(chiSquareScore([...counts.values()], even(24))).toBeLessThan(LIMIT);
    expect([...stream(1).permutation(0)]).toEqual([]);
    expect(() => stream(1).permutation(-1)).toThrow("got -1");
  });

  it("the score used here sees a 5 % distortion (negative control)", () => {
    const s = stream(16), counts = new Float64Array(2);
    for (let i = 0; i < 100_000; i++) counts[s.categorical([0.525, 0.475])]++;
    expect(chiSquareScore(counts, even(2))).toBeGreaterThan(LIMIT);
    expect(normalQuantile(1 - 3.4e-6)).toBeCloseTo(LIMIT, 2); // what 4.5 means, one-sided
  });
});
