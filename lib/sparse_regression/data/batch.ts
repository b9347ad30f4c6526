/** @module Minibatches of prompts in float32, drawn fast enough that no GPU waits for them. */
import { type BatchArray, stacked, stream } from "../../numerics/mod.ts";
import { FastNormal } from "./fast_normal.ts";
import { checkCount, checkTask, signalOf, type SparseTask, taskPath } from "./task.ts";

/**
 * B prompts side by side. T = max n + q positions: context first, then padding (all zero) where a prompt has fewer than
 * max n examples, then the q queries with label 0.
 */
export type PromptBatch = {
  /** [x | y], [B, T, d + 1]. */
  readonly tokens: BatchArray;
  /** 1/n on the n context positions of each prompt, 0 on padding and queries, [B, T]: mask and scale of the attention in one. */
  readonly context: BatchArray;
  /** Labels of the queries, [B, q]: noiseless, or noisy when asked for. */
  readonly targets: BatchArray;
  /** w*, [B, d]. */
  readonly weights: BatchArray;
};

/** Which minibatch. */
export interface BatchOptions {
  /** Seed of the run. */
  readonly seed: number;
  /** Training step; the batch is a function of task, options and nothing else. */
  readonly step: number;
  /** Number of prompts B. */
  readonly batch: number;
  /** Number of labelled examples: fixed, or uniform on min..max for every prompt by itself. */
  readonly n: number | { readonly min: number; readonly max: number };
  /** Queries a prompt. */
  readonly q: number;
  /** `true` adds label noise to the targets (same minimiser, larger loss); default false. */
  readonly noisyTargets?: boolean;
  /** Names a family of batches (say, evaluation) apart from the training ones; default "train". */
  readonly name?: string;
}

/**
 * The minibatch of one step. Inputs are drawn in float32; labels are computed in float64 from exactly those inputs and
 * rounded once.
 * @throws {RangeError} for a task or counts that mean nothing
 */
export function promptBatch(task: SparseTask, options: BatchOptions): PromptBatch {
  const { seed, step, batch: B, q, noisyTargets = false, name = "train" } = options;
  const { d, s, sigma, prior, covariance } = task;
  const { min, max } = typeof options.n === "number" ? { min: options.n, max: options.n } : options.n;
  checkTask(task);
  checkCount("batch", B, 1);
  checkCount("q", q, 0);
  checkCount("n (its minimum)", min, 1);
  checkCount("n (its maximum)", max, min);
  const random = new FastNormal(stream(seed, "sparse_regression", name, ...taskPath(task), step));
  const T = max + q, stride = d + 1, scale = Math.sqrt(signalOf(task) / s);
  const root = covariance && Float64Array.from(covariance, Math.sqrt);
  const tokens = new Float32Array(B * T * stride), context = new Float32Array(B * T);
  const targets = new Float32Array(B * q), weights = new Float32Array(B * d);
  const order = Int32Array.from({ length: d }, (_, j) => j);
  for (let p = 0; p < B; p++) {
    const n = min === max ? max : min + random.below(max - min + 1);
    for (let k = 0; k < s; k++) { // the first s places of a shuffle: any earlier order of `order` will do
      const other = k + random.below(d - k), j = order[other];
      order[other] = order[k];
      order[k] = j;
      const unit = prior === "gau" ? random.normal() : random.word() < 0 ? -1 : 1;
      weights[p * d + j] = Math.fround(scale * unit);
    }
    const start = p * T * stride;
    random.fillRows(tokens, start, n, d, stride);
    random.fillRows(tokens, start + max * stride, q, d, stride);
    for (let t = 0; t < T; t++) {
      if (t === n) t = max; // skips the padding
      if (t === T) break;
      const row = start + t * stride;
      if (root) { for (let j = 0; j < d; j++) tokens[row + j] *= root[j]; }
      let sum = 0;
      for (let k = 0; k < s; k++) sum += weights[p * d + order[k]] * tokens[row + order[k]];
      if (t < n) {
        tokens[row + d] = sum + sigma * random.normal();
        context[p * T + t] = 1 / n;
      } else targets[p * q + t - max] = noisyTargets ? sum + sigma * random.normal() : sum;
    }
  }
  return {
    tokens: { data: tokens, shape: [B, T, stride] },
    context: { data: context, shape: [B, T] },
    targets: { data: targets, shape: [B, q] },
    weights: { data: weights, shape: [B, d] },
  };
}

/** What a program of several runs draws at every step; counts as in {@link BatchOptions}. */
export interface PromptDraws extends Pick<BatchOptions, "batch" | "n" | "q" | "name"> {
  /** What prompts are drawn from. */
  readonly task: SparseTask;
  /** Seeds of the runs; equal ones share their prompts. */
  readonly seeds: readonly number[];
}

/** Minibatches of several runs: the arrays of a {@link PromptBatch}, but for the weights, with the run as their first axis. */
export function promptDraws(
  { task, seeds, ...options }: PromptDraws,
): (step: number) => Record<"tokens" | "context" | "targets", BatchArray> {
  return (step) => {
    const drawn = new Map(seeds.map((seed) => [seed, promptBatch(task, { ...options, seed, step })]));
    const ofRuns = (name: keyof PromptBatch) => stacked(seeds.map((seed) => drawn.get(seed)![name]));
    return { tokens: ofRuns("tokens"), context: ofRuns("context"), targets: ofRuns("targets") };
  };
}
