/**
 * @module The six scalars of the dynamics part as a trainable model: R runs side by side, gradients by automatic
 * differentiation and never by the formulas of `theory/`, so that agreement with them means something.
 *
 * layer 1   y_s = sum_j softmax_j(-p1 (j-1)) x_{s-j}         (stage two: p1 = Infinity, y_s = x_{s-1})
 * head 1    o1  = a sum_k softmax_k(-p2 k) y_{L-1-k}         -> c x_{L-2}
 * head 2    o2  = v sum_s softmax_s(sum_i wQ_i wK_i q_i y_{s,i}) x_s, q = x_L   -> kappa IH_2
 * loss      1/2 <|t1 - o1|^2> + 1/2 <|t2 - o2|^2>
 */
import {
  batchesOf,
  type BatchSource,
  blocked,
  constant,
  halfMeanSquare,
  hostArray,
  initialize,
  matMul,
  type Model,
  shiftedAttention,
  tf,
} from "../../nn/mod.ts";
import type { HostArrays, Tensors } from "../../nn/mod.ts";
import { scoreDiagonal, tokenDraws } from "../data.ts";

/** One of the runs: its task, its start and its data. */
export interface SixScalarRun {
  /** Mixing weight alpha* > 0. */
  readonly alphaStar: number;
  /** w*: the score is w*^2 x_L x_{s-1}. */
  readonly wStar?: number;
  /** Instead of `wStar`: diagonal b*_i of the score, [d]. */
  readonly bStar?: readonly number[];
  /** Initialisation scale. */
  readonly sigma: number;
  /** Initial value scales; default sigma each. `initialValues` of the theory names the usual ones. */
  readonly values?: { readonly a: number; readonly v: number };
  /** Seed of this run's data. */
  readonly seed: number;
}

/** What is trained: p1 alone, everything but p1 (which is infinite), or all six. */
export type Stage = "one" | "two" | "joint";

/** A program: runs that share their shapes. */
export interface SixScalarProgram {
  /** Sequence length, at least 4. */
  readonly L: number;
  /** Token width. Default 1. */
  readonly d?: number;
  /** Sequences per run and step. */
  readonly batch: number;
  readonly stage: Stage;
  /** One parameter w for w_Q = w_K. Default false. */
  readonly tied?: boolean;
  readonly runs: readonly SixScalarRun[];
}

/** A model together with the batches it eats. */
export interface SixScalarModel extends Model {
  /** The data of a step, a function of (seed of the run, step) alone. */
  readonly batchAt: BatchSource;
  /** A batch no step uses, of `sequences` per run. */
  evaluation(sequences: number): HostArrays;
}

/**
 * The six-scalar model of a program.
 * @throws {RangeError} for L < 4, an empty batch, no runs, or a task out of its domain
 */
export function sixScalarModel(program: SixScalarProgram): SixScalarModel {
  const { L, d = 1, batch, stage, tied = false, runs } = program;
  if (!Number.isInteger(L) || L < 4) throw new RangeError(`L must be an integer >= 4, got ${L}`);
  if (!Number.isInteger(batch) || batch < 1) {
    throw new RangeError(`batch must be an integer >= 1, got ${batch}`);
  }
  if (runs.length === 0) throw new RangeError("a program needs at least one run");
  const R = runs.length;
  const names = trainedNames(stage, tied);
  const starts = runs.map((run) => startOf(run, d));
  const constants = constantArrays(program, starts);
  const tokens = { seeds: runs.map(({ seed }) => seed), batch, L, d };
  const losses = (p: Tensors, data: Tensors) => partialLosses({ ...data, ...p }, { stage, tied, L });
  return {
    name: `six scalars, stage ${stage}${tied ? ", tied" : ""}, L=${L}, d=${d}`,
    runs: R,
    initial: () =>
      initialize(
        runs.map(({ seed }) => seed),
        (r) => Object.fromEntries(names.map((name) => [name, constant(shapeOf(name, d), starts[r][name])])),
      ),
    loss(p, data) {
      const { fourGram, induction } = losses(p, data);
      return tf.add(fourGram, induction) as tf.Tensor1D;
    },
    metrics: (p, data) => ({ ...losses(p, data), ...p }),
    batchAt: batchesOf(constants, tokenDraws, tokens, () => new URL("../data.ts", import.meta.url).href),
    evaluation: (sequences) => ({
      ...constants,
      ...tokenDraws({ ...tokens, batch: sequences, family: "evaluation" })(0),
    }),
  };
}

