/**
 * @module The full two-layer transformer that serves as a robustness check (the published code of arXiv 2409.10559): layer 1 has content
 * attention besides the positional one, attends to itself with logit 1e-6, maps its values and passes them through one
 * layer norm shared by the heads; inner products pass through a ReLU. Layer 2 is that of the simplified network.
 *
 * | name    | shape     | what                                                              |
 * | ------- | --------- | ----------------------------------------------------------------- |
 * | `c`     | [subsets] | as in the simplified network                                      |
 * | `w`     | [H, M]    | logits of offsets h..h+M-1 of head h                              |
 * | `a`     | []        | scale of the second layer                                         |
 * | `query` | [H, d, d] | row vectors times weights: logit x_i W_Q W_K^T x_j^T, no scaling    |
 * | `key`   | [H, d, d] |                                                                   |
 * | `value` | [H, d, d] | value and output in one                                           |
 * | `gain`  | [d]       | of the layer norm                                                 |
 * | `bias`  | [d]       | of the layer norm                                                 |
 */
import { softmax } from "../../numerics/mod.ts";
import { type Mask, membersOf, subsets } from "../subsets.ts";
import {
  type Architecture,
  initialParameters,
  offsetsOf,
  type Parameters,
  sharesOf,
  type Start,
} from "./architecture.ts";

/** Logit of a position for itself. */
export const SELF_LOGIT = 1e-6;
const NORM_EPSILON = 1e-5;

/** Parameters of the full network. */
export interface FullParameters extends Parameters {
  /** [H, d, d] */
  readonly query: Float64Array;
  /** [H, d, d] */
  readonly key: Float64Array;
  /** [H, d, d] */
  readonly value: Float64Array;
  /** [d] */
  readonly gain: Float64Array;
  /** [d] */
  readonly bias: Float64Array;
}

/** Shape of the full network; windows as in `repo`, all positions are keys. */
export type FullArchitecture = Pick<Architecture, "d" | "H" | "M" | "D">;

/** Shapes of the parameters by name. */
export function fullShapesOf({ d, H, M, D }: FullArchitecture): Record<keyof FullParameters, number[]> {
  const square = [H, d, d];
  return {
    c: [subsets(H, D).length],
    w: [H, M],
    a: [],
    query: square,
    key: square,
    value: square,
    gain: [d],
    bias: [d],
  };
}

/** Start: the simplified one, projections `projection` times the identity (0.001 in the published run), layer norm 1 and 0. */
export function initialFullParameters(
  architecture: FullArchitecture,
  start: Start & { readonly projection?: number } = {},
): FullParameters {
  const { d, H } = architecture, { projection = 0.001, plus = 1, minus = 0.01, ...rest } = start;
  const identity = () =>
    Float64Array.from({ length: H * d * d }, (_, i) => i % d === Math.floor(i / d) % d ? projection : 0);
  return {
    ...initialParameters({ variant: "repo", ...architecture }, { plus, minus, ...rest }),
    query: identity(),
    key: identity(),
    value: identity(),
    gain: new Float64Array(d).fill(1),
    bias: new Float64Array(d),
  };
}

/** Everything between a context and its prediction. */
export interface FullResult {
  /** Prediction, [d]. */
  readonly y: Float64Array;
  /** Attention of layer 2, [L]. */
  readonly attention: Float64Array;
  /** Attention of layer 1 at every position, [H, L + 1][offset 0 (itself), then the window]: weights that sum to 1. */
  readonly layer1: Float64Array[][];
  /** Outputs of layer 1 after the layer norm, [L + 1, H, d]. */
  readonly values: Float64Array;
  /** Matches after the ReLU, [L, H]. */
  readonly matches: Float64Array;
  /** Sets of heads. */
  readonly sets: readonly Mask[];
}

/** Prediction of the full network for a context x_1..x_L. */
export function fullForward(
  architecture: FullArchitecture,
  parameters: FullParameters,
  context: ArrayLike<number>,
): FullResult {
  const { d, H, M, D } = architecture, L = context.length, sets = subsets(H, D);
  const { p } = sharesOf(parameters.c), { w, a, query, key, value, gain, bias } = parameters;
  const values = new Float64Array((L + 1) * H * d), layer1: Float64Array[][] = [];
  for (let h = 0; h < H; h++) {
    const offsets = offsetsOf({ variant: "repo", M }, h + 1), at = h * d * d;
    /** x_i W_Q W_K^T x_j^T for tokens i and j. */
    const content = Float64Array.from({ length: d * d }, (_, ij) => {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += query[at + Math.floor(ij / d) * d + k] * key[at + (ij % d) * d + k];
      return sum;
    });
    layer1.push(Array.from({ length: L + 1 }, (_, l) => { // 0-based; l = L is the zero vector at L + 1
      const logits = new Float64Array(M + 1).fill(-Infinity), self = l < L ? context[l] : -1;
      logits[0] = SELF_LOGIT + (self >= 0 ? content[self * d + self] : 0);
      offsets.forEach((offset, j) => {
        if (l >= offset) {
          logits[j + 1] = w[h * M + j] + (self >= 0 ? content[self * d + context[l - offset]] : 0);
        }
      });
      const weights = softmax(logits), out = new Float64Array(d);
      for (let j = 0; j <= M; j++) {
        const token = j === 0 ? self : context[l - offsets[j - 1]];
        if (weights[j] === 0 || token < 0) continue;
        for (let e = 0; e < d; e++) out[e] += weights[j] * value[at + token * d + e];
      }
      let mean = 0, variance = 0;
      for (let e = 0; e < d; e++) mean += out[e] / d;
      for (let e = 0; e < d; e++) variance += (out[e] - mean) ** 2 / d;
      for (let e = 0; e < d; e++) {
        values[(l * H + h) * d + e] = (out[e] - mean) / Math.sqrt(variance + NORM_EPSILON) * gain[e] +
          bias[e];
      }
      return weights;
    }));
  }
  const matches = new Float64Array(L * H), scores = new Float64Array(L), members = sets.map(membersOf);
  for (let l = 0; l < L; l++) {
    for (let h = 0; h < H; h++) {
      let r = 0;
      for (let e = 0; e < d; e++) r += values[(L * H + h) * d + e] * values[(l * H + h) * d + e];
      matches[l * H + h] = Math.max(0, r);
    }
    members.forEach((heads, s) => {
      scores[l] += a * p[s] * heads.reduce((product, h) => product * matches[l * H + h - 1], 1);
    });
  }
  const attention = softmax(scores), y = new Float64Array(d);
  for (let l = 0; l < L; l++) y[context[l]] += attention[l];
  return { y, attention, layer1, values, matches, sets };
}
