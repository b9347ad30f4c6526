/**
 * @module Eigenvectors of many small symmetric matrices: Householder reduction to a tridiagonal matrix, then QL steps with
 * implicit shifts, on flat arrays. A risk table takes tens of thousands of 16 x 16 decompositions; without matrix objects
 * each costs a tenth of what the general routine takes.
 */

/** Eigenvalues and orthonormal eigenvectors, $A = \sum_i g_i v_i v_i^\top$. */
export interface Spectrum {
  /** Eigenvalues, [d], in no particular order. */
  readonly values: Float64Array;
  /** Eigenvector i is row i, [d, d]. */
  readonly vectors: Float64Array;
}

/** More QL steps than any matrix needs (two or three an eigenvalue are usual). */
const MOST_STEPS = 60;

/**
 * Eigendecomposition of a symmetric matrix, accurate to $10^{-15}$ of its norm.
 * @param matrix [d, d]; only its lower triangle is read
 * @throws {RangeError} when the matrix is not finite
 */
export function smallEigen(matrix: Float64Array, d: number): Spectrum {
  const a = Float64Array.from(matrix), values = new Float64Array(d), off = new Float64Array(d);
  const vectors = new Float64Array(d * d);
  for (let i = 0; i < d; i++) vectors[i * d + i] = 1;
  tridiagonalise(a, d, values, off, vectors);
  let norm = 0;
  for (let i = 0; i < d; i++) norm = Math.max(norm, Math.abs(values[i]) + Math.abs(off[i]));
  if (!Number.isFinite(norm)) throw new RangeError("smallEigen needs a finite matrix");
  for (let l = 0; l < d; l++) {
    for (let step = 0;; step++) {
      let m = l;
      while (m < d - 1 && Math.abs(off[m]) > Number.EPSILON * Math.max(norm / 4, values[m] + values[m + 1])) {
        m++;
      }
      if (m === l) break;
      if (step === MOST_STEPS) throw new RangeError(`no convergence in ${MOST_STEPS} QL steps`);
      implicitStep(values, off, vectors, d, l, m);
    }
  }
  return { values, vectors };
}

/** A -> Q^T A Q tridiagonal by reflections; `vectors` (identity at first) becomes Q^T. */
function tridiagonalise(
  a: Float64Array,
  d: number,
  values: Float64Array,
  off: Float64Array,
  vectors: Float64Array,
): void {
  const v = new Float64Array(d), p = new Float64Array(d);
  for (let k = 0; k < d - 1; k++) {
    let square = 0;
    for (let i = k + 1; i < d; i++) square += a[i * d + k] ** 2;
    const first = a[(k + 1) * d + k];
    const alpha = first > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    off[k] = alpha;
    // v = x - alpha e_1 and beta = 2 / v^T v = 1 / (square - alpha x_1)
    const reach = square - alpha * first;
    if (reach === 0) continue;
    const beta = 1 / reach;
    for (let i = k + 1; i < d; i++) v[i] = a[i * d + k];
    v[k + 1] -= alpha;
    let overlap = 0;
    p.fill(0, k + 1);
    for (let i = k + 1; i < d; i++) { // p = A v from the lower triangle
      const vi = v[i], row = i * d;
      let sum = a[row + i] * vi;
      for (let j = k + 1; j < i; j++) {
        sum += a[row + j] * v[j];
        p[j] += a[row + j] * vi;
      }
      p[i] += sum;
    }
    for (let i = k + 1; i < d; i++) overlap += p[i] * v[i];
    const half = 0.5 * beta * beta * overlap;
    for (let i = k + 1; i < d; i++) p[i] = beta * p[i] - half * v[i];
    for (let i = k + 1; i < d; i++) {
      const vi = v[i], pi = p[i], row = i * d;
      for (let j = k + 1; j <= i; j++) a[row + j] -= vi * p[j] + pi * v[j];
    }
    p.fill(0); // rows of Q^T <- H Q^T
    for (let i = k + 1; i < d; i++) {
      const vi = v[i], row = i * d;
      for (let j = 0; j < d; j++) p[j] += vi * vectors[row + j];
    }
    for (let i = k + 1; i < d; i++) {
      const factor = beta * v[i], row = i * d;
      for (let j = 0; j < d; j++) vectors[row + j] -= factor * p[j];
    }
  }
  for (let i = 0; i < d; i++) values[i] = a[i * d + i];
}

/** One QL step with Wilkinson's shift on rows l..m, whose plane rotations also turn the rows of `vectors`. */
function implicitStep(
  values: Float64Array,
  off: Float64Array,
  vectors: Float64Array,
  d: number,
  l: number,
  m: number,
): void {
  let g = (values[l + 1] - values[l]) / (2 * off[l]);
  let r = Math.sqrt(g * g + 1);
  g = values[m] - values[l] + off[l] / (g >= 0 ? g + r : g - r);
  let s = 1, c = 1, p = 0;
  for (let i = m - 1; i >= l; i--) {
    const f = s * off[i], b = c * off[i];
    r = Math.sqrt(f * f + g * g);
    off[i + 1] = r;
    if (r === 0) { // the bulge vanished: the block has split here
      values[i + 1] -= p;
      off[m] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = values[i + 1] - p;
    r = (values[i] - g) * s + 2 * c * b;
    p = s * r;
    values[i + 1] = g + p;
    g = c * r - b;
    const upper = i * d, lower = upper + d;
    for (let j = 0; j < d; j++) {
      const x = vectors[upper + j], y = vectors[lower + j];
      vectors[lower + j] = s * x + c * y;
      vectors[upper + j] = c * x - s * y;
    }
  }
  values[l] -= p;
  off[l] = g;
  off[m] = 0;
}
