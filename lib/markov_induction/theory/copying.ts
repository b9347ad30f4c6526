/**
 * @module Stage II: the positional attention of the selected heads turns into copying (derived for arXiv 2409.10559).
 *
 * With p = 1 on S* and small a the rows w of the heads in S* follow gradient ascent on a J(sigma),
 * $\dot w^{(h)}_j=a\sigma_j(\partial_{\sigma_j}J-\sum_k\sigma_k\partial_{\sigma_k}J)$; heads outside S* do not move, and every sum
 * $\sum_jw_j^{(h)}$ is conserved. Time is learning rate x steps.
 */
import { softmax } from "../../numerics/mod.ts";
import { type Mask, membersOf } from "../subsets.ts";
import type { SoftDrives } from "./soft_drives.ts";

/** The flow of Stage II, its state being the rows of the heads in S*, [|S*|, M]. */
export interface CopyingFlow {
  /** Heads of S* in the order of the rows. */
  readonly heads: readonly number[];
  /** Right-hand side for `solve`. */
  readonly f: (t: number, y: Float64Array, dy: Float64Array) => void;
  /** Attention rows of a state, [|S*|][M]. */
  attention(y: ArrayLike<number>): Float64Array[];
  /** J(sigma) of a state: the quantity that ascends (times a). */
  objective(y: ArrayLike<number>): number;
}

/** The flow with second-layer scale a. */
export function copyingFlow(drives: SoftDrives, mask: Mask, a: number): CopyingFlow {
  const heads = membersOf(mask), { M } = drives;
  if (heads.length < 1) throw new RangeError("the empty set copies nothing: give a set of at least one head");
  const top = heads[heads.length - 1];
  const sigma = Array.from({ length: top }, () => new Float64Array(M));
  const fill = (y: ArrayLike<number>) => {
    heads.forEach((h, k) => {
      const logits = new Float64Array(M);
      for (let j = 0; j < M; j++) logits[j] = y[k * M + j];
      softmax(logits, sigma[h - 1]);
    });
    return sigma;
  };
  return {
    heads,
    attention: (y) => heads.map((h) => fill(y)[h - 1].slice()),
    objective: (y) => drives.drive(fill(y), mask),
    f(_t, y, dy) {
      const gradient = drives.gradient(fill(y), mask);
      heads.forEach((h, k) => {
        const row = sigma[h - 1];
        let mean = 0;
        for (let j = 0; j < M; j++) mean += row[j] * gradient[k][j];
        for (let j = 0; j < M; j++) dy[k * M + j] = a * row[j] * (gradient[k][j] - mean);
      });
    },
  };
}

/** Starting state of the flow: w_+ on the own offset of every head of S*, w_- elsewhere, [|S*|, M]. */
export function initialRows(mask: Mask, M: number, plus: number, minus: number): Float64Array {
  const heads = membersOf(mask), rows = new Float64Array(heads.length * M).fill(minus);
  heads.forEach((h, k) => {
    if (h > M) throw new RangeError(`head ${h} starts on offset ${h}, which a window of ${M} does not hold`);
    rows[k * M + h - 1] = plus;
  });
  return rows;
}

/** Curvatures $\Gamma_{h,j}=G(S^*,S^*)-G(S^*,S^*_{h\to j})$, offset h replaced by j; [|S*|][M], 0 where j = h. */
export function copyingCurvature(drives: SoftDrives, mask: Mask): Float64Array[] {
  const heads = membersOf(mask), own = drives.entry(heads, heads);
  return heads.map((_, k) =>
    Float64Array.from({ length: drives.M }, (_, j) => {
      const replaced = heads.slice();
      replaced[k] = j + 1;
      return own - drives.entry(heads, replaced);
    })
  );
}

/** The law $e^{\Delta(t)}=e^{\Delta(0)}+2aM\Gamma t$ of $\Delta=w_h-w_j$ near one-hot attention with equal off-diagonals. */
export function copyingOdds(
  options: { gap: number; a: number; M: number; gamma: number },
  t: number,
): number {
  const { gap, a, M, gamma } = options;
  return Math.exp(gap) + 2 * a * M * gamma * t;
}

/** Weight still off the own offset, $1-\sigma_h\approx(M-1)/(e^\Delta)$ by the law: polynomial, 1/t. Exact softmax of the law's gap. */
export function copyingRemainder(
  options: { gap: number; a: number; M: number; gamma: number },
  t: number,
): number {
  return (options.M - 1) / (copyingOdds(options, t) + options.M - 1);
}

/** Time by which $1-\sigma_h\le\delta$ for every h in S*, at most: $(M-1)/(aM\Delta\tilde I\,\delta)$, from $\Gamma\ge\Delta\tilde I/2$. */
export function copyingTime(options: { a: number; M: number; gap: number; delta: number }): number {
  const { a, M, gap, delta } = options;
  if (!(gap > 0 && delta > 0 && a > 0)) {
    throw new RangeError(`a, gap and delta must be positive, got ${a}, ${gap}, ${delta}`);
  }
  return (M - 1) / (a * M * gap * delta);
}
