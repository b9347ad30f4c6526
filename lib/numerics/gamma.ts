/**
 * Gamma and Dirichlet draws, in logarithms so that tiny shapes stay finite.
 *
 * A Gamma(0.01) draw is below the smallest float64 about one time in 1000 and a naive Dirichlet(0.01) then divides
 * 0 by 0; its logarithm is an ordinary number, and only ratios are ever exponentiated.
 *
 * @module
 */

import { standardNormal } from "./normal.ts";
import type { WordStream } from "./word_stream.ts";

/** Marsaglia & Tsang (ACM TOMS 26(3), 2000) squeeze for shape >= 1. */
function gammaAtLeastOne(words: WordStream, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = standardNormal(words);
    const t = 1 + c * x;
    if (t <= 0) continue;
    const v = t * t * t;
    const u = words.nextOpenUniform();
    if (u < 1 - 0.0331 * x * x * x * x) return d * v;
    if (Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

/**
 * Logarithm of a Gamma(shape, 1) draw, finite for every shape > 0.
 *
 * For shape < 1 it uses $G_a = G_{a+1} U^{1/a}$, that is $\log G_{a+1} + \log U / a$.
 */
export function logGammaDraw(words: WordStream, shape: number): number {
  if (shape >= 1) return Math.log(gammaAtLeastOne(words, shape));
  const boosted = Math.log(gammaAtLeastOne(words, shape + 1));
  return boosted + Math.log(words.nextOpenUniform()) / shape;
}

/** A Gamma(shape, 1) draw; for small shapes it may underflow to 0, its correct rounding. */
export function gammaDraw(words: WordStream, shape: number): number {
  return shape >= 1 ? gammaAtLeastOne(words, shape) : Math.exp(logGammaDraw(words, shape));
}

/** Fills `out` with a Dirichlet(alpha) draw: it sums to 1 and is never NaN. */
export function dirichletDraw(words: WordStream, alpha: ArrayLike<number>, out: Float64Array): Float64Array {
  let top = -Infinity;
  for (let i = 0; i < alpha.length; i++) {
    out[i] = logGammaDraw(words, alpha[i]);
    if (out[i] > top) top = out[i];
  }
  let total = 0;
  for (let i = 0; i < alpha.length; i++) total += out[i] = Math.exp(out[i] - top);
  for (let i = 0; i < alpha.length; i++) out[i] /= total;
  return out;
}
