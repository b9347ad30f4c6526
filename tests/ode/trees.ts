/**
 * @module Rooted trees and order conditions: the judge of every coefficient.
 *
 * A Runge-Kutta method has order p exactly when $\sum_i b_i \Phi_i(\tau) = 1/\gamma(\tau)$ for every rooted tree with at most p
 * nodes (Butcher; Hairer, Norsett, Wanner I, theorem II.2.13). For Rosenbrock methods an edge below a node with one
 * child takes $\beta = \alpha + \Gamma$ instead of $\alpha$ (Hairer, Wanner II, theorem IV.7.4).
 */

/** A node is the list of its children. */
export type Tree = readonly Tree[];

/** All rooted trees with exactly `order` nodes. */
export function treesOfOrder(order: number): Tree[] {
  if (order === 1) return [[]];
  return forests(order - 1, order - 1, Infinity);
}

const byOrder = new Map<number, Tree[]>();
const trees = (order: number): Tree[] => {
  if (!byOrder.has(order)) byOrder.set(order, treesOfOrder(order));
  return byOrder.get(order)!;
};

/** Multisets of trees with `nodes` nodes, largest first; within size `most` only up to position `upTo`. */
function forests(nodes: number, most: number, upTo: number): Tree[][] {
  if (nodes === 0) return [[]];
  const found: Tree[][] = [];
  for (let size = Math.min(nodes, most); size >= 1; size--) {
    const limit = size === most ? Math.min(upTo, trees(size).length) : trees(size).length;
    for (let i = 0; i < limit; i++) {
      for (const rest of forests(nodes - size, size, i + 1)) found.push([trees(size)[i], ...rest]);
    }
  }
  return found;
}

/** Number of nodes. */
export const nodes = (tree: Tree): number => 1 + tree.reduce((sum, child) => sum + nodes(child), 0);

/** The density $\gamma(\tau)$: the product over all nodes of the size of the subtree below. */
export const density = (tree: Tree): number =>
  nodes(tree) * tree.reduce((product, child) => product * density(child), 1);

/** The matrices of a method in classical form; explicit ones have `beta = alpha`. */
export interface Classical {
  readonly alpha: readonly (readonly number[])[];
  readonly beta: readonly (readonly number[])[];
}

/** Elementary weights $\Phi_i(\tau)$, one a stage. */
export function elementaryWeights(tree: Tree, method: Classical): number[] {
  const matrix = tree.length === 1 ? method.beta : method.alpha;
  const inner = tree.map((child) => elementaryWeights(child, method));
  return matrix.map((row) =>
    inner.reduce(
      (product, weights) => product * row.reduce((sum, a, j) => sum + a * weights[j], 0),
      1,
    )
  );
}

/** Largest $|\sum_i b_i \Phi_i(\tau) - target(\tau)|$ over all trees of one order. */
export function worstDefect(
  order: number,
  weights: readonly number[],
  method: Classical,
  target: (tree: Tree) => number = (tree) => 1 / density(tree),
): number {
  return Math.max(
    ...trees(order).map((tree) => {
      const phi = elementaryWeights(tree, method);
      return Math.abs(weights.reduce((sum, b, i) => sum + b * phi[i], 0) - target(tree));
    }),
  );
}
