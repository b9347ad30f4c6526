/**
 * @module The second layer on counts: from scores of pairs to predictions and losses, and back to the pull on every score. This is the
 * loop over sequences, and all there is of it; it allocates nothing.
 */
import type { Loss } from "../loss.ts";
import type { WindowCounts } from "./window_counts.ts";

/** What a pass over the data says. */
export interface Fit {
  /** Mean loss. */
  readonly loss: number;
  /** Share of sequences whose target is the most probable token; ties count as their share. */
  readonly accuracy: number;
}

/** A second layer for one data set and loss. */
export interface Matching {
  /** $-\partial\,\text{(mean loss)}/\partial s$ of every pair, [pairs]; overwritten by `pass`. */
  readonly pull: Float64Array;
  /** Predictions y of the latest pass, [N, d]. */
  readonly predictions: Float64Array;
  /** Attends with scores [pairs]: $y=\sum_l\mathrm{softmax}(s)_lx_l$. `pull` is filled unless told otherwise. */
  pass(scores: Float64Array, withPull?: boolean): Fit;
}

/** Prepares the pass. Scores may have any size: they are shifted by their maximum. */
export function matchingLayer(counts: WindowCounts, loss: Loss): Matching {
  const { count, pairs, start, entryPair, entryToken, entryCount, target, architecture: { d } } = counts;
  const weight = new Float64Array(pairs), pull = new Float64Array(pairs), drive = new Float64Array(d);
  const predictions = new Float64Array(count * d), soft = new Float64Array(d);
  const logarithmic = loss.kind === "logeps", epsilon = loss.kind === "logeps" ? loss.epsilon : 0;
  return {
    pull,
    predictions,
    pass(scores, withPull = true) {
      let top = -Infinity;
      for (let k = 0; k < pairs; k++) if (scores[k] > top) top = scores[k];
      for (let k = 0; k < pairs; k++) weight[k] = Math.exp(scores[k] - top);
      if (withPull) pull.fill(0);
      let total = 0, right = 0;
      for (let i = 0; i < count; i++) {
        const from = start[i], to = start[i + 1], row = i * d, x = target[i];
        for (let e = 0; e < d; e++) predictions[row + e] = 0;
        let Z = 0;
        for (let n = from; n < to; n++) {
          const mass = entryCount[n] * weight[entryPair[n]];
          Z += mass;
          predictions[row + entryToken[n]] += mass;
        }
        let best = 0, ties = 0;
        for (let e = 0; e < d; e++) {
          const y = predictions[row + e] /= Z;
          if (y > best) {
            best = y;
            ties = 1;
          } else if (y === best) ties++;
        }
        const y = predictions[row + x];
        if (y === best) right += 1 / ties;
        if (logarithmic) {
          total -= Math.log(y + epsilon);
          if (!withPull) continue;
          // g has one entry: <g, x_l - y> = g_x (1[x_l = x] - y_x)
          const g = 1 / (Z * (y + epsilon)), others = -g * y;
          for (let n = from; n < to; n++) {
            pull[entryPair[n]] += entryCount[n] * (entryToken[n] === x ? g + others : others);
          }
          continue;
        }
        let sum = 0, mean = 0;
        for (let e = 0; e < d; e++) sum += soft[e] = Math.exp(predictions[row + e]);
        total += Math.log(sum) - y;
        if (!withPull) continue;
        for (let e = 0; e < d; e++) {
          drive[e] = (e === x ? 1 : 0) - soft[e] / sum;
          mean += drive[e] * predictions[row + e];
        }
        for (let e = 0; e < d; e++) drive[e] = (drive[e] - mean) / Z;
        for (let n = from; n < to; n++) pull[entryPair[n]] += entryCount[n] * drive[entryToken[n]];
      }
      if (withPull) { for (let k = 0; k < pairs; k++) pull[k] *= weight[k] / count; }
      return { loss: total / count, accuracy: right / count };
    },
  };
}
