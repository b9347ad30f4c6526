/** @module Least squares by one who knows the support. */
import { smallEigen } from "./eigen.ts";
import { leastSquaresFilter } from "./filters.ts";
import type { PromptStatistics } from "./statistics.ts";

/** Least squares on the true support (of smallest norm when n < s), zero elsewhere, [d]. */
export function oracle({ d, gram, correlation, support }: PromptStatistics): Float64Array {
  const s = support.length, block = new Float64Array(s * s), w = new Float64Array(d);
  support.forEach((j, a) => support.forEach((k, b) => block[a * s + b] = gram[j * d + k]));
  const { values, vectors } = smallEigen(block, s);
  const filter = leastSquaresFilter(Math.max(...values), s);
  values.forEach((g, i) => {
    let overlap = 0;
    for (let a = 0; a < s; a++) overlap += vectors[i * s + a] * correlation[support[a]];
    for (let a = 0; a < s; a++) w[support[a]] += filter(g) * overlap * vectors[i * s + a];
  });
  return w;
}
