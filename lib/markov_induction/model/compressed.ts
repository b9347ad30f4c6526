/**
 * @module The compressed engine: loss and exact gradient of the whole model on counts, in float64 TypeScript, without allocation
 * (gradients derived for arXiv 2409.10559 and checked against automatic differentiation and finite differences).
 */
import { checkLoss, type Loss } from "../loss.ts";
import type { Mask } from "../subsets.ts";
import { copierLayer, type FirstLayer } from "./copier.ts";
import { featureLayer } from "./features.ts";
import { type Fit, matchingLayer } from "./matching.ts";
import type { Weights } from "./weights.ts";
import type { WindowCounts } from "./window_counts.ts";

/** Which parameters a gradient is wanted for; the others are held. */
export type Trained = readonly string[];

/** Loss and gradient of one data set. */
export interface Engine {
  /** Family of sets, in the order of c. */
  readonly sets: readonly Mask[];
  /** $p_S=c_S^2/C$ of the latest evaluation, [subsets]. */
  readonly p: Float64Array;
  /** Drives $J_S$ of the latest `descend`, [subsets]. */
  readonly drives: Float64Array;
  /** Predictions of the latest evaluation, [N, d]. */
  readonly predictions: Float64Array;
  /** Mean loss and accuracy. */
  fit(weights: Weights): Fit;
  /** Writes $-\partial L/\partial\theta$ of the weights named into `direction` (zeros for the others), and returns the fit. */
  descend(weights: Weights, direction: Weights, trained?: Trained): Fit;
}

/** The engine of a data set, for positional heads or any other first layer. */
export function compressedEngine(
  counts: WindowCounts,
  loss: Loss,
  first: FirstLayer = copierLayer(counts.architecture, counts.local),
  rectify = false,
): Engine {
  checkLoss(loss);
  const { architecture, local } = counts, { d, H } = architecture, n = local.count;
  const features = featureLayer(architecture, counts), matching = matchingLayer(counts, loss);
  const p = new Float64Array(features.sets.length);
  const r = Array.from({ length: H }, () => new Float64Array(n * n));
  const pullOutputs = r.map(() => new Float64Array(n * d));
  // Only local windows that some pair uses are looked at again.
  const used = counts.own.map((own) => Int32Array.from(new Set(own)));
  let C = 0;
  const forward = (weights: Weights) => {
    const { c } = weights;
    C = 0;
    for (let s = 0; s < p.length; s++) C += c[s] * c[s];
    for (let s = 0; s < p.length; s++) p[s] = c[s] * c[s] / C;
    first.forward(weights);
    for (let h = 0; h < H; h++) {
      const v = first.outputs[h];
      for (let i = 0; i < used[h].length; i++) {
        const at = used[h][i], q = Math.floor(at / n) * d, k = (at % n) * d;
        let inner = 0;
        for (let e = 0; e < d; e++) inner += v[q + e] * v[k + e];
        r[h][at] = rectify && inner < 0 ? 0 : inner;
      }
    }
    features.forward(r, p, weights.a[0]);
  };
  return {
    sets: features.sets,
    p,
    drives: features.drives,
    predictions: matching.predictions,
    fit(weights) {
      forward(weights);
      return matching.pass(features.scores, false);
    },
    descend(weights, direction, trained) {
      const wants = (name: string) => trained === undefined || trained.includes(name);
      const heads = Object.keys(weights).some((name) => name !== "c" && name !== "a" && wants(name));
      forward(weights);
      const fit = matching.pass(features.scores);
      const a = weights.a[0], { drives } = features, { c } = weights;
      features.backward(matching.pull, r, p, a, heads);
      for (const name in direction) direction[name].fill(0);
      let mean = 0;
      for (let s = 0; s < p.length; s++) mean += p[s] * drives[s];
      if (wants("c")) {
        for (let s = 0; s < p.length; s++) direction.c[s] = 2 * a / C * c[s] * (drives[s] - mean);
      }
      if (heads) {
        for (let h = 0; h < H; h++) {
          const v = first.outputs[h], out = pullOutputs[h], pull = features.pull[h];
          out.fill(0);
          for (let i = 0; i < used[h].length; i++) {
            const at = used[h][i];
            if (rectify && r[h][at] === 0) continue;
            const q = Math.floor(at / n) * d, k = (at % n) * d, g = pull[at];
            for (let e = 0; e < d; e++) {
              out[q + e] += g * v[k + e];
              out[k + e] += g * v[q + e];
            }
          }
        }
        first.backward(weights, pullOutputs, direction);
        if (trained) { for (const name in direction) if (!trained.includes(name)) direction[name].fill(0); }
      }
      if (wants("a")) direction.a[0] = mean;
      return fit;
    },
  };
}
