/**
 * @module The first layer on local windows: head outputs v [windows, d] of every head from its positional logits, and the way back
 * (arXiv 2409.10559; the gradient is derived). `repo` divides an output by its length, as the published code does.
 */
import type { Architecture } from "../forward.ts";
import type { Weights } from "./weights.ts";
import type { LocalWindows } from "./window_counts.ts";

/** A first layer for the local windows of a network. */
export interface FirstLayer {
  /** `outputs[h]` is [windows, d]. Overwritten by `forward`. */
  readonly outputs: readonly Float64Array[];
  /** Computes `outputs`. */
  forward(weights: Weights): void;
  /** Adds to `gradient` what `pull[h]` [windows, d] on the outputs means for the parameters. Needs a `forward` before. */
  backward(weights: Weights, pull: readonly Float64Array[], gradient: Weights): void;
}

/** The guard against a zero length in the published code. */
export const LENGTH_GUARD = 1e-7;

/** Positional heads: $v=\sum_j\sigma_jx_{l-o_j}$ over the offsets that exist, softmax over those. */
export function copierLayer({ variant, d, M, H }: Architecture, local: LocalWindows): FirstLayer {
  const { count, tokens } = local;
  const outputs = Array.from({ length: H }, () => new Float64Array(count * d));
  const mixed = outputs.map(() => new Float64Array(count * d)); // before the division by the length
  const lengths = outputs.map(() => new Float64Array(count));
  /** Softmax weights over the first t offsets, [H][t, M]. */
  const sigma = outputs.map(() => new Float64Array((M + 1) * M)), slope = new Float64Array(M);
  const reach = Int32Array.from({ length: count }, (_, k) => {
    let t = 0;
    while (t < M && tokens[k * M + t] >= 0) t++;
    return t;
  });
  const pullMixed = new Float64Array(d), slopes = new Float64Array((M + 1) * M);
  return {
    outputs,
    forward({ w }) {
      for (let h = 0; h < H; h++) {
        for (let t = 1; t <= M; t++) {
          let top = -Infinity, sum = 0;
          for (let j = 0; j < t; j++) top = Math.max(top, w[h * M + j]);
          for (let j = 0; j < t; j++) sum += sigma[h][t * M + j] = Math.exp(w[h * M + j] - top);
          for (let j = 0; j < t; j++) sigma[h][t * M + j] /= sum;
        }
        const v = outputs[h], u = mixed[h];
        u.fill(0);
        for (let k = 0; k < count; k++) {
          const t = reach[k];
          for (let j = 0; j < t; j++) u[k * d + tokens[k * M + j]] += sigma[h][t * M + j];
          let square = 0;
          for (let e = 0; e < d; e++) square += u[k * d + e] ** 2;
          lengths[h][k] = Math.sqrt(square);
          const scale = variant === "paper" ? 1 : 1 / (lengths[h][k] + LENGTH_GUARD);
          for (let e = 0; e < d; e++) v[k * d + e] = u[k * d + e] * scale;
        }
      }
    },
    backward(_, pull, { w }) {
      for (let h = 0; h < H; h++) {
        const u = mixed[h];
        slopes.fill(0);
        for (let k = 0; k < count; k++) {
          const t = reach[k], row = k * d, length = lengths[h][k];
          if (t === 0) continue;
          if (variant === "paper") { for (let e = 0; e < d; e++) pullMixed[e] = pull[h][row + e]; }
          else {
            let inner = 0;
            const scale = 1 / (length + LENGTH_GUARD);
            for (let e = 0; e < d; e++) inner += pull[h][row + e] * u[row + e];
            for (let e = 0; e < d; e++) {
              pullMixed[e] = scale * (pull[h][row + e] - inner * scale * u[row + e] / length);
            }
          }
          for (let j = 0; j < t; j++) slopes[t * M + j] += pullMixed[tokens[k * M + j]];
        }
        for (let t = 1; t <= M; t++) {
          let mean = 0;
          for (let j = 0; j < t; j++) mean += (slope[j] = slopes[t * M + j]) * sigma[h][t * M + j];
          for (let j = 0; j < t; j++) w[h * M + j] += sigma[h][t * M + j] * (slope[j] - mean);
        }
      }
    },
  };
}
