/** @module Linear symmetric flows with known eigenvalues, solved exactly by their eigenvectors. */
import { stream } from "../../lib/numerics/mod.ts";
import type { RightHandSide } from "../../lib/ode/mod.ts";

/** $\dot y = A y + b$ with its solution and a count of the evaluations of f. */
export interface LinearProblem {
  readonly f: RightHandSide;
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly y0: Float64Array;
  /** The state a time t after y0. */
  exact(t: number): Float64Array;
  evaluations: number;
}

/** n values from a to b. */
export const evenly = (n: number, a: number, b: number): number[] =>
  Array.from({ length: n }, (_, i) => n === 1 ? a : a + (b - a) * i / (n - 1));

/** Rows of an orthogonal matrix: a product of six random reflections, orthogonal to rounding for any n. */
function orthogonal(n: number, seed: number): Float64Array[] {
  const random = stream(seed, "reflections", n);
  const rows = Array.from(
    { length: n },
    (_, i) => Float64Array.from({ length: n }, (_, j) => i === j ? 1 : 0),
  );
  for (let times = 0; times < 6; times++) {
    const v = random.fillNormal(new Float64Array(n));
    const squared = v.reduce((sum, x) => sum + x * x, 0);
    for (const row of rows) {
      const along = 2 * row.reduce((sum, x, i) => sum + x * v[i], 0) / squared;
      for (let i = 0; i < n; i++) row[i] -= along * v[i];
    }
  }
  return rows;
}

/** A problem with these eigenvalues and random eigenvectors, initial state and (if asked) force. */
export function linearProblem(values: readonly number[], forced: boolean, seed = 1): LinearProblem {
  const n = values.length;
  const q = orthogonal(n, seed);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += q[k][i] * values[k] * q[k][j];
      a[i * n + j] = a[j * n + i] = sum;
    }
  }
  const random = stream(seed, "state", n);
  const y0 = random.fillNormal(new Float64Array(n));
  const b = forced ? random.fillNormal(new Float64Array(n)) : new Float64Array(n);
  const problem: LinearProblem = {
    a,
    b,
    y0,
    evaluations: 0,
    f: (_t, y, dy) => {
      problem.evaluations++;
      for (let i = 0; i < n; i++) {
        let sum = b[i];
        for (let j = 0; j < n; j++) sum += a[i * n + j] * y[j];
        dy[i] = sum;
      }
    },
    exact: (t) => {
      const y = new Float64Array(n);
      q.forEach((row, k) => {
        const value = values[k];
        const start = row.reduce((sum, x, i) => sum + x * y0[i], 0);
        const force = row.reduce((sum, x, i) => sum + x * b[i], 0);
        const response = value === 0 ? t : Math.expm1(value * t) / value;
        const now = start * Math.exp(value * t) + force * response;
        for (let i = 0; i < n; i++) y[i] += now * row[i];
      });
      return y;
    },
  };
  return problem;
}

/** RMS of the error in units of atol + rtol |y|. */
export function errorInTolerances(
  y: ArrayLike<number>,
  exact: Float64Array,
  rtol: number,
  atol: number,
): number {
  let sum = 0;
  exact.forEach((x, i) => sum += ((y[i] - x) / (atol + rtol * Math.abs(x))) ** 2);
  return Math.sqrt(sum / exact.length);
}

/** Norm of the error in units of atol sqrt(n) + rtol |y|, norms of vectors. */
export function relativeToNorm(
  y: ArrayLike<number>,
  exact: Float64Array,
  rtol: number,
  atol: number,
): number {
  const error = Math.hypot(...exact.map((x, i) => y[i] - x));
  return error / (atol * Math.sqrt(exact.length) + rtol * Math.hypot(...exact));
}
