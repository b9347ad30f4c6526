/** @module Difference quotients for the stiff method when no Jacobian is given. */
import { allFinite } from "./stepper.ts";
import type { RightHandSide } from "./types.ts";

const relativeStep = Math.cbrt(Number.EPSILON);

/**
 * Fills `jacobian[i * n + j]` with $(f_i(y + \delta e_j) - f_i(y - \delta e_j)) / 2\delta$,
 * $\delta = \epsilon^{1/3} \max(10^{-5}, |y_j|)$; one-sided where a side is outside the domain of f.
 *
 * Rivals take forward differences with $\delta = \sqrt{\epsilon \max(10^{-5}, |y_j|)\,}$ (Hairer, RODAS) or
 * $\sqrt\epsilon\,|y_j|$ (ODEPACK). A Rosenbrock method owes its order to the exact Jacobian: on Robertson's problem at
 * rtol 1e-11 the forward quotient takes 2.4 times the steps of the exact Jacobian, the central one the same number.
 *
 * @param y Restored before returning.
 * @param f The right-hand side at (t, y).
 * @param plus Scratch of y's length.
 * @param minus Scratch of y's length.
 * @returns How many evaluations were spent.
 */
export function jacobianByDifferences(
  rhs: RightHandSide,
  t: number,
  y: Float64Array,
  f: Float64Array,
  jacobian: Float64Array,
  plus: Float64Array,
  minus: Float64Array,
): number {
  const n = y.length;
  for (let j = 0; j < n; j++) {
    const held = y[j];
    const delta = relativeStep * Math.max(1e-5, Math.abs(held));
    // The increments that are really taken, after rounding.
    let [above, below] = [held + delta, held - delta];
    let [high, low] = [plus, minus];
    y[j] = above;
    rhs(t, y, plus);
    y[j] = below;
    rhs(t, y, minus);
    y[j] = held;
    if (!allFinite(minus)) [low, below] = [f, held];
    else if (!allFinite(plus)) [high, above] = [f, held];
    const inverse = 1 / (above - below);
    for (let i = 0; i < n; i++) jacobian[i * n + j] = (high[i] - low[i]) * inverse;
  }
  return 2 * n;
}

/**
 * Fills `dfdt` with $(4 f(t + \delta) - f(t + 2\delta) - 3 f(t)) / 2\delta$, $\delta = h / 4096$: second order and never
 * outside the step, hence never outside the interval of integration.
 *
 * @returns How many evaluations were spent.
 */
export function timeDerivative(
  rhs: RightHandSide,
  t: number,
  h: number,
  y: Float64Array,
  f: Float64Array,
  dfdt: Float64Array,
  work: Float64Array,
): number {
  const middle = t + h / 4096;
  const delta = middle - t;
  // Steps of a few units in the last place of t resolve no change of f in time.
  if (delta === 0) {
    dfdt.fill(0);
    return 0;
  }
  rhs(middle, y, dfdt);
  rhs(middle + delta, y, work);
  const inverse = 0.5 / delta;
  for (let i = 0; i < dfdt.length; i++) dfdt[i] = (4 * dfdt[i] - work[i] - 3 * f[i]) * inverse;
  return 2;
}
