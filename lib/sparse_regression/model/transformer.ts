/**
 * @module The transformer of `forward.ts` as a trainable program: runs differ in seed and, with linear attention, also in
 * the number of heads. The loss is the excess risk itself, mean (prediction - <w*, x>)^2 over the queries.
 */
import {
  batchesOf,
  type BatchSource,
  constant,
  gaussian,
  type HostArray,
  hostArray,
  type HostArrays,
  initialize,
  linear,
  type Model,
  type Tensors,
  tf,
} from "../../nn/mod.ts";
import { promptDraws, type SparseTask } from "../data.ts";
import type { Architecture } from "../forward.ts";
import { attentionLayer, embed } from "./layer.ts";
import { programShapes } from "./layout.ts";

/** One run of a program. */
export interface TransformerRun {
  /** Its network; total widths H Dk and H Dv must agree between runs, with softmax the number of heads, too. */
  readonly architecture: Architecture;
  /** Names its start and its data. Runs of one seed see the same prompts and start from the same numbers. */
  readonly seed: number;
}

/** Runs side by side on one task. */
export interface TransformerProgram {
  /** What prompts are drawn from. */
  readonly task: SparseTask;
  /** Context length: fixed, or uniform between the ends for every prompt. */
  readonly n: number | { readonly min: number; readonly max: number };
  /** Queries a prompt. */
  readonly q: number;
  /** Prompts per run and step. */
  readonly batch: number;
  /** One network each. */
  readonly runs: readonly TransformerRun[];
}

/** Factor on every head's output, `[run][layer][head]`; 0 removes a head. */
export type Gains = readonly (readonly (readonly number[])[])[];

/** Which prompts to make arrays of. */
export interface PromptBatchOptions {
  /** Context length. */
  readonly n: number | { readonly min: number; readonly max: number };
  /** Prompts per run. */
  readonly prompts: number;
  /** Step of the stream; negative ones are never trained on. */
  readonly step: number;
  /** Queries a prompt. */
  readonly q?: number;
  /** Name of the stream; default "train". */
  readonly name?: string;
  /** All runs get the prompts of this seed, uploaded once. */
  readonly sharedSeed?: number;
  /** Factors on heads. */
  readonly gains?: Gains;
}

/** A model together with the batches it eats. */
export interface TransformerModel extends Model {
  /** Queries of a prompt. */
  readonly queries: number;
  /** The data of a training step. */
  readonly batchAt: BatchSource;
  /** Other data in the same layout. */
  prompts(options: PromptBatchOptions): HostArrays;
  /** Predictions at the queries, [run, prompt, q]. */
  predictions(parameters: Tensors, batch: Tensors): tf.Tensor;
  /** Excess risk of every prompt, mean over its queries, [run, prompt]. */
  risks(parameters: Tensors, batch: Tensors): tf.Tensor;
  /** Numbers in the largest array that one prompt of n examples and q queries makes, all runs together. */
  numbersPerPrompt(n: number, q: number): number;
  /** Residual stream after `layer` layers, [run, prompt, token, D]. */
  stream(parameters: Tensors, batch: Tensors, layer: number): tf.Tensor;
}

/**
 * A trainable program.
 * @throws {RangeError} when its runs cannot share shapes
 */
export function transformerModel(program: TransformerProgram): TransformerModel {
  const { task, runs } = program, R = runs.length;
  const architectures = runs.map(({ architecture }) => architecture), [first] = architectures;
  checkRuns(task, architectures);
  const structure = structureOf(architectures);
  const through = (p: Tensors, x: Tensors, layers: number) => {
    const q = x.targets.shape[2]!, T = x.tokens.shape[2]!;
    let stream = embed(p, x); // [run, prompt, token, D], also from prompts that all runs share
    for (let l = 0; l < layers; l++) {
      stream = attentionLayer(stream, p, x, {
        name: `layer${l + 1}`,
        attention: first.attention,
        heads: first.layers[l].heads,
        positions: T - q,
        ...layers === first.layers.length && l === layers - 1 ? { last: q } : {},
      });
    }
    return stream;
  };
  const predictions = (p: Tensors, x: Tensors) => {
    const [, B, q] = x.targets.shape as number[];
    return tf.reshape(linear(through(p, x, first.layers.length), p["readout"]), [R, B, q]);
  };
  const risks = (p: Tensors, x: Tensors) => tf.mean(tf.square(tf.sub(predictions(p, x), x.targets)), 2);
  const trained = {
    task,
    seeds: runs.map(({ seed }) => seed),
    batch: program.batch,
    n: program.n,
    q: program.q,
  };
  const prompts = (options: PromptBatchOptions): HostArrays => {
    const { n, prompts: batch, step, q = program.q, name, gains, sharedSeed } = options;
    const seeds = sharedSeed === undefined ? trained.seeds : [sharedSeed];
    return {
      ...promptDraws({ task, seeds, batch, n, q, ...name ? { name } : {} })(step),
      ...structure,
      ...gains ? gainArrays(architectures, gains) : {},
    };
  };
  return {
    name: `attention-only ${first.attention}, d=${first.d}, width ${first.width}, ` +
      `heads ${architectures.map(({ layers }) => layers[0].heads).join(" ")}, seeds ${
        runs.map(({ seed }) => seed).join(" ")
      }`,
    runs: R,
    queries: program.q,
    initial: () => initialize(runs.map(({ seed }) => seed), () => initials(first)),
    loss: (p, x) => tf.mean(risks(p, x), 1) as tf.Tensor1D,
    batchAt: batchesOf(structure, promptDraws, trained, () => new URL("../data.ts", import.meta.url).href),
    prompts,
    predictions,
    risks,
    numbersPerPrompt: (n, q) => {
      const T = n + q, { width, attention, layers } = first;
      return R * Math.max(
        ...layers.map(({ heads, keyWidth, valueWidth }) =>
          Math.max(
            T * Math.max(width, heads * keyWidth, heads * valueWidth),
            attention === "linear" ? heads * keyWidth * heads * valueWidth : heads * T * n, // moments, or scores
          )
        ),
      );
    },
    stream: through,
  };
}

