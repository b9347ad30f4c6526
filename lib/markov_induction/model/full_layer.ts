/**
 * @module The first layer of the full transformer on local windows, and the way back (the published code of arXiv 2409.10559; the gradient
 * is derived): content attention beside the positional one, itself included, value maps, one layer norm shared by the heads.
 */
import { type FullArchitecture, SELF_LOGIT } from "../forward.ts";
import type { FirstLayer } from "./copier.ts";
import type { LocalWindows } from "./window_counts.ts";

/** Added to the variance in the layer norm. */
const NORM_EPSILON = 1e-5;

/** The full first layer; local windows must hold the token itself. */
export function fullLayer({ d, M, H }: FullArchitecture, local: LocalWindows): FirstLayer {
  const { count, tokens, self } = local, square = d * d, places = M + 1;
  const outputs = Array.from({ length: H }, () => new Float64Array(count * d));
  const hat = outputs.map(() => new Float64Array(count * d)),
    scale = outputs.map(() => new Float64Array(count));
  const attention = outputs.map(() => new Float64Array(count * places)), content = new Float64Array(square);
  const logits = new Float64Array(places), out = new Float64Array(d), pulls = new Float64Array(places);
  /** Token at place j (0 is the position itself), -1 where there is none. */
  const at = (k: number, j: number) => j === 0 ? self[k] : tokens[k * M + j - 1];
  return {
    outputs,
    forward({ w, query, key, value, gain, bias }) {
      for (let h = 0; h < H; h++) {
        const base = h * square;
        for (let i = 0; i < square; i++) {
          content[i] = 0;
          const row = base + Math.floor(i / d) * d, column = base + (i % d) * d;
          for (let k = 0; k < d; k++) content[i] += query[row + k] * key[column + k];
        }
        for (let k = 0; k < count; k++) {
          let top = -Infinity, total = 0;
          for (let j = 0; j < places; j++) {
            const token = at(k, j);
            logits[j] = j > 0 && token < 0 ? -Infinity : j === 0 ? SELF_LOGIT : w[h * M + j - 1];
            if (self[k] >= 0 && token >= 0) logits[j] += content[self[k] * d + token];
            if (logits[j] > top) top = logits[j];
          }
          for (let j = 0; j < places; j++) total += logits[j] = Math.exp(logits[j] - top);
          out.fill(0);
          for (let j = 0; j < places; j++) {
            const weight = attention[h][k * places + j] = logits[j] / total, token = at(k, j);
            if (token < 0) continue;
            for (let e = 0; e < d; e++) out[e] += weight * value[base + token * d + e];
          }
          let mean = 0, variance = 0;
          for (let e = 0; e < d; e++) mean += out[e] / d;
          for (let e = 0; e < d; e++) variance += (out[e] - mean) ** 2 / d;
          scale[h][k] = 1 / Math.sqrt(variance + NORM_EPSILON);
          for (let e = 0; e < d; e++) {
            const x = hat[h][k * d + e] = (out[e] - mean) * scale[h][k];
            outputs[h][k * d + e] = x * gain[e] + bias[e];
          }
        }
      }
    },
    backward({ query, key, value, gain }, pull, gradient) {
      for (let h = 0; h < H; h++) {
        const base = h * square;
        content.fill(0); // from here on the pull on the content logits
        for (let k = 0; k < count; k++) {
          const row = k * d;
          let mean = 0, along = 0;
          for (let e = 0; e < d; e++) {
            const g = pull[h][row + e], x = hat[h][row + e];
            gradient.gain[e] += g * x;
            gradient.bias[e] += g;
            out[e] = g * gain[e];
            mean += out[e] / d;
            along += out[e] * x / d;
          }
          for (let e = 0; e < d; e++) out[e] = (out[e] - mean - hat[h][row + e] * along) * scale[h][k];
          let average = 0;
          for (let j = 0; j < places; j++) {
            const token = at(k, j), weight = attention[h][k * places + j];
            pulls[j] = 0;
            if (token < 0) continue;
            for (let e = 0; e < d; e++) {
              pulls[j] += out[e] * value[base + token * d + e];
              gradient.value[base + token * d + e] += weight * out[e];
            }
            average += weight * pulls[j];
          }
          for (let j = 0; j < places; j++) {
            const token = at(k, j), slope = attention[h][k * places + j] * (pulls[j] - average);
            if (j > 0 && token >= 0) gradient.w[h * M + j - 1] += slope;
            if (self[k] >= 0 && token >= 0) content[self[k] * d + token] += slope;
          }
        }
        for (let i = 0; i < d; i++) {
          for (let j = 0; j < d; j++) {
            for (let k = 0; k < d; k++) {
              gradient.query[base + i * d + k] += content[i * d + j] * key[base + j * d + k];
              gradient.key[base + j * d + k] += content[i * d + j] * query[base + i * d + k];
            }
          }
        }
      }
    },
  };
}
