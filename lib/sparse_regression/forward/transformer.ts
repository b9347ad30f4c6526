/** @module Forward pass of the attention-only transformer in plain float64, one prompt at a time. */
import {
  type Architecture,
  checkParameters,
  type NamedArray,
  type TransformerParameters,
} from "./architecture.ts";

/** Options of `forward`. */
export interface ForwardOptions {
  /** Factor on each head's output, `gain[layer][head]`; 0 removes a head. Default all ones. */
  readonly gain?: readonly (readonly number[])[];
  /** Also return the residual stream before the first layer and after each. */
  readonly record?: boolean;
}

/** What a forward pass yields. */
export interface ForwardResult {
  /** Prediction at every token, [T]; the queries' are the predictions proper. */
  readonly output: Float64Array;
  /** With `record`: residual streams, L + 1 of them, each [T, D]. */
  readonly streams?: readonly Float64Array[];
}

/** `rows` [T, from] times the block `index` of `weight` [.., from, to]. */
function project(rows: Float64Array, T: number, weight: NamedArray, index = 0): Float64Array {
  const [from, to] = weight.shape.slice(-2), offset = index * from * to, { data } = weight;
  const out = new Float64Array(T * to);
  for (let t = 0; t < T; t++) {
    for (let i = 0; i < from; i++) {
      const x = rows[t * from + i];
      if (x === 0) continue; // constructions are sparse
      for (let o = 0; o < to; o++) out[t * to + o] += x * data[offset + i * to + o];
    }
  }
  return out;
}

/** Row indices of the context: the first n, or where the mask is not 0. */
function contextRows(context: number | ArrayLike<number>, T: number): number[] {
  if (typeof context !== "number" && context.length !== T) {
    throw new RangeError(`the context mask must have T = ${T} entries, got ${context.length}`);
  }
  const rows = typeof context === "number"
    ? Array.from({ length: context }, (_, i) => i)
    : Array.from({ length: T }, (_, i) => i).filter((i) => context[i] !== 0);
  if (rows.length < 1 || rows.length > T) {
    throw new RangeError(`the context must have between 1 and T = ${T} tokens, got ${rows.length}`);
  }
  return rows;
}

/**
 * Runs the transformer on one prompt.
 * @param tokens [T, d + 1] row-major, as `promptTokens` gives them
 * @param context how many tokens, from the first, are the context; or a mask [T], non-zero on the context
 * @throws {RangeError} when shapes do not fit
 */
export function forward(
  architecture: Architecture,
  parameters: TransformerParameters,
  tokens: ArrayLike<number>,
  context: number | ArrayLike<number>,
  options: ForwardOptions = {},
): ForwardResult {
  checkParameters(architecture, parameters);
  const { d, width: D, attention } = architecture;
  const T = tokens.length / (d + 1);
  if (!Number.isInteger(T) || T < 1) {
    throw new RangeError(`tokens must hold a whole number of rows of ${d + 1}, got ${tokens.length} numbers`);
  }
  const rows = contextRows(context, T);
  let stream: Float64Array = project(Float64Array.from(tokens), T, parameters["embedding.weight"]);
  const bias = parameters["embedding.bias"].data;
  for (let i = 0; i < stream.length; i++) stream[i] += bias[i % D];
  const streams = [stream];
  architecture.layers.forEach((layer, index) => {
    const name = `layer${index + 1}`, { heads, keyWidth: Dk, valueWidth: Dv, skip } = layer;
    const next = Float64Array.from(stream, (z, i) => skip ? z * skip[i % D] : z);
    for (let h = 0; h < heads; h++) {
      const gain = options.gain?.[index]?.[h] ?? 1;
      if (gain === 0) continue;
      const query = project(stream, T, parameters[`${name}.query`], h); // [T, Dk]
      const key = project(stream, T, parameters[`${name}.key`], h);
      const value = project(stream, T, parameters[`${name}.value`], h); // [T, Dv]
      const mixed = attention === "linear"
        ? linearMix(query, key, value, rows, T, Dk, Dv)
        : softmaxMix(query, key, value, rows, T, Dk, Dv);
      const update = project(mixed, T, parameters[`${name}.output`], h); // [T, D]
      for (let i = 0; i < next.length; i++) next[i] += gain * update[i];
    }
    stream = next;
    streams.push(next);
  });
  const output = project(stream, T, parameters["readout"]);
  return options.record ? { output, streams } : { output };
}

/** $\frac1n \sum_i \langle q_t, k_i\rangle v_i$ over the context rows, as q_t times the matrix $\frac1n\sum_i k_i v_i^\top$. */
function linearMix(
  query: Float64Array,
  key: Float64Array,
  value: Float64Array,
  rows: readonly number[],
  T: number,
  Dk: number,
  Dv: number,
): Float64Array {
  const moment = new Float64Array(Dk * Dv);
  for (const i of rows) {
    for (let a = 0; a < Dk; a++) {
      const k = key[i * Dk + a];
      for (let b = 0; b < Dv; b++) moment[a * Dv + b] += k * value[i * Dv + b];
    }
  }
  for (let i = 0; i < moment.length; i++) moment[i] /= rows.length;
  return project(query, T, { data: moment, shape: [Dk, Dv] });
}

/** $\sum_i \mathrm{softmax}_i(\langle q_t, k_i\rangle/\sqrt{D_k})\, v_i$ over the context rows. */
function softmaxMix(
  query: Float64Array,
  key: Float64Array,
  value: Float64Array,
  rows: readonly number[],
  T: number,
  Dk: number,
  Dv: number,
): Float64Array {
  const out = new Float64Array(T * Dv), weights = new Float64Array(rows.length);
  for (let t = 0; t < T; t++) {
    let top = -Infinity, total = 0;
    rows.forEach((i, m) => {
      let score = 0;
      for (let a = 0; a < Dk; a++) score += query[t * Dk + a] * key[i * Dk + a];
      weights[m] = score / Math.sqrt(Dk);
      top = Math.max(top, weights[m]);
    });
    for (let m = 0; m < weights.length; m++) total += weights[m] = Math.exp(weights[m] - top);
    rows.forEach((i, m) => {
      const weight = weights[m] / total;
      for (let b = 0; b < Dv; b++) out[t * Dv + b] += weight * value[i * Dv + b];
    });
  }
  return out;
}
