/**
 * @module What the experiments of this paper leave behind: the shapes of their configs and metrics, and the checks of what is read from
 * files. Free of everything that trains, so that figures and claims may use it in a browser.
 */
import { z } from "zod";
import type { JsonObject, RunRecord } from "../runs/types.ts";
import type { Chain, Prior } from "./data.ts";
import type { Architecture, Parameters } from "./forward.ts";
import type { Loss } from "./loss.ts";

/** A chain as a config holds it. */
export type ChainConfig = { readonly d: number; readonly parents: readonly number[]; readonly prior: Prior };

/** The task and the network of a run. */
export type ModelConfig = {
  /** `paper`: the theory's network; `repo`: the published code's; `full`: the full transformer. */
  readonly variant: "paper" | "repo" | "full";
  readonly loss: Loss;
  readonly d: number;
  readonly parents: readonly number[];
  readonly prior: Prior;
  /** Context length. */
  readonly L: number;
  /** Sequences of the data set; training is full-batch. */
  readonly N: number;
  readonly H: number;
  readonly M: number;
  readonly D: number;
};

/** Where training starts; p and sigma may start at the end of Stages I and II. */
export type StartConfig = {
  readonly c0: number;
  readonly a0: number;
  readonly plus: number;
  readonly minus: number;
  /** Mask of a set of heads on which p starts one-hot. */
  readonly selected?: number;
};

/** One stage of a training by plain gradient descent. */
export type StageConfig = {
  /** Parameters that move; the others are held. */
  readonly train: readonly string[];
  readonly steps: number;
  /** Step size, the unit of time per update. */
  readonly rate: number;
  /** Later steps are this fraction of the time so far, when that is larger: equal steps of log time. */
  readonly growth?: number;
  /** Largest step size. */
  readonly cap?: number;
  /** Update counts to sample at, beside the usual ones. */
  readonly sampleAt?: readonly number[];
};

/** A training: one network, one data law, several seeds of the data. */
export type TrainingConfig = ModelConfig & {
  /** What people call it; unique within its experiment. */
  readonly label: string;
  /** `compressed`: float64 on window counts; `direct`: TensorFlow.js over sequences. */
  readonly engine: "compressed" | "direct";
  readonly start: StartConfig;
  readonly stages: readonly StageConfig[];
  /** Seeds of the data, one run each. */
  readonly seeds: readonly number[];
};

/** The samples of one stage of one run. */
export type StageSamples = {
  /** Updates of this stage at each sample. */
  readonly steps: readonly number[];
  /** Sum of step sizes at each sample. */
  readonly times: readonly number[];
  readonly loss: readonly number[];
  readonly accuracy: readonly number[];
  /** `series[name][entry][sample]` of the parameters that move: p and C for c, w, a. */
  readonly series: { readonly [name: string]: readonly (readonly number[])[] };
  /** Drives J_S at the start of the stage, [subsets]; empty for the direct engine. */
  readonly drives: readonly number[];
};

/** What a training leaves behind. */
export type TrainingMetrics = {
  readonly runs: readonly {
    readonly seed: number;
    readonly stages: readonly StageSamples[];
    /** Final parameters. */
    readonly final: { readonly [name: string]: readonly number[] };
    /** Loss and accuracy on as many fresh sequences. */
    readonly validation: { readonly loss: number; readonly accuracy: number };
  }[];
};

const finite = z.number(), list = z.array(finite);

/** Check of `TrainingMetrics`. */
export const trainingMetrics: z.ZodType<TrainingMetrics> = z.strictObject({
  runs: z.array(z.strictObject({
    seed: z.number().int(),
    stages: z.array(
      z.strictObject({
        steps: z.array(z.number().int().nonnegative()).min(1),
        times: list,
        loss: list,
        accuracy: list,
        series: z.record(z.string(), z.array(list)),
        drives: list,
      }).refine(
        ({ steps, series, times, loss, accuracy }) =>
          [times, loss, accuracy, ...Object.values(series).flat()].every((row) =>
            row.length === steps.length
          ),
        "every series needs one number per sample",
      ),
    ).min(1),
    final: z.record(z.string(), list),
    validation: z.strictObject({ loss: finite, accuracy: finite }),
  })).min(1),
});

/** A record of a training. */
export type TrainingRecord = RunRecord<TrainingConfig, TrainingMetrics>;

/** A table: one row of named numbers for every point of a sweep. */
export type TableMetrics = { readonly rows: readonly { readonly [column: string]: number | string }[] };

/** Check of `TableMetrics`. */
export const tableMetrics: z.ZodType<TableMetrics> = z.strictObject({
  rows: z.array(z.record(z.string(), z.union([finite, z.string()]))).min(1),
});

/** A record of a sweep. */
export type TableRecord = RunRecord<JsonObject, TableMetrics>;

/** The task of a config. */
export function chainOf({ d, parents, prior }: ChainConfig): Chain {
  return { d, parents, prior };
}

/** The network of a config. */
export function architectureOf({ variant, d, H, M, D }: ModelConfig): Architecture {
  return { variant: variant === "full" ? "repo" : variant, d, H, M, D };
}

/** Final parameters of one run of a training, in the layout of `forward`. @throws {RangeError} when there is no such run */
export function finalParameters(record: TrainingRecord, run = 0): Parameters {
  const { runs } = record.metrics;
  if (!(run in runs)) throw new RangeError(`there are runs 0..${runs.length - 1}, got ${run}`);
  const { c, w, a } = runs[run].final;
  return { c: Float64Array.from(c), w: Float64Array.from(w), a: a[0] };
}
