/** @module How records keep many networks: moments and histograms, and what is read off them. Needed where records are only drawn. */

/** Entrywise first and second moments over networks: enough for the mean squared distance to any prediction. */
export type Moments = {
  /** Mean over networks. */
  readonly mean: readonly number[];
  /** Mean of squares over networks. */
  readonly square: readonly number[];
};

/** Mean over networks of $|x - x_\infty|^2$, or of $|x - x_\infty|^2/|x_\infty|^2$ when relative. */
export function squaredDistance(x: Moments, limit: ArrayLike<number>, relative = false): number {
  let error = 0, norm = 0;
  for (let i = 0; i < limit.length; i++) {
    error += x.square[i] - 2 * x.mean[i] * limit[i] + limit[i] ** 2;
    norm += limit[i] ** 2;
  }
  return relative ? error / norm : error / limit.length;
}

/** Counts over equal bins; what falls outside is counted in the end bins. */
export type Histogram = { readonly low: number; readonly high: number; readonly counts: readonly number[] };

/** Bins values. */
export function histogramOf(values: Iterable<number>, low: number, high: number, bins: number): Histogram {
  const counts = new Array<number>(bins).fill(0);
  for (const x of values) {
    counts[Math.max(0, Math.min(bins - 1, Math.floor((x - low) / (high - low) * bins)))]++;
  }
  return { low, high, counts };
}

/** Steps at which head distributions are kept. */
export const histogramTimes = [0, 6, 12] as const;
