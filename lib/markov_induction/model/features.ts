/**
 * @module The polynomial features on pairs: from inner products of head outputs to scores $s=a\sum_Sp_S\prod_{h\in S}r_h$, and back to
 * the drives $J_S$ and the pull on every inner product (arXiv 2409.10559; gradients derived). Products are built set by set: every
 * set but the empty one is a smaller set of the family and one more head.
 */
import { type Mask, subsets } from "../subsets.ts";
import type { Architecture } from "../forward.ts";
import type { WindowCounts } from "./window_counts.ts";

/** Features of one data set's pairs. */
export interface Features {
  /** The family of sets, in the order of c. */
  readonly sets: readonly Mask[];
  /** Scores [pairs], overwritten by `forward`. */
  readonly scores: Float64Array;
  /** Drives $J_S=\sum_{\text{pairs}}(-\partial L/\partial s)\prod_{h\in S}r_h$, [subsets]; overwritten by `backward`. */
  readonly drives: Float64Array;
  /** `pull[h]`: $-\partial L/\partial r_h$ over (query, key) local windows, [count, count]; overwritten by `backward`. */
  readonly pull: readonly Float64Array[];
  /** Scores from inner products `r[h]` [count, count] and p [subsets]. */
  forward(r: readonly Float64Array[], p: Float64Array, a: number): void;
  /** From the pull on scores [pairs] to `drives` and, unless told otherwise, `pull`. Needs a `forward` before. */
  backward(
    pullScores: Float64Array,
    r: readonly Float64Array[],
    p: Float64Array,
    a: number,
    withHeads?: boolean,
  ): void;
}

/** Prepares features of a data set. */
export function featureLayer(
  architecture: Architecture,
  counts: Pick<WindowCounts, "pairs" | "own" | "local">,
): Features {
  const sets = subsets(architecture.H, architecture.D),
    n = sets.length,
    { pairs, own, local } = counts,
    { H } = architecture;
  // The set without its highest head, and that head.
  const head = Int32Array.from(sets, (mask) => 31 - Math.clz32(mask));
  const parent = Int32Array.from(sets, (mask, s) => mask === 0 ? -1 : sets.indexOf(mask & ~(1 << head[s])));
  const scores = new Float64Array(pairs), drives = new Float64Array(n), product = new Float64Array(n);
  const bar = new Float64Array(n), rPair = new Float64Array(H), pullPair = new Float64Array(H);
  const pull = Array.from({ length: H }, () => new Float64Array(local.count ** 2));
  const multiply = (r: readonly Float64Array[], k: number) => {
    for (let h = 0; h < H; h++) rPair[h] = r[h][own[h][k]];
    product[0] = 1;
    for (let s = 1; s < n; s++) product[s] = product[parent[s]] * rPair[head[s]];
  };
  return {
    sets,
    scores,
    drives,
    pull,
    forward(r, p, a) {
      for (let k = 0; k < pairs; k++) {
        multiply(r, k);
        let sum = 0;
        for (let s = 0; s < n; s++) sum += p[s] * product[s];
        scores[k] = a * sum;
      }
    },
    backward(pullScores, r, p, a, withHeads = true) {
      drives.fill(0);
      if (withHeads) { for (let h = 0; h < H; h++) pull[h].fill(0); }
      for (let k = 0; k < pairs; k++) {
        const G = pullScores[k];
        multiply(r, k);
        for (let s = 0; s < n; s++) drives[s] += G * product[s];
        if (!withHeads) continue;
        for (let s = 0; s < n; s++) bar[s] = p[s];
        for (let h = 0; h < H; h++) pullPair[h] = 0;
        for (let s = n - 1; s > 0; s--) {
          pullPair[head[s]] += bar[s] * product[parent[s]];
          bar[parent[s]] += bar[s] * rPair[head[s]];
        }
        for (let h = 0; h < H; h++) pull[h][own[h][k]] += a * G * pullPair[h];
      }
    },
  };
}
