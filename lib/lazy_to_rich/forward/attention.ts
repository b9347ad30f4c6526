/**
 * @module One strictly causal attention head at one position, in float64 or with double-double sums.
 *
 * a_s = softmax over s < t of <x_t W_Q, x_s W_K> + bias(t - s); the head adds (sum_s a_s x_s W_V) W_O to the stream.
 * Attention over an empty set, or over keys that are all at -Infinity, is 0 (a convention of this project).
 */
import type { Encoding, NamedArray } from "./architecture.ts";
import { add, divide, type DoubleDouble, exact, exp, log, scale, subtract, ZERO } from "./double_double.ts";

/** How sums inside a head are carried. */
export type Precision = "float64" | "double-double";

/** Positional bias at distance j = t - s >= 1, rounded once (`near`) or as slope times an exact factor (`far`). */
function biasOf(encoding: Encoding, position: NamedArray | undefined, head: number) {
  const { kind } = encoding;
  if (kind === "none" || position === undefined) return { near: () => 0, far: () => ZERO };
  if (kind === "t5") {
    const buckets = encoding.buckets ?? 0;
    const near = (j: number) => position.data[head * buckets + Math.min(j, buckets) - 1];
    return { near, far: (j: number) => exact(near(j)) };
  }
  const slope = position.data[head];
  if (kind === "alibi") {
    // an infinite slope leaves distance 1 alone: 0 * Infinity must not appear
    const near = (j: number) => j === 1 ? 0 : -slope * (j - 1);
    return { near, far: (j: number) => Number.isFinite(slope) ? scale(exact(1 - j), slope) : exact(near(j)) };
  }
  const near = (j: number) => j === 1 ? 0 : -slope * Math.log(j);
  return { near, far: (j: number) => Number.isFinite(slope) ? scale(log(j), -slope) : exact(near(j)) };
}

/** Writes the attention weights of query `t` on keys 0..t-1 into `out`, and their low parts into `low`. */
export interface AttentionHead {
  weights(t: number, out: Float64Array, low: Float64Array): void;
}

/**
 * The attention pattern of one head.
 * @param queries [T, Dk] projected queries
 * @param keys [T, Dk] projected keys
 * @param bos whether position 0 is the BOS token, which a `sink` encoding leaves without bias
 */
export function attentionHead(
  queries: Float64Array,
  keys: Float64Array,
  keyWidth: number,
  encoding: Encoding,
  position: NamedArray | undefined,
  head: number,
  bos: boolean,
  precision: Precision,
): AttentionHead {
  const { near, far } = biasOf(encoding, position, head);
  const unbiased = bos && encoding.sink === true;
  const content = (t: number, s: number) => {
    let sum = 0;
    for (let k = 0; k < keyWidth; k++) sum += queries[t * keyWidth + k] * keys[s * keyWidth + k];
    return sum;
  };
  if (precision === "float64") {
    return {
      weights(t, out) {
        let top = -Infinity;
        for (let s = 0; s < t; s++) {
          out[s] = content(t, s) + (unbiased && s === 0 ? 0 : near(t - s));
          if (out[s] > top) top = out[s];
        }
        if (top === -Infinity) return void out.fill(0, 0, t);
        let sum = 0;
        for (let s = 0; s < t; s++) sum += out[s] = Math.exp(out[s] - top);
        for (let s = 0; s < t; s++) out[s] /= sum;
      },
    };
  }
  return {
    weights(t, out, low) {
      const logits: (DoubleDouble | undefined)[] = [];
      let top = ZERO, topValue = -Infinity;
      for (let s = 0; s < t; s++) {
        const bias = unbiased && s === 0 ? ZERO : far(t - s);
        const logit = bias.hi === -Infinity ? undefined : add(exact(content(t, s)), bias);
        logits.push(logit);
        if (logit !== undefined && logit.hi > topValue) [top, topValue] = [logit, logit.hi];
      }
      let sum = ZERO;
      const masses = logits.map((logit) => {
        const mass = logit === undefined ? ZERO : exp(subtract(logit, top));
        sum = add(sum, mass);
        return mass;
      });
      masses.forEach((mass, s) => {
        const weight = sum.hi === 0 ? ZERO : divide(mass, sum);
        out[s] = weight.hi;
        low[s] = weight.lo;
      });
    },
  };
}

/** Weighted sum of values at one position: `out[k] = sum_s weights[s] values[s, k]` as pairs (hi, lo). */
export function mixValues(
  values: Float64Array,
  valueWidth: number,
  t: number,
  weights: Float64Array,
  low: Float64Array,
  precision: Precision,
): DoubleDouble[] {
  return Array.from({ length: valueWidth }, (_, k) => {
    if (precision === "float64") {
      let sum = 0;
      for (let s = 0; s < t; s++) sum += weights[s] * values[s * valueWidth + k];
      return exact(sum);
    }
    let sum = ZERO;
    for (let s = 0; s < t; s++) {
      sum = add(sum, scale({ hi: weights[s], lo: low[s] }, values[s * valueWidth + k]));
    }
    return sum;
  });
}
