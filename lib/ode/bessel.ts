/** @module Modified Bessel functions of integer order, all at once, as the Chebyshev coefficients of the exponential. */

/** Coefficients below this many e-foldings under the first are rounding: $e^{-38} \approx 3\cdot10^{-17}$. */
const depth = 38;

/**
 * The order from which on $e^{-z} I_k(z)$ is below rounding.
 *
 * Newton's iteration on Debye's exponent, $\sqrt{k^2 + z^2} - z - k\,\mathrm{asinh}(k/z) = -38$; the answer grows like
 * $\sqrt{76 z}$, the square-root law that makes Chebyshev expansions cheaper than explicit steps.
 *
 * @param z Positive argument.
 */
export function besselReach(z: number): number {
  // The iteration falls onto the root from above because the exponent is concave.
  let k = Math.sqrt(2 * depth * z) + depth;
  for (let i = 0; i < 60; i++) {
    const slope = Math.asinh(k / z);
    const excess = depth + Math.sqrt(k * k + z * z) - z - k * slope;
    if (excess > -1e-3) break;
    k += excess / slope;
  }
  return Math.ceil(k) + 1;
}

/**
 * Fills `out[k]` with $e^{-z} I_k(z)$ for k = 0 .. count - 1 by Miller's backward recurrence
 * $I_{k-1} = I_{k+1} + (2k/z) I_k$, normalised by $I_0 + 2\sum_{k\ge1} I_k = e^z$.
 *
 * Every value is right to a few units of rounding of the largest; no power of e is formed, so nothing overflows.
 *
 * @param z Argument, not negative.
 * @param count How many orders; orders beyond `besselReach(z)` are zero.
 */
export function scaledBessel(z: number, count: number, out: Float64Array): void {
  if (z < 1e-200) {
    out.fill(0, 0, count);
    out[0] = 1;
    return;
  }
  const top = besselReach(z);
  let [above, current, sum] = [0, 1e-280, 0];
  for (let k = top; k < count; k++) out[k] = 0;
  let filled = count;
  for (let k = top; k > 0; k--) {
    sum += 2 * current;
    const below = above + 2 * k / z * current;
    above = current;
    current = below;
    if (k - 1 < count) out[filled = k - 1] = current;
    if (current > 1e250) {
      const shrink = 1e-250;
      [above, current, sum] = [above * shrink, current * shrink, sum * shrink];
      for (let j = filled; j < Math.min(count, top); j++) out[j] *= shrink;
    }
  }
  sum += current;
  for (let k = 0; k < Math.min(count, top); k++) out[k] /= sum;
}
