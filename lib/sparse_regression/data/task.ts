/**
 * @module The task: sparse linear regression in context, y = <w*, x> + noise with at most s of d weights non-zero
 * (setting of arXiv 2408.04532; the two laws of w* and its normalisation are this project's choice).
 */

/**
 * Law of the non-zero weights, both with E||w*||^2 = W: `rad` has $\pm\sqrt{W/s}$ (equal magnitudes, random signs),
 * `gau` has $N(0, W/s)$. The support is uniform among the subsets of s coordinates.
 */
export type Prior = "rad" | "gau";

/** What a prompt is drawn from. */
export interface SparseTask {
  /** Dimension of the inputs. */
  readonly d: number;
  /** Number of non-zero weights, 1 <= s <= d. */
  readonly s: number;
  /** Standard deviation of the label noise. */
  readonly sigma: number;
  /** Law of the non-zero weights. */
  readonly prior: Prior;
  /** W = E||w*||^2; default 1. */
  readonly signal?: number;
  /** Diagonal of the inputs' covariance Sigma, [d]; default the identity. */
  readonly covariance?: readonly number[];
}

/** W = E||w*||^2 of a task. */
export function signalOf(task: Pick<SparseTask, "signal">): number {
  return task.signal ?? 1;
}

/** Refuses a task that means nothing. @throws {RangeError} naming the value and its range */
export function checkTask(task: SparseTask): void {
  const { d, s, sigma, prior, covariance } = task, signal = signalOf(task);
  const refuse = (sentence: string) => {
    throw new RangeError(sentence);
  };
  if (!Number.isInteger(d) || d < 1) refuse(`d must be a whole number >= 1, got ${d}`);
  if (!Number.isInteger(s) || s < 1 || s > d) refuse(`s must be a whole number from 1 to d = ${d}, got ${s}`);
  if (!(sigma >= 0 && sigma < Infinity)) refuse(`sigma must be >= 0 and finite, got ${sigma}`);
  if (!(signal > 0 && signal < Infinity)) refuse(`signal (E||w*||^2) must be > 0 and finite, got ${signal}`);
  if (prior !== "rad" && prior !== "gau") refuse(`prior must be "rad" or "gau", got "${prior}"`);
  if (covariance) {
    if (covariance.length !== d) refuse(`covariance must have d = ${d} entries, got ${covariance.length}`);
    const bad = covariance.findIndex((value) => !(value > 0 && value < Infinity));
    if (bad >= 0) refuse(`covariance[${bad}] must be > 0 and finite, got ${covariance[bad]}`);
  }
}

/** Refuses a count that is not a whole number from `least` on. */
export function checkCount(name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${name} must be a whole number >= ${least}, got ${value}`);
  }
}

/** The part of a stream's path that tells tasks apart. */
export function taskPath(task: SparseTask): (string | number)[] {
  const { d, s, sigma, prior, covariance } = task;
  return [prior, d, s, sigma, signalOf(task), ...(covariance ?? [])];
}
