/**
 * @module Forward pass of the trainable transformer, [run, batch, position, feature], in operations that have gradients on
 * every backend. It is `forward/transformer.ts` again; the test of one is the other.
 */
import {
  blocked,
  type HostArray,
  hostArray,
  type HostArrays,
  linear,
  matMul,
  mergeHeads,
} from "../../nn/mod.ts";
import { type Tensors, tf } from "../../nn/mod.ts";
import type { Architecture, LayerShape } from "../forward.ts";

/** What a forward pass yields. */
export interface TransformerPass {
  /** Output at the last position, [run, batch, o]. */
  readonly output: tf.Tensor;
  /**
   * Attention of every layer, [run, batch, head, query, key]. Of the last layer only the last query, unless every position
   * is asked for. The row of the first position means nothing: it has no earlier token, and its update is 0.
   */
  readonly attention: readonly tf.Tensor[];
  /** Residual stream before the first layer and after each, [run, batch, position, D]. */
  readonly streams: readonly tf.Tensor[];
}

/**
 * Runs the transformer on a batch.
 * @param p parameters, each with a leading run axis
 * @param x `tokens` [run, batch, L, d] and the arrays of `positionConstants`
 * @param options.everywhere the last layer at all positions; without it only at the last, which is all the output needs
 */
export function forwardPass(
  architecture: Architecture,
  p: Tensors,
  x: Tensors,
  options: { readonly everywhere?: boolean } = {},
): TransformerPass {
  const attention: tf.Tensor[] = [];
  let stream = linear(x.tokens, p["embedding.weight"], p["embedding.bias"]); // [run, batch, t, D]
  const streams = [stream];
  architecture.layers.forEach((layer, index) => {
    const name = `layer${index + 1}`;
    const last = index === architecture.layers.length - 1 && !options.everywhere;
    const queries = last ? lastPosition(stream) : stream;
    const block = attend(layer, name, queries, stream, p, x);
    attention.push(block.weights);
    stream = tf.add(queries, block.update);
    if (layer.hidden > 0) {
      const inner = tf.relu(linear(stream, p[`${name}.ffn.in`], p[`${name}.ffn.in.bias`]));
      stream = tf.add(stream, linear(inner, p[`${name}.ffn.out`], p[`${name}.ffn.out.bias`]));
    }
    streams.push(stream);
  });
  const final = linear(lastPosition(stream), p["readout"]);
  const [R, B] = final.shape as number[];
  return { output: tf.reshape(final, [R, B, architecture.outputs]), attention, streams };
}

/** One strictly causal attention block; `queries` are the last positions of `stream`. */
function attend(
  layer: LayerShape,
  name: string,
  queries: tf.Tensor,
  stream: tf.Tensor,
  p: Tensors,
  x: Tensors,
): { update: tf.Tensor; weights: tf.Tensor } {
  const { heads: H } = layer;
  const [R, B, T, D] = stream.shape as number[];
  const rows = queries.shape[2]!;
  /** [run, batch, t, D] through [run, head, D, width], axes in the order asked for out of (run, batch, t, head, width). */
  const heads = (positions: tf.Tensor, weight: string, order: number[]) => {
    const joined = tf.reshape(tf.transpose(p[`${name}.${weight}`], [0, 2, 1, 3]), [R, D, -1]);
    return tf.transpose(tf.reshape(linear(positions, joined), [R, B, positions.shape[2]!, H, -1]), order);
  };
  const scores = matMul(heads(queries, "query", [0, 1, 3, 2, 4]), heads(stream, "key", [0, 1, 3, 4, 2]));
  const weights = tf.softmax(tf.add(scores, positionBias(layer, p[`${name}.position`], x, rows))); // [run, batch, head, t, s]
  const mixed = mergeHeads(matMul(weights, heads(stream, "value", [0, 1, 3, 2, 4]))); // [run, batch, t, head * width]
  const update = linear(mixed, tf.reshape(p[`${name}.output`], [R, -1, D]));
  // the first position has no earlier one
  return { update: rows === T ? tf.mul(update, tf.reshape(x.open, [1, 1, T, 1])) : update, weights };
}

/** Causal mask and positional bias of the last `rows` queries, broadcastable to [run, batch, head, rows, T]. */
function positionBias(
  { heads: H, encoding }: LayerShape,
  position: tf.Tensor,
  x: Tensors,
  rows: number,
): tf.Tensor {
  const T = x.causal.shape[0];
  const fromEnd = (square: tf.Tensor) => tf.slice(square, [T - rows, 0], [rows, T]);
  const causal = tf.reshape(fromEnd(x.causal), [1, 1, 1, rows, T]);
  if (encoding.kind === "none") return causal;
  const R = position.shape[0];
  if (encoding.kind === "t5") {
    const m = encoding.buckets!;
    const selector = tf.reshape(tf.slice(x[`t5.${m}`], [0, T - rows, 0], [m, rows, T]), [m, rows * T]);
    return tf.add(causal, tf.reshape(matMul(position, selector), [R, 1, H, rows, T]));
  }
  const distance = tf.reshape(fromEnd(x[encoding.kind]), [1, 1, 1, rows, T]);
  return tf.sub(causal, tf.mul(tf.reshape(position, [R, 1, H, 1, 1]), distance));
}

function lastPosition(stream: tf.Tensor): tf.Tensor {
  const [R, B, T, D] = stream.shape as number[];
  return T === 1 ? stream : tf.slice(stream, [0, 0, T - 1, 0], [R, B, 1, D]);
}

/** Masks and distances of L positions as the encodings of an architecture need them, frozen so that they are uploaded once. */
export function positionConstants({ layers }: Architecture, L: number): HostArrays {
  const square = (entry: (t: number, s: number) => number): HostArray =>
    Object.freeze(
      hostArray(Float32Array.from({ length: L * L }, (_, i) => entry(Math.floor(i / L), i % L)), [L, L]),
    );
  const constants: HostArrays = {
    causal: square((t, s) => s < t ? 0 : blocked),
    open: Object.freeze(hostArray(Float32Array.from({ length: L }, (_, t) => t > 0 ? 1 : 0), [L])),
  };
  for (const { encoding } of layers) {
    if (encoding.kind === "alibi") constants.alibi = square((t, s) => Math.max(0, t - s - 1));
    if (encoding.kind === "log") constants.log = square((t, s) => Math.log(Math.max(1, t - s)));
    if (encoding.kind === "t5") constants[`t5.${encoding.buckets}`] = buckets(encoding.buckets!, L);
  }
  return constants;
}

/** Selector [m, L, L]: 1 where a pair's distance t - s >= 1 falls into the bucket; the last holds all larger ones. */
function buckets(m: number, L: number): HostArray {
  const data = new Float32Array(m * L * L);
  for (let t = 0; t < L; t++) {
    for (let s = 0; s < t; s++) data[(Math.min(t - s, m) - 1) * L * L + t * L + s] = 1;
  }
  return Object.freeze(hostArray(data, [m, L, L]));
}
