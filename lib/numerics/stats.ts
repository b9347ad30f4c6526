/**
 * Summary statistics of a sample.
 *
 * Moments use two passes about the mean, so a large offset does not cancel the spread away. Every function refuses
 * an empty or non-finite sample: a NaN that slips into an average hides where it came from.
 *
 * @module
 */

/** Refuses a sample that is too small or holds something that is not a finite number. */
export function requireSample(xs: ArrayLike<number>, least: number, what: string): void {
  if (xs.length < least) {
    throw new RangeError(`${what} needs at least ${least} value${least === 1 ? "" : "s"}, got ${xs.length}`);
  }
  for (let i = 0; i < xs.length; i++) {
    if (!Number.isFinite(xs[i])) throw new RangeError(`${what} was given ${xs[i]} at index ${i}`);
  }
}

/** Sum of $(x_i - c)^k$. */
function centralSum(xs: ArrayLike<number>, centre: number, power: number): number {
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += (xs[i] - centre) ** power;
  return sum;
}

/** Arithmetic mean $\bar x$. @throws RangeError for an empty or non-finite sample */
export function mean(xs: ArrayLike<number>): number {
  requireSample(xs, 1, "mean");
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += xs[i];
  const rough = sum / xs.length;
  // A second pass adds back what rounding lost in the first.
  return rough + centralSum(xs, rough, 1) / xs.length;
}

/** Sample variance $\frac{1}{n-1}\sum_i (x_i - \bar x)^2$. @throws RangeError for fewer than 2 values */
export function variance(xs: ArrayLike<number>): number {
  requireSample(xs, 2, "variance");
  return centralSum(xs, mean(xs), 2) / (xs.length - 1);
}

/** Sample standard deviation, the root of {@link variance}. */
export function standardDeviation(xs: ArrayLike<number>): number {
  return Math.sqrt(variance(xs));
}

/** Standard error of the mean of independent values, $\sqrt{\mathrm{variance}/n}$. */
export function standardError(xs: ArrayLike<number>): number {
  return Math.sqrt(variance(xs) / xs.length);
}

/**
 * Excess kurtosis $m_4 / m_2^2 - 3$ with the population moments $m_k = \frac1n \sum_i (x_i - \bar x)^k$.
 *
 * It is 0 for a normal law (biased low by about $6/n$ in small samples). @throws RangeError for a constant sample
 */
export function kurtosis(xs: ArrayLike<number>): number {
  requireSample(xs, 2, "kurtosis");
  const centre = mean(xs);
  const second = centralSum(xs, centre, 2) / xs.length;
  if (second === 0) throw new RangeError("kurtosis is not defined for a sample whose values are all equal");
  return centralSum(xs, centre, 4) / xs.length / second ** 2 - 3;
}

/**
 * Quantile by Hyndman & Fan's definition 7 (the default of R and NumPy): linear between order statistics at
 * $h = (n-1) q$.
 *
 * @param q between 0 and 1
 * @throws RangeError for a q outside [0, 1] or an empty or non-finite sample
 */
export function quantile(xs: ArrayLike<number>, q: number): number {
  requireSample(xs, 1, "quantile");
  if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile's q must lie between 0 and 1, got ${q}`);
  const sorted = Float64Array.from(xs).sort();
  const h = (sorted.length - 1) * q;
  const below = Math.floor(h);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (h - below) * (sorted[above] - sorted[below]);
}

/** The middle value: `quantile(xs, 0.5)`. */
export function median(xs: ArrayLike<number>): number {
  return quantile(xs, 0.5);
}
