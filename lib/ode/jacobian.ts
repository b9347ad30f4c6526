/** @module Difference quotients for the stiff method when no Jacobian is given. */
import type { RightHandSide } from "./types.ts";

/**
 * Fills `jacobian[i * n + j]` with $(f_i(y + \delta e_j) - f_i(y)) / \delta$, $\delta = \sqrt{\epsilon \max(10^{-5}, |y_j|)\,}$.
 *
 * The increment is Hairer's (code RODAS). The rival $\sqrt\epsilon\,|y_j|$ (ODEPACK) fails at $y_j = 0$ and needs a typical
 * size from the user; the square root over the size keeps small species of chemical problems well resolved.
 *
 * @param y Restored before returning.
 * @param f The right-hand side at (t, y).
 * @param work Scratch of y's length.
 * @returns How many evaluations were spent.
 */
export function forwardDifferences(
  rhs: RightHandSide,
  t: number,
  y: Float64Array,
  f: Float64Array,
  jacobian: Float64Array,
  work: Float64Array,
): number {
  const n = y.length;
  for (let j = 0; j < n; j++) {
    const held = y[j];
    y[j] = held + Math.sqrt(Number.EPSILON * Math.max(1e-5, Math.abs(held)));
    // The increment that was really taken, after rounding.
    const inverse = 1 / (y[j] - held);
    rhs(t, y, work);
    y[j] = held;
    for (let i = 0; i < n; i++) jacobian[i * n + j] = (work[i] - f[i]) * inverse;
  }
  return n;
}

/**
 * Fills `dfdt` with the difference quotient of f in time, looking toward `t1` and never past it.
 *
 * @returns How many evaluations were spent.
 */
export function timeDifference(
  rhs: RightHandSide,
  t: number,
  t1: number,
  y: Float64Array,
  f: Float64Array,
  dfdt: Float64Array,
): number {
  const reach = Math.min(Math.abs(t1 - t), Math.sqrt(Number.EPSILON * Math.max(1e-5, Math.abs(t))));
  const shifted = t + Math.sign(t1 - t) * reach;
  if (shifted === t) {
    dfdt.fill(0);
    return 0;
  }
  const inverse = 1 / (shifted - t);
  rhs(shifted, y, dfdt);
  for (let i = 0; i < dfdt.length; i++) dfdt[i] = (dfdt[i] - f[i]) * inverse;
  return 1;
}
