/**
 * @module Tokens and targets: Gaussian sequences, the in-context 2-gram and n-gram targets, their generalised form, and the mixed
 * target of the dynamics part (arXiv 2410.11474), one sequence at a time in float64 and in seeded float32 batches.
 *
 * A sequence is [L, d] row-major, oldest token first. Patches are stacked newest first:
 * u = (x_L, ..., x_{L-n+2}), v_s = (x_{s-1}, ..., x_{s-n+1}); the shapes of W are this project's convention.
 */
import { type BatchArray, type RandomStream, softmax, stacked, stream } from "../numerics/mod.ts";

/** A similarity g(u, v) of two patches, each of (n-1) d numbers, newest token first. */
export type SimilarityFunction = (u: ArrayLike<number>, v: ArrayLike<number>) => number;

/**
 * Generalised in-context n-gram head GIH_n: $\sum_{s=n}^{L-1} \mathrm{softmax}_s(g(u; v_s))\, x_s$.
 * @param tokens [L, d] with L >= n + 1
 * @returns [d]
 */
export function generalInductionHead(
  tokens: ArrayLike<number>,
  g: SimilarityFunction,
  n: number,
  d = 1,
): Float64Array {
  const L = tokens.length / d;
  if (!Number.isInteger(n) || n < 2) throw new RangeError(`n must be an integer >= 2, got ${n}`);
  if (!Number.isInteger(L) || L < n + 1) {
    throw new RangeError(
      `IH_${n} needs at least ${n + 1} tokens of width ${d}, got ${tokens.length} numbers`,
    );
  }
  const patch = (newest: number) => { // 1-based position of the newest token
    const out = new Float64Array((n - 1) * d);
    for (let k = 0; k < n - 1; k++) {
      for (let i = 0; i < d; i++) out[k * d + i] = tokens[(newest - 1 - k) * d + i];
    }
    return out;
  };
  const u = patch(L);
  const weights = softmax(Float64Array.from({ length: L - n }, (_, k) => g(u, patch(n + k - 1))));
  const out = new Float64Array(d);
  for (let k = 0; k < weights.length; k++) {
    for (let i = 0; i < d; i++) out[i] += weights[k] * tokens[(n + k - 1) * d + i];
  }
  return out;
}

/** The bilinear similarity u^T W v, W of shape [(n-1) d, (n-1) d]. */
export function bilinear(W: readonly (readonly number[])[]): SimilarityFunction {
  return (u, v) => {
    if (W.length !== u.length || W.some((row) => row.length !== v.length)) {
      throw new RangeError(`W must be ${u.length} x ${v.length}, got ${W.length} x ${W[0]?.length}`);
    }
    return W.reduce((sum, row, i) => sum + u[i] * row.reduce((inner, w, j) => inner + w * v[j], 0), 0);
  };
}

/** In-context n-gram head IH_n with score u^T W v_s. */
export function inductionHead(
  tokens: ArrayLike<number>,
  W: readonly (readonly number[])[],
  n: number,
  d = 1,
): Float64Array {
  return generalInductionHead(tokens, bilinear(W), n, d);
}

/** The mixed target: weight c = alphaStar/(1+alphaStar) of x_{L-2}, kappa = 1/(1+alphaStar) of IH_2 with score x_L^T W x_{s-1}. */
export interface MixedTask {
  /** alpha* > 0. */
  readonly alphaStar: number;
  /** Score of the induction head: w* gives W = w*^2 I; a list gives the diagonal b*_i of W. */
  readonly wStar?: number;
  /** Diagonal b*_i of the score matrix, [d]; instead of `wStar`. */
  readonly bStar?: readonly number[];
  /** Sequence length. */
  readonly L: number;
  /** Token width; default 1. */
  readonly d?: number;
}

/** Diagonal of the target's score matrix, [d]. */
export function scoreDiagonal(task: Pick<MixedTask, "wStar" | "bStar" | "d">): Float64Array {
  const d = task.d ?? 1;
  if ((task.wStar === undefined) === (task.bStar === undefined)) {
    throw new RangeError("give exactly one of wStar (score w*^2 I) and bStar (diagonal of the score matrix)");
  }
  if (task.bStar !== undefined && task.bStar.length !== d) {
    throw new RangeError(`bStar must have d = ${d} entries, got ${task.bStar.length}`);
  }
  return task.bStar ? Float64Array.from(task.bStar) : new Float64Array(d).fill(task.wStar! ** 2);
}

/**
 * Target of one sequence: [c x_{L-2} (d), kappa IH_2 (d)].
 * @param tokens [L, d]; L is read off the tokens
 */
