/** @module One prompt in float64: n labelled examples and q queries that share one sparse weight vector. */
import { type RandomStream, stream } from "../../numerics/mod.ts";
import { checkCount, checkTask, signalOf, type SparseTask, taskPath } from "./task.ts";

/** A prompt; rows 0..n-1 are the context, rows n..n+q-1 the queries. */
export interface Prompt {
  /** Dimension of the inputs. */
  readonly d: number;
  /** Number of labelled examples. */
  readonly n: number;
  /** Number of queries. */
  readonly q: number;
  /** Inputs, [n + q, d] row-major. */
  readonly x: Float64Array;
  /** Noisy labels of the context, [n]. */
  readonly y: Float64Array;
  /** Noiseless labels <w*, x> of the queries, [q]. */
  readonly targets: Float64Array;
  /** w*, [d]. */
  readonly weights: Float64Array;
  /** Ascending indices of the weights that may be non-zero, [s]. */
  readonly support: Int32Array;
}

/** How long a prompt is. */
export interface PromptLength {
  /** Number of labelled examples, >= 1. */
  readonly n: number;
  /** Number of queries, >= 0; default 0. */
  readonly q?: number;
}

/** Draws a sparse w* and its support. */
export function drawWeights(
  task: SparseTask,
  random: RandomStream,
): { weights: Float64Array; support: Int32Array } {
  const { d, s, prior } = task, scale = Math.sqrt(signalOf(task) / s);
  const weights = new Float64Array(d);
  const support = random.permutation(d).slice(0, s).sort();
  for (const j of support) weights[j] = scale * (prior === "rad" ? random.sign() : random.normal());
  return { weights, support };
}

/** Draws one prompt. @throws {RangeError} for a task or length that means nothing */
export function drawPrompt(task: SparseTask, length: PromptLength, random: RandomStream): Prompt {
  const { n, q = 0 } = length, { d, sigma, covariance } = task;
  checkTask(task);
  checkCount("n", n, 1);
  checkCount("q", q, 0);
  const { weights, support } = drawWeights(task, random);
  const x = random.fillNormal(new Float64Array((n + q) * d));
  if (covariance) {
    const root = covariance.map(Math.sqrt);
    for (let i = 0; i < x.length; i++) x[i] *= root[i % d];
  }
  const y = random.fillNormal(new Float64Array(n), sigma), targets = new Float64Array(q);
  for (let i = 0; i < n + q; i++) {
    let sum = 0;
    for (const j of support) sum += weights[j] * x[i * d + j];
    if (i < n) y[i] += sum;
    else targets[i - n] = sum;
  }
  return { d, n, q, x, y, targets, weights, support };
}

/** The prompts number `from`, ..., `from + count - 1` of the endless sequence that task, length and seed name. */
export function* drawPrompts(
  task: SparseTask,
  length: PromptLength,
  options: { readonly seed: number; readonly count: number; readonly from?: number },
): Generator<Prompt> {
  const { seed, count, from = 0 } = options;
  checkTask(task);
  checkCount("count", count, 1);
  const root = stream(seed, "sparse_regression", "prompt", ...taskPath(task), length.n, length.q ?? 0);
  for (let i = from; i < from + count; i++) yield drawPrompt(task, length, root.child(i));
}

/**
 * The prompt as tokens [x | y], [n + q, d + 1] row-major: queries carry the label 0, as the network sees them.
 * (The prompt matrix E of the paper is the transpose, tokens in columns.)
 */
export function promptTokens(prompt: Pick<Prompt, "d" | "n" | "q" | "x" | "y">): Float64Array {
  const { d, n, q, x, y } = prompt;
  const tokens = new Float64Array((n + q) * (d + 1));
  for (let i = 0; i < n + q; i++) {
    for (let j = 0; j < d; j++) tokens[i * (d + 1) + j] = x[i * d + j];
    if (i < n) tokens[i * (d + 1) + d] = y[i];
  }
  return tokens;
}
