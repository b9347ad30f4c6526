/**
 * @module Linear combinations of stages, the inner loops of every step.
 *
 * A row of a tableau becomes a function once per solve: its zero weights are dropped and the loop with exactly that many
 * terms is taken from the table below, so a stage is one pass over memory with no inner loop and no allocation.
 */

/** Writes `out[i] = base[i] + h * sum_j weight[j] * k_j[i]`; `out` may be `base`. */
export type Combination = (out: Float64Array, base: Float64Array, h: number) => void;

type Arrays = readonly Float64Array[];
type Weights = readonly number[];

/** `withTerms[m]` makes the loop of m terms. Written out because a fixed count is what the compiler turns into registers. */
const withTerms: readonly ((k: Arrays, w: Weights) => Combination)[] = [
  () => (out, base) => {
    for (let i = 0; i < out.length; i++) out[i] = base[i];
  },
  ([k0], [w0]) => (out, base, h) => {
    for (let i = 0; i < out.length; i++) out[i] = base[i] + h * (w0 * k0[i]);
  },
  ([k0, k1], [w0, w1]) => (out, base, h) => {
    for (let i = 0; i < out.length; i++) out[i] = base[i] + h * (w0 * k0[i] + w1 * k1[i]);
  },
  ([k0, k1, k2], [w0, w1, w2]) => (out, base, h) => {
    for (let i = 0; i < out.length; i++) out[i] = base[i] + h * (w0 * k0[i] + w1 * k1[i] + w2 * k2[i]);
  },
  ([k0, k1, k2, k3], [w0, w1, w2, w3]) => (out, base, h) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = base[i] + h * (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i]);
    }
  },
  ([k0, k1, k2, k3, k4], [w0, w1, w2, w3, w4]) => (out, base, h) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = base[i] + h * (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i]);
    }
  },
  ([k0, k1, k2, k3, k4, k5], [w0, w1, w2, w3, w4, w5]) => (out, base, h) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = base[i] + h * (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i] + w5 * k5[i]);
    }
  },
  ([k0, k1, k2, k3, k4, k5, k6], [w0, w1, w2, w3, w4, w5, w6]) => (out, base, h) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = base[i] +
        h * (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i] + w5 * k5[i] + w6 * k6[i]);
    }
  },
  ([k0, k1, k2, k3, k4, k5, k6, k7], [w0, w1, w2, w3, w4, w5, w6, w7]) => (out, base, h) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = base[i] +
        h *
          (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i] + w5 * k5[i] + w6 * k6[i] +
            w7 * k7[i]);
    }
  },
  ([k0, k1, k2, k3, k4, k5, k6, k7, k8], [w0, w1, w2, w3, w4, w5, w6, w7, w8]) => (out, base, h) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = base[i] +
        h *
          (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i] + w5 * k5[i] + w6 * k6[i] +
            w7 * k7[i] + w8 * k8[i]);
    }
  },
  ([k0, k1, k2, k3, k4, k5, k6, k7, k8, k9], [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9]) => (out, base, h) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = base[i] +
        h *
          (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i] + w5 * k5[i] + w6 * k6[i] +
            w7 * k7[i] + w8 * k8[i] + w9 * k9[i]);
    }
  },
  ([k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10], [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10]) =>
  (out, base, h) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = base[i] +
        h *
          (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i] + w5 * k5[i] + w6 * k6[i] +
            w7 * k7[i] + w8 * k8[i] + w9 * k9[i] + w10 * k10[i]);
    }
  },
  ([k0, k1, k2, k3, k4, k5, k6, k7, k8, k9, k10, k11], [w0, w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11]) =>
  (out, base, h) => {
    for (let i = 0; i < out.length; i++) {
      out[i] = base[i] +
        h *
          (w0 * k0[i] + w1 * k1[i] + w2 * k2[i] + w3 * k3[i] + w4 * k4[i] + w5 * k5[i] + w6 * k6[i] +
            w7 * k7[i] + w8 * k8[i] + w9 * k9[i] + w10 * k10[i] + w11 * k11[i]);
    }
  },
];

/**
 * The combination of the stages `k` with the weights `row` (missing entries are zero).
 *
 * @param row One row of a tableau.
 * @param k The stage arrays, all of one length; the function keeps reading these very arrays.
 * @returns The loop, specialised to the number of non-zero weights.
 */
export function combination(row: readonly number[], k: readonly Float64Array[]): Combination {
  const used = row.map((weight, j) => ({ weight, k: k[j] })).filter(({ weight }) => weight !== 0);
  const most = withTerms.length - 1;
  const parts: Combination[] = [];
  for (let from = 0; from === 0 || from < used.length; from += most) {
    const part = used.slice(from, from + most);
    parts.push(withTerms[part.length](part.map((term) => term.k), part.map((term) => term.weight)));
  }
  if (parts.length === 1) return parts[0];
  return (out, base, h) => parts.forEach((part, index) => part(out, index === 0 ? base : out, h));
}
