/**
 * Dense linear algebra in float64: thin typed wrappers over ml-matrix.
 *
 * They take a `Matrix` or rows of numbers, refuse what is not finite, and fix the conventions (descending singular
 * values, ascending eigenvalues, vectors in columns) that callers otherwise have to look up.
 *
 * @module
 */

import {
  CholeskyDecomposition,
  determinant as mlDeterminant,
  EigenvalueDecomposition,
  LuDecomposition,
  Matrix as MlMatrix,
  pseudoInverse as mlPseudoInverse,
  QrDecomposition,
  SingularValueDecomposition,
} from "ml-matrix";

/** ml-matrix's dense float64 matrix: rows, columns, get, set, mmul, transpose, to2DArray and much else. */
export const Matrix: (typeof import("ml-matrix"))["Matrix"] = MlMatrix;
/** ml-matrix's dense float64 matrix. */
export type Matrix = InstanceType<(typeof import("ml-matrix"))["Matrix"]>;

/** A matrix, or its rows. */
export type MatrixLike = Matrix | ArrayLike<ArrayLike<number>>;

/** `a` as a Matrix (itself if it is one). @throws RangeError if it is empty, ragged, or not finite */
export function toMatrix(a: MatrixLike, name = "matrix"): Matrix {
  let m: Matrix;
  if (Matrix.isMatrix(a)) m = a as Matrix;
  else {
    const rows = Array.from(a as ArrayLike<ArrayLike<number>>, (row) => Array.from(row));
    if (rows.some((row) => row.length !== rows[0].length)) {
      throw new RangeError(
        `the rows of ${name} have different lengths: ${rows.map((r) => r.length).join(", ")}`,
      );
    }
    m = rows.length === 0 ? new Matrix(0, 0) : new Matrix(rows);
  }
  if (m.rows === 0 || m.columns === 0) throw new RangeError(`${name} is empty (${m.rows} x ${m.columns})`);
  for (let i = 0; i < m.rows; i++) {
    for (let j = 0; j < m.columns; j++) {
      if (!Number.isFinite(m.get(i, j))) {
        throw new RangeError(`${name}[${i}][${j}] is ${m.get(i, j)}, not finite`);
      }
    }
  }
  return m;
}

function requireSquare(m: Matrix, what: string): void {
  if (m.rows !== m.columns) {
    throw new RangeError(`${what} needs a square matrix, got ${m.rows} x ${m.columns}`);
  }
}

/** Thin singular value decomposition $A = U \,\mathrm{diag}(s)\, V^\top$. */
export interface Svd {
  /** Left vectors in columns, `rows x k` with `k = min(rows, columns)`. */
  u: Matrix;
  /** Singular values, largest first, length k. */
  s: number[];
  /** Right vectors in columns, `columns x k`. */
  v: Matrix;
}

/** Thin singular value decomposition, $A = U \,\mathrm{diag}(s)\, V^\top$, singular values largest first. */
export function svd(a: MatrixLike): Svd {
  const m = toMatrix(a);
  const k = Math.min(m.rows, m.columns);
  const d = new SingularValueDecomposition(m, { autoTranspose: true });
  const thin = (x: Matrix) => (x.columns > k ? x.subMatrix(0, x.rows - 1, 0, k - 1) : x);
  return {
    u: thin(d.leftSingularVectors),
    s: d.diagonal.slice(0, k),
    v: thin(d.rightSingularVectors),
  };
}

/** Eigenvalues of a symmetric matrix and their orthonormal vectors. */
export interface SymmetricEigen {
  /** Ascending. */
  values: number[];
  /** Vectors in columns, in the order of `values`. */
  vectors: Matrix;
}

/**
 * Eigendecomposition of a symmetric matrix.
 *
 * @throws RangeError if `a` is not square, or asymmetric by more than $10^{-10}$ of its largest entry
 */
export function symmetricEigen(a: MatrixLike): SymmetricEigen {
  const m = toMatrix(a);
  requireSquare(m, "symmetricEigen");
  const scale = Math.max(Math.abs(m.max()), Math.abs(m.min()));
  const half = m.clone();
  for (let i = 0; i < m.rows; i++) {
    for (let j = 0; j < i; j++) {
      const gap = Math.abs(m.get(i, j) - m.get(j, i));
      if (gap > 1e-10 * scale) {
        throw new RangeError(
          `symmetricEigen needs a symmetric matrix, but [${i}][${j}] is ${m.get(i, j)} and [${j}][${i}] is ${
            m.get(j, i)
          }`,
        );
      }
      const middle = 0.5 * (m.get(i, j) + m.get(j, i));
      half.set(i, j, middle).set(j, i, middle);
    }
  }
  const d = new EigenvalueDecomposition(half, { assumeSymmetric: true });
  const order = d.realEigenvalues.map((_, i) => i).sort((i, j) =>
    d.realEigenvalues[i] - d.realEigenvalues[j]
  );
  const all = order.map((_, i) => i);
  return {
    values: order.map((i) => d.realEigenvalues[i]),
    vectors: d.eigenvectorMatrix.selection(all, order),
  };
}

