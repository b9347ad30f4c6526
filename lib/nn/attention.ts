/**
 * @module Attention over the last two axes, [..., position, feature], with every leading axis (run, batch, head) broadcast.
 * What may attend to what is an additive bias: a constant for causal masks, a trainable tensor for positional terms.
 */
import { matMul } from "./matmul.ts";
import { hostArray } from "./tensors.ts";
import { tf } from "./tf.ts";
import type { HostArray } from "./types.ts";

/** Queries, keys and values; leading axes broadcast against each other. */
export interface AttentionInputs {
  /** Queries [..., t, d]. */
  readonly q: tf.Tensor;
  /** Keys [..., s, d]. */
  readonly k: tf.Tensor;
  /** Values [..., s, e]. */
  readonly v: tf.Tensor;
  /** Added to the scores: broadcastable to [..., t, s]; `blocked` forbids a pair. */
  readonly bias?: tf.Tensor;
  /** Factor on $q\cdot k$. Default $1/\sqrt d$ for softmax attention, 1 for linear attention. */
  readonly scale?: number;
}

/** The bias that forbids a pair: large enough to vanish in float32's softmax, small enough never to overflow. */
export const blocked: number = -1e9;

/**
 * Softmax attention weights $\sigma_{ts} = \mathrm{softmax}_s(\beta\, q_t\cdot k_s + b_{ts})$, shape [..., t, s].
 * A query whose every key is blocked attends to all of them uniformly.
 */
export function attentionWeights({ q, k, bias, scale }: Omit<AttentionInputs, "v">): tf.Tensor {
  const scores = matMul(tf.mul(q, scale ?? 1 / Math.sqrt(q.shape[q.rank - 1])), transposeLast(k)); // [..., t, s]
  return tf.softmax(bias ? tf.add(scores, bias) : scores);
}

/** Softmax attention $o_t = \sum_s \sigma_{ts} v_s$, shape [..., t, e]. */
export function attention(inputs: AttentionInputs): tf.Tensor {
  return matMul(attentionWeights(inputs), inputs.v);
}

/**
 * Linear attention $o_t = \sum_s (\beta\, q_t\cdot k_s)\, m_{ts}\, v_s$, shape [..., t, e], without normalisation; `mask`
 * is a constant factor broadcastable to [..., t, s].
 */
export function linearAttention({ q, k, v, scale = 1, mask }: {
  readonly q: tf.Tensor;
  readonly k: tf.Tensor;
  readonly v: tf.Tensor;
  readonly scale?: number;
  readonly mask?: tf.Tensor;
}): tf.Tensor {
  const scores = matMul(scale === 1 ? q : tf.mul(q, scale), transposeLast(k)); // [..., t, s]
  return matMul(mask ? tf.mul(scores, mask) : scores, v);
}

/** Cuts the features into heads: [run, batch, t, heads * d] -> [run, batch, heads, t, d]. */
export function splitHeads(x: tf.Tensor, heads: number): tf.Tensor {
  const [run, batch, t, width] = x.shape as number[];
  if (width % heads !== 0) throw new Error(`${width} features cannot be cut into ${heads} heads`);
  return tf.transpose(tf.reshape(x, [run, batch, t, heads, width / heads]), [0, 1, 3, 2, 4]);
}

/** Joins heads: [run, batch, heads, t, d] -> [run, batch, t, heads * d]. */
export function mergeHeads(x: tf.Tensor): tf.Tensor {
  const [run, batch, heads, t, d] = x.shape as number[];
  return tf.reshape(tf.transpose(x, [0, 1, 3, 2, 4]), [run, batch, t, heads * d]);
}

/** Bias [t, s] that lets position i see the positions j <= i (j < i when `strict`), both counted from the start. */
export function causalBias(t: number, s: number = t, options: { strict?: boolean } = {}): HostArray {
  return biasOf(t, s, (i, j) => j < i || (j === i && !options.strict) ? 0 : blocked);
}

/** Signed distances $i - j$, shape [t, s]: times a slope per head this is ALiBi's bias. */
export function distances(t: number, s: number = t): HostArray {
  return biasOf(t, s, (i, j) => i - j);
}

/**
 * Selector [m, t * s] that puts a table of relative positions onto the score matrix: `matMul(table, selector)` with a
 * table [run, head, m] is the bias [run, head, t * s] whose entry (i, j) is `table[i - j - 1]` for 1 <= i - j <= m, else 0.
 */
export function relativeSelector(t: number, s: number, m: number): HostArray {
  const data = new Float32Array(m * t * s);
  for (let i = 0; i < t; i++) {
    for (let j = Math.max(0, i - m); j < Math.min(i, s); j++) data[(i - j - 1) * t * s + i * s + j] = 1;
  }
  return Object.freeze(hostArray(data, [m, t * s]));
}

/** Swaps the last two axes, so that [..., s, d] becomes the right operand [..., d, s]. */
export function transposeLast(x: tf.Tensor): tf.Tensor {
  const order = x.shape.map((_, i) => i);
  [order[x.rank - 2], order[x.rank - 1]] = [x.rank - 1, x.rank - 2];
  return tf.transpose(x, order);
}

function biasOf(t: number, s: number, value: (i: number, j: number) => number): HostArray {
  return Object.freeze(
    hostArray(Float32Array.from({ length: t * s }, (_, n) => value(Math.floor(n / s), n % s)), [t, s]),
  );
}
