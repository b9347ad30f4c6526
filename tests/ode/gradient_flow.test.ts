/** @module Gradient flows from formulas against right-hand sides written by hand. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormulaError } from "../../lib/numerics/mod.ts";
import { gradientFlow, OdeError, type RightHandSide, solve } from "../../lib/ode/mod.ts";

/** An induction head's scalar part: value v, attention score wq wk, and a moment function h. */
const constants = { kappa: 0.5, bstar: 0.25, N: 98 };
const induction = gradientFlow(
  "(v^2*h((wq*wk)^2) - 2*v*kappa*h(wq*wk*bstar) + kappa^2*h(bstar^2))/(2*N)",
  ["v", "wq", "wk"],
  { constants, functions: { h: "(1-2*z)^(-1/2)" } },
);
const byHand: RightHandSide = (_t, y, dy) => {
  const { kappa, bstar, N } = constants;
  const h = (z: number) => 1 / Math.sqrt(1 - 2 * z);
  const slope = (z: number) => h(z) ** 3;
  const [v, wq, wk] = y;
  const beta = wq * wk;
  const dBeta = (v * v * beta * slope(beta * beta) - v * kappa * bstar * slope(beta * bstar)) / N;
  dy[0] = -(v * h(beta * beta) - kappa * h(beta * bstar)) / N;
  dy[1] = -wk * dBeta;
  dy[2] = -wq * dBeta;
};
const weight = fc.double({ min: -0.75, max: 0.75, noNaN: true });

describe("a gradient flow from a formula", () => {
  it("equals the right-hand side written by hand", () => {
    fc.assert(
      fc.property(weight, weight, weight, (v, wq, wk) => {
        const y = Float64Array.of(v, wq, wk);
        const [typed, written] = [new Float64Array(3), new Float64Array(3)];
        induction.f(0, y, typed);
        byHand(0, y, written);
        // Values below one; the moment's slope stays below 1 / (1 - 2 * 0.75^4)^1.5 = 5.
        typed.forEach((value, i) => expect(Math.abs(value - written[i])).toBeLessThan(1e-12));
      }),
      { seed: 11 },
    );
  });

  it("runs to the minimum, where the score has learnt its target", () => {
    const path = solve(induction.f, [0.01, 0.01, 0.01], { t1: 12_000, rtol: 1e-9, atol: 1e-12 });
    const reference = solve(byHand, [0.01, 0.01, 0.01], {
      t1: 12_000,
      rtol: 1e-11,
      atol: 1e-14,
      method: "dop853",
    });
    // A hundred tolerances: the plateau amplifies errors until the jump and forgets them afterwards.
    path.end.y.forEach((value, i) => expect(Math.abs(value - reference.end.y[i])).toBeLessThan(1e-7));
    const losses = path.y.map((y) => induction.loss(y));
    losses.slice(1).forEach((loss, i) => expect(loss).toBeLessThanOrEqual(losses[i] + 1e-15));
    expect(losses.at(-1)!).toBeLessThan(losses[0] / 10);
    // The two factors of the score start equal and the flow keeps wq^2 - wk^2.
    expect(Math.abs(path.end.y[1] - path.end.y[2])).toBeLessThan(1e-9);
  });

  it("gives the stiff method its Jacobian", () => {
    const y = Float64Array.of(0.3, 0.5, 0.4);
    const jacobian = new Float64Array(9);
    induction.jacobian(0, y, jacobian);
    const [up, down] = [new Float64Array(3), new Float64Array(3)];
    for (let j = 0; j < 3; j++) {
      const nudge = (sign: number, out: Float64Array) =>
        induction.f(0, y.map((value, i) => i === j ? value + sign * 1e-5 : value), out);
      nudge(1, up);
      nudge(-1, down);
      // Central differences: third derivatives of order one times 1e-10.
      for (let i = 0; i < 3; i++) {
        expect(Math.abs(jacobian[3 * i + j] - (up[i] - down[i]) / 2e-5)).toBeLessThan(1e-9);
      }
    }
    const options = { t1: 12_000, rtol: 1e-8, atol: 1e-11, method: "rodas5p", autonomous: true } as const;
    const given = solve(induction.f, [0.01, 0.01, 0.01], { ...options, jacobian: induction.jacobian });
    const differences = solve(induction.f, [0.01, 0.01, 0.01], options);
    given.end.y.forEach((value, i) => expect(Math.abs(value - differences.end.y[i])).toBeLessThan(1e-7));
  });

  it("scales every component by its rate", () => {
    const loss = "(a*b - 1)^2 / 2";
    const [plain, rated] = [
      gradientFlow(loss, ["a", "b"]),
      gradientFlow(loss, ["a", "b"], { rates: [2, 0.5] }),
    ];
    const y = Float64Array.of(0.3, 0.8);
    const [x, z] = [new Float64Array(2), new Float64Array(2)];
    plain.f(0, y, x);
    rated.f(0, y, z);
    expect([...z]).toEqual([2 * x[0], 0.5 * x[1]]);
    gradientFlow(loss, ["a", "b"], { rates: 3 }).f(0, y, z);
    expect([...z]).toEqual([3 * x[0], 3 * x[1]]);
    const jacobian = new Float64Array(4);
    rated.jacobian(0, y, jacobian);
    // -r_i d_i d_j (ab - 1)^2 / 2: diagonal b^2 and a^2, off it 2ab - 1.
    const exact = [-2 * 0.64, -2 * (2 * 0.24 - 1), -0.5 * (2 * 0.24 - 1), -0.5 * 0.09];
    jacobian.forEach((value, i) => expect(Math.abs(value - exact[i])).toBeLessThan(1e-15));
  });

  it("refuses malformed formulas, unknown symbols and rates that do not fit", () => {
    expect(() => gradientFlow("(a - 1", ["a"])).toThrow(FormulaError);
    expect(() => gradientFlow("a * beta", ["a"])).toThrow(/beta/);
    expect(() => gradientFlow("a * g(a)", ["a"])).toThrow(/g/);
    expect(() => gradientFlow("1", [])).toThrow(OdeError);
    expect(() => gradientFlow("a^2", ["a"], { rates: [1, 2] })).toThrow(/2 entries for 1 variables/);
    expect(() => gradientFlow("a^2", ["a"], { rates: NaN })).toThrow(/rate of a must be finite, got NaN/);
  });
});

it("the flow of a quadratic loss is one for chebyshev; unequal rates are not", () => {
  const loss = "(a + 2 * b - 1)^2 / 2 + (a - c)^2 / 4 + c^2";
  const names = ["a", "b", "c"];
  const even = gradientFlow(loss, names, { rates: 0.5 });
  const options = { t1: 6, rtol: 1e-10, atol: 1e-12 };
  const [fast, plain] = (["chebyshev", "dop853"] as const).map((method) =>
    solve(even.f, [1, -1, 2], { ...options, method }).end.y
  );
  // Ten tolerances.
  fast.forEach((y, i) => expect(Math.abs(y - plain[i])).toBeLessThan(1e-9));
  const uneven = gradientFlow(loss, names, { rates: [0.5, 1, 0.5] });
  expect(() => solve(uneven.f, [1, -1, 2], { ...options, method: "chebyshev" })).toThrow(/not symmetric/);
});
