/** @module Exact risks and moments for isotropic inputs, Sigma = I (derived; the least squares ones are classical). */
import { signalOf, type SparseTask } from "../data.ts";

/**
 * Risk of least squares: $\sigma^2 d/(n-d-1)$ for n > d + 1, and of the one of smallest norm
 * $W(1-n/d) + \sigma^2 n/(d-n-1)$ for n < d - 1; infinite in between.
 */
export function leastSquaresRisk(
  { d, sigma, signal }: Pick<SparseTask, "d" | "sigma" | "signal">,
  n: number,
): number {
  if (n > d + 1) return sigma ** 2 * d / (n - d - 1);
  if (n < d - 1) return signalOf({ signal }) * (1 - n / d) + sigma ** 2 * n / (d - n - 1);
  return Infinity;
}

/** Risk of least squares on the true support, $\sigma^2 s/(n-s-1)$ for n > s + 1. */
export function oracleRisk({ s, sigma, signal }: SparseTask, n: number): number {
  return leastSquaresRisk({ d: s, sigma, signal }, n);
}

/** Moments of $\hat r = X^\top y/n$ given w*. */
export interface CorrelationMoments {
  /** Variance where the weight is w: $(\tau^2 + w^2)/n$, with $\tau^2 = \|w^*\|^2 + \sigma^2$; its mean is w. */
  varianceAt(weight: number): number;
  /** $E\hat r_j^4 = (3\tau^4 + 6\tau^4/n)/n^2$ off the support. */
  readonly fourthOff: number;
}

/** Moments of the label correlations at context length n, for $\|w^*\|^2 = W$. */
export function correlationMoments(
  { sigma, signal }: Pick<SparseTask, "sigma" | "signal">,
  n: number,
): CorrelationMoments {
  const power = signalOf({ signal }) + sigma ** 2;
  return {
    varianceAt: (weight) => (power + weight ** 2) / n,
    fourthOff: (3 + 6 / n) * power ** 2 / n ** 2,
  };
}