/** L_G4 and L_IH of each run, [run]. */
interface PartialLosses {
  readonly fourGram: tf.Tensor;
  readonly induction: tf.Tensor;
}

/** Score scales of head 2, [run, d]. */
function scoreScale(x: Tensors, tied: boolean): tf.Tensor {
  return tied ? tf.square(x.w) : tf.mul(x.wQ, x.wK);
}

/**
 * The losses of stage two with scalar tokens, in two passes over the batch. Head 1 and its target are one product, with
 * a softmax(-p2 k) - c e_{L-2}; head 2 and its target attend by what stands before, which is `shiftedAttention`.
 */
function scalarLosses(x: Tensors, { tied, L }: { tied: boolean; L: number }): PartialLosses {
  const [R, B] = x.tokens.shape as number[];
  const rows = tf.reshape(x.tokens, [R, B, L]);
  const decay = tf.softmax(tf.sub(x.beyond, tf.mul(x.p2, x.back))); // [run, L], 0 behind x_{L-2}
  const reader = tf.sub(tf.mul(x.a, decay), x.wanted);
  const o2 = tf.mul(x.v, shiftedAttention(scoreScale(x, tied), rows, L - 2)); // [run, batch]
  const t2 = tf.mul(x.kappa, shiftedAttention(x.bStar, rows, L - 2));
  return {
    fourGram: halfMeanSquare(matMul(rows, tf.reshape(reader, [R, L, 1]))),
    induction: halfMeanSquare(tf.sub(o2, t2)),
  };
}

/** The losses of a batch. Inputs hold parameters and batch by name. */
function partialLosses(
  x: Tensors,
  { stage, tied, L }: { stage: Stage; tied: boolean; L: number },
): PartialLosses {
  const [R, B, , d] = x.tokens.shape as number[];
  if (stage === "two" && d === 1) return scalarLosses(x, { tied, L });
  const N = L - 2;
  const byCoordinate = d === 1 ? tf.reshape(x.tokens, [R, B, 1, L]) : tf.transpose(x.tokens, [0, 1, 3, 2]); // [run, batch, d, L]
  const column = (name: string) => tf.reshape(x[name], [R, 1, -1, 1]); // [run, 1, 1 or d, 1]
  const previous = tf.slice(byCoordinate, [0, 0, 0, 0], [R, B, d, N]); // x_{s-1} for s = 2..L-1
  const values = tf.slice(byCoordinate, [0, 0, 0, 1], [R, B, d, N]); // x_s
  const query = tf.slice(byCoordinate, [0, 0, 0, L - 1], [R, B, d, 1]); // x_L
  const keys = stage === "two" ? previous : copied(previous, x);
  /** sum_s softmax_s(sum_i beta_i q_i key_{s,i}) x_s, [run, batch, d] */
  const matched = (beta: tf.Tensor, key: tf.Tensor) => {
    const parts = tf.mul(tf.mul(beta, query), key); // [run, batch, d, N]
    const scores = d === 1 ? tf.reshape(parts, [R, B, N]) : tf.sum(parts, 2); // [run, batch, N]
    return tf.sum(tf.mul(tf.reshape(tf.softmax(scores), [R, B, 1, N]), values), 3);
  };
  const beta = tf.reshape(scoreScale(x, tied), [R, 1, -1, 1]);

  // x_{L-2} is the last of the previous tokens: the distances k count down to 0 there.
  const decay = tf.softmax(tf.neg(tf.mul(tf.reshape(x.p2, [R, 1]), tf.reshape(x.distance, [1, N])))); // [run, N]
  const o1 = tf.mul(
    tf.reshape(x.a, [R, 1]),
    tf.sum(tf.mul(tf.reshape(keys, [R, B * d, N]), tf.reshape(decay, [R, 1, N])), 2), // cheaper than a one-column product
  );
  const t1 = tf.mul(
    tf.reshape(x.c, [R, 1]),
    tf.reshape(tf.slice(previous, [0, 0, 0, N - 1], [R, B, d, 1]), [R, B * d]),
  );
  const o2 = tf.mul(tf.reshape(x.v, [R, 1, 1]), matched(beta, keys));
  const t2 = tf.mul(tf.reshape(x.kappa, [R, 1, 1]), matched(column("bStar"), previous));
  return { fourGram: halfMeanSquare(tf.sub(t1, o1), d), induction: halfMeanSquare(tf.sub(t2, o2), d) };
}

