/**
 * @module Proper orthogonal decomposition of a similarity, $g(u; v) = \sum_k \sigma_k \phi_k(u)\psi_k(v)$ on [-1, 1]^P, Lebesgue
 * measure: the low-rank form through which a dot-product layer can match by an arbitrary g (reported for arXiv 2410.11474;
 * the numerical method is this project's): Gauss-Legendre nodes, SVD of sqrt(w) g sqrt(w), modes off the nodes by Nystrom.
 */
import { gaussLegendre, Matrix, svd } from "../../numerics/mod.ts";
import type { Similarity } from "./similarity.ts";

/** Singular values and modes; k counts from 0. */
export interface Decomposition {
  /** Singular values, largest first, down to 1e-13 of the first. */
  readonly sigma: readonly number[];
  /** phi_k(u) for all k < `modes`. */
  left(u: ArrayLike<number>, modes: number): Float64Array;
  /** psi_k(v) for all k < `modes`. */
  right(v: ArrayLike<number>, modes: number): Float64Array;
}

/** Quadrature nodes per axis that keep the SVD small. */
function defaultPoints(patch: number): number {
  return [64, 16, 7][patch - 1] ?? 0;
}

/**
 * Decomposes g.
 * @param points Gauss-Legendre nodes per axis; default 64 (P = 1), 16 (P = 2), 7 (P = 3)
 * @throws {RangeError} when g is not finite somewhere on the grid, or P > 3 (the tensor grid explodes)
 */
export function decompose(g: Similarity, points: number = defaultPoints(g.patch)): Decomposition {
  const P = g.patch;
  if (P > 3) throw new RangeError(`the decomposition uses a tensor grid, so (n-1) d must be <= 3, got ${P}`);
  const axis = gaussLegendre(points);
  const count = points ** P;
  const nodes = Array.from({ length: count }, (_, index) => {
    const at = Array.from({ length: P }, (_, k) => Math.floor(index / points ** k) % points);
    return { x: at.map((i) => axis.nodes[i]), root: Math.sqrt(at.reduce((w, i) => w * axis.weights[i], 1)) };
  });
  const weighted = new Matrix(count, count);
  nodes.forEach((u, i) =>
    nodes.forEach((v, j) => {
      const value = g.value(u.x, v.x);
      if (!Number.isFinite(value)) {
        throw new RangeError(`the similarity "${g.expression}" is ${value} at u = (${u.x}), v = (${v.x})`);
      }
      weighted.set(i, j, u.root * value * v.root);
    })
  );
  const { u, s, v } = svd(weighted);
  const usable = s.filter((value) => value > 1e-13 * s[0]).length; // Nystrom divides by sigma
  const project = (sample: (node: number) => number, vectors: Matrix, modes: number) => {
    if (modes > usable) {
      throw new RangeError(
        `"${g.expression}" has numerical rank ${usable}: ask for at most that many modes, got ${modes}`,
      );
    }
    const out = new Float64Array(modes);
    for (let j = 0; j < count; j++) {
      const value = nodes[j].root * sample(j);
      for (let k = 0; k < modes; k++) out[k] += value * vectors.get(j, k) / s[k];
    }
    return out;
  };
  return {
    sigma: s.slice(0, usable),
    left: (x, modes) => project((j) => g.value(x, nodes[j].x), v, modes),
    right: (x, modes) => project((j) => g.value(nodes[j].x, x), u, modes),
  };
}
