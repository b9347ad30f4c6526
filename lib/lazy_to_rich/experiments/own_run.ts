/** @module A run with knobs of your own: seconds of training, remembered as a record like every other. */
import { frozen } from "../../runs/mod.ts";
import type { Experiment } from "../../runs/mod.ts";
import { type TrainingConfig, type TrainingMetrics, trainingMetrics } from "../records.ts";
import { emergenceTime, type Initialisation } from "../theory/mod.ts";
import { runTraining, withSeeds } from "./training.ts";

/** The knobs. */
export interface OwnRunKnobs {
  /** Mixing weight alpha*. */
  readonly alphaStar: number;
  /** w* below 0.84; below 0.64 for the prediction to order 1/N. */
  readonly wStar: number;
  /** Sequence length. */
  readonly L: number;
  /** Initialisation scale. */
  readonly sigma: number;
  /** Default all-small. */
  readonly initialisation?: Initialisation;
  /** Sequences per run and step; default 256. */
  readonly batch?: number;
  /** Number of runs; default 2. */
  readonly seeds?: number;
}

/**
 * Layer-wise training of your own task, long enough to see all four phases; its name tells its knobs.
 * @throws {RangeError} when the task is outside the theory, or would take more than 40 000 steps
 */
export function ownRun(knobs: OwnRunKnobs): Experiment<TrainingConfig, TrainingMetrics> {
  const { alphaStar, wStar, L, sigma, initialisation = "all-small", batch = 256, seeds = 2 } = knobs;
  const steps = Math.ceil(1.35 * emergenceTime({ alphaStar, wStar, L }, 0.9, { sigma, initialisation }));
  if (steps > 40_000) {
    throw new RangeError(
      `this task would take ${steps} steps: make L or alpha* smaller, or w* or sigma larger`,
    );
  }
  const config = frozen<TrainingConfig>({
    L,
    batch,
    stage: "two",
    eta: 1,
    steps,
    samples: 100,
    evaluation: 2000,
    runs: withSeeds([{ alphaStar, wStar, sigma, initialisation }], seeds),
  });
  const text = Object.entries({ a: alphaStar, w: wStar, L, s: sigma, b: batch, n: seeds }).map((
    [key, value],
  ) => `${key}${String(value).replace(".", "p")}`);
  return {
    paper: "lazy_to_rich",
    name: ["own_run", ...text, ...initialisation === "all-small" ? [] : [initialisation]].join("_"),
    title: "A run with knobs of your own",
    version: 1,
    configs: () => [config],
    checkMetrics: (metrics) => trainingMetrics.parse(metrics),
    run: (config, context) =>
      runTraining(config, context, ["fourGram", "induction", "p2", "a", "v", "wQ", "wK"]),
  };
}