/** Layer 1 at finite p1: y_s from x_{s-1}, x_{s-2}, ...; entry s of [run, batch, d, N] reads entries <= s of the input. */
function copied(previous: tf.Tensor, x: Tensors): tf.Tensor {
  const [R, B, d, N] = previous.shape as number[];
  const logits = tf.add(tf.neg(tf.mul(tf.reshape(x.p1, [R, 1, 1]), x.behind)), x.causal); // [run, s, t]
  const kernel = tf.transpose(tf.softmax(logits), [0, 2, 1]); // [run, t, s]
  return tf.reshape(matMul(tf.reshape(previous, [R, B * d, N]), kernel), [R, B, d, N]);
}

function trainedNames(stage: Stage, tied: boolean): string[] {
  if (stage === "one") return ["p1"];
  const second = ["p2", "a", "v", ...tied ? ["w"] : ["wQ", "wK"]];
  return stage === "joint" ? ["p1", ...second] : second;
}

/** w's have one entry per token coordinate, the rest are scalars. */
function shapeOf(name: string, d: number): number[] {
  return /^w/.test(name) ? [d] : [1];
}

function startOf(run: SixScalarRun, d: number): Record<string, number> {
  const { alphaStar, sigma } = run, { a, v } = run.values ?? { a: sigma, v: sigma };
  if (!(alphaStar > 0)) throw new RangeError(`alphaStar must be > 0, got ${alphaStar}`);
  if (![sigma, a, v].every(Number.isFinite)) {
    throw new RangeError(`a run must start from finite numbers, got sigma ${sigma}, a ${a}, v ${v}`);
  }
  scoreDiagonal({ ...run, d }); // refuses a score that is not given, or given twice
  return { p1: sigma, p2: sigma, a, v, w: sigma, wQ: sigma, wK: sigma };
}

/** Everything a step needs besides tokens, frozen so that it is uploaded once. */
function constantArrays(program: SixScalarProgram, starts: Record<string, number>[]): HostArrays {
  const { L, d = 1, runs, stage, tied = false } = program;
  const N = L - 2, R = runs.length;
  const perRun = (value: (r: number) => ArrayLike<number>, width: number) =>
    Object.freeze(hostArray(Float32Array.from(runs.flatMap((_, r) => Array.from(value(r)))), [R, width]));
  const mixing = (r: number) => runs[r].alphaStar / (1 + runs[r].alphaStar);
  const row = (entry: (s: number) => number) =>
    Object.freeze(hostArray(Float32Array.from({ length: L }, (_, s) => entry(s)), [1, L]));
  const square = (entry: (s: number, t: number) => number) =>
    Object.freeze(
      hostArray(Float32Array.from({ length: N * N }, (_, i) => entry(Math.floor(i / N), i % N)), [1, N, N]),
    );
  return {
    bStar: perRun((r) => scoreDiagonal({ ...runs[r], d }), d),
    c: perRun((r) => [mixing(r)], 1),
    kappa: perRun((r) => [1 / (1 + runs[r].alphaStar)], 1),
    ...stage === "two" && d === 1
      ? {
        back: row((s) => Math.max(0, N - 1 - s)),
        beyond: row((s) => s < N ? 0 : blocked),
        wanted: Object.freeze(
          hostArray(
            Float32Array.from({ length: R * L }, (_, i) => i % L === N - 1 ? mixing(Math.floor(i / L)) : 0),
            [R, L],
          ),
        ), // c at x_{L-2}
      }
      : { distance: Object.freeze(hostArray(Float32Array.from({ length: N }, (_, s) => N - 1 - s), [N])) },
    ...stage === "two" ? {} : {
      behind: square((s, t) => Math.max(0, s - t)),
      causal: square((s, t) => t <= s ? 0 : blocked),
    },
    ...stage === "one"
      ? Object.fromEntries(
        ["p2", "a", "v", ...tied ? ["w"] : ["wQ", "wK"]].map((name) => [
          name,
          perRun((r) => new Array(shapeOf(name, d)[0]).fill(starts[r][name]), shapeOf(name, d)[0]),
        ]),
      )
      : {},
  };
}
