/**
 * @module The trainings of this paper (arXiv 2409.10559): three stages, merged stages, all at once, the full transformer, and the long
 * runs behind the laws of Stages II and III. Step sizes are chosen for the time they reach; the published ones are named where they
 * were used, as read in the published code and in the saved runs.
 */
import type { Experiment, Profile } from "../../runs/mod.ts";
import { maskOf } from "../subsets.ts";
import type { StageConfig, StartConfig, TrainingConfig, TrainingMetrics } from "../records.ts";
import { trainingMetrics } from "../records.ts";
import { frozen, seeds } from "./sampling.ts";
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

const base = { ...TASK, engine: "compressed", start: START } as const;
/** 9000 sequences as published, more seeds with more time. */
const size: Record<Profile, { N: number; seeds: number[] }> = {
  quick: { N: 9000, seeds: seeds(3) },
  full: { N: 9000, seeds: seeds(8) },
};

/** An experiment of trainings. */
type Training = Experiment<TrainingConfig, TrainingMetrics>;

/** One experiment of trainings; `profiles` makes the configs of a profile. */
function trainings(
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

const c = (rate: number, steps: number): StageConfig => ({
  train: ["c"],
  steps,
  rate,
  sampleAt: [1, 2, 3, 4, 5, 7, 11, 15, 18, 30],
});
const PUBLISHED_A = [1, 10, 50, 63, 100, 120, 197, 200, 431, 500, 840, 1000, 1591, 2000, 3014, 5000];

/** Stage I, Stage II, Stage III, one parameter group each. */
export const threeStages: Training = trainings(
  "three_stages",
  "Three stages, one parameter group each",
  (profile) => [
    {
      ...base,
      ...size[profile],
      label: "paper",
      variant: "paper",
      loss: LOGEPS,
      stages: [
        c(0.2, 60),
        { train: ["w"], steps: 500, rate: 1000, sampleAt: [10, 100] },
        { train: ["a"], steps: 2000, rate: 0.5, sampleAt: [1, 10, 50, 100, 200, 500, 1000] },
      ],
    },
    {
      ...base,
      ...size[profile],
      label: "repo",
      variant: "repo",
      loss: CESOFT,
      stages: [
        c(1, 30),
        { train: ["w"], steps: 500, rate: 100, sampleAt: [100] }, // T = 5e4, as one of the saved runs
        { train: ["w"], steps: 450, rate: 1000 }, // until T = 5e5, as another
        { train: ["a"], steps: profile === "quick" ? 2000 : 5000, rate: 1, sampleAt: PUBLISHED_A },
      ],
    },
  ],
);

/** Stage I with small steps, for the flow; with the published step, which is no flow; and with no initial gap. */
export const selection: Training = trainings(
  "selection",
  "Stage I: gradient descent against the replicator flow",
  (profile) => {
    const one = { ...base, N: 9000, seeds: size[profile].seeds, variant: "paper", loss: LOGEPS } as const;
    const two = { ...one, seeds: seeds(2) };
    return [
      { ...one, label: "flow", stages: [c(0.01, 400)] },
      { ...two, label: "published step", stages: [c(1, 12)] },
      { ...two, label: "small c", start: { ...START, c0: 0.005 }, stages: [c(0.0025, 400)] },
      { ...two, label: "no gap", start: { ...START, plus: 0.1 }, stages: [c(0.05, 400)] },
      { ...two, label: "degree 1", D: 1, stages: [c(0.05, 400)] },
      { ...two, label: "degree 3", D: 3, stages: [c(0.05, 400)] },
      {
        ...two,
        label: "alpha 0.01",
        prior: { kind: "dirichlet", alpha: 0.01 },
        stages: [c(0.05, 400)],
      },
    ];
  },
);

/** Merged stages: {c, w} then a, and everything at once. */
export const joint: Training = trainings(
  "joint",
  "Merged stages: c and w then a, and everything at once",
  (profile) => {
    const steps = profile === "quick" ? 1000 : 50_000;
    const one = { ...base, ...size[profile], seeds: seeds(profile === "quick" ? 2 : 8) };
    return [
      {
        ...one,
        label: "all, repo",
        variant: "repo",
        loss: CESOFT,
        stages: [{ train: ["c", "w", "a"], steps, rate: 1, sampleAt: PUBLISHED_A }],
      },
      {
        ...one,
        label: "c and w, then a, repo",
        variant: "repo",
        loss: CESOFT,
        stages: [
          { train: ["c", "w"], steps, rate: 1, sampleAt: [1, 10] },
          { train: ["a"], steps: profile === "quick" ? 1000 : 5000, rate: 1, sampleAt: PUBLISHED_A },
        ],
      },
      {
        ...one,
        label: "all, paper",
        variant: "paper",
        loss: LOGEPS,
        stages: [{ train: ["c", "w", "a"], steps: profile === "quick" ? 3000 : 30_000, rate: 0.2 }],
      },
    ];
  },
);

const selected = maskOf([1, 2]);

/** Stage II over five decades of time: copying sharpens like 1/t. */
export const copying: Training = trainings("copying", "Stage II over decades of time", (profile) => {
  const one = { ...base, seeds: seeds(profile === "quick" ? 2 : 8), N: profile === "quick" ? 4000 : 9000 };
  const stages: StageConfig[] = [{ train: ["w"], steps: 1150, rate: 200, growth: 0.01 }];
  const start = { ...START, selected };
  return [
    { ...one, label: "paper, alpha 0.1", variant: "paper", loss: LOGEPS, start, stages },
    {
      ...one,
      label: "paper, alpha 1",
      variant: "paper",
      loss: LOGEPS,
      prior: { kind: "dirichlet", alpha: 1 },
      start,
      stages,
    },
    { ...one, label: "repo, alpha 0.1", variant: "repo", loss: CESOFT, start, stages },
  ];
});

/** Stage III from one-hot p and one-hot attention, one run for every loss. */
export const temperature: Training = trainings("temperature", "Stage III for four losses", (profile) => {
  const one = {
    ...base,
    seeds: seeds(profile === "quick" ? 3 : 8),
    N: profile === "quick" ? 4000 : 9000,
    variant: "paper",
  } as const;
  const start = { ...START, selected, plus: 40 };
  const stages: StageConfig[] = [{ train: ["a"], steps: 1300, rate: 0.2, growth: 0.012 }];
  const small: StageConfig[] = [{ train: ["a"], steps: 1300, rate: 0.2, growth: 0.012, cap: 20 }];
  return [
    { ...one, label: "log, epsilon 0.1", loss: LOGEPS, start, stages },
    { ...one, label: "log, epsilon 0.01", loss: { kind: "logeps", epsilon: 0.01 }, start, stages: small },
    { ...one, label: "log, epsilon 1e-6", loss: { kind: "logeps", epsilon: 1e-6 }, start, stages: small },
    { ...one, label: "softmax on probabilities", loss: CESOFT, start, stages },
  ];
});

/** The full transformer, everything trained, from the published start. */
export const fullTransformer: Training = trainings(
  "full_transformer",
  "The full transformer, all parameters at once",
  (profile) => [{
    ...base,
    label: "full",
    variant: "full",
    loss: CESOFT,
    N: profile === "quick" ? 1000 : 9000,
    seeds: seeds(profile === "quick" ? 2 : 8),
    start: { ...START, plus: 1, minus: 0.01 },
    stages: [{ train: ["c", "w", "a", "query", "key", "value", "gain", "bias"], steps: 10_000, rate: 0.001 }],
  }],
);

/** The three stages and the joint training again, over sequences on a device, side by side with the compressed engine. */
export const onDevice: Training = trainings(
  "on_device",
  "Three stages and all at once on the direct engine, over sequences",
  (profile) => {
    const one = {
      ...base,
      N: profile === "quick" ? 300 : 9000,
      seeds: seeds(profile === "quick" ? 2 : 4),
      variant: "paper",
      loss: LOGEPS,
    } as const;
    const stages: StageConfig[] = [
      c(0.2, 20),
      { train: ["w"], steps: profile === "quick" ? 25 : 500, rate: 1000 },
      { train: ["a"], steps: profile === "quick" ? 45 : 1000, rate: 0.5 },
    ];
    const all: StageConfig[] = [{
      train: ["c", "w", "a"],
      steps: profile === "quick" ? 60 : 2000,
      rate: 0.2,
    }];
    return (["direct", "compressed"] as const).flatMap((engine) => [
      { ...one, engine, label: `three stages, ${engine}`, stages },
      { ...one, engine, label: `all at once, ${engine}`, stages: all },
    ]);
  },
  async (config, context) =>
    config.engine === "direct"
      ? await (await import("./device_training.ts")).runOnDevice(config, context)
      : await runTraining(config, context),
);
