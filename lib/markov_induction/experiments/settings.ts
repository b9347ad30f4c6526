/**
 * @module What the trainings of this paper share (arXiv 2409.10559): the published task, start and losses, sizes by profile, and how a list of
 * configs becomes an experiment. Settings called published were read in the published code and saved runs.
 */
import { frozen } from "../../runs/mod.ts";
import type { Experiment, Profile } from "../../runs/mod.ts";
import type { StageConfig, StartConfig, TrainingConfig, TrainingMetrics } from "../records.ts";
import { trainingMetrics } from "../records.ts";
import { seeds } from "./sampling.ts";
import { runTraining } from "./training.ts";

/** The published task: an alphabet of three, two parents, nearly deterministic rows. */
export const TASK = {
  d: 3,
  parents: [1, 2],
  prior: { kind: "dirichlet", alpha: 0.1 },
  L: 100,
  H: 3,
  M: 3,
  D: 2,
} as const;
/** The published start. */
export const START: StartConfig = { c0: 0.01, a0: 0.01, plus: 3, minus: 0.1 };
/** The theory's loss, epsilon of order L^{-1/2}. */
export const LOGEPS = { kind: "logeps", epsilon: 0.1 } as const;
/** The published code's loss. */
export const CESOFT = { kind: "cesoft" } as const;

/** What most configs have in common. */
export const base: typeof TASK & { readonly engine: "compressed"; readonly start: StartConfig } = {
  ...TASK,
  engine: "compressed",
  start: START,
};
/** 9000 sequences as published, more seeds with more time. */
export const size: Record<Profile, { N: number; seeds: number[] }> = {
  quick: { N: 9000, seeds: seeds(3) },
  full: { N: 9000, seeds: seeds(8) },
};

/** An experiment of trainings. */
export type Training = Experiment<TrainingConfig, TrainingMetrics>;

/** One experiment of trainings; `profiles` makes the configs of a profile. */
export function trainings(
  name: string,
  title: string,
  profiles: (profile: Profile) => TrainingConfig[],
  run: Training["run"] = runTraining,
): Training {
  const configs = frozen({ quick: profiles("quick"), full: profiles("full") });
  return {
    paper: "markov_induction",
    name,
    title,
    version: 1,
    configs: (profile) => configs[profile],
    checkMetrics: (metrics) => trainingMetrics.parse(metrics),
    run,
  };
}

/** Stage I, sampled where the published run was read. */
export const stageOne = (rate: number, steps: number): StageConfig => ({
  train: ["c"],
  steps,
  rate,
  sampleAt: [1, 2, 3, 4, 5, 7, 11, 15, 18, 30],
});
/** Steps at which the published runs of a were read. */
export const PUBLISHED_A: readonly number[] = [
  1,
  10,
  50,
  63,
  100,
  120,
  197,
  200,
  431,
  500,
  840,
  1000,
  1591,
  2000,
  3014,
  5000,
];
