/** @module The same model under Adam: on minibatches, on large batches, and without noise on the closed-form gradient. */
import { rounded } from "../../numerics/mod.ts";
import { frozen } from "../../runs/mod.ts";
import type { Experiment } from "../../runs/mod.ts";
import {
  type AdamConfig,
  type AdamMetrics,
  adamMetrics,
  type NoiselessConfig,
  type NoiselessMetrics,
  noiselessMetrics,
} from "../records.ts";
import { adamFlow } from "./adam_flow.ts";
import { crossing, sampleSteps } from "./sampling.ts";
import { betaOf, runOf, trainProgram, withSeeds } from "./training.ts";

const base = { alphaStar: 1, wStar: 0.5, sigma: 0.01, initialisation: "all-small" } as const;
const short = [base, { ...base, alphaStar: 4 }, { ...base, sigma: 1e-4 }];

function program(
  L: number,
  points: typeof short,
  size: { readonly batch: number; readonly steps: number; readonly seeds: number },
): AdamConfig {
  const { seeds, ...sizes } = size;
  return { L, ...sizes, rate: 1e-3, samples: 90, runs: withSeeds(points, seeds) };
}

const noisy = { batch: 32, steps: 450, seeds: 4 }, calm = { batch: 512, steps: 350, seeds: 3 };
const profiles = frozen({
  quick: [
    program(50, short, noisy),
    program(200, [base], noisy),
    program(50, short, calm),
    program(200, [base], calm),
  ],
  full: [64, 4096].flatMap((batch) =>
    [[100, short], [1000, [base]]].map(([L, points]) =>
      program(L as number, points as typeof short, { batch, steps: 3000, seeds: 8 })
    )
  ),
});

/** Updates until beta reaches half of b* under Adam. */
export const adam: Experiment<AdamConfig, AdamMetrics> = {
  paper: "lazy_to_rich",
  name: "adam",
  title: "Adam on minibatches: the emergence in updates",
  version: 1,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => adamMetrics.parse(metrics),
  run: async (config, context) => {
    const samples = await trainProgram(
      { L: config.L, batch: config.batch, stage: "two", runs: config.runs.map(runOf) },
      {
        optimizer: { kind: "adam", rate: config.rate },
        steps: config.steps,
        sampleAt: sampleSteps(config.steps, config.samples),
        evaluation: 16,
      },
      context,
    );
    const beta = config.runs.map((_, row) => betaOf(samples, row).map(rounded));
    const half = config.runs.map(({ wStar }, row) => crossing(samples.steps, beta[row], wStar * wStar / 2));
    return { steps: [...samples.steps], half: half.map((t) => t === null ? null : rounded(t)), beta };
  },
};

const cases = frozen({
  rate: 1e-3,
  steps: 2000,
  tasks: [
    { alphaStar: 1, wStar: 0.5, L: 100, sigma: 1e-2 },
    { alphaStar: 4, wStar: 0.5, L: 100, sigma: 1e-2 },
    { alphaStar: 1, wStar: 0.5, L: 1000, sigma: 1e-2 },
    { alphaStar: 1, wStar: 0.5, L: 100, sigma: 1e-4 },
  ],
});

/** Adam with the exact gradient of the population loss, in float64. */
export const noiselessAdam: Experiment<NoiselessConfig, NoiselessMetrics> = {
  paper: "lazy_to_rich",
  name: "noiseless_adam",
  title: "Adam on the closed-form gradient",
  version: 1,
  configs: () => [cases],
  checkMetrics: (metrics) => noiselessMetrics.parse(metrics),
  run: (config) =>
    Promise.resolve({ half: config.tasks.map((task) => adamFlow(task, config)).map((t) => t && rounded(t)) }),
};
