/**
 * @module The general transformer of `forward/` as a trainable network: the same parameter names and shapes with a leading
 * run axis, nothing tied, nothing reparametrised. Trained on the mixed target it shows whether the story of the six scalars
 * (a copier in layer 1, a matcher in layer 2) is also what an ordinary two-layer network finds.
 */
import {
  attentionWeights,
  blocked,
  constant,
  gaussian,
  type HostArray,
  hostArray,
  type HostArrays,
  type Initial,
  initialize,
  linear,
  matMul,
  mergeHeads,
  type Model,
  splitHeads,
  type Tensors,
  tf,
} from "../../nn/mod.ts";
import { mixedBatch, type MixedTask, scoreDiagonal } from "../data.ts";
import { type Architecture, type LayerShape, parameterShapes } from "../forward.ts";

/** A program: runs of one architecture on one task, differing in their seeds. */
export interface TransformerProgram {
  readonly task: MixedTask;
  /** `d` must be the task's, `outputs` 2 d; encodings `none` or `alibi`; no BOS. */
  readonly architecture: Architecture;
  /** Sequences per run and step. */
  readonly batch: number;
  /** One run each: of initial parameters and data. */
  readonly seeds: readonly number[];
  /** Initial Alibi slope of every head. Default 0: no preference for near tokens. */
  readonly slope?: number;
}

/** A model together with the batches it eats. */
export interface TransformerModel extends Model {
  /** The data of a step, a function of (seed of the run, step) alone. */
  batchAt(step: number): HostArrays;
  /** A batch no step uses. */
  evaluation(sequences: number): HostArrays;
}

/**
 * A trainable transformer on the mixed target. Losses are those of the six scalars, half mean squared errors, and sampled as
 * `fourGram` and `induction`. Two more metrics, in [0, 1], say what the attention does; both are maxima over heads:
 * `previousToken` [run] is the mean mass a layer-1 head puts on the token before its query, and `inductionScore` [run] the
 * mean overlap $\sum_s\min(A_s, a^*_s)$ of a last-layer head at the last position with the target's own attention
 * $a^* = \mathrm{softmax}_s(x_L^\top W^* x_{s-1})$: 1 for the induction head, and what a uniform head gets on chance.
 * @throws {RangeError} when task and architecture do not fit, or the architecture has a part that cannot be trained here
 */
export function transformerModel(program: TransformerProgram): TransformerModel {
  const { task, architecture, batch, seeds, slope = 0 } = program;
  const { L, d = 1 } = task;
  check(architecture, d);
  const R = seeds.length, shapes = parameterShapes(architecture);
  const constants = constantArrays(task, L);

  const draw = (sequences: number, step: number): HostArrays => {
    const runs = seeds.map((seed) => mixedBatch(task, { seed, step, batch: sequences }));
    return {
      ...constants,
      tokens: stacked(runs.map(({ tokens }) => tokens.data), [R, sequences, L, d]),
      targets: stacked(runs.map(({ targets }) => targets.data), [R, sequences, 2 * d]),
    };
  };
  const evaluate = (p: Tensors, x: Tensors) => {
    const pass = forwardPass(architecture, p, x);
    const errors = tf.square(tf.sub(pass.output, x.targets)); // [run, batch, 2 d]
    const half = (from: number) =>
      // half the mean squared length of one part of the error, [run]
      tf.mul(tf.mean(tf.reshape(tf.slice(errors, [0, 0, from], [-1, -1, d]), [R, -1]), 1), d / 2);
    return { ...pass, fourGram: half(0), induction: half(d) };
  };
  return {
    name: `transformer, L=${L}, d=${d}, width ${architecture.width}`,
    runs: R,
    initial: () => initialize(seeds, () => initials(shapes, slope)),
    loss(p, x) {
      const { fourGram, induction } = evaluate(p, x);
      return tf.add(fourGram, induction) as tf.Tensor1D;
    },
    metrics(p, x) {
      const { fourGram, induction, attention } = evaluate(p, x);
      return {
        fourGram,
        induction,
        previousToken: previousTokenScore(attention[0], x.previous),
        inductionScore: inductionScore(attention[attention.length - 1], x),
      };
    },
    batchAt: (step) => draw(batch, step),
    evaluation: (sequences) => draw(sequences, -1),
  };
}

/** Output at the last position [run, batch, o] and attention of every layer, [run, batch, head, query, key]. */
export function forwardPass(
  architecture: Architecture,
  p: Tensors,
  x: Tensors,
): { output: tf.Tensor; attention: tf.Tensor[] } {
  const attention: tf.Tensor[] = [];
  let stream = linear(x.tokens, p["embedding.weight"], p["embedding.bias"]); // [run, batch, t, D]
  architecture.layers.forEach((layer, index) => {
    const last = index === architecture.layers.length - 1;
    const block = attend(layer, `layer${index + 1}`, stream, p, x, last);
    attention.push(block.weights);
    stream = tf.add(last ? lastPosition(stream) : stream, block.update);
    if (layer.hidden > 0) {
      const name = `layer${index + 1}.ffn`;
      const inner = tf.relu(linear(stream, p[`${name}.in`], p[`${name}.in.bias`]));
      stream = tf.add(stream, linear(inner, p[`${name}.out`], p[`${name}.out.bias`]));
    }
  });
  const [R, B] = stream.shape as number[];
  return { output: tf.reshape(linear(stream, p["readout"]), [R, B, architecture.outputs]), attention };
}

