/** @module The parts of the loop, one at a time: controller, combinations, LU, difference quotients, times. */
import fc from "fast-check";
import { LuDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { combination } from "../../lib/ode/combination.ts";
import { StepController } from "../../lib/ode/controller.ts";
import { factorise, solveFactorised } from "../../lib/ode/dense_lu.ts";
import { initialStep } from "../../lib/ode/initial_step.ts";
import { jacobianByDifferences, timeDerivative } from "../../lib/ode/jacobian.ts";
import { scaledNorm } from "../../lib/ode/stepper.ts";
import { logTimes, OdeError, type RightHandSide } from "../../lib/ode/mod.ts";
import { stream } from "../../lib/numerics/mod.ts";

describe("the step controller", () => {
  const make = () => new StepController(5, { alpha: 0.7 / 5, beta: 0.4 / 5 });
  const error = fc.double({ min: 0, max: 1, noNaN: true });

  it("keeps every factor within its limits, whatever errors it sees", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), error), { minLength: 1 }), (history) => {
        const controller = make();
        for (const [accepted, value] of history) {
          const factor = accepted ? controller.accept(value) : controller.reject(1.0001 + 1e6 * value);
          expect(factor).toBeGreaterThanOrEqual(0.2);
          expect(factor).toBeLessThanOrEqual(accepted ? 10 : 0.9);
        }
      }),
      { seed: 1 },
    );
  });

  it("does not grow the step after a rejection, and may again one step later", () => {
    fc.assert(
      fc.property(error, fc.double({ min: 1.0001, max: 1e9 }), (small, large) => {
        const controller = make();
        controller.accept(small);
        expect(controller.reject(large)).toBeLessThan(1);
        expect(controller.accept(small)).toBeLessThanOrEqual(1);
        expect(controller.accept(0)).toBe(10);
      }),
      { seed: 2 },
    );
  });

  it("takes a candidate that is not a number as the worst rejection", () => {
    expect(make().reject(NaN)).toBe(0.2);
    expect(make().reject(Infinity)).toBe(0.2);
  });

  it("is not poisoned by a zero error: the next factor is that of an error of 1e-4", () => {
    const [zero, tiny] = [make(), make()];
    expect(zero.accept(0)).toBe(10);
    tiny.accept(1e-4);
    expect(zero.accept(0.5)).toBe(tiny.accept(0.5));
    expect(zero.accept(0.5)).toBeGreaterThan(0.5);
  });
});

describe("combinations", () => {
  it.each([0, 1, 2, 5, 11, 12, 13, 25])("with %d non-zero weights equal the sum written out", (terms) => {
    const random = stream(3, "combination", terms);
    const k = Array.from({ length: 30 }, () => random.fillNormal(new Float64Array(7)));
    const chosen = random.permutation(30).slice(0, terms);
    const row = Array.from({ length: 30 }, (_, j) => chosen.includes(j) ? random.normal() : 0);
    const base = random.fillNormal(new Float64Array(7));
    const expected = base.map((value, i) => value + 0.3 * row.reduce((sum, w, j) => sum + w * k[j][i], 0));
    const out = new Float64Array(7);
    combination(row, k)(out, base, 0.3);
    // Twenty-five products of order one in another order of summation.
    out.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-14));
    // In place, as the interpolant uses it.
    combination(row, k)(base, base, 0.3);
    expect(base).toEqual(out);
  });
});

describe("the error norm", () => {
  const norm = (e: number[], y: number[], yNew: number[]) => {
    const [a, b, c, atol] = [e, y, yNew, [1, 10]].map((x) => Float64Array.from(x));
    return scaledNorm(a, b, c, atol, 0.5);
  };

  it("is the root mean square in units of atol + rtol max(|y|, |yNew|)", () => {
    // Scales 1 + 0.5 * 4 = 3 and 10 + 0.5 * 20 = 20.
    expect(norm([6, 20], [-4, 20], [2, 0])).toBe(Math.sqrt((4 + 1) / 2));
    expect(norm([0, 0], [1, 1], [1, 1])).toBe(0);
  });

  it("is NaN for a candidate that is not finite, even where the error is", () => {
    expect(norm([1, 1], [0, 0], [Infinity, 0])).toBeNaN();
    expect(norm([1, 1], [0, 0], [0, NaN])).toBeNaN();
  });
});

