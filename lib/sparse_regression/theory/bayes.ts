/**
 * @module The Bayes estimate E[w* | context] by enumerating every support (and, for the `rad` prior, every sign): the lowest
 * risk any model trained on this task can reach (derived).
 */
import { checkTask, signalOf, type SparseTask } from "../data.ts";
import type { PromptStatistics } from "./statistics.ts";

/** More hypotheses than this are refused: minutes a prompt. */
const MOST_HYPOTHESES = 2e8;

/** A weighted mean of vectors whose weights come as logarithms, rescaled whenever a larger one arrives. */
class LogMean {
  total = 0;
  top = -Infinity;
  readonly sum: Float64Array;
  constructor(d: number) {
    this.sum = new Float64Array(d);
  }
  /** The factor for a new member of log weight `log`; 0 when it cannot change the last bit. */
  factor(log: number): number {
    if (log > this.top) {
      const shrink = Math.exp(this.top - log);
      this.total *= shrink;
      for (let j = 0; j < this.sum.length; j++) this.sum[j] *= shrink;
      this.top = log;
    }
    const weight = log < this.top - 45 ? 0 : Math.exp(log - this.top);
    this.total += weight;
    return weight;
  }
}

/** Number of supports (times signs) the posterior is summed over. */
export function hypotheses({ d, s, prior }: SparseTask): number {
  let count = prior === "rad" ? 2 ** s : 1;
  for (let i = 1; i <= s; i++) count *= (d - s + i) / i;
  return Math.round(count);
}

/** Whether the posterior of that many prompts is summed in half a minute or so, and exists: there is no density without noise. */
export function bayesInReach(task: SparseTask, prompts: number): boolean {
  const count = hypotheses(task);
  return task.sigma > 0 && count <= MOST_HYPOTHESES && count * prompts <= 1e9;
}

/**
 * Posterior mean of w*, [d]. The noise level, the sparsity and the prior are known to it, the support is not.
 *
 * `gau`: log evidence of a support S is $\tfrac12 b^\top A^{-1} b - \tfrac12\log\det A$ with
 * $A = \tfrac{n}{\sigma^2}\hat\Sigma_{SS} + \tfrac{s}{W} I$, $b = \tfrac{n}{\sigma^2}\hat r_S$; its mean is $A^{-1}b$.
 * A Cholesky factor grows by one row a coordinate, so supports that share a prefix share the work.
 * `rad`: weights $a\epsilon$ on S, $a = \sqrt{W/s}$, log likelihood
 * $\tfrac{n}{\sigma^2}(a\,\epsilon^\top\hat r_S - \tfrac{a^2}{2}\epsilon^\top\hat\Sigma_{SS}\epsilon)$, one term a coordinate.
 * @throws {RangeError} without noise, or with more than 2e8 hypotheses
 */
export function bayes(statistics: PromptStatistics, task: SparseTask): Float64Array {
  checkTask(task);
  if (!(task.sigma > 0)) {
    throw new RangeError("the Bayes estimate needs sigma > 0: without noise use the oracle");
  }
  if (statistics.d !== task.d) throw new RangeError(`the prompt has d = ${statistics.d}, the task ${task.d}`);
  const count = hypotheses(task);
  if (count > MOST_HYPOTHESES) {
    throw new RangeError(
      `${count} hypotheses are too many to enumerate (limit ${MOST_HYPOTHESES}): lower d or s`,
    );
  }
  const mean = task.prior === "gau" ? gaussianMean(statistics, task) : signMean(statistics, task);
  return mean.sum.map((value) => value / mean.total);
}

function gaussianMean({ d, n, gram, correlation }: PromptStatistics, task: SparseTask): LogMean {
  const { s, sigma } = task, precision = n / sigma ** 2, prior = s / signalOf(task);
  const mean = new LogMean(d), chosen = new Int32Array(s);
  const factor = new Float64Array(s * s), z = new Float64Array(s), solution = new Float64Array(s);
  const grow = (depth: number, from: number, energy: number, determinant: number) => {
    for (let j = from; j <= d - (s - depth); j++) {
      const row = depth * s;
      let pivot = precision * gram[j * d + j] + prior, right = precision * correlation[j];
      for (let i = 0; i < depth; i++) {
        let entry = precision * gram[j * d + chosen[i]];
        for (let m = 0; m < i; m++) entry -= factor[row + m] * factor[i * s + m];
        factor[row + i] = entry /= factor[i * s + i];
        pivot -= entry * entry;
        right -= entry * z[i];
      }
      chosen[depth] = j;
      factor[row + depth] = Math.sqrt(pivot);
      z[depth] = right / factor[row + depth];
      const nextEnergy = energy + 0.5 * z[depth] ** 2, nextDeterminant = determinant * pivot;
      if (depth + 1 < s) {
        grow(depth + 1, j + 1, nextEnergy, nextDeterminant);
        continue;
      }
      const weight = mean.factor(nextEnergy - 0.5 * Math.log(nextDeterminant));
      if (weight === 0) continue;
      for (let i = s - 1; i >= 0; i--) { // L^T solution = z
        let entry = z[i];
        for (let m = i + 1; m < s; m++) entry -= factor[m * s + i] * solution[m];
        solution[i] = entry / factor[i * s + i];
        mean.sum[chosen[i]] += weight * solution[i];
      }
    }
  };
  grow(0, 0, 0, 1);
  return mean;
}

function signMean({ d, n, gram, correlation }: PromptStatistics, task: SparseTask): LogMean {
  const { s, sigma } = task, size = Math.sqrt(signalOf(task) / s), precision = n / sigma ** 2;
  const linear = precision * size, quadratic = precision * size * size;
  const mean = new LogMean(d), chosen = new Int32Array(s), signs = new Float64Array(s);
  const grow = (depth: number, from: number, log: number) => {
    for (let j = from; j <= d - (s - depth); j++) {
      let pull = linear * correlation[j];
      for (let i = 0; i < depth; i++) pull -= quadratic * signs[i] * gram[j * d + chosen[i]];
      const base = log - 0.5 * quadratic * gram[j * d + j];
      chosen[depth] = j;
      for (let sign = -1; sign <= 1; sign += 2) {
        signs[depth] = sign;
        if (depth + 1 < s) {
          grow(depth + 1, j + 1, base + sign * pull);
          continue;
        }
        const weight = mean.factor(base + sign * pull);
        if (weight === 0) continue;
        for (let i = 0; i < s; i++) mean.sum[chosen[i]] += weight * size * signs[i];
      }
    }
  };
  grow(0, 0, 0);
  return mean;
}
