/** @module The parts of the Chebyshev propagator: Bessel functions, coefficients, Lanczos bounds, inner products. */
import { describe, expect, it } from "vitest";
import { symmetricEigen } from "../../lib/numerics/mod.ts";
import { besselReach, scaledBessel } from "../../lib/ode/bessel.ts";
import { lanczos } from "../../lib/ode/lanczos.ts";
import { exponentialCoefficients, forcedCoefficients } from "../../lib/ode/propagator.ts";
import { addCombination, dot } from "../../lib/ode/vectors.ts";
import { evenly, linearProblem } from "./linear_flows.ts";

/** $e^{-z} I_k(z)$ by the trapezoidal rule on $\frac1\pi\int_0^\pi e^{z(\cos\theta - 1)} \cos k\theta\,d\theta$: exact to rounding. */
function besselByIntegral(k: number, z: number): number {
  const n = 4096;
  let sum = 0;
  for (let j = 0; j <= n; j++) {
    const angle = Math.PI * j / n;
    sum += (j % n ? 1 : 0.5) * Math.exp(-2 * z * Math.sin(angle / 2) ** 2) * Math.cos(k * angle);
  }
  return sum / n;
}

describe("scaled Bessel functions", () => {
  it.each([1e-12, 1e-3, 0.5, 1, 10, 40, 1e3, 1e5])("agree with their integral at z = %s", (z) => {
    const count = besselReach(z) + 1;
    const values = new Float64Array(count);
    scaledBessel(z, count, values);
    for (let k = 0; k < count; k += Math.max(1, count >> 4)) {
      // The angles k * theta, up to 100 pi, round by 4e-14, and the sum of 4096 terms with them.
      expect(Math.abs(values[k] - besselByIntegral(k, z))).toBeLessThan(4e-14 * Math.max(values[0], 0.1));
    }
  });

  it("match tables, relative digits included", () => {
    const values = new Float64Array(40);
    scaledBessel(1, 40, values);
    // I_0(1), I_1(1), I_5(1), I_10(1): Abramowitz and Stegun, tables 9.8 and 9.11.
    for (
      const [k, value] of [[0, 1.2660658777520084], [1, 0.5651591039924851], [5, 2.714631559569719e-4], [
        10,
        2.752948039836874e-10,
      ]]
    ) {
      expect(Math.abs(values[k] * Math.E / value - 1)).toBeLessThan(1e-13);
    }
  });

  it.each([1e-300, 1e-30, 1, 50, 1e4])("fewer orders are the same numbers, more are zeros: z = %s", (z) => {
    const reach = besselReach(z);
    const [few, many] = [new Float64Array(5).fill(9), new Float64Array(reach + 50).fill(9)];
    scaledBessel(z, 5, few);
    scaledBessel(z, reach + 50, many);
    // A shorter list may sum in the same order only.
    few.forEach((value, k) => expect(value).toBe(many[k]));
    expect([...many.slice(reach)].every((value) => value === 0)).toBe(true);
    // What is cut off is rounding.
    expect(Math.abs(many[reach - 1])).toBeLessThan(1e-15 * many[0]);
    expect(many[0]).toBeLessThanOrEqual(1);
  });

  it("reach grows like the square root", () => {
    expect(besselReach(1e6) / besselReach(1e4)).toBeGreaterThan(9);
    expect(besselReach(1e6) / besselReach(1e4)).toBeLessThan(10.1);
  });
});

