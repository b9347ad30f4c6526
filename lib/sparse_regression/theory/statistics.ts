/** @module What every estimator here needs to know of a prompt: second moments of its context. */
import { drawPrompts, type Prompt, type SparseTask } from "../data.ts";

/** Second moments of a prompt's context, and the truth. */
export interface PromptStatistics {
  /** Dimension. */
  readonly d: number;
  /** Context length. */
  readonly n: number;
  /** $\hat\Sigma = X^\top X/n$, [d, d]. */
  readonly gram: Float64Array;
  /** $\hat r = X^\top y/n$, [d]. */
  readonly correlation: Float64Array;
  /** $y^\top y/n$. */
  readonly labelPower: number;
  /** w*, [d]. */
  readonly weights: Float64Array;
  /** Indices of the weights that may be non-zero, ascending, [s]. */
  readonly support: Int32Array;
}

/** Reduces a prompt to its second moments. */
export function statisticsOf(
  prompt: Pick<Prompt, "d" | "n" | "x" | "y" | "weights" | "support">,
): PromptStatistics {
  const { d, n, x, y, weights, support } = prompt;
  const gram = new Float64Array(d * d), correlation = new Float64Array(d);
  let labelPower = 0;
  for (let i = 0; i < n; i++) {
    const at = i * d, label = y[i];
    labelPower += label * label;
    for (let j = 0; j < d; j++) {
      const xj = x[at + j], row = j * d;
      correlation[j] += xj * label;
      for (let k = 0; k <= j; k++) gram[row + k] += xj * x[at + k];
    }
  }
  for (let j = 0; j < d; j++) {
    correlation[j] /= n;
    for (let k = 0; k <= j; k++) gram[k * d + j] = gram[j * d + k] /= n;
  }
  return { d, n, gram, correlation, labelPower: labelPower / n, weights, support };
}

/** Statistics of `count` prompts of n examples; prompt i is a function of (task, n, seed, i) alone. */
export function drawStatistics(
  task: SparseTask,
  n: number,
  options: { readonly seed: number; readonly count: number; readonly from?: number },
): PromptStatistics[] {
  return Array.from(drawPrompts(task, { n }, options), statisticsOf);
}

/** Excess risk of weights w, $\|w - w^*\|_\Sigma^2$. @param covariance diagonal of Sigma; default the identity */
export function excessRisk(
  w: ArrayLike<number>,
  weights: ArrayLike<number>,
  covariance?: ArrayLike<number>,
): number {
  let sum = 0;
  for (let j = 0; j < weights.length; j++) sum += (covariance ? covariance[j] : 1) * (w[j] - weights[j]) ** 2;
  return sum;
}

/** The parts of the excess risk on the support and off it. */
export function splitRisk(
  w: ArrayLike<number>,
  { weights, support }: Pick<PromptStatistics, "weights" | "support">,
  covariance?: ArrayLike<number>,
): { on: number; off: number } {
  const total = excessRisk(w, weights, covariance);
  let on = 0;
  for (const j of support) on += (covariance ? covariance[j] : 1) * (w[j] - weights[j]) ** 2;
  return { on, off: total - on };
}
