/**
 * @module Estimators of the next token's law from one sequence: the generalised induction head, hard and soft, and the baselines
 * (arXiv 2409.10559; the fallback and the range of positions are not confirmed). All are functions of two counts.
 */
import type { Sequences } from "../data.ts";
import { expectedLoss, type Loss } from "../loss.ts";
import { type Mask, membersOf } from "../subsets.ts";

/** Counts of one sequence or of many, [count, d]. */
export interface MatchCounts {
  /** Size of the alphabet. */
  readonly d: number;
  /** Number of sequences. */
  readonly count: number;
  /** $n_e$: positions l in the range with x_l = e. */
  readonly all: Float64Array;
  /** $N_e$: those whose tokens at the offsets of S equal the query's. */
  readonly matched: Float64Array;
}

/**
 * Counts $n_e,N_e$ over the positions first..L (1-based).
 * @param mask offsets that must match; the empty set matches everywhere
 * @param first default M + 1 with M the window given, so that every position has a full window
 */
export function matchCounts(
  data: Pick<Sequences, "tokens" | "count" | "L" | "d">,
  mask: Mask,
  options: { readonly M: number; readonly first?: number },
): MatchCounts {
  const { tokens, count, L, d } = data, offsets = membersOf(mask), first = options.first ?? options.M + 1;
  const longest = offsets.length ? offsets[offsets.length - 1] : 0;
  if (!(first > longest && first <= L)) {
    throw new RangeError(
      `positions must start after the longest offset ${longest} and by L = ${L}, got ${first}`,
    );
  }
  const all = new Float64Array(count * d), matched = new Float64Array(count * d);
  for (let i = 0; i < count; i++) {
    const start = i * (L + 1) - 1; // position l is tokens[start + l]
    for (let l = first; l <= L; l++) {
      const e = tokens[start + l];
      all[i * d + e]++;
      let match = true;
      for (let k = 0; k < offsets.length && match; k++) {
        match = tokens[start + l - offsets[k]] === tokens[start + L + 1 - offsets[k]];
      }
      if (match) matched[i * d + e]++;
    }
  }
  return { d, count, all, matched };
}

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

/** How good predictions are, expected under the true law of the target. */
export interface Score {
  /** Mean loss. */
  readonly loss: number;
  /** Its standard error over the sequences. */
  readonly lossStandardError: number;
  /** Mean probability of the predicted token (the first of the largest). */
  readonly accuracy: number;
  /** Its standard error over the sequences. */
  readonly accuracyStandardError: number;
  /** Mean total variation distance to the true law. */
  readonly totalVariation: number;
}

/** Scores predictions [count, d] against the true laws [count, d] of the same sequences. */
export function scoreOf(predictions: Predictions, laws: Predictions, d: number, loss: Loss): Score {
  if (predictions.length !== laws.length) {
    throw new RangeError(`${predictions.length} predicted probabilities for ${laws.length} true ones`);
  }
  const n = predictions.length / d;
  let [losses, squares, hits, hitSquares, distance] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const y = predictions.subarray(i * d, (i + 1) * d), law = laws.subarray(i * d, (i + 1) * d);
    const value = expectedLoss(loss, y, law);
    let best = 0, away = 0;
    for (let e = 0; e < d; e++) {
      if (y[e] > y[best]) best = e;
      away += Math.abs(y[e] - law[e]) / 2;
    }
    losses += value;
    squares += value * value;
    hits += law[best];
    hitSquares += law[best] ** 2;
    distance += away;
  }
  const error = (sum: number, square: number) =>
    Math.sqrt(Math.max(0, square / n - (sum / n) ** 2) / (n - 1));
  return {
    loss: losses / n,
    lossStandardError: error(losses, squares),
    accuracy: hits / n,
    accuracyStandardError: error(hits, hitSquares),
    totalVariation: distance / n,
  };
}
