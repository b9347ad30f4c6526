/**
 * @module Population loss of the 4-gram head, L_G4 = E (c x_{L-2} - a sum_k A_k y_{L-1-k})^2 / 2 for iid N(0,1) tokens (derived).
 */

/** Loss and its gradient. */
export interface FourGramGradient {
  /** L_G4. */
  readonly loss: number;
  /** Derivative in a. */
  readonly a: number;
  /** Derivative in p2. */
  readonly p2: number;
}

/** A_0 and S = sum_k A_k^2 of softmax_k(-p2 k) over N keys, with derivatives in p2. N may be Infinity. */
function attentionSums(p2: number, N: number) {
  if (Math.abs(p2) < 1e-9) return { A0: 1 / N, dA0: (N - 1) / (2 * N), S: 1 / N, dS: 0 };
  const u = Math.exp(-p2);
  const uN = N === Infinity ? 0 : Math.exp(-N * p2), tail = N === Infinity ? 1 : -Math.expm1(-N * p2);
  const head = -Math.expm1(-p2);
  const A0 = head / tail, NuN = N === Infinity ? 0 : N * uN;
  const dA0 = (u * tail - head * NuN) / (tail * tail);
  const T = Math.tanh(p2 / 2), C = (1 + uN) / tail; // coth(N p2 / 2)
  const dT = (1 - T * T) / 2, dC = NuN === 0 ? 0 : -2 * NuN / (tail * tail);
  return { A0, dA0, S: T * C, dS: dT * C + T * dC };
}

/**
 * Exact for every finite L at p1 = Infinity: $\frac12[c^2 - 2caA_0 + a^2S]$ with $A_0=\frac{1-u}{1-u^N}$,
 * $S=\tanh(p_2/2)\coth(Np_2/2)$, $u=e^{-p_2}$; with its gradient in a and p2.
 * @param N number of keys, L - 2; Infinity for the long-context limit (then p2 > 0)
 */
export function fourGramGradient(state: { a: number; p2: number }, c: number, N: number): FourGramGradient {
  const { a, p2 } = state;
  const { A0, dA0, S, dS } = attentionSums(p2, N);
  return {
    loss: (c * c - 2 * c * a * A0 + a * a * S) / 2,
    a: a * S - c * A0,
    p2: a * a * dS / 2 - c * a * dA0,
  };
}

/** The loss of `fourGramGradient`. */
export function fourGramLoss(state: { a: number; p2: number }, c: number, N: number): number {
  return fourGramGradient(state, c, N).loss;
}

/** Loss and gradient with an imperfect layer 1. */
export interface FourGramJointGradient extends FourGramGradient {
  /** Derivative in p1. */
  readonly p1: number;
}

/**
 * Long context (N -> Infinity), finite p1, r = e^{-p1}:
 * $A_0=(1-u)(1-r)$, $S=\frac{(1-u)(1-r)(1+ur)}{(1+u)(1+r)(1-ur)}$; with its gradient in p1, p2 and a.
 */
export function fourGramJointGradient(
  state: { p1: number; p2: number; a: number },
  c: number,
): FourGramJointGradient {
  const { p1, p2, a } = state;
  const u = Math.exp(-p2), r = Math.exp(-p1);
  const U = -Math.expm1(-p2), R = -Math.expm1(-p1), ur = u * r;
  const A0 = U * R;
  const S = U * R * (1 + ur) / ((1 + u) * (1 + r) * (1 - ur));
  // d ln S / du = -1/(1-u) - 1/(1+u) + r/(1+ur) + r/(1-ur), times du/dp2 = -u
  const logSlope = (x: number, X: number, other: number) =>
    -x * (-1 / X - 1 / (1 + x) + other / (1 + ur) + other / (1 - ur));
  return {
    loss: (c * c - 2 * c * a * A0 + a * a * S) / 2,
    a: a * S - c * A0,
    p2: a * a * S * logSlope(u, U, r) / 2 - c * a * u * R,
    p1: a * a * S * logSlope(r, R, u) / 2 - c * a * r * U,
  };
}

/**
 * Exact at finite L and finite p1, by convolving the two attention kernels: coefficient of every x_s in o1, then
 * $\frac12[(c - a\,\mathrm{coef}_{L-2})^2 + a^2\sum_{s\ne L-2}\mathrm{coef}_s^2]$.
 */
export function fourGramLossExact(
  state: { p1: number; p2: number; a: number },
  c: number,
  L: number,
): number {
  const { p1, p2, a } = state;
  if (!Number.isInteger(L) || L < 4) throw new RangeError(`L must be an integer >= 4, got ${L}`);
  const decay = (p: number, k: number) => k === 0 ? 1 : Math.exp(-p * k);
  const total = (p: number, m: number) => {
    let sum = 0;
    for (let k = 0; k < m; k++) sum += decay(p, k);
    return sum;
  };
  const N = L - 2, outer = total(p2, N);
  const coefficient = new Float64Array(L); // of x_{index + 1}
  for (let k = 0; k < N; k++) {
    const keys = L - 2 - k; // y_{L-1-k} averages the positions L-2-k, ..., 1
    const inner = total(p1, keys);
    for (let j = 1; j <= keys; j++) {
      coefficient[L - 1 - k - j - 1] += decay(p2, k) / outer * decay(p1, j - 1) / inner;
    }
  }
  return coefficient.reduce((sum, x, index) => {
    const miss = (index === L - 3 ? c : 0) - a * x;
    return sum + miss * miss / 2;
  }, 0);
}
