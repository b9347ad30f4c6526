/**
 * @module Forward pass of the general transformer of arXiv 2410.11474 in plain float64, one sequence at a time.
 *
 * X <- X + sum_h A_h X W_V W_O, then X <- X + ReLU(X W_in + b_in) W_out + b_out; no layer norm; strictly causal
 * (s < t: the residual stream keeps the current token); the output is read at the last position.
 */
import { attentionHead, mixValues, type Precision } from "./attention.ts";
import {
  type Architecture,
  checkParameters,
  type NamedArray,
  type TransformerParameters,
} from "./architecture.ts";
import { add, scale } from "./double_double.ts";

/** Options of `forward`. */
export interface ForwardOptions {
  /** `double-double` carries attention and the sum over heads in about 32 digits; default `float64`. */
  readonly precision?: Precision;
  /** Also return the residual stream after every layer and the attention patterns, at all positions. */
  readonly record?: boolean;
}

/** What a forward pass yields. Positions T = L, or L + 1 with a BOS token at position 0. */
export interface ForwardResult {
  /** Output at the last position, [o]. */
  readonly output: Float64Array;
  /** With `record`: residual stream before the first layer and after each, each [T, D]. */
  readonly streams?: readonly Float64Array[];
  /** With `record`: `attention[layer][head]` is [T, T], row t = query, zero for s >= t. */
  readonly attention?: readonly (readonly Float64Array[])[];
}

/** `rows` [T, from] times the block `index` of `weight` [.., from, to]. */
function project(rows: Float64Array, T: number, weight: NamedArray, index = 0): Float64Array {
  const [from, to] = weight.shape.slice(-2), offset = index * from * to;
  const out = new Float64Array(T * to);
  for (let t = 0; t < T; t++) {
    for (let i = 0; i < from; i++) {
      const x = rows[t * from + i];
      if (x === 0) continue; // constructions are sparse
      for (let o = 0; o < to; o++) out[t * to + o] += x * weight.data[offset + i * to + o];
    }
  }
  return out;
}

/**
 * Runs the transformer on one sequence.
 * @param tokens [L, d] row-major, oldest token first
 * @throws {RangeError} when shapes do not fit or a token is not finite
 */
export function forward(
  architecture: Architecture,
  parameters: TransformerParameters,
  tokens: ArrayLike<number>,
  options: ForwardOptions = {},
): ForwardResult {
  checkParameters(architecture, parameters);
  const { precision = "float64", record = false } = options;
  const { d, width: D, bos } = architecture;
  const L = tokens.length / d;
  if (!Number.isInteger(L) || L < 1) {
    throw new RangeError(`tokens must hold a whole number of ${d}-vectors, got ${tokens.length} numbers`);
  }
  const flat = Float64Array.from(tokens);
  if (!flat.every(Number.isFinite)) throw new RangeError("every token must be finite");
  const start = bos ? 1 : 0, T = L + start;
  let stream: Float64Array = new Float64Array(T * D);
  const embedded = project(flat, L, parameters["embedding.weight"]);
  for (let i = 0; i < L * D; i++) {
    stream[start * D + i] = embedded[i] + parameters["embedding.bias"].data[i % D];
  }
  if (bos) stream.set(parameters["bos"].data, 0);

  const streams = [stream], attention: Float64Array[][] = [];
  architecture.layers.forEach((layer, index) => {
    const name = `layer${index + 1}`, last = index === architecture.layers.length - 1;
    const first = last && !record ? T - 1 : 0; // only the last position of the last layer is read
    const patterns = Array.from({ length: record ? layer.heads : 0 }, () => new Float64Array(T * T));
    const total = new Float64Array((T - first) * D), totalLow = new Float64Array((T - first) * D);
    const weights = new Float64Array(T), low = new Float64Array(T);
    for (let h = 0; h < layer.heads; h++) {
      const values = project(stream, T, parameters[`${name}.value`], h); // [T, Dv]
      const head = attentionHead(
        project(stream, T, parameters[`${name}.query`], h),
        project(stream, T, parameters[`${name}.key`], h),
        layer.keyWidth,
        layer.encoding,
        parameters[`${name}.position`],
        h,
        bos,
        precision,
      );
      const output = parameters[`${name}.output`].data, base = h * layer.valueWidth * D;
      for (let t = Math.max(first, 1); t < T; t++) {
        head.weights(t, weights, low);
        if (record) patterns[h].set(weights.subarray(0, t), t * T);
        const mixed = mixValues(values, layer.valueWidth, t, weights, low, precision);
        mixed.forEach((value, k) => {
          for (let i = 0; i < D; i++) {
            const weight = output[base + k * D + i];
            if (weight === 0) continue;
            const at = (t - first) * D + i;
            if (precision === "float64") {
              total[at] += value.hi * weight;
            } else {
              const sum = add({ hi: total[at], lo: totalLow[at] }, scale(value, weight));
              [total[at], totalLow[at]] = [sum.hi, sum.lo];
            }
          }
        });
      }
    }
    const next = Float64Array.from(stream);
    total.forEach((sum, i) => next[first * D + i] += sum + totalLow[i]);
    if (layer.hidden > 0) addNetwork(next, T, D, parameters, name);
    stream = next;
    streams.push(next);
    attention.push(patterns);
  });
  const output = project(stream.subarray((T - 1) * D), 1, parameters["readout"]);
  return record ? { output, streams, attention } : { output };
}

/** Adds ReLU(X W_in + b_in) W_out + b_out to `stream` in place. */
function addNetwork(
  stream: Float64Array,
  T: number,
  D: number,
  parameters: TransformerParameters,
  name: string,
): void {
  const hidden = project(stream, T, parameters[`${name}.ffn.in`]);
  const bias = parameters[`${name}.ffn.in.bias`].data, M = bias.length;
  for (let i = 0; i < hidden.length; i++) hidden[i] = Math.max(0, hidden[i] + bias[i % M]);
  const added = project(hidden, T, parameters[`${name}.ffn.out`]);
  const shift = parameters[`${name}.ffn.out.bias`].data;
  for (let i = 0; i < added.length; i++) stream[i] += added[i] + shift[i % D];
}
