/** @module Tableaux back in classical form, for the order conditions. */
import { inverse, Matrix } from "ml-matrix";
import type { ExplicitTableau, NestedInterpolant, RosenbrockTableau } from "../../lib/ode/mod.ts";
import type { Classical } from "./trees.ts";

const padded = (row: readonly number[], length: number) => Array.from({ length }, (_, j) => row[j] ?? 0);

/** All stages, those of the interpolant included. */
export function explicitClassical({ a, dense }: ExplicitTableau): Classical {
  const rows = [...a, ...dense.a];
  const alpha = rows.map((row) => padded(row, rows.length));
  return { alpha, beta: alpha };
}

/** Weights of the interpolant at theta. */
export function interpolantWeights(
  { factors, rows }: NestedInterpolant,
  theta: number,
  size: number,
): number[] {
  const weights = new Array<number>(size).fill(0);
  let factor = 1;
  factors.forEach((name, p) => {
    factor *= name === "theta" ? theta : 1 - theta;
    rows[p].forEach((weight, j) => weights[j] += factor * weight);
  });
  return weights;
}

/** $\Gamma = (I/\gamma - C)^{-1}$, $\alpha = a\,\Gamma$, $b = m\,\Gamma$: undoes the change of variables $u = \Gamma k$. */
export function rosenbrockClassical(tableau: RosenbrockTableau) {
  const s = tableau.c.length;
  const square = (rows: readonly (readonly number[])[]) => new Matrix(rows.map((row) => padded(row, s)));
  const gamma = inverse(Matrix.eye(s, s).div(tableau.gamma).sub(square(tableau.C)));
  const alpha = square(tableau.a).mmul(gamma);
  const transformed = (row: readonly number[]) => new Matrix([padded(row, s)]).mmul(gamma).to1DArray();
  const stages = padded(tableau.a[s - 1], s);
  const embedded = transformed(stages);
  stages[s - 1] = 1;
  const b = transformed(stages);
  const rows = [b, ...tableau.dense.rows.map(transformed)];
  return {
    alpha: alpha.to2DArray(),
    beta: Matrix.add(alpha, gamma).to2DArray(),
    gamma: gamma.to2DArray(),
    b,
    embedded,
    dense: { factors: tableau.dense.factors, rows },
  };
}