/** Entries N(0, 1/(3 inputs)); outputs of the attention a fifth of that, so that depth starts near the identity. */
function initials(architecture: Architecture) {
  return Object.fromEntries(
    Object.entries(programShapes(architecture)).map(([name, shape]) => {
      if (name.endsWith("bias")) return [name, constant(shape, 0)];
      const sd = 1 / Math.sqrt(3 * shape[0]);
      return [name, gaussian(shape, name.endsWith("output") ? 0.2 * sd : sd)];
    }),
  );
}

/** Block masks (linear attention with several heads) and skip factors: constants, uploaded once. */
function structureOf(architectures: readonly Architecture[]): HostArrays {
  const R = architectures.length, structure: Record<string, HostArray> = {};
  architectures[0].layers.forEach(({ heads, keyWidth, valueWidth }, l) => {
    const name = `layer${l + 1}`, keys = heads * keyWidth, values = heads * valueWidth;
    if (architectures[0].attention === "linear" && architectures.some(({ layers }) => layers[l].heads > 1)) {
      const mask = new Float32Array(R * keys * values);
      architectures.forEach(({ layers }, r) => {
        const { keyWidth, valueWidth } = layers[l];
        for (let a = 0; a < keys; a++) {
          for (let b = 0; b < values; b++) {
            const same = Math.floor(a / keyWidth) === Math.floor(b / valueWidth);
            mask[(r * keys + a) * values + b] = same ? 1 : 0;
          }
        }
      });
      structure[`${name}.mask`] = Object.freeze(hostArray(mask, [R, 1, keys, values]));
    }
    if (architectures.some(({ layers }) => layers[l].skip)) {
      const D = architectures[0].width;
      const factors = architectures.flatMap(({ layers }) => layers[l].skip ?? new Array<number>(D).fill(1));
      structure[`${name}.skip`] = Object.freeze(hostArray(Float32Array.from(factors), [R, 1, 1, D]));
    }
  });
  return structure;
}

function gainArrays(architectures: readonly Architecture[], gains: Gains): HostArrays {
  const R = architectures.length;
  return Object.fromEntries(architectures[0].layers.map(({ heads, valueWidth }, l) => {
    const columns = heads * valueWidth;
    const data = architectures.flatMap(({ layers }, r) =>
      Array.from({ length: columns }, (_, b) => gains[r][l][Math.floor(b / layers[l].valueWidth)])
    );
    return [`layer${l + 1}.gain`, hostArray(Float32Array.from(data), [R, 1, 1, columns])];
  }));
}

function checkRuns(task: SparseTask, architectures: readonly Architecture[]): void {
  const [first] = architectures, expected = JSON.stringify(programShapes(first));
  architectures.forEach((architecture, r) => {
    if (architecture.d !== task.d) {
      throw new RangeError(`run ${r} has d = ${architecture.d}, the task d = ${task.d}`);
    }
    if (
      architecture.attention !== first.attention || JSON.stringify(programShapes(architecture)) !== expected
    ) {
      throw new RangeError(`run ${r} does not have the shapes of run 0: give all runs equal total widths`);
    }
    if (
      first.attention === "softmax" &&
      architecture.layers.some(({ heads }, l) => heads !== first.layers[l].heads)
    ) throw new RangeError(`run ${r}: with softmax attention all runs of a program need equal head counts`);
  });
}