/**
 * Solves $A x = b$; least squares (QR) when `a` has more rows than columns.
 *
 * @param b a vector (the answer is then one column) or a matrix of right-hand sides
 * @throws RangeError if the shapes disagree, or a pivot says that `a` is singular to working precision
 */
export function solveLinear(a: MatrixLike, b: MatrixLike | ArrayLike<number>): Matrix {
  const m = toMatrix(a, "a");
  const isVector = !Matrix.isMatrix(b) && typeof (b as ArrayLike<unknown>)[0] === "number";
  const right = isVector
    ? toMatrix(Matrix.columnVector(Array.from(b as ArrayLike<number>)), "b")
    : toMatrix(b as MatrixLike, "b");
  if (right.rows !== m.rows) throw new RangeError(`a has ${m.rows} rows but b has ${right.rows}`);
  if (m.rows < m.columns) {
    throw new RangeError(
      `a is ${m.rows} x ${m.columns}: fewer equations than unknowns, use pseudoInverse for the smallest solution`,
    );
  }
  // Powers of two bring rows (of a square system: in least squares they are weights) and columns near 1 without
  // rounding, so that units do not decide what counts as singular.
  const square = m.rows === m.columns;
  const scaled = m.clone(), scaledRight = right.clone(), columnScale: number[] = [];
  const power = (entries: number[]) =>
    2 ** -Math.floor(Math.log2(Math.max(...entries.map(Math.abs), 2 ** -1000)));
  for (let i = 0; square && i < m.rows; i++) {
    const factor = power(scaled.getRow(i));
    scaled.mulRow(i, factor);
    scaledRight.mulRow(i, factor);
  }
  for (let j = 0; j < m.columns; j++) {
    columnScale.push(power(scaled.getColumn(j)));
    scaled.mulColumn(j, columnScale[j]);
  }
  const factors = square ? new LuDecomposition(scaled) : new QrDecomposition(scaled);
  const pivots = factors.upperTriangularMatrix.diagonal().map(Math.abs);
  if (Math.min(...pivots) <= 100 * m.rows * Number.EPSILON * Math.max(...pivots)) {
    throw new RangeError(
      square
        ? "solveLinear was given a matrix that is singular to working precision: no unique solution"
        : "solveLinear was given dependent columns: no unique least squares, use pseudoInverse",
    );
  }
  const solution = factors.solve(scaledRight);
  columnScale.forEach((factor, j) => solution.mulRow(j, factor));
  return solution;
}

/**
 * Numerical rank: singular values above `tolerance`.
 *
 * @param tolerance default $\max(\text{rows}, \text{columns}) \cdot s_1 \cdot 2^{-52}$
 */
export function rank(a: MatrixLike, tolerance?: number): number {
  const m = toMatrix(a);
  const { s } = svd(m);
  const cut = tolerance ?? Math.max(m.rows, m.columns) * s[0] * Number.EPSILON;
  return s.filter((value) => value > cut).length;
}

/** Moore-Penrose inverse $A^+$; singular values that {@link rank} does not count are treated as 0. */
export function pseudoInverse(a: MatrixLike): Matrix {
  return mlPseudoInverse(toMatrix(a));
}

/** Determinant of a square matrix. */
export function determinant(a: MatrixLike): number {
  const m = toMatrix(a);
  requireSquare(m, "determinant");
  return mlDeterminant(m);
}

/**
 * Lower triangular $L$ with $A = L L^\top$.
 *
 * @throws RangeError if `a` is not square, symmetric and positive definite
 */
export function cholesky(a: MatrixLike): Matrix {
  const m = toMatrix(a);
  requireSquare(m, "cholesky");
  const d = new CholeskyDecomposition(m);
  if (!d.isPositiveDefinite()) {
    throw new RangeError("cholesky needs a positive definite matrix, and this one is not");
  }
  return d.lowerTriangularMatrix;
}
