/** @module Configs and metrics of six-scalar runs trained side by side. */
import { z } from "zod";
import type { RunRecord } from "../../runs/types.ts";
import type { Initialisation } from "../theory/mod.ts";
import { finite, moment } from "./numbers.ts";

/** One training run of a program: its task, start and seed. */
export type RunPoint = {
  /** Mixing weight alpha*. */
  readonly alphaStar: number;
  /** w*, the square root of the inverse temperature. */
  readonly wStar: number;
  /** Initialisation scale. */
  readonly sigma: number;
  /** How a and v start. */
  readonly initialisation: Initialisation;
  /** Seed of the run's data. */
  readonly seed: number;
};

/** A program of runs side by side; they share their shapes and steps. */
export type TrainingConfig = {
  /** Sequence length. */
  readonly L: number;
  /** Sequences per run and step. */
  readonly batch: number;
  /** What is trained: p1 alone, everything but p1 (infinite), or all six scalars. */
  readonly stage: "one" | "two" | "joint";
  /** Step size; time is eta x steps. */
  readonly eta: number;
  /** Updates. */
  readonly steps: number;
  /** About how many samples are kept. */
  readonly samples: number;
  /** Sequences per run on which losses are evaluated. */
  readonly evaluation: number;
  /** The runs. */
  readonly runs: readonly RunPoint[];
};

/** When a run's phases ended, in time = eta x steps; null when not reached. */
export type RunTimes = {
  /** Population L_G4 of the trained weights at 1 % of c^2/2. */
  readonly firstPhase: number | null;
  /** beta = 0.1 b*. */
  readonly t10: number | null;
  /** beta = 0.5 b*. */
  readonly t50: number | null;
  /** beta = 0.9 b*. */
  readonly t90: number | null;
};

/** What a program of six-scalar runs leaves behind. */
export type TrainingMetrics = {
  /** Updates made at each sample. */
  readonly steps: readonly number[];
  /** Per run: when its phases ended. */
  readonly times: readonly RunTimes[];
  /** `series[name][run][sample]`: losses and parameters, six significant digits. */
  readonly series: { readonly [name: string]: readonly (readonly number[])[] };
};

/** Check of `TrainingMetrics`. */
export const trainingMetrics: z.ZodType<TrainingMetrics> = z.strictObject({
  steps: z.array(z.number().int().nonnegative()).min(2),
  times: z.array(z.strictObject({ firstPhase: moment, t10: moment, t50: moment, t90: moment })).min(1),
  series: z.record(z.string(), z.array(z.array(finite)).min(1)),
}).refine(
  ({ steps, series }) =>
    Object.values(series).every((rows) => rows.every((row) => row.length === steps.length)),
  "every series needs one number per sample",
);

/** A record of a training. */
export type TrainingRecord = RunRecord<TrainingConfig, TrainingMetrics>;
