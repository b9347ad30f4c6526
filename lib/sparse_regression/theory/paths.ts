/**
 * @module Whole solution paths in closed form: one eigendecomposition of a prompt, then any filter of `filters.ts` for d^2
 * operations (derived).
 *
 * Plain: $w = V q(g) V^\top \hat r$ with $\hat\Sigma = V g V^\top$: least squares, ridge, GD.
 * Preprocessed: $w = \hat R\, U q(g) U^\top (\hat r\circ\hat r)$ with $G = \hat R\hat\Sigma\hat R = U g U^\top$,
 * $\hat R = \mathrm{diag}(\hat r)$: the same methods on $\tilde x = \hat R x$ (arXiv 2408.04532, algorithm as reported there).
 */
import { smallEigen } from "./eigen.ts";
import { type Filter, leastSquaresFilter } from "./filters.ts";
import type { PromptStatistics } from "./statistics.ts";

/** Solutions of one prompt as a function of the filter. */
export class SolutionPath {
  /** Eigenvalues g, [d]. */
  readonly values: Float64Array;
  /** Largest eigenvalue: steps above 2 / largest diverge. */
  readonly largest: number;
  readonly #vectors: Float64Array; // row i: what coefficient i contributes to w
  readonly #coefficients: Float64Array;

  /** The path with preconditioner diag(scale)^2: `scale` [d] is $\hat r$ for preprocessing, nothing for plain. */
  constructor({ d, gram, correlation }: PromptStatistics, scale?: Float64Array) {
    const matrix = scale ? gram.map((value, at) => value * scale[(at / d) | 0] * scale[at % d]) : gram;
    const { values, vectors } = smallEigen(matrix, d);
    this.values = values;
    this.#vectors = vectors;
    this.#coefficients = new Float64Array(d);
    let largest = 0;
    for (let i = 0; i < d; i++) {
      largest = Math.max(largest, values[i]);
      for (let j = 0; j < d; j++) {
        const at = i * d + j, factor = scale ? scale[j] : 1;
        this.#coefficients[i] += vectors[at] * factor * correlation[j];
        vectors[at] *= factor;
      }
    }
    this.largest = largest;
  }

  /** w under a filter, [d]. */
  weights(filter: Filter, out: Float64Array = new Float64Array(this.values.length)): Float64Array {
    const d = out.length;
    out.fill(0);
    for (let i = 0; i < d; i++) {
      const factor = filter(this.values[i]) * this.#coefficients[i];
      if (factor === 0) continue;
      for (let j = 0, at = i * d; j < d; j++, at++) out[j] += factor * this.#vectors[at];
    }
    return out;
  }

  /** The least squares solution; of smallest norm (in the path's own coordinates) when n < d. */
  leastSquares(): Float64Array {
    return this.weights(leastSquaresFilter(this.largest, this.values.length));
  }
}

/** Least squares, ridge and GD on the raw inputs. */
export function plainPath(statistics: PromptStatistics): SolutionPath {
  return new SolutionPath(statistics);
}

/**
 * The same on preprocessed inputs.
 * @param scale diagonal of the preprocessing matrix, [d]; default $\hat r$ of the same prompt
 */
export function preprocessedPath(
  statistics: PromptStatistics,
  scale: Float64Array = statistics.correlation,
): SolutionPath {
  return new SolutionPath(statistics, scale);
}
