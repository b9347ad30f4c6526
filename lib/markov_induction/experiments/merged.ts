/** @module Trainings of several parameter groups at once: merged stages, the full transformer, and the same on a device. */
import type { StageConfig } from "../records.ts";
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
import { runTraining } from "./training.ts";

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
    seeds: seeds(profile === "quick" ? 4 : 8),
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
      stageOne(0.2, 20),
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
