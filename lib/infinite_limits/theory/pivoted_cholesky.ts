/**
 * @module Rank-revealing Cholesky of a small Gram matrix: which rows are new, and how the others follow from them.
 *
 * Kernels here are rank deficient by design (the input kernel has the rank of the features), so a plain Cholesky
 * fails and an eigendecomposition would mix rows; greedy pivoting keeps the largest remaining row and is exact.
 */

/** The factor of a positive semi-definite matrix: $G = R^\top R$ up to the pivots left out. */
export interface PivotedCholesky {
  /** Number of pivots kept. */
  readonly rank: number;
  /** Pivot rows in order of choice, length n; the first `rank` count. */
  readonly pivots: Int32Array;
  /** R, row-major [rank used, n]: row i holds the coordinates of every row along direction i. */
  readonly factor: Float64Array;
  /** Largest diagonal entry left unexplained. */
  readonly remainder: number;
}

/**
 * Pivots this close to the largest count as equal to it, and the first one is taken: rows that are equal by symmetry differ by
 * rounding, and another order would hand the random draws that follow to other directions.
 */
const tie = 1 - 1e-6;

/**
 * Factorises the n x n matrix `gram` (destroyed) until every remaining pivot is <= `stop`.
 *
 * @param gram row-major, symmetric positive semi-definite up to rounding
 * @param stop absolute pivot threshold
 */
export function pivotedCholesky(gram: Float64Array, n: number, stop: number): PivotedCholesky {
  const pivots = new Int32Array(n), used = new Uint8Array(n);
  const factor = new Float64Array(n * n);
  let rank = 0, remainder = 0;
  for (;;) {
    remainder = 0;
    for (let i = 0; i < n; i++) if (used[i] === 0) remainder = Math.max(remainder, gram[i * n + i]);
    if (remainder <= stop) break;
    let best = 0;
    while (used[best] !== 0 || gram[best * n + best] < tie * remainder) best++;
    const root = Math.sqrt(gram[best * n + best]), row = rank * n;
    for (let j = 0; j < n; j++) factor[row + j] = used[j] ? 0 : gram[best * n + j] / root;
    factor[row + best] = root;
    for (let i = 0; i < n; i++) {
      if (used[i]) continue;
      const f = factor[row + i];
      if (f === 0) continue;
      for (let j = 0; j < n; j++) gram[i * n + j] -= f * factor[row + j];
    }
    used[best] = 1;
    pivots[rank++] = best;
    remainder = 0;
  }
  return { rank, pivots, factor, remainder };
}

/**
 * The rank x n matrix T with $T\,(\text{rows})$ orthonormal, for rows whose Gram matrix was factorised.
 * Only the pivot columns of T are non-zero.
 */
export function orthonormalisation({ rank, pivots, factor }: PivotedCholesky, n: number): Float64Array {
  // Forward substitution: e_j = (row_{p_j} - sum_{i<j} R[i, p_j] e_i) / R[j, p_j].
  const t = new Float64Array(rank * n);
  for (let j = 0; j < rank; j++) {
    const p = pivots[j], scale = 1 / factor[j * n + p];
    t[j * n + p] = scale;
    for (let i = 0; i < j; i++) {
      const r = factor[i * n + p] * scale;
      for (let k = 0; k <= i; k++) t[j * n + pivots[k]] -= r * t[i * n + pivots[k]];
    }
  }
  return t;
}

/**
 * Solves G x = b for `columns` right-hand sides in place, G given by its factor; unpivoted unknowns are set to 0.
 *
 * @param b row-major [n, columns]
 */
export function solveFactored(
  { rank, pivots, factor }: PivotedCholesky,
  n: number,
  b: Float64Array,
  columns: number,
): void {
  for (let c = 0; c < columns; c++) {
    for (let i = 0; i < rank; i++) {
      const p = pivots[i];
      let s = b[p * columns + c];
      for (let k = 0; k < i; k++) s -= factor[k * n + p] * b[pivots[k] * columns + c];
      b[p * columns + c] = s / factor[i * n + p];
    }
    for (let i = rank - 1; i >= 0; i--) {
      const p = pivots[i];
      let s = b[p * columns + c];
      for (let k = i + 1; k < rank; k++) s -= factor[i * n + pivots[k]] * b[pivots[k] * columns + c];
      b[p * columns + c] = s / factor[i * n + p];
    }
  }
  if (rank === n) return;
  const kept = new Uint8Array(n);
  for (let i = 0; i < rank; i++) kept[pivots[i]] = 1;
  for (let p = 0; p < n; p++) if (kept[p] === 0) b.fill(0, p * columns, (p + 1) * columns);
}