export function mixedTarget(tokens: ArrayLike<number>, task: Omit<MixedTask, "L">): Float64Array {
  const { alphaStar, d = 1 } = task;
  if (!(alphaStar > 0)) throw new RangeError(`alphaStar must be > 0, got ${alphaStar}`);
  const diagonal = scoreDiagonal(task);
  const last = tokens.length - d, kappa = 1 / (1 + alphaStar);
  if (!Number.isInteger(tokens.length / d) || tokens.length < 4 * d) {
    throw new RangeError(
      `the mixed task needs at least 4 tokens of width ${d}, got ${tokens.length} numbers`,
    );
  }
  const query = diagonal.map((b, i) => b * tokens[last + i]);
  // one pass over (key x_{s-1}, value x_s), s = 2..L-1, with a running maximum: batches spend their time here
  const out = new Float64Array(2 * d);
  let top = -Infinity, total = 0;
  for (let key = 0; key + d < last; key += d) {
    let logit = 0;
    for (let i = 0; i < d; i++) logit += query[i] * tokens[key + i];
    if (logit > top) {
      const shrink = Math.exp(top - logit);
      top = logit;
      total *= shrink;
      for (let i = 0; i < d; i++) out[d + i] *= shrink;
    }
    const mass = Math.exp(logit - top);
    total += mass;
    for (let i = 0; i < d; i++) out[d + i] += mass * tokens[key + d + i];
  }
  for (let i = 0; i < d; i++) {
    out[i] = alphaStar * kappa * tokens[last - 2 * d + i];
    out[d + i] *= kappa / total;
  }
  return out;
}

/** iid N(0,1) tokens of one sequence, [L, d]. */
export function gaussianTokens(random: RandomStream, L: number, d = 1): Float64Array {
  return random.fillNormal(new Float64Array(L * d));
}

/** A batch on the host; shapes [batch, L, d] and [batch, 2 d], behind the run where there are several. */
export type MixedBatch = {
  /** Sequences. */
  readonly tokens: BatchArray;
  /** What the network is to say of each. */
  readonly targets: BatchArray;
};

/** What a program of several runs draws at every step. */
export interface TokenDraws {
  /** Seeds of the runs. */
  readonly seeds: readonly number[];
  /** Sequences a run. */
  readonly batch: number;
  /** Sequence length. */
  readonly L: number;
  /** Token width. */
  readonly d: number;
  /** Names a family of batches apart from those of the training. Default "tokens". */
  readonly family?: string;
}

/**
 * Batches of independent standard normal tokens, `tokens` [run, batch, L, d]: functions of (seed of the run, step) alone, in the same
 * memory at every call.
 */
export function tokenDraws(
  { seeds, batch, L, d, family = "tokens" }: TokenDraws,
): (step: number) => Pick<MixedBatch, "tokens"> {
  const size = batch * L * d, data = new Float32Array(seeds.length * size);
  const tokens: BatchArray = { data, shape: [seeds.length, batch, L, d] };
  return (step) => {
    seeds.forEach((seed, run) =>
      void stream(seed, "lazy_to_rich", family, step).fillNormal(data.subarray(run * size, (run + 1) * size))
    );
    return { tokens };
  };
}

/** Batches of the mixed target, one run a seed: `tokens` [run, batch, L, d] and `targets` [run, batch, 2 d]. */
export function mixedDraws({ task, seeds, batch }: {
  readonly task: MixedTask;
  readonly seeds: readonly number[];
  readonly batch: number;
}): (step: number) => MixedBatch {
  return (step) => {
    const runs = seeds.map((seed) => mixedBatch(task, { seed, step, batch }));
    return {
      tokens: stacked(runs.map((run) => run.tokens)),
      targets: stacked(runs.map((run) => run.targets)),
    };
  };
}

/**
 * The minibatch of training step `step`: a function of (seed, step) alone, so a resumed run sees the data of an uninterrupted one.
 * Tokens are drawn in float32; targets are computed in float64 from exactly those tokens and rounded once.
 */
export function mixedBatch(
  task: MixedTask,
  options: { seed: number; step: number; batch: number },
): MixedBatch {
  const { L, d = 1 } = task, { seed, step, batch } = options;
  if (!Number.isInteger(batch) || batch < 1) {
    throw new RangeError(`batch must be an integer >= 1, got ${batch}`);
  }
  const data = stream(seed, "lazy_to_rich", "tokens", step).fillNormal(new Float32Array(batch * L * d));
  const targets = new Float32Array(batch * 2 * d);
  for (let b = 0; b < batch; b++) {
    targets.set(mixedTarget(data.subarray(b * L * d, (b + 1) * L * d), task), b * 2 * d);
  }
  return { tokens: { data, shape: [batch, L, d] }, targets: { data: targets, shape: [batch, 2 * d] } };
}
