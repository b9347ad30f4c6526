/** Special functions, softmax and root finding. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  erf,
  erfc,
  findRoot,
  integrate,
  logGamma,
  logSumExp,
  normalCdf,
  normalDensity,
  normalQuantile,
  softmax,
} from "../../lib/numerics/mod.ts";

const relative = (value: number, expected: number) => Math.abs(value / expected - 1);

describe("erf and erfc", () => {
  // C library values (glibc, called through Python's math.erf and math.erfc).
  const VALUES: [x: number, erf: number, erfc: number][] = [
    [0.1, 0.1124629160182849, 0.8875370839817152],
    [0.5, 0.5204998778130465, 0.4795001221869535],
    [1, 0.8427007929497149, 0.15729920705028513],
    [1.5, 0.9661051464753108, 0.033894853524689274],
    [2, 0.9953222650189527, 0.004677734981047265],
    [3, 0.9999779095030014, 2.2090496998585438e-5],
    [5, 0.9999999999984626, 1.5374597944280351e-12],
    [10, 1, 2.088487583762545e-45],
    [26, 1, 5.663192408856143e-296],
  ];

  it("agree with the C library, erfc in relative terms out to 1e-296", () => {
    for (const [x, value, complement] of VALUES) {
      expect(relative(erf(x), value)).toBeLessThan(1e-15);
      expect(relative(erfc(x), complement)).toBeLessThan(5e-15); // continued fraction: some twenty roundings
      expect(erf(-x)).toBe(-erf(x));
      expect(erfc(-x)).toBeCloseTo(2 - complement, 14);
    }
    expect([erfc(-Infinity), erfc(Infinity), erfc(30)]).toEqual([2, 0, 0]);
  });
});

describe("the normal distribution", () => {
  it("has the density as its slope", () => {
    for (const [a, b] of [[-1, 2], [-6, -4], [3, 5]]) {
      expect(relative(integrate(normalDensity, a, b), normalCdf(b) - normalCdf(a))).toBeLessThan(1e-10);
    }
  });

  it("has inverse functions, from 1e-300 to 1 - 1e-10", () => {
    for (const p of [1e-300, 1e-100, 1e-20, 1e-5, 0.02, 0.3, 0.5, 0.7, 0.999, 1 - 1e-10]) {
      const x = normalQuantile(p);
      // p depends on x with relative slope phi/Phi, about |x|: rounding x costs |x|^2 eps.
      expect(relative(normalCdf(x), p)).toBeLessThan(4e-16 * (4 + x * x));
      expect(Math.abs(normalQuantile(1 - p))).toBe(Math.abs(normalQuantile(1 - (1 - p))));
    }
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect(() => normalQuantile(1.5)).toThrow("between 0 and 1, got 1.5");
  });
});

describe("logGamma", () => {
  it("is log (n-1)! at whole numbers and log sqrt(pi) at one half", () => {
    let logFactorial = 0;
    for (let n = 1; n <= 170; n++) {
      expect(Math.abs(logGamma(n) - logFactorial)).toBeLessThan(5e-15 * (1 + logFactorial));
      logFactorial += Math.log(n);
    }
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 14);
  });

  it("satisfies the recurrence and Legendre's duplication from 1e-300 to 1e10", () => {
    for (const x of [1e-300, 1e-8, 0.01, 0.7, 3.3, 11.9, 12.1, 1e3, 1e10]) {
      const scale = 1e-14 * (1 + Math.abs(logGamma(2 * x)));
      expect(Math.abs(logGamma(x + 1) - logGamma(x) - Math.log(x))).toBeLessThan(scale);
      const doubled = logGamma(x) + logGamma(x + 0.5) - (1 - 2 * x) * Math.LN2 - 0.5 * Math.log(Math.PI);
      expect(Math.abs(doubled - logGamma(2 * x))).toBeLessThan(scale);
    }
    expect(logGamma(Infinity)).toBe(Infinity);
    expect(() => logGamma(0)).toThrow("positive argument, got 0");
  });
});

describe("softmax and logSumExp", () => {
  const logits = fc.array(fc.double({ min: -800, max: 800, noNaN: true }), { minLength: 1, maxLength: 12 });

  it("are consistent, normalised and blind to a common shift", () => {
    fc.assert(
      fc.property(logits, (x) => {
        const p = softmax(x), z = logSumExp(x);
        expect(p.reduce((a, b) => a + b)).toBeCloseTo(1, 13);
        // exp(x - z) has relative error |z| eps, at most 800 * 2e-16.
        x.forEach((v, i) => expect(Math.abs(p[i] - Math.exp(v - z))).toBeLessThan(1e-12));
        const shifted = softmax(x.map((v) => v + 64));
        shifted.forEach((v, i) => expect(v).toBeCloseTo(p[i], 11));
      }),
      { seed: 1 },
    );
  });

  it("survive overflow and masks", () => {
    expect([...softmax([1000, 1000])]).toEqual([0.5, 0.5]);
    expect([...softmax([0, -Infinity])]).toEqual([1, 0]);
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12);
    expect(logSumExp([-Infinity, -Infinity])).toBe(-Infinity);
    expect(logSumExp([Infinity, 0])).toBe(Infinity);
  });

  it("softmax works in place and refuses what has no distribution", () => {
    const x = new Float64Array([1, 2, 3]);
    expect(softmax(x, x)).toBe(x);
    expect(x[2]).toBeCloseTo(1 / (1 + Math.exp(-1) + Math.exp(-2)), 14);
    expect(() => softmax([0, NaN])).toThrow("NaN at index 1");
    expect(() => softmax([-Infinity])).toThrow("finite largest logit, got -Infinity");
    expect(() => softmax([])).toThrow("finite largest logit");
    expect(() => softmax([1], new Float64Array(2))).toThrow("1 logits and an out of length 2");
    expect(() => logSumExp([])).toThrow("empty list");
    expect(logSumExp([NaN, 1])).toBeNaN();
  });
});

describe("findRoot", () => {
  it("finds roots of easy, flat, steep and discontinuous functions to the tolerance", () => {
    const cases: [f: (x: number) => number, a: number, b: number, root: number][] = [
      [(x) => Math.cos(x) - x, 0, 1, 0.7390851332151607], // Dottie's number
      [(x) => x ** 3, -1, 2, 0],
      [(x) => Math.tanh(1e6 * (x - 0.2)), 0, 1, 0.2],
      [(x) => (x < 1 / 3 ? -1 : 1), 0, 1, 1 / 3],
      [(x) => Math.exp(x) - 1e10, 0, 700, Math.log(1e10)],
      [(x) => (x - 1) * 1e-200, 3, 0, 1],
    ];
    for (const [f, a, b, root] of cases) expect(Math.abs(findRoot(f, a, b) - root)).toBeLessThan(2e-14);
  });

  it("inverts monotone functions anywhere", () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (x) => {
        const y = x + Math.sinh(x);
        expect(Math.abs(findRoot((t) => t + Math.sinh(t) - y, -6, 6) - x)).toBeLessThan(1e-13);
      }),
      { seed: 1 },
    );
  });

  it("is quick: at most 15 evaluations for a smooth function", () => {
    let n = 0;
    findRoot((x) => (n++, Math.exp(x) - 2), 0, 2);
    expect(n).toBeLessThanOrEqual(15); // bisection to 1e-14 takes 48
  });

  it("returns an end that is a root, and respects a loose tolerance", () => {
    expect(findRoot((x) => x, 0, 1)).toBe(0);
    expect(findRoot((x) => x - 1, 0, 1)).toBe(1);
    expect(Math.abs(findRoot((x) => x * x - 2, 0, 2, { tolerance: 1e-3 }) - Math.SQRT2)).toBeLessThan(1e-3);
  });

  it("refuses a bracket without a sign change, NaN, and infinite ends", () => {
    expect(() => findRoot((x) => x * x + 1, -1, 1)).toThrow("f(-1) = 2 and f(1) = 2");
    expect(() => findRoot(Math.log, -1, 1)).toThrow("NaN at -1");
    expect(() => findRoot((x) => x, -Infinity, 1)).toThrow("finite bracket");
    expect(() => findRoot((x) => x, -1, 2, { maxEvaluations: 3, tolerance: 0 })).toThrow("did not settle");
  });
});
