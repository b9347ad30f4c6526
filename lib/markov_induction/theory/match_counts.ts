/** @module What every estimator of this paper needs of a sequence: how often each token occurs, and how often after the query's context. */
import type { Sequences } from "../data.ts";
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
