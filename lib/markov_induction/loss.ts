/**
 * @module The two losses of one prediction y on the simplex: the log loss on the attention output, and the published code's softmax
 * cross-entropy applied to y although y is a probability vector already (arXiv 2409.10559; the form with ε is not confirmed).
 */
import { logSumExp } from "../numerics/mod.ts";

/** `logeps`: $-\log(y_{x'}+\varepsilon)$; `cesoft`: $-y_{x'}+\log\sum_k e^{y_k}$, which is improper (derived). */
export type Loss = { readonly kind: "logeps"; readonly epsilon: number } | { readonly kind: "cesoft" };

/** Refuses an epsilon that is no number >= 0. @throws {RangeError} */
export function checkLoss(loss: Loss): void {
  if (loss.kind === "logeps" && !(loss.epsilon >= 0 && loss.epsilon < Infinity)) {
    throw new RangeError(`epsilon must be >= 0 and finite, got ${loss.epsilon}`);
  }
}

/** Loss of a prediction [d] when the target is token `target`. Infinite for `logeps` with epsilon 0 where y is 0. */
export function lossOf(loss: Loss, y: ArrayLike<number>, target: number): number {
  return loss.kind === "logeps" ? -Math.log(y[target] + loss.epsilon) : logSumExp(y) - y[target];
}

/** Loss expected when the target is drawn from `law` [d]; outcomes of probability 0 do not count. */
export function expectedLoss(loss: Loss, y: ArrayLike<number>, law: ArrayLike<number>): number {
  let sum = 0;
  for (let e = 0; e < y.length; e++) if (law[e] > 0) sum += law[e] * lossOf(loss, y, e);
  return sum;
}

/** $g=-\partial\ell/\partial y$: `logeps` $e_{x'}/(y_{x'}+\varepsilon)$, `cesoft` $e_{x'}-\mathrm{softmax}(y)$; written into `g` [d]. */
export function pullOf(loss: Loss, y: ArrayLike<number>, target: number, g: Float64Array): Float64Array {
  const d = y.length;
  if (loss.kind === "logeps") {
    g.fill(0);
    g[target] = 1 / (y[target] + loss.epsilon);
    return g;
  }
  let total = 0; // y lies in [0, 1]: no shift is needed
  for (let e = 0; e < d; e++) total += Math.exp(y[e]);
  for (let e = 0; e < d; e++) g[e] = -Math.exp(y[e]) / total;
  g[target] += 1;
  return g;
}

/**
 * The prediction on the simplex that minimises the expected loss under `law` (derived). For `logeps` $y_e=\max(0,\pi_e/\nu-\varepsilon)$, the
 * law itself at epsilon 0. For `cesoft` $y_e=\max(0,\log(Z(\pi_e-\nu)))$ with $Z=\sum_ke^{y_k}$: an over-sharpened law, the point mass on
 * the mode as soon as it leads by (e-1)/(e+d-1). The multiplier $\nu$ and Z are found by bisection.
 */
export function bestPrediction(loss: Loss, law: ArrayLike<number>): Float64Array {
  checkLoss(loss);
  const y = new Float64Array(law.length);
  if (loss.kind === "logeps") {
    // The sum falls with nu, and is at most 1 at nu = 1.
    return meetSum(y, (e, nu) => law[e] / nu - loss.epsilon, 1e-9, 1);
  }
  const d = law.length;
  const remade = (Z: number) => {
    meetSum(y, (e, nu) => Math.log(Math.max(Z * (law[e] - nu), 1e-300)), -2, 1);
    return y.reduce((sum, v) => sum + Math.exp(v), 0);
  };
  // Z lies between its values at the uniform law and at a point mass.
  let [low, high] = [d * Math.exp(1 / d), d - 1 + Math.E];
  for (let i = 0; i < 60; i++) {
    const Z = (low + high) / 2;
    if (remade(Z) > Z) low = Z;
    else high = Z;
  }
  remade(high);
  return y;
}

/** Fills y_e = max(0, entry(e, nu)) with the nu in [low, high] at which y sums to 1; entry falls with nu. */
function meetSum(
  y: Float64Array,
  entry: (e: number, nu: number) => number,
  low: number,
  high: number,
): Float64Array {
  let total = 0;
  const fill = (nu: number) => {
    total = 0;
    for (let e = 0; e < y.length; e++) total += y[e] = Math.max(0, entry(e, nu));
  };
  for (let i = 0; i < 100; i++) {
    const nu = (low + high) / 2;
    fill(nu);
    if (total > 1) low = nu;
    else high = nu;
  }
  return y;
}
