/** @module Observed orders of the steps and of the interpolants, two-sided. */
import { expm, matrix } from "mathjs";
import { describe, expect, it } from "vitest";
import { linearFit } from "../../lib/numerics/mod.ts";
import { type MethodName, type RightHandSide, solve } from "../../lib/ode/mod.ts";

/** What to expect and where: step counts between the pre-asymptotic range and rounding. */
interface Expected {
  readonly method: MethodName;
  readonly interpolantOrder: number;
  /** Sizes of a single step. */
  readonly sizes: readonly number[];
  /** On linear systems Rodas5P has order 6: its stability function agrees with exp that far (`stiff.test.ts`). */
  readonly linear: { readonly order: number; readonly counts: readonly number[] };
  readonly nonlinear: { readonly order: number; readonly counts: readonly number[] };
}

const small = [0.12, 0.09, 0.06, 0.045, 0.03];
const expected: readonly Expected[] = [
  {
    method: "tsit5",
    interpolantOrder: 4,
    sizes: small,
    linear: { order: 5, counts: [64, 96, 128, 192] },
    nonlinear: { order: 5, counts: [96, 128, 160, 192] },
  },
  {
    method: "dop853",
    interpolantOrder: 7,
    sizes: [0.7, 0.5, 0.35, 0.25],
    linear: { order: 8, counts: [8, 10, 12, 16, 20] },
    nonlinear: { order: 8, counts: [12, 16, 20, 24] },
  },
  {
    method: "rodas5p",
    interpolantOrder: 4,
    sizes: small,
    linear: { order: 6, counts: [16, 24, 32, 48, 64] },
    nonlinear: { order: 5, counts: [48, 64, 96, 128] },
  },
];

// Not normal, complex eigenvalues, norm about 2: tests the tall trees.
const A = [[-0.4, 1.3, 0.2], [-1.1, -0.2, 0.5], [0.3, -0.7, -0.6]];
const linear: RightHandSide = (_t, y, dy) =>
  A.forEach((row, i) => dy[i] = row.reduce((sum, a, j) => sum + a * y[j], 0));
const linearStart = [1, -0.5, 0.8];
const linearExact = (t: number) => {
  const exponential = expm(matrix(A.map((row) => row.map((a) => a * t)))).toArray() as number[][];
  return exponential.map((row) => row.reduce((sum, e, j) => sum + e * linearStart[j], 0));
};

// Nonlinear and dependent on time, with a closed form.
const nonlinear: RightHandSide = (t, y, dy) => dy[0] = -y[0] * y[0] * (1 + 2 * Math.sin(3 * t));
const nonlinearExact = (t: number) => [1 / (1 + t + 2 / 3 * (1 - Math.cos(3 * t)))];

const distance = (a: ArrayLike<number>, b: readonly number[]) =>
  Math.hypot(...b.map((value, i) => a[i] - value));
const slope = (sizes: number[], errors: number[]) =>
  linearFit(sizes.map(Math.log), errors.map(Math.log)).slope;

describe.each(expected)("$method", ({ method, interpolantOrder, sizes, ...orders }) => {
  it.each([
    { name: "a linear system", f: linear, exact: linearExact, t1: 4, ...orders.linear },
    {
      name: "a nonlinear equation that depends on time",
      f: nonlinear,
      exact: nonlinearExact,
      t1: 2,
      ...orders.nonlinear,
    },
  ])("converges with order $order on $name", ({ f, exact, t1, order, counts }) => {
    const steps = counts.map((count) => t1 / count);
    const errors = steps.map((h) =>
      distance(solve(f, exact(0), { t1, method, fixedStep: h }).end.y, exact(t1))
    );
    // Above rounding: sums of a few hundred terms near one.
    expect(Math.min(...errors)).toBeGreaterThan(1e-13);
    const observed = slope(steps, errors);
    // The next power of h still bends the line by a few tenths, upward for all three methods.
    expect(observed).toBeGreaterThan(order - 0.25);
    expect(observed).toBeLessThan(order + 0.45);
  });

  it.each([0.23, 0.5, 0.77])(
    "one step of its interpolant converges with its order at theta = %d",
    (theta) => {
      const errors = sizes.map((h) => {
        const path = solve(linear, linearStart, { t1: h, method, fixedStep: h });
        return distance(path.at(theta * h), linearExact(theta * h));
      });
      const observed = slope([...sizes], errors);
      // The error polynomial of DOP853 is small near theta = 0.23, where the next power shows: 0.65 there, 0.4 elsewhere.
      expect(observed).toBeGreaterThan(interpolantOrder + 1 - 0.25);
      expect(observed).toBeLessThan(interpolantOrder + 1 + 0.75);
    },
  );

  it("samples between the steps are as good as the steps", () => {
    const [rtol, t1] = [1e-8, 4];
    const sampleAt = Array.from({ length: 101 }, (_, i) => t1 * i / 100);
    const path = solve(linear, linearStart, { t1, method, rtol, atol: rtol, sampleAt });
    const ends = solve(linear, linearStart, { t1, method, rtol, atol: rtol });
    const atEnds = Math.max(...ends.y.map((y, i) => distance(y, linearExact(ends.t[i]))));
    const between = Math.max(...path.y.map((y, i) => distance(y, linearExact(sampleAt[i]))));
    // The interpolants are one order lower than the steps; at rtol 1e-8 that costs at most an order of magnitude.
    expect(between).toBeLessThan(10 * Math.max(atEnds, rtol));
  });

  it("samples, `at` and the accepted steps agree where they meet", () => {
    const path = solve(linear, linearStart, { t1: 4, method });
    const sampled = solve(linear, linearStart, { t1: 4, method, sampleAt: path.t });
    path.t.forEach((t, i) => {
      expect(path.at(t)).toEqual(path.y[i]);
      expect(sampled.y[i]).toEqual(path.y[i]);
    });
    const middles = path.t.slice(1).map((t, i) => (t + path.t[i]) / 2);
    const between = solve(linear, linearStart, { t1: 4, method, sampleAt: middles });
    middles.forEach((t, i) => expect(path.at(t)).toEqual(between.y[i]));
    expect(path.y[0]).toEqual(Float64Array.from(linearStart));
  });

  it("the interpolant is continuous across steps", () => {
    const path = solve(linear, linearStart, { t1: 4, method });
    path.t.slice(1, -1).forEach((t, i) => {
      const ahead = path.at(t + 1e-12);
      const behind = path.at(t - 1e-12);
      // Slopes of order one over 2e-12, and the rounding of the nested sums.
      expect(distance(ahead, [...path.y[i + 1]])).toBeLessThan(2e-11);
      expect(distance(behind, [...path.y[i + 1]])).toBeLessThan(2e-11);
    });
  });
});
