/**
 * @module One attention layer over a stream [run, prompt, token, D], with the heads side by side.
 *
 * Linear attention needs no scores: with K and V of the context, every token reads $\frac1n K^\top V$, whose blocks
 * (head, head) are kept by a mask and whose other blocks are dropped. That is one product of fixed shape for any number
 * of heads; the products outside the blocks are wasted, and cost less than cutting into narrow heads would.
 */
import {
  attention,
  blocked,
  linear,
  matMul,
  mergeHeads,
  splitHeads,
  type Tensors,
  tf,
} from "../../nn/mod.ts";
import type { AttentionKind } from "../forward.ts";

/** Which layer of which program. */
export interface LayerOptions {
  /** Name of the layer: its weights are `name.query` and so on. */
  readonly name: string;
  /** Which attention. */
  readonly attention: AttentionKind;
  /** Number of heads, the same for all runs where attention is softmax. */
  readonly heads: number;
  /** Positions that may be context, from the first. */
  readonly positions: number;
  /** Only the last so many tokens go on; default all. */
  readonly last?: number;
}

/** Residual stream before the first layer, [run, prompt, token, D]. */
export function embed(p: Tensors, x: Tensors): tf.Tensor {
  return linear(x.tokens, p["embedding.weight"], p["embedding.bias"]);
}

/**
 * The stream after a layer.
 * @param p weights; `x` holds `context` [run or 1, prompt, token] (1/n on the context, 0 elsewhere), and optionally
 * `name.mask` [run, 1, H Dk, H Dv], `name.gain` [run, 1, 1, H Dv] and `name.skip` [run, 1, 1, D]
 */
export function attentionLayer(stream: tf.Tensor, p: Tensors, x: Tensors, options: LayerOptions): tf.Tensor {
  const { name, positions, last } = options;
  const [R, B, T, D] = stream.shape as number[];
  const rows = (t: tf.Tensor, from: number, count: number) =>
    from === 0 && count === T ? t : tf.slice(t, [0, 0, from, 0], [R, B, count, D]);
  const reading = rows(stream, T - (last ?? T), last ?? T); // the tokens that go on
  const context = rows(stream, 0, positions);
  const query = linear(reading, p[`${name}.query`]), key = linear(context, p[`${name}.key`]);
  const value = linear(context, p[`${name}.value`]);
  const weight = tf.slice(x.context, [0, 0, 0], [x.context.shape[0]!, B, positions]);
  let mixed = options.attention === "linear"
    ? linearMix(query, key, value, weight, x[`${name}.mask`])
    : softmaxMix(query, key, value, weight, options.heads);
  if (x[`${name}.gain`]) mixed = tf.mul(mixed, x[`${name}.gain`]);
  const kept = x[`${name}.skip`] ? tf.mul(reading, x[`${name}.skip`]) : reading;
  return tf.add(kept, linear(mixed, p[`${name}.output`]));
}

/** $Q\,[\frac1n K^\top V]_{\text{blocks}}$, [run, prompt, token, H Dv]. */
function linearMix(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, weight: tf.Tensor, mask?: tf.Tensor) {
  const scaled = tf.mul(value, tf.expandDims(weight, 3));
  const moment = matMul(tf.transpose(key, [0, 1, 3, 2]), scaled); // [run, prompt, H Dk, H Dv]
  return matMul(query, mask ? tf.mul(moment, mask) : moment);
}

function softmaxMix(query: tf.Tensor, key: tf.Tensor, value: tf.Tensor, weight: tf.Tensor, heads: number) {
  const [run, B, positions] = weight.shape as number[];
  const padding = tf.mul(tf.cast(tf.equal(weight, 0), "float32"), blocked);
  const [q, k, v] = [query, key, value].map((t) => splitHeads(t, heads));
  return mergeHeads(attention({ q, k, v, bias: tf.reshape(padding, [run, B, 1, 1, positions]) }));
}
