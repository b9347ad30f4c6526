/**
 * logSumExp and softmax, shifted by the largest entry so that nothing overflows.
 *
 * @module
 */

/**
 * $\log \sum_i e^{x_i}$. An entry of $-\infty$ is a masked one and adds nothing; all masked gives $-\infty$.
 *
 * @throws RangeError for an empty list
 */
export function logSumExp(xs: ArrayLike<number>): number {
  if (xs.length === 0) throw new RangeError("logSumExp of an empty list is not defined");
  let top = -Infinity;
  for (let i = 0; i < xs.length; i++) {
    if (Number.isNaN(xs[i])) return NaN;
    if (xs[i] > top) top = xs[i];
  }
  if (!Number.isFinite(top)) return top;
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += Math.exp(xs[i] - top);
  return top + Math.log(sum);
}

/**
 * $\mathrm{softmax}(x)_i = e^{x_i} / \sum_j e^{x_j}$; an entry of $-\infty$ gets exactly 0.
 *
 * @param out receives the result and is returned; may be the input itself
 * @throws RangeError for an empty list, a NaN, or when no entry is finite: there is no distribution then
 */
export function softmax(
  logits: ArrayLike<number>,
  out: Float64Array = new Float64Array(logits.length),
): Float64Array {
  if (out.length !== logits.length) {
    throw new RangeError(`softmax got ${logits.length} logits and an out of length ${out.length}`);
  }
  let top = -Infinity;
  for (let i = 0; i < logits.length; i++) {
    if (Number.isNaN(logits[i])) throw new RangeError(`softmax was given NaN at index ${i}`);
    if (logits[i] > top) top = logits[i];
  }
  if (!Number.isFinite(top)) throw new RangeError(`softmax needs a finite largest logit, got ${top}`);
  let total = 0;
  for (let i = 0; i < logits.length; i++) total += out[i] = Math.exp(logits[i] - top);
  for (let i = 0; i < logits.length; i++) out[i] /= total;
  return out;
}
