/**
 * Bootstrap standard errors, for statistics without a formula.
 *
 * @module
 */

import type { RandomStream } from "./random.ts";
import { requireSample, standardDeviation } from "./stats.ts";

/**
 * Standard deviation of `statistic` over samples drawn from `xs` with replacement (Efron 1979).
 *
 * @param random where the draws come from; its position moves on
 * @param resamples number of resamples; the answer's own relative error is about $1/\sqrt{2\,\text{resamples}}$
 * @throws RangeError for fewer than 2 values or resamples, or a statistic that is not finite
 */
export function bootstrapStandardError(
  xs: ArrayLike<number>,
  statistic: (sample: Float64Array) => number,
  random: RandomStream,
  resamples = 1000,
): number {
  requireSample(xs, 2, "bootstrapStandardError");
  if (!Number.isInteger(resamples) || resamples < 2) {
    throw new RangeError(`bootstrapStandardError needs at least 2 resamples, got ${resamples}`);
  }
  const sample = new Float64Array(xs.length);
  const values = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    for (let i = 0; i < sample.length; i++) sample[i] = xs[random.integer(xs.length)];
    values[r] = statistic(sample);
  }
  return standardDeviation(values);
}
