/**
 * @module The Lasso by coordinate descent on second moments, stopped by its duality gap.
 *
 * Coordinate descent crawls along the flat directions of few examples (n < d), so every few sweeps the weights also move
 * towards the minimiser of their own sign pattern, as far as the signs allow: the objective is quadratic there, so it falls.
 */
import type { PromptStatistics } from "./statistics.ts";

/** Accuracy of the Lasso. */
export interface LassoOptions {
  /** Duality gap at which to stop, as a fraction of $y^\top y/n$; default 1e-8. */
  readonly tolerance?: number;
  /** Start here (and keep the answer here), [d]; default zero. */
  readonly w?: Float64Array;
  /** Sweeps after which to give up; default 20 000. */
  readonly maxSweeps?: number;
}

/**
 * Minimiser of $\tfrac{1}{2n}\|y - Xw\|^2 + \lambda\|w\|_1$.
 *
 * Stops when the duality gap is below `tolerance` times y^T y / n: the dual point is the residual scaled into
 * $\|X^\top\nu/n\|_\infty \le \lambda$, so the gap bounds how far the objective is from its minimum.
 * @throws {RangeError} for lambda <= 0, or when the gap has not closed after `maxSweeps`
 */
export function lasso(
  statistics: PromptStatistics,
  lambda: number,
  options: LassoOptions = {},
): Float64Array {
  const { d, gram, correlation } = statistics;
  const { tolerance = 1e-8, w = new Float64Array(d), maxSweeps = 20_000 } = options;
  if (!(lambda > 0)) throw new RangeError(`the Lasso needs lambda > 0, got ${lambda}`);
  const gradient = correlation.slice(); // X^T residual / n
  for (let j = 0; j < d; j++) if (w[j] !== 0) shift(gradient, gram, d, j, w[j]);
  for (let sweep = 1; sweep <= maxSweeps; sweep++) {
    for (let j = 0; j < d; j++) {
      const curvature = gram[j * d + j];
      const z = gradient[j] + curvature * w[j];
      const next = z > lambda ? (z - lambda) / curvature : z < -lambda ? (z + lambda) / curvature : 0;
      const change = next - w[j];
      if (change === 0) continue;
      w[j] = next;
      shift(gradient, gram, d, j, change);
    }
    if (sweep % 4 !== 0) continue;
    if (dualityGap(statistics, w, lambda, gradient) <= tolerance * statistics.labelPower) return w;
    if (sweep % 16 === 0) towardsSignedMinimum(statistics, w, lambda, gradient);
  }
  throw new RangeError(
    `the Lasso's duality gap is ${
      dualityGap(statistics, w, lambda)
    } after ${maxSweeps} sweeps: raise maxSweeps or lambda`,
  );
}

function shift(gradient: Float64Array, gram: Float64Array, d: number, j: number, change: number): void {
  for (let k = 0, at = j * d; k < d; k++, at++) gradient[k] -= gram[at] * change;
}

/**
 * Primal minus dual objective of the Lasso at w, >= 0 up to rounding.
 * @param gradient $\hat r - \hat\Sigma w$ when it is already known
 */
export function dualityGap(
  { d, gram, correlation, labelPower }: PromptStatistics,
  w: Float64Array,
  lambda: number,
  gradient?: Float64Array,
): number {
  let slope = gradient;
  if (!slope) {
    slope = correlation.slice();
    for (let j = 0; j < d; j++) shift(slope, gram, d, j, w[j]);
  }
  let fitted = 0, left = 0, norm = 0, steepest = 0;
  for (let j = 0; j < d; j++) {
    fitted += correlation[j] * w[j];
    left += slope[j] * w[j];
    norm += Math.abs(w[j]);
    steepest = Math.max(steepest, Math.abs(slope[j]));
  }
  const labelResidual = labelPower - fitted; // y^T residual / n
  const residualPower = labelResidual - left; // |residual|^2 / n
  const scale = steepest > lambda ? lambda / steepest : 1;
  return 0.5 * residualPower + lambda * norm - scale * labelResidual + 0.5 * scale * scale * residualPower;
}

/** Moves w towards the minimiser on its support with its signs, until the first weight reaches zero. */
function towardsSignedMinimum(
  { d, gram }: PromptStatistics,
  w: Float64Array,
  lambda: number,
  gradient: Float64Array,
): void {
  const active: number[] = [];
  for (let j = 0; j < d; j++) if (w[j] !== 0) active.push(j);
  const m = active.length, factor = new Float64Array(m * m), step = new Float64Array(m);
  for (let a = 0; a < m; a++) { // Cholesky and forward substitution at once
    let right = gradient[active[a]] - lambda * Math.sign(w[active[a]]);
    for (let b = 0; b <= a; b++) {
      let entry = gram[active[a] * d + active[b]];
      for (let c = 0; c < b; c++) entry -= factor[a * m + c] * factor[b * m + c];
      // A tiny floor keeps more than n active weights solvable: the step then runs along the flat direction.
      factor[a * m + b] = a === b ? Math.sqrt(Math.max(entry, 1e-12)) : entry / factor[b * m + b];
      if (b < a) right -= factor[a * m + b] * step[b];
    }
    step[a] = right / factor[a * m + a];
  }
  let length = 1, first = -1;
  for (let a = m - 1; a >= 0; a--) {
    for (let b = a + 1; b < m; b++) step[a] -= factor[b * m + a] * step[b];
    step[a] /= factor[a * m + a];
  }
  for (let a = 0; a < m; a++) {
    const reach = -w[active[a]] / step[a]; // where this weight vanishes
    if (reach > 0 && reach < length) [length, first] = [reach, a];
  }
  for (let a = 0; a < m; a++) {
    const j = active[a], change = a === first ? -w[j] : length * step[a];
    w[j] = a === first ? 0 : w[j] + change;
    shift(gradient, gram, d, j, change);
  }
}
