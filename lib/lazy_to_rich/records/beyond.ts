/** @module Configs and metrics of what lies beyond layer-wise gradient flow: Adam, several modes. */
import { z } from "zod";
import type { RunRecord } from "../../runs/types.ts";
import { finite, moment } from "./numbers.ts";
import type { RunPoint } from "./training.ts";

/** Runs under Adam; always the second stage. */
export type AdamConfig = {
  /** Sequence length. */
  readonly L: number;
  /** Sequences per run and step. */
  readonly batch: number;
  /** Learning rate. */
  readonly rate: number;
  /** Updates. */
  readonly steps: number;
  /** About how many samples are kept. */
  readonly samples: number;
  /** The runs. */
  readonly runs: readonly RunPoint[];
};

/** What runs under Adam leave behind. */
export type AdamMetrics = {
  /** Updates made at each sample. */
  readonly steps: readonly number[];
  /** Per run: updates until beta is half of b*, null when not reached. */
  readonly half: readonly (number | null)[];
  /** `beta[run][sample]`. */
  readonly beta: readonly (readonly number[])[];
};

/** Check of `AdamMetrics`. */
export const adamMetrics: z.ZodType<AdamMetrics> = z.strictObject({
  steps: z.array(z.number().int().nonnegative()).min(2),
  half: z.array(moment).min(1),
  beta: z.array(z.array(finite)).min(1),
});

/** A record of runs under Adam. */
export type AdamRecord = RunRecord<AdamConfig, AdamMetrics>;

/** Adam on the closed-form gradient, for several tasks. */
export type NoiselessConfig = {
  /** Learning rate. */
  readonly rate: number;
  /** Updates at most. */
  readonly steps: number;
  /** Tasks with their initialisation scale. */
  readonly tasks: readonly {
    readonly alphaStar: number;
    readonly wStar: number;
    readonly L: number;
    readonly sigma: number;
  }[];
};

/** Per task: updates until beta is half of b*. */
export type NoiselessMetrics = {
  /** In the order of the tasks, null when not reached. */
  readonly half: readonly (number | null)[];
};

/** Check of `NoiselessMetrics`. */
export const noiselessMetrics: z.ZodType<NoiselessMetrics> = z.strictObject({ half: z.array(moment).min(1) });

/** A record of noiseless Adam. */
export type NoiselessRecord = RunRecord<NoiselessConfig, NoiselessMetrics>;

/** Tokens of width d = number of modes. */
export type StaircaseConfig = {
  /** Sequence length. */
  readonly L: number;
  /** Mixing weight alpha*. */
  readonly alphaStar: number;
  /** Diagonal b*_i of the score. */
  readonly bStar: readonly number[];
  /** Initialisation scale. */
  readonly sigma: number;
  /** Sequences per run and step. */
  readonly batch: number;
  /** Step size; time is eta x steps. */
  readonly eta: number;
  /** Updates. */
  readonly steps: number;
  /** About how many samples are kept. */
  readonly samples: number;
  /** Number of runs. */
  readonly seeds: number;
};

/** What the staircase leaves behind. */
export type StaircaseMetrics = {
  /** Updates made at each sample. */
  readonly steps: readonly number[];
  /** `half[run][mode]`: time at which beta_i is half of b*_i. */
  readonly half: readonly (readonly (number | null)[])[];
  /** `beta[run][mode][sample]`. */
  readonly beta: readonly (readonly (readonly number[])[])[];
  /** `v[run][sample]`. */
  readonly v: readonly (readonly number[])[];
};

/** Check of `StaircaseMetrics`. */
export const staircaseMetrics: z.ZodType<StaircaseMetrics> = z.strictObject({
  steps: z.array(z.number().int().nonnegative()).min(2),
  half: z.array(z.array(moment)).min(1),
  beta: z.array(z.array(z.array(finite))).min(1),
  v: z.array(z.array(finite)).min(1),
});

/** A record of the staircase. */
export type StaircaseRecord = RunRecord<StaircaseConfig, StaircaseMetrics>;
