/** @module The size of the first step. */
import { scaledNorm } from "./stepper.ts";
import type { RightHandSide } from "./types.ts";

/**
 * Hairer's guess: the step for which an explicit Euler step would move the solution by a hundredth of its size, then
 * corrected by a difference quotient of f so that the leading error term is a hundredth of the tolerance.
 *
 * Source: Hairer, Norsett, Wanner, Solving Ordinary Differential Equations I, section II.4. One evaluation of f, inside
 * the interval.
 *
 * @param f The right-hand side at (t0, y0).
 * @param order Order of the method.
 * @returns A positive size, at most |t1 - t0|.
 */
export function initialStep(
  rhs: RightHandSide,
  t0: number,
  t1: number,
  y0: Float64Array,
  f: Float64Array,
  order: number,
  rtol: number,
  atol: Float64Array,
): number {
  const span = Math.abs(t1 - t0);
  const size = scaledNorm(y0, y0, y0, atol, rtol);
  const slope = scaledNorm(f, y0, y0, atol, rtol);
  const euler = Math.min(span, size < 1e-5 || slope < 1e-5 ? 1e-6 * Math.min(1, span) : 0.01 * size / slope);
  const direction = Math.sign(t1 - t0);
  const y1 = y0.map((value, i) => value + direction * euler * f[i]);
  const change = new Float64Array(y0.length);
  rhs(euler === span ? t1 : t0 + direction * euler, y1, change);
  for (let i = 0; i < change.length; i++) change[i] -= f[i];
  const curvature = scaledNorm(change, y0, y0, atol, rtol) / euler;
  const steepest = Math.max(slope, curvature);
  if (!Number.isFinite(steepest)) return euler;
  const corrected = steepest <= 1e-15 ? Math.max(1e-6, euler * 1e-3) : (0.01 / steepest) ** (1 / (order + 1));
  return Math.min(100 * euler, corrected, span);
}