describe("the LU factorisation", () => {
  it.each([1, 2, 3, 8, 40])("solves as ml-matrix does at n = %d", (n) => {
    const random = stream(4, "lu", n);
    const a = random.fillNormal(new Float64Array(n * n));
    // Forces a row exchange.
    if (n > 1) a[0] = 0;
    const b = random.fillNormal(new Float64Array(n));
    const expected = new LuDecomposition(Matrix.from1DArray(n, n, a)).solve(Matrix.columnVector(b));
    const pivots = new Int32Array(n);
    expect(factorise(a, n, pivots)).toBe(true);
    solveFactorised(a, n, pivots, b);
    // Condition numbers of such matrices are a few hundred.
    b.forEach((x, i) => expect(Math.abs(x - expected.get(i, 0))).toBeLessThan(1e-10));
  });

  it("says so when the matrix is singular or holds NaN", () => {
    expect(factorise(Float64Array.of(1, 2, 2, 4), 2, new Int32Array(2))).toBe(false);
    expect(factorise(Float64Array.of(NaN, 2, 2, 4), 2, new Int32Array(2))).toBe(false);
  });
});

describe("difference quotients", () => {
  const f: RightHandSide = (t, y, dy) => {
    dy[0] = y[0] * y[1] ** 2 + Math.sin(3 * t);
    dy[1] = Math.exp(y[0]) / (1 + t);
  };
  const y = Float64Array.of(0.7, -1.3);
  const [f0, work, other] = [new Float64Array(2), new Float64Array(2), new Float64Array(2)];

  it("equal the derivatives to 1e-9, and leave the state as it was", () => {
    const jacobian = new Float64Array(4);
    f(0.4, y, f0);
    expect(jacobianByDifferences(f, 0.4, y, f0, jacobian, work, other)).toBe(4);
    const exact = [1.69, 2 * 0.7 * -1.3, Math.exp(0.7) / 1.4, 0];
    // epsilon^(2/3) = 4e-11 from rounding and as much from the third derivative.
    jacobian.forEach((value, i) => expect(Math.abs(value - exact[i])).toBeLessThan(1e-9));
    expect([...y]).toEqual([0.7, -1.3]);
    const dfdt = new Float64Array(2);
    timeDerivative(f, 0.4, 0.1, y, f0, dfdt, work);
    // Third derivatives of 27 and 8 times (0.1 / 4096)^2 / 3.
    expect(Math.abs(dfdt[0] - 3 * Math.cos(1.2))).toBeLessThan(1e-7);
    expect(Math.abs(dfdt[1] + Math.exp(0.7) / 1.96)).toBeLessThan(1e-7);
  });

  it("in time are zero where the step cannot be divided", () => {
    const dfdt = Float64Array.of(1, 1);
    expect(timeDerivative(f, 1, 1e-15, y, f0, dfdt, work)).toBe(0);
    expect([...dfdt]).toEqual([0, 0]);
  });

  it("are one-sided at the edge of the domain", () => {
    const root: RightHandSide = (_t, y, dy) => void (dy[0] = Math.sqrt(y[0]) + 2 * y[0]);
    const jacobian = new Float64Array(1);
    const edge = Float64Array.of(0);
    root(0, edge, f0);
    jacobianByDifferences(
      root,
      0,
      edge,
      new Float64Array(1),
      jacobian,
      new Float64Array(1),
      new Float64Array(1),
    );
    expect(Number.isFinite(jacobian[0])).toBe(true);
  });
});

it("the first step lies inside the interval, and shrinks with the tolerance like its order-th root", () => {
  const decay: RightHandSide = (_t, y, dy) => void (dy[0] = -y[0]);
  const guess = (rtol: number, t1 = 100) =>
    initialStep(decay, 0, t1, Float64Array.of(1), Float64Array.of(-1), 5, rtol, Float64Array.of(rtol));
  expect(guess(1e-6, 1e-4)).toBe(1e-4);
  expect(guess(1e-6)).toBeGreaterThan(1e-3);
  expect(guess(1e-6)).toBeLessThan(1);
  expect(guess(1e-6) / guess(1e-12)).toBeCloseTo(10, 6);
});

describe("logTimes", () => {
  it("has exact ends and a constant ratio", () => {
    const times = logTimes(0.3, 7e4, 50);
    expect([times.length, times[0], times[49]]).toEqual([50, 0.3, 7e4]);
    const ratio = times[1] / times[0];
    for (let i = 1; i < 50; i++) expect(Math.abs(times[i] / times[i - 1] / ratio - 1)).toBeLessThan(1e-13);
  });

  it("refuses ends and counts that have no logarithm", () => {
    expect(() => logTimes(0, 1, 5)).toThrow(OdeError);
    expect(() => logTimes(1, -1, 5)).toThrow(/last must be positive and finite, got -1/);
    expect(() => logTimes(1, 2, 1)).toThrow(/at least 2, got 1/);
  });
});
