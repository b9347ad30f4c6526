/** @module The two stages of layer-wise training, and all six scalars at once beside it. */
import { frozen } from "../../runs/mod.ts";
import type { Experiment } from "../../runs/mod.ts";
import { type TrainingConfig, type TrainingMetrics, trainingMetrics } from "../records.ts";
import { runTraining, withSeeds } from "./training.ts";

const start = { alphaStar: 1, initialisation: "all-small" } as const;

function first(L: number, batch: number, steps: number, seeds: number): TrainingConfig {
  const points = [0.1, 0.3].map((sigma) => ({ ...start, wStar: 0.5, sigma }));
  // p1 moves by c sigma^2 e^-p1 a unit of time: a large step is still a small one
  return {
    L,
    batch,
    stage: "one",
    eta: 10,
    steps,
    samples: 60,
    evaluation: 16,
    runs: withSeeds(points, seeds),
  };
}

const firstStage = frozen({ quick: [first(60, 64, 1500, 3)], full: [first(200, 1024, 20_000, 8)] });

/** p1 alone: it grows for ever, logarithmically. */
export const stageOne: Experiment<TrainingConfig, TrainingMetrics> = {
  paper: "lazy_to_rich",
  name: "stage_one",
  title: "First stage: the slope of layer 1 alone",
  version: 1,
  configs: (profile) => firstStage[profile],
  checkMetrics: (metrics) => trainingMetrics.parse(metrics),
  run: (config, context) => runTraining(config, context, ["p1"]),
};

function together(
  stage: "two" | "joint",
  task: { readonly L: number; readonly wStar: number; readonly sigma: number },
  size: { readonly batch: number; readonly steps: number; readonly seeds: number },
): TrainingConfig {
  const { L, ...point } = task, { seeds, ...sizes } = size;
  const runs = withSeeds([{ ...start, ...point }], seeds);
  return { L, ...sizes, stage, eta: 1, samples: 110, evaluation: 1000, runs };
}

const easy = { L: 50, wStar: 0.6, sigma: 0.1 }, hard = { L: 100, wStar: 0.5, sigma: 0.01 };
const small = { batch: 128, steps: 1800, seeds: 3 }, large = { batch: 1024, steps: 9500, seeds: 8 };
const both = frozen({
  quick: [together("two", easy, small), together("joint", easy, small)],
  full: [together("two", hard, large), together("joint", hard, large)],
});

/** The same task trained layer by layer and all at once, on the same data. */
export const joint: Experiment<TrainingConfig, TrainingMetrics> = {
  paper: "lazy_to_rich",
  name: "joint",
  title: "All six scalars at once, beside layer-wise training",
  version: 1,
  configs: (profile) => both[profile],
  checkMetrics: (metrics) => trainingMetrics.parse(metrics),
  run: (config, context) =>
    runTraining(config, context, [
      ...config.stage === "joint" ? ["p1"] : [],
      "fourGram",
      "induction",
      "p2",
      "a",
      "v",
      "beta",
    ]),
};
