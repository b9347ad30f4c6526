/**
 * @module What the experiments of this paper leave behind: the shapes of their configs and metrics, and the checks of what is
 * read from files. Free of everything that trains, so that figures and claims may use it in a browser.
 */
import { z } from "zod";
import type { RunRecord } from "../runs/types.ts";
import type { Initialisation } from "./theory/mod.ts";

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

const finite = z.number();
const moment = finite.nonnegative().nullable();

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

/** Which constructed induction heads are measured, and on how many sequences. */
export type HeadsConfig = {
  /** Seed of score matrices and sequences. */
  readonly seed: number;
  /** Token width. */
  readonly d: number;
  /** Entrywise norm of the score matrix. */
  readonly norm: number;
  /** Slope unit of the shared heads. */
  readonly a: number;
  /** Sequences per length. */
  readonly sequences: number;
  /** Values of n, rows of the grid. */
  readonly n: readonly number[];
  /** Values of H, columns of the grid. */
  readonly H: readonly number[];
  /** Slopes of the single head of IH_2. */
  readonly slopes: readonly number[];
  /** Sequence lengths of the sweeps over L. */
  readonly lengths: readonly number[];
  /** n, slope unit and head counts (multiples of n - 1) of the comparison with grouped heads. */
  readonly groups: { readonly n: number; readonly a: number; readonly H: readonly number[] };
};

/** Largest errors found, and their proved bounds. */
export type HeadsMetrics = {
  /** H shared heads for IH_n; `distance` is the best l2 copy error found over random slopes. */
  readonly grid: readonly {
    readonly n: number;
    readonly H: number;
    readonly error: number;
    readonly bound: number;
    readonly distance: number;
  }[];
  /** One head of slope p for IH_2. */
  readonly single: readonly {
    readonly p: number;
    readonly L: number;
    readonly error: number;
    readonly bound: number;
  }[];
  /** One head of slope 20 with the guard on and off. */
  readonly guard: readonly { readonly L: number; readonly on: number; readonly off: number }[];
  /** H shared heads (at most 12) against n - 1 groups of H/(n-1). */
  readonly groups: readonly {
    readonly H: number;
    readonly shared: number | null;
    readonly grouped: number;
  }[];
};

const error = finite.nonnegative();

/** Check of `HeadsMetrics`. */
export const headsMetrics: z.ZodType<HeadsMetrics> = z.strictObject({
  grid: z.array(z.strictObject({ n: finite, H: finite, error, bound: error, distance: error })).min(1),
  single: z.array(z.strictObject({ p: finite, L: finite, error, bound: error })).min(1),
  guard: z.array(z.strictObject({ L: finite, on: error, off: error })).min(1),
  groups: z.array(z.strictObject({ H: finite, shared: error.nullable(), grouped: error })).min(1),
});

/** A record of constructed induction heads. */
export type HeadsRecord = RunRecord<HeadsConfig, HeadsMetrics>;

/** Which generalised heads are measured. */
export type GeneralConfig = {
  /** Seed of the sequences. */
  readonly seed: number;
  /** Sequences per length. */
  readonly sequences: number;
  /** Similarities g(u, v) of single tokens, by name. */
  readonly similarities: { readonly [name: string]: string };
  /** The one that is swept. */
  readonly swept: string;
  /** Modes K. */
  readonly modes: readonly number[];
  /** Hidden widths M. */
  readonly hidden: readonly number[];
  /** Slopes p of the copying head. */
  readonly slopes: readonly number[];
};

/** Spectra and errors. */
export type GeneralMetrics = {
  /** Singular values by name of the similarity, down to 1e-13 of the first. */
  readonly spectra: { readonly [name: string]: readonly number[] };
  /** Error over K, at M = 400, p = 16. */
  readonly modes: readonly { readonly K: number; readonly error: number; readonly bound: number }[];
  /** Error over M, at K = 14, p = 20. */
  readonly hidden: readonly { readonly M: number; readonly error: number; readonly bound: number }[];
  /** Error over p, at K = 14, M = 400. */
  readonly slopes: readonly { readonly p: number; readonly error: number; readonly bound: number }[];
};

/** Check of `GeneralMetrics`. */
export const generalMetrics: z.ZodType<GeneralMetrics> = z.strictObject({
  spectra: z.record(z.string(), z.array(finite.positive()).min(1)),
  modes: z.array(z.strictObject({ K: finite, error, bound: error })).min(1),
  hidden: z.array(z.strictObject({ M: finite, error, bound: error })).min(1),
  slopes: z.array(z.strictObject({ p: finite, error, bound: error })).min(1),
});

/** A record of generalised heads. */
export type GeneralRecord = RunRecord<GeneralConfig, GeneralMetrics>;

/** A grid of tasks for the gradient flow. */
export type FlowGridConfig = {
  /** Values of alpha*. */
  readonly alphaStar: readonly number[];
  /** Values of w*. */
  readonly wStar: readonly number[];
  /** Values of L. */
  readonly L: readonly number[];
  /** Values of sigma. */
  readonly sigma: readonly number[];
};

/** Times of the leading-order flow and their closed-form predictions, one row a task. */
export type FlowGridMetrics = {
  /** Task, ODE times, and the predicted T_I and T_50 (by quadrature) with the small-w* simplification. */
  readonly rows: readonly {
    readonly alphaStar: number;
    readonly wStar: number;
    readonly L: number;
    readonly sigma: number;
    readonly firstPhase: number;
    readonly t10: number;
    readonly t50: number;
    readonly t90: number;
    readonly predicted: number;
    readonly simple: number;
  }[];
};

/** Check of `FlowGridMetrics`. */
export const flowGridMetrics: z.ZodType<FlowGridMetrics> = z.strictObject({
  rows: z.array(z.strictObject({
    alphaStar: finite,
    wStar: finite,
    L: finite,
    sigma: finite,
    firstPhase: finite,
    t10: finite,
    t50: finite,
    t90: finite,
    predicted: finite,
    simple: finite,
  })).min(1),
});

/** A record of the grid of flows. */
export type FlowGridRecord = RunRecord<FlowGridConfig, FlowGridMetrics>;
