/**
 * @module Proved error bounds of the constructions (derived), for tokens with |x|_inf <= 1, uniform in the sequence length.
 *
 * A softmax average of values in [-1, 1] is 1-Lipschitz in its logits (sup norm), so an error of the logits is an error of the
 * output at most as large; two averages never differ by more than 2.
 */

/** Sum of absolute entries, the norm $\|W\|_{1,1}$. */
export function entrywiseNorm(W: readonly (readonly number[])[]): number {
  return W.reduce((sum, row) => sum + row.reduce((inner, w) => inner + Math.abs(w), 0), 0);
}

/** IH_2 by one head of slope p: $2\|W\|_{1,1}e^{-p} + 2e^{2\|W\|_{1,1} - B}$ (the last term is position 1, guarded by B). */
export function singleHeadBound(W: readonly (readonly number[])[], slope: number, guard = 60): number {
  const norm = entrywiseNorm(W);
  return Math.min(2, 2 * norm * Math.exp(-slope) + 2 * Math.exp(2 * norm - guard));
}

/**
 * IH_n by kernels with l1 copy errors E_i: $\|W\|_{1,1}(2E + E^2) + B\sum_i E_i + 2n e^{2\|W\|_{1,1} - B}$, E = max E_i, capped at 2.
 * For T5 heads pass errors multiplied by the sequence length.
 */
export function inductionHeadBound(
  W: readonly (readonly number[])[],
  errors: readonly number[],
  guard: number,
): number {
  const norm = entrywiseNorm(W), n = errors.length + 1;
  const E = Math.max(...errors);
  const guardError = guard * errors.reduce((sum, e) => sum + e, 0);
  return Math.min(2, norm * (2 * E + E * E) + guardError + 2 * n * Math.exp(2 * norm - guard));
}
