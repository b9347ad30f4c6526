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
 * The prediction on the simplex that minimises the expected loss under `law`. For `logeps` it is
 * $y_e=\max(0,\pi_e/\nu-\varepsilon)$ (the law itself at epsilon 0); for `cesoft` $y_e=\max(0,\log\text{-linear})$, an over-sharpened law: the
 * stationarity $\pi_e-\mathrm{softmax}(y)_e=\nu$ on the support (derived). Found by bisection on the multiplier.
 */
export function bestPrediction(loss: Loss, law: ArrayLike<number>): Float64Array {
  checkLoss(loss);
  const d = law.length, y = new Float64Array(d);
  const sum = () => y.reduce((a, b) => a + b, 0);
  if (loss.kind === "logeps") {
    const fill = (nu: number) => y.forEach((_, e) => y[e] = Math.max(0, law[e] / nu - loss.epsilon));
    let [low, high] = [1e-12, 1 / (1 + 1e-15) + 1e-12]; // the sum falls with nu; at nu = 1 it is at most 1
    for (let i = 0; i < 200; i++) {
      const middle = Math.sqrt(low * high);
      fill(middle);
      if (sum() > 1) low = middle;
      else high = middle;
    }
    fill(high);
    const total = sum();
    return total > 0 ? y.map((v) => v / total) : y;
  }
  // Fixed Z = sum e^y: y_e = max(0, log(Z (pi_e - nu))), nu chosen so that y sums to 1; then Z is iterated by bisection.
  const solveNu = (Z: number) => {
    const fill = (nu: number) =>
      y.forEach((_, e) => y[e] = Math.max(0, Math.log(Math.max(Z * (law[e] - nu), 1e-300))));
    let [low, high] = [-2, 1];
    for (let i = 0; i < 100; i++) {
      const nu = (low + high) / 2;
      fill(nu);
      if (sum() > 1) low = nu;
      else high = nu;
    }
    fill(high);
    return y.reduce((a, v) => a + Math.exp(v), 0);
  };
  let [low, high] = [d * Math.exp(1 / d) * (1 - 1e-12), (d - 1 + Math.E) * (1 + 1e-12)];
  for (let i = 0; i < 100; i++) {
    const Z = (low + high) / 2;
    if (solveNu(Z) > Z) low = Z;
    else high = Z;
  }
  return y;
}