describe.each([
  { centre: -2, radius: 2, t: 20 },
  { centre: -1, radius: 1.5, t: 7 },
  { centre: 3, radius: 3, t: 2 },
  { centre: 0, radius: 1e4, t: 1e-3 },
])("coefficients on [$centre - $radius, $centre + $radius] at t = $t", ({ t, ...interval }) => {
  const count = besselReach(t * interval.radius) + 1;
  const [e, d] = [new Float64Array(count), new Float64Array(count)];
  exponentialCoefficients(t, interval, count, e);
  forcedCoefficients(interval, e, count, d);
  const sum = (c: Float64Array, x: number) => c.reduce((s, ck, k) => s + ck * Math.cos(k * Math.acos(x)), 0);
  const top = Math.exp(t * (interval.centre + interval.radius));

  it("sum to the exponential and to its integral", () => {
    for (const x of [-1, -0.7, -0.1, 0, 0.3, 0.99, 1]) {
      const value = interval.centre + interval.radius * x;
      expect(Math.abs(sum(e, x) - Math.exp(t * value))).toBeLessThan(1e-14 * top);
      const integral = value === 0 ? t : Math.expm1(t * value) / value;
      // Errors of the recurrence are relative to t times the largest exponential.
      expect(Math.abs(sum(d, x) - integral)).toBeLessThan(1e-14 * Math.max(1, top) * t);
    }
  });
});

describe("lanczos", () => {
  const run = (values: number[], steps: number) => {
    const { a, y0 } = linearProblem(values, false);
    const n = y0.length;
    const product = (v: Float64Array, out: Float64Array) => {
      for (let i = 0; i < n; i++) out[i] = dot(a.subarray(i * n, i * n + n), v);
    };
    return lanczos(product, y0.slice(), steps, [new Float64Array(n), new Float64Array(n)], 1e-9);
  };

  it.each([2, 5, 6, 12])(
    "with %s steps some eigenvalue is as close as the residual says, at both ends",
    (steps) => {
      const values = evenly(40, -3, 1).map((x) => x ** 3);
      const { low, high, lowResidual, highResidual } = run(values, steps);
      const nearest = (x: number) => Math.min(...values.map((value) => Math.abs(value - x)));
      // The Ritz values themselves are known to 1e-9.
      expect(nearest(low)).toBeLessThan(lowResidual + 1e-8);
      expect(nearest(high)).toBeLessThan(highResidual + 1e-8);
      expect(low).toBeGreaterThan(-27 - 1e-8);
      expect(high).toBeLessThan(1 + 1e-8);
    },
  );

  it("all the way it is the eigen-decomposition", () => {
    const { low, high, lowResidual } = run([-5, -4, -1, 0.5, 2], 5);
    expect(Math.abs(low + 5)).toBeLessThan(1e-8);
    expect(Math.abs(high - 2)).toBeLessThan(1e-8);
    expect(lowResidual).toBeLessThan(1e-6);
  });

  it("stops in an invariant subspace: a multiple of the identity, zero, one unknown", () => {
    for (const values of [[-2, -2, -2], [0, 0], [7]]) {
      const { low, high } = run(values, 6);
      expect(Math.abs(low - values[0])).toBeLessThan(1e-8);
      expect(Math.abs(high - values[0])).toBeLessThan(1e-8);
    }
  });
});

it("the problems of these tests have the eigenvalues they claim", () => {
  const values = [-3, -1, -1, 0, 2];
  const { a } = linearProblem(values, false);
  const rows = values.map((_, i) => [...a.subarray(5 * i, 5 * i + 5)]);
  const found = [...symmetricEigen(rows).values].sort((p, q) => p - q);
  found.forEach((value, i) => expect(Math.abs(value - values[i])).toBeLessThan(1e-13));
});

it.each([1, 3, 4, 7, 64])("unrolled sums are the plain ones: n = %s", (n) => {
  const make = (seed: number) => Float64Array.from({ length: n }, (_, i) => ((i * seed) % 7) - 3);
  const [x, y] = [make(3), make(5)];
  // Small integers: no rounding in any order.
  expect(dot(x, y)).toBe(x.reduce((sum, v, i) => sum + v * y[i], 0));
  for (const count of [0, 1, 4, 6]) {
    const rows = Array.from({ length: 6 }, (_, k) => make(k + 1));
    const out = new Float64Array(n).fill(1);
    addCombination(out, 2, Float64Array.of(1, 2, 3, 4, 5, 6), rows, count);
    out.forEach((v, i) => {
      expect(v).toBe(1 + rows.slice(0, count).reduce((sum, row, k) => sum + 2 * (k + 1) * row[i], 0));
    });
  }
});
