/**
 * @module Trainings of single stages: all three in turn, Stage I against the replicator flow, and the long runs behind the laws of Stages II
 * and III. Step sizes are chosen for the time they reach.
 */
import type { StageConfig } from "../records.ts";
import { maskOf } from "../subsets.ts";
import { seeds } from "./sampling.ts";
import {
  base,
  CESOFT,
  LOGEPS,
  PUBLISHED_A,
  size,
  stageOne,
  START,
  type Training,
  trainings,
} from "./settings.ts";

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
        stageOne(0.2, 60),
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
        stageOne(1, 30),
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
      { ...one, label: "flow", stages: [stageOne(0.01, 400)] },
      { ...two, label: "published step", stages: [stageOne(1, 12)] },
      { ...two, label: "small c", start: { ...START, c0: 0.005 }, stages: [stageOne(0.0025, 400)] },
      { ...two, label: "no gap", start: { ...START, plus: 0.1 }, stages: [stageOne(0.05, 400)] },
      { ...two, label: "degree 1", D: 1, stages: [stageOne(0.05, 400)] },
      { ...two, label: "degree 3", D: 3, stages: [stageOne(0.05, 400)] },
      {
        ...two,
        label: "published step, degree 3",
        variant: "repo",
        loss: CESOFT,
        D: 3,
        stages: [{ train: ["c"], steps: 60, rate: 1, sampleAt: [1, 3, 6, 9, 20, 40, 52] }],
      },
      {
        ...two,
        label: "alpha 0.01",
        prior: { kind: "dirichlet", alpha: 0.01 },
        stages: [stageOne(0.05, 400)],
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
