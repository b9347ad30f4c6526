/** The wrappers over ml-matrix: their laws, conventions and refusals. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  cholesky,
  determinant,
  Matrix,
  pseudoInverse,
  rank,
  solveLinear,
  stream,
  svd,
  symmetricEigen,
} from "../../lib/numerics/mod.ts";

const gaussian = (rows: number, columns: number, ...name: (string | number)[]) => {
  const s = stream(1, "linalg", rows, columns, ...name);
  return new Matrix(Array.from({ length: rows }, () => Array.from({ length: columns }, () => s.normal())));
};
const distance = (a: Matrix, b: Matrix) => Matrix.sub(a, b).norm("frobenius");
const shape = fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }));
// Backward stable methods on matrices of norm below 20: 1e-12 is a thousand roundings.
const ROUNDING = 1e-12;

describe("svd", () => {
  it("rebuilds tall, square and wide matrices from orthonormal vectors, values largest first", () => {
    fc.assert(
      fc.property(shape, ([rows, columns]) => {
        const a = gaussian(rows, columns);
        const { u, s, v } = svd(a);
        const k = Math.min(rows, columns);
        expect([u.rows, u.columns, v.rows, v.columns, s.length]).toEqual([rows, k, columns, k, k]);
        expect(distance(u.mmul(Matrix.diag(s)).mmul(v.transpose()), a)).toBeLessThan(ROUNDING);
        expect(distance(u.transpose().mmul(u), Matrix.eye(k))).toBeLessThan(ROUNDING);
        expect(distance(v.transpose().mmul(v), Matrix.eye(k))).toBeLessThan(ROUNDING);
        expect([...s].sort((x, y) => y - x)).toEqual(s);
      }),
      { seed: 1, numRuns: 60 },
    );
  });
});

describe("symmetricEigen", () => {
  it("diagonalises A^T A: values ascending and equal to the squared singular values", () => {
    const a = gaussian(6, 5);
    const gram = a.transpose().mmul(a);
    const { values, vectors } = symmetricEigen(gram);
    expect(distance(gram.mmul(vectors), vectors.mmul(Matrix.diag(values)))).toBeLessThan(ROUNDING);
    expect([...values].sort((x, y) => x - y)).toEqual(values);
    svd(a).s.forEach((s, i) => expect(values[4 - i]).toBeCloseTo(s * s, 10));
  });

  it("accepts rows of numbers, forgives rounding, and refuses a matrix that is not symmetric", () => {
    expect(symmetricEigen([[2, 1], [1 + 1e-15, 2]]).values.map((x) => x.toFixed(12))).toEqual([
      "1.000000000000",
      "3.000000000000",
    ]);
    expect(() => symmetricEigen([[2, 1], [0, 2]])).toThrow("[1][0] is 0 and [0][1] is 1");
    expect(() => symmetricEigen([[1, 2]])).toThrow("square matrix, got 1 x 2");
  });
});

describe("solveLinear", () => {
  it("solves square systems, for a vector and for several right-hand sides", () => {
    const a = gaussian(5, 5), x = gaussian(5, 3);
    expect(distance(solveLinear(a, a.mmul(x)), x)).toBeLessThan(1e-11); // condition number near 10
    expect(solveLinear([[2, 0], [0, 4]], [2, 8]).to1DArray()).toEqual([1, 2]);
    expect(solveLinear([[2, 0], [0, 4]], new Float64Array([2, 8])).to1DArray()).toEqual([1, 2]);
  });

  it("does not mistake bad units for singularity", () => {
    expect(solveLinear([[1e20, 0], [0, 1e-20]], [1e20, 1e-20]).to1DArray()).toEqual([1, 1]);
    const a = gaussian(5, 5), x = gaussian(5, 1), units = [1e-9, 1, 1e9, 1e15, 1e-15];
    const scaled = a.clone(), right = a.mmul(x);
    units.forEach((unit, i) => (scaled.mulRow(i, unit), right.mulRow(i, unit)));
    expect(distance(solveLinear(scaled, right), x)).toBeLessThan(1e-11);
  });

  it("gives least squares for tall systems: the residual is orthogonal to the columns", () => {
    const a = gaussian(8, 3), b = gaussian(8, 1);
    const residual = Matrix.sub(b, a.mmul(solveLinear(a, b)));
    expect(a.transpose().mmul(residual).norm("frobenius")).toBeLessThan(ROUNDING);
    expect(residual.norm("frobenius")).toBeGreaterThan(0.1);
  });

  it("refuses singular, wide, mismatched, ragged, empty and non-finite systems", () => {
    expect(() => solveLinear([[1, 2], [2, 4]], [1, 1])).toThrow("singular");
    expect(() => solveLinear(gaussian(4, 3).mmul(gaussian(3, 4)), [1, 1, 1, 1])).toThrow("working precision");
    expect(() => solveLinear([[1, 2], [2, 4], [3, 6]], [1, 1, 1])).toThrow("dependent columns");
    expect(() => solveLinear([[1, 2]], [1])).toThrow("fewer equations than unknowns");
    expect(() => solveLinear([[1]], [1, 2])).toThrow("a has 1 rows but b has 2");
    expect(() => solveLinear([[1, 2], [3]], [1, 2])).toThrow("different lengths: 2, 1");
    expect(() => svd([])).toThrow("empty (0 x 0)");
    expect(() => svd([[1, NaN]])).toThrow("matrix[0][1] is NaN");
  });
});

describe("rank, pseudoInverse, determinant, cholesky", () => {
  it("rank counts what a product of thin matrices leaves, and honours a tolerance", () => {
    for (const r of [1, 2, 4]) expect(rank(gaussian(7, r).mmul(gaussian(r, 6)))).toBe(r);
    expect(rank([[1, 0], [0, 1e-6]])).toBe(2);
    expect(rank([[1, 0], [0, 1e-6]], 1e-3)).toBe(1);
    expect(rank([[0, 0], [0, 0]])).toBe(0);
  });

  it("pseudoInverse satisfies Penrose's equations, also for a rank-deficient matrix", () => {
    const a = gaussian(6, 2).mmul(gaussian(2, 4)), p = pseudoInverse(a);
    expect(distance(a.mmul(p).mmul(a), a)).toBeLessThan(ROUNDING);
    expect(distance(p.mmul(a).mmul(p), p)).toBeLessThan(ROUNDING);
    expect(distance(a.mmul(p), a.mmul(p).transpose())).toBeLessThan(ROUNDING);
  });

  it("determinant is multiplicative and cholesky is a square root", () => {
    const a = gaussian(4, 4), b = gaussian(4, 4, "b");
    expect(determinant(a.mmul(b)) / (determinant(a) * determinant(b))).toBeCloseTo(1, 12);
    const gram = a.mmul(a.transpose()), l = cholesky(gram);
    expect(distance(l.mmul(l.transpose()), gram)).toBeLessThan(ROUNDING);
    expect(l.get(0, 3)).toBe(0);
    expect(() => cholesky([[1, 2], [2, 1]])).toThrow("positive definite");
  });
});
