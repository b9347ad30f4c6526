/**
 * @module The reparametrised two-layer transformer of six scalars, its output and its gradients by hand.
 *
 * Layer 1: y_s = sum_{j=1}^{s-1} softmax_j(-p1 (j-1)) x_{s-j}, y_1 = 0 (p1 = Infinity: y_s = x_{s-1}).
 * Head (2,1): o1 = a sum_{k=0}^{N-1} A_k y_{L-1-k}, A = softmax_k(-p2 k), N = L - 2.
 * Head (2,2): o2 = v sum_{s=2}^{L-1} S_s x_s, S = softmax_s(w_Q w_K <x_L, y_s>).
 * Loss of a sample: |c x_{L-2} - o1|^2 / 2 + |kappa IH_2 - o2|^2 / 2.
 * Six scalars are reported for arXiv 2410.11474; which six, and these gradients, are this project's (derived, checked).
 */

/** (p1; p2, a, v, w_Q, w_K). `p1` may be Infinity: a perfect previous-token head. */
export interface SixScalars {
  /** Alibi slope of layer 1. */
  readonly p1: number;
  /** Alibi slope of the 4-gram head. */
  readonly p2: number;
  /** Value scale of the 4-gram head. */
  readonly a: number;
  /** Value scale of the induction head. */
  readonly v: number;
  /** Query scalar of the induction head. */
  readonly wQ: number;
  /** Key scalar of the induction head. */
  readonly wK: number;
}

/** Outputs and what the gradients need. */
export interface SixScalarsResult {
  /** [o1 (d), o2 (d)]. */
  readonly output: Float64Array;
  /** Attention of the 4-gram head, `fourGram[k]` on y_{L-1-k}, [N]. */
  readonly fourGram: Float64Array;
  /** Attention of the induction head on x_s, s = 2..L-1, [N]. */
  readonly induction: Float64Array;
}

/** Half squared errors of the two target coordinates and the gradient of their sum. */
export interface SixScalarsGradient {
  /** Half squared errors of this sample. */
  readonly losses: { readonly fourGram: number; readonly induction: number };
  /** Their sum differentiated in each scalar. */
  readonly gradient: SixScalars;
}

function softmaxOf(logits: Float64Array): Float64Array {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const masses = logits.map((z) => Math.exp(z - top));
  const sum = masses.reduce((a, b) => a + b, 0);
  return masses.map((m) => m / sum);
}

/** Layer 1 and its derivative in p1 through num_s = x_{s-1} + r num_{s-1}, den_s = 1 + r den_{s-1}, r = e^-p1. */
function previousTokens(tokens: ArrayLike<number>, d: number, L: number, p1: number) {
  const r = Math.exp(-p1);
  const y = new Float64Array(L * d), dy = new Float64Array(L * d);
  const num = new Float64Array(d), dnum = new Float64Array(d);
  let den = 0, dden = 0;
  for (let s = 1; s < L; s++) { // 0-based: token s is x_{s+1}
    dden = den + r * dden;
    den = 1 + r * den;
    for (let i = 0; i < d; i++) {
      dnum[i] = num[i] + r * dnum[i];
      num[i] = tokens[(s - 1) * d + i] + r * num[i];
      y[s * d + i] = num[i] / den;
      dy[s * d + i] = -r * (dnum[i] * den - num[i] * dden) / (den * den);
    }
  }
  return { y, dy };
}

function evaluate(theta: SixScalars, tokens: ArrayLike<number>, d: number) {
  const L = tokens.length / d, N = L - 2;
  if (!Number.isInteger(L) || L < 4) {
    throw new RangeError(
      `the mixed task needs at least 4 tokens of width ${d}, got ${tokens.length} numbers`,
    );
  }
  const { y, dy } = previousTokens(tokens, d, L, theta.p1);
  const fourGram = softmaxOf(Float64Array.from({ length: N }, (_, k) => k === 0 ? 0 : -theta.p2 * k));
  const beta = theta.wQ * theta.wK, q = (L - 1) * d;
  const logits = new Float64Array(N); // index n is position s = n + 2, 0-based token n + 1
  for (let n = 0; n < N; n++) {
    for (let i = 0; i < d; i++) logits[n] += beta * tokens[q + i] * y[(n + 1) * d + i];
  }
  const induction = softmaxOf(logits);
  const shifted = new Float64Array(d), matched = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < N; k++) shifted[i] += fourGram[k] * y[(L - 2 - k) * d + i];
    for (let n = 0; n < N; n++) matched[i] += induction[n] * tokens[(n + 1) * d + i];
  }
  return { L, N, y, dy, fourGram, induction, shifted, matched, beta, q };
}

/**
 * Output of the six-scalar model on one sequence.
 * @param tokens [L, d], L >= 4
 */
export function sixScalars(theta: SixScalars, tokens: ArrayLike<number>, d = 1): SixScalarsResult {
  const { fourGram, induction, shifted, matched } = evaluate(theta, tokens, d);
  const output = new Float64Array(2 * d);
  for (let i = 0; i < d; i++) [output[i], output[d + i]] = [theta.a * shifted[i], theta.v * matched[i]];
  return { output, fourGram, induction };
}

/**
 * Losses of one sample and their gradient, by the formulas (derived)
 * $\partial_a = e_1 \sum A_k y$, $\partial_{p_2} = e_1 a \sum A_k(\bar k - k) y$, $\partial_v = e_2 m$,
 * $\partial_\beta = e_2 v\,\mathrm{Cov}_S(\langle q, y\rangle, x)$, $\partial_{w_Q} = w_K \partial_\beta$.
 * @param target [2 d], as `mixedTarget` of `data.ts` gives it
 */
export function sixScalarsGradient(
  theta: SixScalars,
  tokens: ArrayLike<number>,
  target: ArrayLike<number>,
  d = 1,
): SixScalarsGradient {
  const { L, N, y, dy, fourGram, induction, shifted, matched, beta, q } = evaluate(theta, tokens, d);
  const { a, v, wQ, wK } = theta;
  const meanK = fourGram.reduce((sum, A, k) => sum + A * k, 0);
  const score = (rows: Float64Array, n: number) => {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += tokens[q + i] * rows[(n + 1) * d + i];
    return sum;
  };
  let fourGramLoss = 0, inductionLoss = 0, dp1 = 0, dp2 = 0, da = 0, dv = 0, dbeta = 0;
  for (let i = 0; i < d; i++) {
    const e1 = a * shifted[i] - target[i], e2 = v * matched[i] - target[d + i];
    fourGramLoss += e1 * e1 / 2;
    inductionLoss += e2 * e2 / 2;
    da += e1 * shifted[i];
    dv += e2 * matched[i];
    for (let k = 0; k < N; k++) {
      const at = (L - 2 - k) * d + i;
      dp2 += e1 * a * fourGram[k] * (meanK - k) * y[at];
      dp1 += e1 * a * fourGram[k] * dy[at];
    }
    for (let n = 0; n < N; n++) {
      const pull = e2 * v * induction[n] * (tokens[(n + 1) * d + i] - matched[i]);
      dbeta += pull * score(y, n);
      dp1 += pull * beta * score(dy, n);
    }
  }
  return {
    losses: { fourGram: fourGramLoss, induction: inductionLoss },
    gradient: { p1: dp1, p2: dp2, a: da, v: dv, wQ: wK * dbeta, wK: wQ * dbeta },
  };
}