/** One strictly causal attention block; the last one is asked about the last position only. */
function attend(
  layer: LayerShape,
  name: string,
  stream: tf.Tensor,
  p: Tensors,
  x: Tensors,
  last: boolean,
): { update: tf.Tensor; weights: tf.Tensor } {
  const { heads: H } = layer;
  const [R, , T, D] = stream.shape as number[];
  const joined = (weight: string) =>
    // [run, head, D, width] -> [run, D, head * width]
    tf.reshape(tf.transpose(p[`${name}.${weight}`], [0, 2, 1, 3]), [R, D, -1]);
  const queries = last ? lastPosition(stream) : stream, rows = last ? 1 : T;
  const of = (positions: tf.Tensor, weight: string) => splitHeads(linear(positions, joined(weight)), H);
  const fromEnd = (square: tf.Tensor) =>
    tf.reshape(tf.slice(square, [T - rows, 0], [rows, T]), [1, 1, 1, rows, T]);
  const causal = fromEnd(x.causal);
  const bias = layer.encoding.kind === "none"
    ? causal
    : tf.sub(causal, tf.mul(tf.reshape(p[`${name}.position`], [R, 1, H, 1, 1]), fromEnd(x.behind)));
  const open = tf.slice(x.open, [T - rows], [rows]); // the first position sees nothing: its attention is zero
  const weights = tf.mul(
    attentionWeights({ q: of(queries, "query"), k: of(stream, "key"), bias, scale: 1 }),
    tf.reshape(open, [1, 1, 1, rows, 1]),
  );
  const mixed = mergeHeads(matMul(weights, of(stream, "value"))); // [run, batch, rows, head * width]
  const output = tf.reshape(p[`${name}.output`], [R, -1, D]);
  return { update: linear(mixed, output), weights };
}

function lastPosition(stream: tf.Tensor): tf.Tensor {
  const [R, B, T, D] = stream.shape as number[];
  return tf.slice(stream, [0, 0, T - 1, 0], [R, B, 1, D]);
}

/** Mean mass on the previous token over queries 2..L, of the best head, [run]. */
function previousTokenScore(weights: tf.Tensor, previous: tf.Tensor): tf.Tensor {
  const [R, B, H, T] = weights.shape as number[];
  const mass = tf.sum(tf.reshape(tf.mul(weights, previous), [R, B, H, T * T]), 3); // summed over T - 1 queries
  return tf.max(tf.div(tf.mean(mass, 1), T - 1), 1);
}

/** Overlap of the last query's attention with the target's, of the best head, [run]. */
function inductionScore(weights: tf.Tensor, x: Tensors): tf.Tensor {
  const [R, B, L, d] = x.tokens.shape as number[];
  const H = weights.shape[2]!;
  const query = tf.mul(tf.slice(x.tokens, [0, 0, L - 1, 0], [R, B, 1, d]), x.bStar);
  const keys = tf.slice(x.tokens, [0, 0, 0, 0], [R, B, L - 2, d]); // x_{s-1}, s = 2..L-1
  const target = tf.reshape(tf.softmax(tf.sum(tf.mul(query, keys), 3)), [R, B, 1, L - 2]);
  const own = tf.slice(tf.reshape(weights, [R, B, H, L]), [0, 0, 0, 1], [R, B, H, L - 2]); // keys s = 2..L-1
  return tf.max(tf.mean(tf.sum(tf.minimum(own, target), 3), 1), 1);
}

/** Weights of variance 1 / (inputs), value-output products of variance 1 / inputs overall; biases 0. */
function initials(shapes: Record<string, number[]>, slope: number): Record<string, Initial> {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => {
      if (name.endsWith(".position")) return [name, constant(shape, slope)];
      if (name.endsWith("bias")) return [name, constant(shape, 0)];
      const inputs = shape[shape.length - 2];
      return [name, gaussian(shape, 1 / Math.sqrt(inputs))];
    }),
  );
}

function constantArrays(task: MixedTask, L: number): HostArrays {
  const square = (entry: (t: number, s: number) => number): HostArray =>
    Object.freeze(
      hostArray(Float32Array.from({ length: L * L }, (_, i) => entry(Math.floor(i / L), i % L)), [L, L]),
    );
  return {
    causal: square((t, s) => s < t ? 0 : blocked),
    behind: square((t, s) => Math.max(0, t - s - 1)),
    previous: square((t, s) => s === t - 1 ? 1 : 0),
    open: Object.freeze(hostArray(Float32Array.from({ length: L }, (_, t) => t > 0 ? 1 : 0), [L])),
    bStar: Object.freeze(hostArray(Float32Array.from(scoreDiagonal(task)), [task.d ?? 1])),
  };
}

function stacked(parts: readonly Float32Array[], shape: number[]): HostArray {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((offset, part) => (data.set(part, offset), offset + part.length), 0);
  return hostArray(data, shape);
}

function check(architecture: Architecture, d: number): void {
  const { bos, outputs, layers } = architecture;
  if (architecture.d !== d || outputs !== 2 * d) {
    throw new RangeError(
      `tokens of width ${d} need an architecture with d = ${d} and ${
        2 * d
      } outputs, got d = ${architecture.d} and ${outputs}`,
    );
  }
  if (bos) throw new RangeError("the trainable transformer has no BOS token: set bos: false");
  for (const { encoding } of layers) {
    if (encoding.kind === "none" || (encoding.kind === "alibi" && !encoding.sink)) continue;
    throw new RangeError(`the trainable transformer knows encodings none and alibi, got ${encoding.kind}`);
  }
}
