/**
 * @module Closed form of the first non-zero logit at N = infinity, alphaA = 1: an acid test of the response terms.
 *
 * In the one-block reference model $A(0) = A(1) = 0$: at the start the output matrix is independent of the values, so
 * nothing tells a query where to look. After one step it does, with weight 3 + rho: two parts are explicit weight
 * updates, one is the response of the output matrix through the readout and (rho = 1) one that of the value matrix
 * through the embedding. A theory without responses gets half of it (derived).
 */
import { inputKernel, sequenceKernel, type SequenceRegression } from "../data/tiny.ts";
import type { Parametrisation } from "../parametrisation.ts";

/** The first steps in closed form. */
export interface FirstLogit {
  /** f(1), [P]. */
  readonly firstOutputs: Float64Array;
  /** $\langle r v_{\mu s}\rangle(1)$, [P S]. */
  readonly alignment: Float64Array;
  /** $H_{ab} = \langle h^1_a(1) h^1_b(2)\rangle$, row-major [P S, P S]. */
  readonly movingKernel: Float64Array;
  /** A(2), [P, S, S]. */
  readonly logits: Float64Array;
}

/**
 * f(1), the alignment of backward signal and values, and A(2).
 *
 * @param scales one block, N = Infinity, alphaA = 1; `frozen: ["embedding"]` gives rho = 0
 * @throws RangeError otherwise
 */
export function firstLogit(task: SequenceRegression, scales: Parametrisation): FirstLogit {
  if (scales.L !== 1 || scales.N !== Infinity || scales.alphaA !== 1) {
    throw new RangeError(
      `the closed form is for L = 1, N = Infinity, alphaA = 1, got ${scales.L}, ${scales.N}`,
    );
  }
  const others = scales.frozen.filter((kind) => kind !== "embedding" && kind !== "position");
  if (others.length > 0) {
    throw new RangeError(`the closed form trains every block weight, got frozen ${others}`);
  }
  const { P, S, targets } = task, B = P * S;
  const rho = scales.frozen.includes("embedding") ? 0 : 1;
  const beta2 = scales.branchScale ** 2, c = scales.eta0 * scales.gamma0 / P;
  const kx = inputKernel(task);
  const kBar = sequenceKernel(kx, P, S);
  // The first step is exactly lazy: parities of the Gaussian sources forbid every higher order.
  const firstOutputs = targets.map((_, p) => {
    let s = 0;
    for (let n = 0; n < P; n++) s += kBar[p * P + n] * targets[n];
    return scales.eta0 / P * (1 + 3 * beta2 + rho * (1 + beta2)) * s;
  });
  /** sum_{nu s'} Delta_nu K^x_{(nu s') a}. */
  const drive = (delta: (n: number) => number) =>
    Float64Array.from({ length: B }, (_, a) => {
      let s = 0;
      for (let b = 0; b < B; b++) s += delta(Math.floor(b / S)) * kx[b * B + a];
      return s;
    });
  const delta1 = (n: number) => targets[n] - firstOutputs[n];
  const s0 = drive((n) => targets[n]), s1 = drive(delta1);
  // <h(1) h(1)> = K^x + rho c^2 s s (1+beta^2)/S^2 and <h(1) g(1)> = c s ((1+3 beta^2) + rho (1+beta^2))/S^2.
  const own = rho * c * c * (1 + beta2) / S ** 2;
  const cross = rho * c * c * (1 + 3 * beta2 + rho * (1 + beta2)) / S ** 2;
  const movingKernel = Float64Array.from(kx, (k, i) => {
    const a = Math.floor(i / B), b = i % B;
    return k + own * s0[a] * s0[b] + cross * s0[a] * s1[b];
  });
  const alignment = s0.map((s) => (3 + rho) * c * beta2 / S ** 2 * s);
  /** M_{mu s'}, the same for every query token. */
  const sensitivity = alignment.map((value, a) => {
    let mean = 0;
    for (let j = 0; j < S; j++) mean += alignment[a - a % S + j] / S;
    return (value - mean) / S;
  });
  const logits = new Float64Array(P * S * S);
  const h = (a: number, b: number) => movingKernel[a * B + b];
  const hx = (a: number, b: number) => h(a, b) + rho * kx[a * B + b];
  for (let p = 0, o = 0; p < P; p++) {
    for (let s = 0; s < S; s++) {
      for (let r = 0; r < S; r++, o++) {
        const q = p * S + s, k = p * S + r;
        for (let n = 0; n < P; n++) {
          for (let i = 0; i < S; i++) {
            for (let j = 0; j < S; j++) {
              const query = n * S + i, key = n * S + j;
              const bracket = hx(query, q) * h(key, k) + hx(key, k) * h(query, q);
              logits[o] += c * delta1(n) * sensitivity[key] * bracket;
            }
          }
        }
      }
    }
  }
  return { firstOutputs, alignment, movingKernel, logits };
}
