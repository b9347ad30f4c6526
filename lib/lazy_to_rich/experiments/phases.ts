/** @module The main run: partial learning, plateau, emergence, convergence of layer-wise trained scalars. */
import { frozen } from "../../runs/mod.ts";
import type { Experiment } from "../../runs/mod.ts";
import { type TrainingConfig, type TrainingMetrics, trainingMetrics } from "../records.ts";
import { runTraining, withSeeds } from "./training.ts";

const base = { alphaStar: 1, sigma: 0.01, initialisation: "all-small" } as const;

const quick: TrainingConfig = {
  L: 50,
  batch: 256,
  stage: "two",
  eta: 1,
  steps: 5600,
  samples: 180,
  evaluation: 2000,
  runs: withSeeds([{ ...base, wStar: 0.5 }], 4),
};

const full: TrainingConfig = {
  L: 100,
  batch: 1024,
  stage: "two",
  eta: 0.5,
  steps: 24_000,
  samples: 180,
  evaluation: 8000,
  runs: withSeeds([{ ...base, wStar: 0.5 }], 8),
};

const profiles = frozen({ quick: [quick], full: [full] });

/** Both losses and every scalar through the four phases, over seeds. */
export const phases: Experiment<TrainingConfig, TrainingMetrics> = {
  paper: "lazy_to_rich",
  name: "phases",
  title: "Four phases: losses and scalars of the layer-wise trained six-scalar transformer",
  version: 1,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => trainingMetrics.parse(metrics),
  run: (config, context) =>
    runTraining(config, context, ["fourGram", "induction", "p2", "a", "v", "wQ", "wK"]),
};
