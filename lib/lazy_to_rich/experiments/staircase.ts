/** @module Tokens of width 3 and a diagonal score: the modes of the induction head emerge one after another. */
import { rounded } from "../../numerics/mod.ts";
import { frozen } from "../../runs/mod.ts";
import type { Experiment } from "../../runs/mod.ts";
import { type StaircaseConfig, type StaircaseMetrics, staircaseMetrics } from "../records.ts";
import { crossing, sampleSteps } from "./sampling.ts";
import { trainProgram } from "./training.ts";

const quick: StaircaseConfig = {
  L: 60,
  alphaStar: 1,
  bStar: [0.3, 0.12, 0.04],
  sigma: 0.01,
  batch: 128,
  eta: 4,
  steps: 1900,
  samples: 100,
  seeds: 3,
};
const full: StaircaseConfig = { ...quick, L: 100, sigma: 1e-3, batch: 1024, steps: 5000, seeds: 8 };
const profiles = frozen({ quick: [quick], full: [full] });

/**
 * beta_i over time for every mode. The 4-gram head is decoupled and would limit the step size (its curvature is d), so a and
 * p2 stay at their start.
 */
export const staircase: Experiment<StaircaseConfig, StaircaseMetrics> = {
  paper: "lazy_to_rich",
  name: "staircase",
  title: "Width-3 tokens: a staircase of emergences",
  version: 1,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => staircaseMetrics.parse(metrics),
  run: async (config, context) => {
    const { L, alphaStar, bStar, sigma, batch, eta, steps, seeds } = config, d = bStar.length;
    const runs = Array.from({ length: seeds }, (_, i) => ({ alphaStar, bStar, sigma, seed: i + 1 }));
    const samples = await trainProgram({ L, d, batch, stage: "two", runs }, {
      optimizer: { kind: "sgd", rate: eta },
      steps,
      sampleAt: sampleSteps(steps, config.samples),
      evaluation: 16,
      held: ["a", "p2"],
    }, context);
    const { wQ, wK, v } = samples.series, time = samples.steps.map((step) => step * eta);
    const beta = runs.map((_, run) =>
      bStar.map((_, mode) => wQ[run * d + mode].map((q, i) => rounded(q * wK[run * d + mode][i])))
    );
    const half = beta.map((modes) => modes.map((row, mode) => crossing(time, row, bStar[mode] / 2)));
    return { steps: [...samples.steps], half: half.map((row) => row.map((t) => t && rounded(t))), beta, v };
  },
};
