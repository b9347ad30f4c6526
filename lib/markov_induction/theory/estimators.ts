/**
 * @module Estimators of the next token's law from one sequence: the generalised induction head, hard and soft, and the baselines
 * (arXiv 2409.10559; the fallback and the range of positions are not confirmed). All are functions of two counts.
 */
import type { Sequences } from "../data.ts";
import type { MatchCounts } from "./match_counts.ts";

/** Predictions of every sequence, [count, d]. */
export type Predictions = Float64Array;

/** Fills [count, d] row by row. */
function predict(
  { d, count }: MatchCounts,
  row: (i: number, at: number) => (e: number) => number,
): Predictions {
  const out = new Float64Array(count * d);
  for (let i = 0; i < count; i++) {
    const entry = row(i, i * d);
    for (let e = 0; e < d; e++) out[i * d + e] = entry(e);
  }
  return out;
}

const total = (x: Float64Array, at: number, d: number) => {
  let sum = 0;
  for (let e = 0; e < d; e++) sum += x[at + e];
  return sum;
};

/** The generalised induction head: $y^*_e=N_e/N$, and $n_e/n$ where nothing matches. */
export function inductionHead(counts: MatchCounts): Predictions {
  const { d, all, matched } = counts;
  return predict(counts, (_, at) => {
    const N = total(matched, at, d), n = total(all, at, d);
    return N > 0 ? (e) => matched[at + e] / N : (e) => all[at + e] / n;
  });
}

/** Its soft version $y_e=\frac{n_e-N_e+e^aN_e}{n-N+e^aN}$, what the network computes with one-hot coefficients and copying. */
export function softInductionHead(counts: MatchCounts, a: number): Predictions {
  const { d, all, matched } = counts;
  // e^a may overflow: weigh the others by e^-a instead.
  const others = Math.exp(-Math.max(a, 0)), hits = Math.exp(Math.min(a, 0));
  return predict(counts, (_, at) => {
    const N = total(matched, at, d), n = total(all, at, d);
    if (N === 0) return (e) => all[at + e] / n;
    const mass = others * (n - N) + hits * N;
    return (e) => (others * (all[at + e] - matched[at + e]) + hits * matched[at + e]) / mass;
  });
}

/** Bayes with known parents and i.i.d. Dirichlet(alpha) rows: $\frac{N_e+\alpha}{N+d\alpha}$; count from the longest parent + 1. */
export function bayes(counts: MatchCounts, alpha: number): Predictions {
  const { d, matched } = counts;
  return predict(counts, (_, at) => {
    const N = total(matched, at, d);
    return (e) => (matched[at + e] + alpha) / (N + d * alpha);
  });
}

/** The unigram: $n_e/n$. */
export function unigram(counts: MatchCounts): Predictions {
  const { d, all } = counts;
  return predict(counts, (_, at) => {
    const n = total(all, at, d);
    return (e) => all[at + e] / n;
  });
}

/** The oracle: the true law of the target, from the kernels kept with the sequences, [count, d]. */
export function oracle(data: Sequences, parents: readonly number[]): Predictions {
  const { tokens, count, L, d, kernels } = data;
  if (!kernels) throw new RangeError("the oracle needs the kernels: sample with keepKernels");
  const out = new Float64Array(count * d), size = kernels.length / count;
  for (let i = 0; i < count; i++) {
    const target = i * (L + 1) + L;
    const z = parents.reduceRight((code, r) => code * d + tokens[target - r], 0);
    out.set(kernels.subarray(i * size + z * d, i * size + (z + 1) * d), i * d);
  }
  return out;
}
