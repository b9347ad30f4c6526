/** @module What the views share: sliders, the reference model on the tiny data, one network trained by the exact sampler. */
import type { Slider } from "../../explore/types.ts";
import { stream } from "../../numerics/mod.ts";
import { simulateNetwork } from "../construction.ts";
import { type SequenceRegression, tinyData } from "../data.ts";
import { type Parametrisation, parametrise } from "../parametrisation.ts";
import { headStatistics, TrainingDynamics } from "../theory.ts";

/** The 3 x 3 x 4 data. */
export const tiny: SequenceRegression = tinyData();

/** Branch scale and learning rate of the views that train. */
export const beta0 = 2;

/** A slider. */
export function slider(
  name: string,
  label: string,
  [min, max, step, value]: readonly [min: number, max: number, step: number, value: number],
): Slider {
  return { kind: "slider", name, label, min, max, step, value };
}

/** Whether the weights below the attention learn. */
export const embeddingChoice = {
  kind: "choice",
  name: "embedding",
  label: "Embedding W⁰",
  options: ["trained", "frozen"],
  value: "trained",
} as const;

/** Sizes and constants of one training. */
export interface TrainingKnobs {
  readonly alphaA: number;
  readonly gamma0: number;
  readonly eta0: number;
  readonly embedding: "trained" | "frozen";
}

/**
 * Scales of one block.
 * @throws {RangeError} for what has no limit, above all N = Infinity with alphaA < 1 and a trained embedding
 */
export function scalesOf(
  { alphaA, gamma0, eta0, embedding }: TrainingKnobs,
  N: number,
  H: number,
): Parametrisation {
  return parametrise({
    ...{ N, H, L: 1, alphaA, beta0, gamma0, eta0 },
    frozen: embedding === "frozen" ? ["embedding"] : [],
  });
}

/** The limit at the present moment of a march that is taken up again. */
interface March {
  readonly key: string;
  readonly dynamics: TrainingDynamics;
}
let march: March | undefined;

/**
 * H = infinity at finite N after t steps, from sampled heads. The march is remembered: asked for 0, 1, 2, ... it makes one step
 * each time, asked for anything else it starts again.
 */
export function populationAt(
  scales: Parametrisation,
  heads: number,
  steps: number,
  t: number,
): TrainingDynamics {
  const key = JSON.stringify([scales, heads, steps]);
  if (march?.key !== key || march.dynamics.t > t) {
    const made = new TrainingDynamics({
      task: tiny,
      scales,
      steps,
      heads,
      stream: stream(1, "explorer", "population"),
    });
    march = { key, dynamics: made };
  }
  while (march.dynamics.t < t) march.dynamics.step();
  return march.dynamics;
}

/** Sampled heads that give every width the same number of sites. */
export const sampledHeads = (N: number, sites: number): number => Math.max(40, Math.round(sites / N));

/** What one finite network did. */
export interface NetworkRun {
  /** Centred outputs, [t * P + p]. */
  readonly outputs: readonly number[];
  /** Half mean square at every step. */
  readonly loss: readonly number[];
  /** Variance of a logit over heads, mean over entries, at every step. */
  readonly spread: readonly number[];
  /** Residual kernel behind the block at the end, [9 * 9]. */
  readonly kernel: readonly number[];
  /** A(1; 1, 2) at birth over heads, divided by the root of its own kernels. */
  readonly birth: readonly number[];
}

/** Mean over entries of the variance over heads. */
export function spreadOf({ blocks: [{ heads }] }: TrainingDynamics): number {
  const { variance } = headStatistics(heads);
  return variance.reduce((sum, v) => sum + v / variance.length, 0);
}

/**
 * One network of N x H sites, trained; exact in law.
 * @throws {RangeError} when it diverges
 */
export function trainNetwork(scales: Parametrisation, steps: number, seed: number): NetworkRun {
  const { P, S } = tiny, B = P * S;
  const dynamics = simulateNetwork({
    ...{ task: tiny, scales, steps },
    stream: stream(seed, "explorer", "network", scales.N, scales.H, scales.alphaA),
  });
  const [kernel] = dynamics.residualKernels, norm = Math.sqrt(kernel[0] * kernel[B + 1]);
  const [{ heads }] = dynamics.blocks, size = P * S * S;
  const birth = Array.from({ length: scales.H }, (_, h) => heads.logits[h * size + 1] / norm);
  const outputs = [...dynamics.outputs], loss = [dynamics.loss], spread = [spreadOf(dynamics)];
  for (let t = 1; t <= steps; t++) {
    dynamics.step();
    outputs.push(...dynamics.outputs);
    loss.push(dynamics.loss);
    spread.push(spreadOf(dynamics));
  }
  return { outputs, loss, spread, kernel: [...dynamics.residualKernels[1]], birth };
}
