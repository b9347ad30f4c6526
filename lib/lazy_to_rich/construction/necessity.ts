/**
 * @module How well H heads can copy at all: the l2 distance of the shifts from the span of H geometric kernels (derived).
 *
 * With masses z_k = e^{-slope_k} per step, the span of the sequences (z_k^{j-1})_j is, in Hardy space H^2, the span of Szego
 * kernels; its orthogonal complement is B H^2 with the Blaschke product $B(z) = \prod_k \frac{z - z_k}{1 - z_k z}$. Hence the
 * distance of delta_i from the span is $(\sum_{m<i} b_m^2)^{1/2}$ with b_m the Taylor coefficients of B: exact, no least squares.
 */
import type { RandomStream } from "../../numerics/mod.ts";

/**
 * max over i <= n-1 of the l2 copy error of the best coefficients for these slopes (Alibi, distances 1, 2, ...).
 * @throws {RangeError} when a slope is not positive
 */
export function copyDistance(slopes: readonly number[], n: number): number {
  if (slopes.some((slope) => !(slope > 0))) throw new RangeError(`slopes must be > 0, got ${slopes}`);
  let b = new Float64Array(n - 1); // Taylor coefficients of B up to z^{n-2}
  b[0] = 1;
  for (const slope of slopes) {
    const z = Math.exp(-slope);
    const next = new Float64Array(n - 1);
    // (x - z) / (1 - z x) = -z + (1 - z^2) sum_{m >= 1} z^{m-1} x^m
    for (let m = 0; m < n - 1; m++) {
      for (let k = 0; k <= m; k++) {
        const factor = k === 0 ? -z : (1 - z * z) * z ** (k - 1);
        next[m] += b[m - k] * factor;
      }
    }
    b = next;
  }
  return Math.sqrt(b.reduce((sum, x) => sum + x * x, 0));
}

/** Rank bound: with H < n - 1 heads some combination of shifts is annihilated, so the error is at least 1/sqrt(n-1); else 0. */
export function copyLowerBound(H: number, n: number): number {
  return H < n - 1 ? 1 / Math.sqrt(n - 1) : 0;
}

/** Best of `trials` random slope sets, log-uniform in [0.05, 20]. */
export function searchCopyDistance(
  options: { n: number; H: number; trials: number; random: RandomStream },
): { distance: number; slopes: number[] } {
  const { n, H, trials, random } = options;
  let best = { distance: Infinity, slopes: [] as number[] };
  for (let trial = 0; trial < trials; trial++) {
    const slopes = Array.from({ length: H }, () => 0.05 * (20 / 0.05) ** random.uniform());
    const distance = copyDistance(slopes, n);
    if (distance < best.distance) best = { distance, slopes };
  }
  return best;
}
