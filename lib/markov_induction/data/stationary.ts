/**
 * @module Stationary laws of chains with memory, by the elimination of Grassmann, Taksar and Heyman (Oper. Res. 33, 1985): no
 * subtractions, so every probability has a small relative error, also for the nearly deterministic kernels of a small alpha.
 *
 * A window (x_{-1}, ..., x_{-w}) is coded with the newest token as the least significant digit, $\sum_i x_{-i} d^{i-1}$:
 * the code of the first r offsets is the code modulo d^r, and a step turns code c into $x_0 + d\,(c \bmod d^{w-1})$.
 */
import { type Chain, checkChain, kernelSize, memoryOf } from "./chain.ts";

/**
 * Stationary law of a chain by GTH, in place, without checks: `P` [n, n] is destroyed, `out` [n] receives the law.
 * A state that no longer leads back to lower ones (its way out underflowed) is given one of size 2^-1022, spread evenly.
 */
export function gth(P: Float64Array, n: number, out: Float64Array): void {
  for (let k = n - 1; k > 0; k--) {
    let leave = 0;
    for (let j = 0; j < k; j++) leave += P[k * n + j];
    if (!(leave > 0)) {
      leave = 2 ** -1022;
      for (let j = 0; j < k; j++) P[k * n + j] = 1 / k;
    } else for (let j = 0; j < k; j++) P[k * n + j] /= leave;
    P[k * n + k] = leave; // the diagonal is free: it keeps what back substitution divides by
    for (let i = 0; i < k; i++) {
      const enter = P[i * n + k];
      if (enter > 0) { for (let j = 0; j < k; j++) P[i * n + j] += enter * P[k * n + j]; }
    }
  }
  // The law of the first k states, always summing to 1, so that nothing overflows.
  out[0] = 1;
  for (let k = 1; k < n; k++) {
    let enter = 0;
    for (let i = 0; i < k; i++) enter += out[i] * P[i * n + k];
    const leave = P[k * n + k], total = enter + leave;
    out[k] = enter / total;
    for (let i = 0; i < k; i++) out[i] *= leave / total;
  }
}

/** States of the only closed class of a chain [n, n]. @throws {RangeError} when there are several */
function closedClass(P: Float64Array, n: number): number[] {
  const reach = (from: number) => {
    const seen = new Uint8Array(n), queue = [from];
    seen[from] = 1;
    for (let i; (i = queue.pop()) !== undefined;) {
      for (let j = 0; j < n; j++) {
        if (P[i * n + j] > 0 && !seen[j]) {
          seen[j] = 1;
          queue.push(j);
        }
      }
    }
    return seen;
  };
  const from = Array.from({ length: n }, (_, i) => reach(i));
  const recurrent = from.map((seen, i) => seen.every((yes, j) => !yes || from[j][i] === 1));
  const first = recurrent.indexOf(true);
  const other = recurrent.findIndex((yes, i) => yes && !from[first][i]);
  if (other >= 0) {
    throw new RangeError(
      `the chain has more than one closed class (states ${first} and ${other} never meet), so its stationary law is not unique`,
    );
  }
  return Array.from(from[first]).flatMap((yes, i) => yes ? [i] : []);
}

/**
 * Stationary law of a row-stochastic matrix [n, n], row-major; transient states get 0.
 * @throws {RangeError} when a row does not sum to 1 or the law is not unique
 */
export function stationaryLaw(P: ArrayLike<number>, n: number): Float64Array {
  const full = Float64Array.from(P);
  if (full.length !== n * n) throw new RangeError(`P must be ${n} x ${n}, got ${full.length} entries`);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      if (!(full[i * n + j] >= 0)) throw new RangeError(`P[${i}, ${j}] must be >= 0, got ${full[i * n + j]}`);
      sum += full[i * n + j];
    }
    if (Math.abs(sum - 1) > 1e-9) throw new RangeError(`row ${i} of P must sum to 1, got ${sum}`);
  }
  const states = closedClass(full, n), m = states.length;
  const law = new Float64Array(n), part = new Float64Array(m);
  gth(
    Float64Array.from({ length: m * m }, (_, k) => full[states[Math.floor(k / m)] * n + states[k % m]]),
    m,
    part,
  );
  states.forEach((state, k) => law[state] = part[k]);
  return law;
}

/** Stationary laws of the windows of one chain; everything is allocated once. */
export interface WindowLaws {
  /** [d^M, d]: law of (window of the M newest offsets, next token), row-major. Overwritten by every `of`. */
  readonly joint: Float64Array;
  /** Computes `joint` for a kernel [d^n, d]; the stationary law of the lifted chain on d^r windows is by GTH. */
  of(kernel: Float64Array): Float64Array;
}

/**
 * Laws of windows that look M tokens back (M may be less or more than the memory).
 * @param strict check that the law is unique, which random positive kernels do not need; default true
 */
export function windowLaws(chain: Chain, M: number, strict = true): WindowLaws {
  checkChain(chain);
  const { d, parents } = chain, r = memoryOf(chain);
  if (!Number.isInteger(M) || M < 1) throw new RangeError(`M must be an integer >= 1, got ${M}`);
  const longest = Math.max(r, M);
  if (d ** (longest + 1) > 2 ** 22) {
    throw new RangeError(`d^(M+1) = ${d}^${longest + 1} windows are too many`);
  }
  const states = d ** r, P = new Float64Array(states * states), law = new Float64Array(states);
  const context = Int32Array.from({ length: d ** longest }, (_, code) => {
    let z = 0;
    for (let k = parents.length - 1; k >= 0; k--) z = z * d + Math.floor(code / d ** (parents[k] - 1)) % d;
    return z * d;
  });
  // laws[w] for w = r + 1..longest + 1: windows of w tokens whose newest is x_0, so the code is x_0 + d c
  const laws = Array.from({ length: longest + 1 - r }, (_, i) => new Float64Array(d ** (r + 1 + i)));
  const joint = new Float64Array(d ** (M + 1));
  return {
    joint,
    of(kernel) {
      if (kernel.length !== kernelSize(chain)) {
        throw new RangeError(`a kernel of this chain has ${kernelSize(chain)} entries, got ${kernel.length}`);
      }
      P.fill(0);
      for (let c = 0; c < states; c++) {
        const to = c * states + d * (c % (states / d));
        for (let e = 0; e < d; e++) P[to + e] = kernel[context[c] + e];
      }
      if (strict) law.set(stationaryLaw(P, states));
      else gth(P, states, law);
      let before = law;
      for (const after of laws) {
        for (let c = 0; c < before.length; c++) {
          for (let e = 0; e < d; e++) after[e + d * c] = before[c] * kernel[context[c] + e];
        }
        before = after;
      }
      if (M === longest) joint.set(before); // the code e + d c is row c, column e already
      else {
        joint.fill(0);
        for (let i = 0; i < before.length; i++) joint[i % joint.length] += before[i];
      }
      return joint;
    },
  };
}
