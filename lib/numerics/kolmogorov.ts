/**
 * The one-sample Kolmogorov-Smirnov test: does a sample follow a given continuous law?
 *
 * @module
 */

import { requireSample } from "./stats.ts";

/** Result of {@link ksTest}. */
export interface KsResult {
  /** $D = \sup_x |F_n(x) - F(x)|$. */
  statistic: number;
  /** Probability of a D at least this large if the sample does follow F. */
  pValue: number;
}

/**
 * $P(K > x)$ for the Kolmogorov distribution, $2 \sum_{k \ge 1} (-1)^{k-1} e^{-2 k^2 x^2}$.
 *
 * For small x, where that series converges slowly, its theta-function transform is used.
 */
export function kolmogorovTail(x: number): number {
  if (!(x > 0)) return 1;
  let sum = 0;
  if (x < 1.18) {
    for (let k = 1; k <= 7; k += 2) sum += Math.exp(-((k * Math.PI) ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  for (let k = 1; k <= 6; k++) sum += (k % 2 ? 2 : -2) * Math.exp(-2 * k * k * x * x);
  return sum;
}

/**
 * Kolmogorov-Smirnov test of a sample against a continuous distribution function that was fixed beforehand (not
 * fitted to the sample).
 *
 * The p-value is the Kolmogorov law at $(\sqrt n + 0.12 + 0.11/\sqrt n)\,D$ (Stephens, JRSS B 32, 1970), good to
 * about 1 % of itself around p = 0.05 for n >= 5.
 *
 * @throws RangeError for an empty or non-finite sample, or a cdf that leaves [0, 1]
 */
export function ksTest(xs: ArrayLike<number>, cdf: (x: number) => number): KsResult {
  requireSample(xs, 1, "ksTest");
  const sorted = Float64Array.from(xs).sort();
  const n = sorted.length;
  let statistic = 0;
  for (let i = 0; i < n; i++) {
    const p = cdf(sorted[i]);
    if (!(p >= 0 && p <= 1)) throw new RangeError(`ksTest: the cdf is ${p} at ${sorted[i]}, outside [0, 1]`);
    statistic = Math.max(statistic, (i + 1) / n - p, p - i / n);
  }
  const root = Math.sqrt(n);
  return { statistic, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * statistic) };
}
