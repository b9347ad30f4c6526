/**
 * @module The nonlinear part of attention: from queries, keys, values to attended values, and back.
 *
 * With logits $A_{ss'} = N^{-\alpha_A}\sum_n q_{ns}k_{ns'}$, $\sigma$ = softmax over s', $v^\sigma_s = \sum_{s'}\sigma_{ss'}v_{s'}$
 * and r the backward field of $v^\sigma$ (derived):
 * $$ c_{ss'} = \tfrac1N\sum_n r_{ns}v_{ns'},\quad M_{ss'} = \sigma_{ss'}(c_{ss'} - \textstyle\sum_j\sigma_{sj}c_{sj}), $$
 * $$ g^q_s = N^{1-\alpha_A}\sum_{s'}M_{ss'}k_{s'},\quad g^k_{s'} = N^{1-\alpha_A}\sum_s M_{ss'}q_s,\quad
 *    g^v_{s'} = \sum_s\sigma_{ss'}r_s. $$
 * For N = infinity (alphaA = 1) the sums over n are the population's averages: one set of numbers for all heads.
 */
import type { Rows } from "./dense.ts";
import type { Sites } from "./sites.ts";

/** Attention of one block over a population of heads. */
export interface Heads {
  /** Heads that differ: 1 for N = infinity. */
  readonly heads: number;
  /** Logits, [heads, P, S, S]; masked entries are 0. */
  readonly logits: Float64Array;
  /** Attention, [heads, P, S, S]. */
  readonly attention: Float64Array;
  /** M of the last backward pass, [heads, P, S, S]. */
  readonly sensitivity: Float64Array;
  /** Fills logits and attention, and writes $v^\sigma$. */
  forward(q: Rows, k: Rows, v: Rows, attended: Rows): void;
  /** From r writes $g^q, g^k, g^v$; q, k, v are those of the last forward pass. */
  backward(r: Rows, q: Rows, k: Rows, v: Rows, gq: Rows, gk: Rows, gv: Rows): void;
}

/** Sizes and scales the attention needs. */
export interface HeadOptions {
  /** Samples. */
  readonly P: number;
  /** Tokens a sample. */
  readonly S: number;
  /** Head width; `Infinity` means the population's average is the sum over the head. */
  readonly N: number;
  /** Logit exponent. */
  readonly alphaA: number;
  /** Mask of later tokens. */
  readonly causal: boolean;
}

/** softmax of one row in place of `out`, over the first `allowed` entries; the rest are 0. */
function softmaxRow(logits: Float64Array, out: Float64Array, o: number, S: number, allowed: number): void {
  let top = -Infinity, sum = 0;
  for (let j = 0; j < allowed; j++) top = Math.max(top, logits[o + j]);
  for (let j = 0; j < allowed; j++) sum += out[o + j] = Math.exp(logits[o + j] - top);
  for (let j = 0; j < allowed; j++) out[o + j] /= sum;
  for (let j = allowed; j < S; j++) out[o + j] = 0;
}

/** M of one query row from c, in place. */
function sensitivityRow(c: Float64Array, attention: Float64Array, o: number, allowed: number): void {
  let mean = 0;
  for (let j = 0; j < allowed; j++) mean += attention[o + j] * c[o + j];
  for (let j = 0; j < allowed; j++) c[o + j] = attention[o + j] * (c[o + j] - mean);
}

/** Attention over `population`; heads of N consecutive sites, or all sites at once for N = infinity. */
export function attentionOver(population: Sites, options: HeadOptions): Heads {
  const { P, S, N, alphaA, causal } = options;
  if (N === Infinity && alphaA !== 1) {
    throw new RangeError(`the training theory at N = Infinity needs alphaA = 1, got ${alphaA}`);
  }
  const single = N === Infinity;
  const heads = single ? 1 : population.capacity / N | 0;
  const size = P * S * S;
  const logits = new Float64Array(heads * size);
  const attention = new Float64Array(heads * size);
  const sensitivity = new Float64Array(heads * size);
  const logitScale = single ? population.weight : N ** -alphaA;
  const meanScale = single ? population.weight : 1 / N;
  const keyScale = single ? 1 : N ** (1 - alphaA);
  const allowed = (s: number) => causal ? s + 1 : S;
  /** Sites of a head: all of them that are alive, or N. As whole numbers in the loops below, though N may be infinite. */
  const sites = () => (single ? population.length : N) | 0;

  return {
    heads,
    logits,
    attention,
    sensitivity,
    forward(q, k, v, attended) {
      const n = sites();
      for (let m = 0; m < heads; m++) {
        const shift = m * n;
        for (let p = 0; p < P; p++) {
          for (let s = 0; s < S; s++) {
            const o = m * size + (p * S + s) * S, reach = allowed(s);
            const qs = q.offset + (p * S + s) * q.stride + shift;
            for (let j = 0; j < reach; j++) {
              const kj = k.offset + (p * S + j) * k.stride + shift;
              let sum = 0;
              for (let i = 0; i < n; i++) sum += q.data[qs + i] * k.data[kj + i];
              logits[o + j] = logitScale * sum;
            }
            softmaxRow(logits, attention, o, S, reach);
            const to = attended.offset + (p * S + s) * attended.stride + shift;
            for (let i = 0; i < n; i++) attended.data[to + i] = 0;
            for (let j = 0; j < reach; j++) {
              const a = attention[o + j], vj = v.offset + (p * S + j) * v.stride + shift;
              for (let i = 0; i < n; i++) attended.data[to + i] += a * v.data[vj + i];
            }
          }
        }
      }
    },
    backward(r, q, k, v, gq, gk, gv) {
      const n = sites();
      for (let m = 0; m < heads; m++) {
        const shift = m * n;
        for (let p = 0; p < P; p++) {
          for (let s = 0; s < S; s++) {
            const a = p * S + s;
            gq.data.fill(0, gq.offset + a * gq.stride + shift, gq.offset + a * gq.stride + shift + n);
            gk.data.fill(0, gk.offset + a * gk.stride + shift, gk.offset + a * gk.stride + shift + n);
            gv.data.fill(0, gv.offset + a * gv.stride + shift, gv.offset + a * gv.stride + shift + n);
          }
          for (let s = 0; s < S; s++) {
            const a = p * S + s, o = m * size + a * S, reach = allowed(s);
            const rs = r.offset + a * r.stride + shift, qs = q.offset + a * q.stride + shift;
            const gqs = gq.offset + a * gq.stride + shift;
            for (let j = 0; j < reach; j++) {
              const vj = v.offset + (p * S + j) * v.stride + shift;
              let sum = 0;
              for (let i = 0; i < n; i++) sum += r.data[rs + i] * v.data[vj + i];
              sensitivity[o + j] = meanScale * sum;
            }
            sensitivityRow(sensitivity, attention, o, reach);
            for (let j = 0; j < reach; j++) {
              const b = p * S + j, w = keyScale * sensitivity[o + j], weight = attention[o + j];
              const kj = k.offset + b * k.stride + shift, gkj = gk.offset + b * gk.stride + shift;
              const gvj = gv.offset + b * gv.stride + shift;
              for (let i = 0; i < n; i++) {
                gq.data[gqs + i] += w * k.data[kj + i];
                gk.data[gkj + i] += w * q.data[qs + i];
                gv.data[gvj + i] += weight * r.data[rs + i];
              }
            }
          }
        }
      }
    },
  };
}
