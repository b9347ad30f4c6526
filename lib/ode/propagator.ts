/** @module Chebyshev coefficients of the two functions that solve a linear flow, on an interval of eigenvalues. */
import { scaledBessel } from "./bessel.ts";

/** Eigenvalues are expected between these; `centre` and `radius` of the same interval. */
export interface Interval {
  readonly centre: number;
  readonly radius: number;
}

/**
 * Coefficients $e_k$ of $e^{t\lambda} = \sum_{k\ge0} e_k T_k\big((\lambda - c)/r\big)$:
 * $e_k = (2 - \delta_{k0})\, e^{tc} I_k(tr)$.
 *
 * They are computed as $e^{t(c + r)}$ times scaled Bessel functions, so only growth of the flow itself can overflow.
 *
 * @param t Time, not negative.
 * @param count How many.
 */
export function exponentialCoefficients(
  t: number,
  { centre, radius }: Interval,
  count: number,
  out: Float64Array,
): void {
  scaledBessel(t * radius, count, out);
  const top = Math.exp(t * (centre + radius));
  out[0] *= top;
  for (let k = 1; k < count; k++) out[k] *= 2 * top;
}

/**
 * Coefficients $d_k$ of $(e^{t\lambda} - 1)/\lambda = \int_0^t e^{s\lambda}\,ds$, the response to a constant force.
 *
 * From $\lambda \sum d_k T_k = \sum e_k T_k - 1$ and $2 x T_k = T_{k+1} + T_{k-1}$ follows
 * $d_{k-1} = \tfrac2r (e_k - c\,d_k) - d_{k+1}$, run backward from zero, with $d_0$ halved at the end. Its homogeneous
 * solutions stay bounded (or grow linearly) because the interval contains zero; derived.
 *
 * @param interval Must contain zero: |centre| at most radius.
 * @param exponential The coefficients $e_k$ of the same t and interval.
 * @param count How many, at least up to where the $e_k$ are rounding: the recurrence takes those beyond for zero.
 */
export function forcedCoefficients(
  { centre, radius }: Interval,
  exponential: Float64Array,
  count: number,
  out: Float64Array,
): void {
  let [above, current] = [0, 0];
  for (let k = count - 1; k > 0; k--) {
    out[k] = current;
    const below = 2 / radius * (exponential[k] - centre * current) - above;
    above = current;
    current = below;
  }
  out[0] = current / 2;
}
