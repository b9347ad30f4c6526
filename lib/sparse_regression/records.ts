/**
 * @module What the experiments of this paper leave behind: the shapes of their configs and metrics, and the checks of what is
 * read from files. Free of everything that trains, so that figures and claims may use it in a browser.
 */
import { z } from "zod";
import type { RunRecord } from "../runs/types.ts";

/** A setting: what prompts are drawn from, and how long they are. */
export type Setting = {
  /** Dimension of the inputs. */
  readonly d: number;
  /** Non-zero weights. */
  readonly s: number;
  /** Noise. */
  readonly sigma: number;
  /** Law of the non-zero weights. */
  readonly prior: "rad" | "gau";
  /** Context length. */
  readonly n: number;
};

/** A mean over prompts (or runs) and its standard error. */
export type Estimated = {
  /** Mean. */
  readonly risk: number;
  /** Standard error of the mean. */
  readonly se: number;
  /** The tuned hyper-parameter: a flow time T, or a penalty lambda. */
  readonly parameter?: number;
  /** The search for it ended at an end of its range. */
  readonly atEdge?: boolean;
};

const finite = z.number();
const estimated: z.ZodType<Estimated> = z.strictObject({
  risk: finite.nonnegative(),
  se: finite.nonnegative(),
  parameter: finite.optional(),
  atEdge: z.boolean().optional(),
});

/** Methods of a row; see `METHODS` of the theory. */
export type MethodName = "leastSquares" | "ridge" | "descent" | "preprocessed" | "lasso" | "oracle" | "bayes";

/** A table of risks. */
export type RiskTableConfig = {
  /** The settings. */
  readonly rows: readonly (Setting & { readonly methods: readonly MethodName[] })[];
  /** Prompts behind each mean. */
  readonly prompts: number;
  /** Names the prompts. */
  readonly seed: number;
};

/** Risks, in the order of the config's rows. */
export type RiskTableMetrics = {
  /** Per row, by method. */
  readonly rows: readonly { readonly [method: string]: Estimated }[];
  /** Per row: the sharp bound of Theorem A, averaged over the same prompts. */
  readonly spectral: readonly Estimated[];
};

/** Check of `RiskTableMetrics`. */
export const riskTableMetrics: z.ZodType<RiskTableMetrics> = z.strictObject({
  rows: z.array(z.record(z.string(), estimated)).min(1),
  spectral: z.array(estimated).min(1),
});

/** A record of a table. */
export type RiskTableRecord = RunRecord<RiskTableConfig, RiskTableMetrics>;

/** Risk along the time of descent, in one setting. */
export type RiskPathConfig = Setting & {
  /** Prompts behind each mean. */
  readonly prompts: number;
  /** Names the prompts. */
  readonly seed: number;
  /** Flow times T. */
  readonly times: readonly number[];
  /** Step sizes of discrete descent, drawn at T = eta t. */
  readonly etas: readonly number[];
};

/** Curves, one number (or estimate) a time. */
export type RiskPathMetrics = {
  /** Preprocessed flow. */
  readonly preprocessed: readonly Estimated[];
  /** Its part on the support. */
  readonly on: readonly number[];
  /** Flow on raw inputs. */
  readonly descent: readonly Estimated[];
  /** Preprocessed flow with an independent preprocessing sample, noise averaged exactly. */
  readonly split: readonly Estimated[];
  /** Per step size: steps made and the share of prompts, mean and median risk there. */
  readonly discrete: readonly {
    /** Step size. */
    readonly eta: number;
    /** Steps. */
    readonly steps: readonly number[];
    /** Mean risk, null where it is above 1e6. */
    readonly mean: readonly (number | null)[];
    /** Median risk. */
    readonly median: readonly number[];
    /** Share of prompts with a largest eigenvalue above 2/eta: they diverge. */
    readonly unstable: number;
  }[];
  /** Quantiles 0.5, 1.5, ..., 99.5 % of the largest eigenvalue of the preprocessed problem. */
  readonly largest: readonly number[];
  /** Theorem B on single prompts with independent preprocessing: tried, and how often a bound was below the exact value. */
  readonly bounds: {
    /** Comparisons. */
    readonly tried: number;
    /** Violations. */
    readonly violations: number;
    /** Largest exact / bound, bias and variance apart. */
    readonly tightest: readonly [number, number];
  };
};

/** Check of `RiskPathMetrics`. */
export const riskPathMetrics: z.ZodType<RiskPathMetrics> = z.strictObject({
  preprocessed: z.array(estimated).min(2),
  on: z.array(finite).min(2),
  descent: z.array(estimated).min(2),
  split: z.array(estimated).min(2),
  discrete: z.array(z.strictObject({
    eta: finite,
    steps: z.array(finite),
    mean: z.array(finite.nullable()),
    median: z.array(finite),
    unstable: finite,
  })),
  largest: z.array(finite).min(2),
  bounds: z.strictObject({
    tried: z.number().int(),
    violations: z.number().int(),
    tightest: z.tuple([finite, finite]),
  }),
});

/** A record of paths. */
export type RiskPathRecord = RunRecord<RiskPathConfig, RiskPathMetrics>;

/** What fixed weights of limited depth can do. */
export type DepthConfig = Setting & {
  /** Numbers K of descent layers. */
  readonly depths: readonly number[];
  /** Families of preconditioners. */
  readonly families: readonly string[];
  /** Heads of layer 1 that are tried with `headsDepth` mixed layers; empty for none. */
  readonly heads: readonly number[];
  /** K of the trial of heads. */
  readonly headsDepth: number;
  /** Prompts that scalars are tuned on. */
  readonly tuning: number;
  /** Fresh prompts that they are tested on. */
  readonly testing: number;
  /** Names the prompts. */
  readonly seed: number;
};

/** Test risk of a tuned member. A few prompts in ten thousand can explode and take the mean with them. */
export type MemberRisk = Estimated & {
  /** Mean with every prompt's risk counted as at most W = 1, what predicting zero costs. */
  readonly clipped: number;
  /** Standard error of that mean. */
  readonly clippedSe: number;
  /** Share of prompts above W. */
  readonly exploded: number;
};

/** Test risks of tuned members. */
export type DepthMetrics = {
  /** `families[family][i]` at `depths[i]`. */
  readonly families: { readonly [family: string]: readonly MemberRisk[] };
  /** At `heads[i]`. */
  readonly heads: readonly MemberRisk[];
  /** What these heads gain over none, clipped risks over the same prompts, at `heads[i]`. */
  readonly gain: readonly { readonly mean: number; readonly se: number }[];
};

const member: z.ZodType<MemberRisk> = z.strictObject({
  risk: finite.nonnegative(),
  se: finite.nonnegative(),
  clipped: finite.nonnegative(),
  clippedSe: finite.nonnegative(),
  exploded: finite.nonnegative(),
});

/** Check of `DepthMetrics`. */
export const depthMetrics: z.ZodType<DepthMetrics> = z.strictObject({
  families: z.record(z.string(), z.array(member).min(1)),
  heads: z.array(member),
  gain: z.array(z.strictObject({ mean: finite, se: finite.nonnegative() })),
});

/** A record of limited depth. */
export type DepthRecord = RunRecord<DepthConfig, DepthMetrics>;

/** Transformers trained side by side: one run for each number of heads and seed. */
export type TrainingConfig = {
  /** What this is called in figures, e.g. `2`, `1b`. */
  readonly regime: string;
  /** Task. */
  readonly task: Omit<Setting, "n">;
  /** Context lengths in training. */
  readonly n: { readonly min: number; readonly max: number };
  /** Context lengths of the risk curve. */
  readonly lengths: readonly number[];
  /** Which attention. */
  readonly attention: "linear" | "softmax";
  /** Layers. */
  readonly layers: number;
  /** Width of the residual stream. */
  readonly width: number;
  /** Total width of keys and of values, shared out among the heads. */
  readonly keyWidth: number;
  /** Numbers of heads; with softmax attention they are trained one after another. */
  readonly heads: readonly number[];
  /** Seeds. */
  readonly seeds: readonly number[];
  /** Prompts per run and step. */
  readonly batch: number;
  /** Queries a prompt. */
  readonly q: number;
  /** Updates. */
  readonly steps: number;
  /** Peak learning rate of the one-cycle schedule. */
  readonly rate: number;
  /** Prompts of every test. */
  readonly testing: number;
  /** Updates of the descent probe; 0 leaves it out. */
  readonly probeSteps: number;
};

/** Everything measured on one trained run. */
export type TrainedRun = {
  /** Heads a layer. */
  readonly heads: number;
  /** Seed. */
  readonly seed: number;
  /** Excess risk at every length of the config. */
  readonly risk: readonly Estimated[];
  /** Excess risk of training batches, smoothed, at the config's sampled steps. */
  readonly history: readonly number[];
  /** R^2 of each product r_k x_k, read linearly after layer 1. */
  readonly probe: readonly number[];
  /** `masked[layer][head]`: log10 of the risk without this head over the full risk. */
  readonly masked: readonly (readonly number[])[];
  /** Risks on one set of prompts. */
  readonly pruning: {
    /** The whole network. */
    readonly full: Estimated;
    /** All heads of layer 1, the best head of every later layer. */
    readonly later: Estimated;
    /** The same with one scalar a later layer refitted. */
    readonly laterRefit: Estimated;
    /** The best head of layer 1, all heads of later layers. */
    readonly first: Estimated;
    /** The same with one scalar for layer 1 refitted. */
    readonly firstRefit: Estimated;
  };
  /** Risk of k steps of learned descent on the tokens after layer 1, at `descentSteps` of the metrics. */
  readonly descent: readonly number[];
};

/** What a program of trainings leaves behind. */
export type TrainingMetrics = {
  /** Updates at each entry of a run's `history`. */
  readonly steps: readonly number[];
  /** Numbers of steps of the descent probe; empty when it was left out. */
  readonly descentSteps: readonly number[];
  /** The same probe on raw tokens. */
  readonly descentRaw: readonly number[];
  /** The runs, heads first. */
  readonly runs: readonly TrainedRun[];
  /** Baselines at every length of the config. */
  readonly baselines: readonly { readonly [method: string]: Estimated }[];
  /** Runs that diverged, in words. */
  readonly diverged: readonly string[];
};

/** Check of `TrainingMetrics`. */
export const trainingMetrics: z.ZodType<TrainingMetrics> = z.strictObject({
  steps: z.array(z.number().int()),
  descentSteps: z.array(z.number().int()),
  descentRaw: z.array(finite),
  runs: z.array(z.strictObject({
    heads: z.number().int().min(1),
    seed: z.number().int(),
    risk: z.array(estimated).min(1),
    history: z.array(finite),
    probe: z.array(finite),
    masked: z.array(z.array(finite)),
    pruning: z.strictObject({
      full: estimated,
      later: estimated,
      laterRefit: estimated,
      first: estimated,
      firstRefit: estimated,
    }),
    descent: z.array(finite),
  })).min(1),
  baselines: z.array(z.record(z.string(), estimated)),
  diverged: z.array(z.string()),
});

/** A record of trainings. */
export type TrainingRecord = RunRecord<TrainingConfig, TrainingMetrics>;

/** The records of all experiments by their key in `experiments`; a missing list means not run. */
export type Records = {
  readonly riskTable?: readonly RiskTableRecord[];
  readonly riskPath?: readonly RiskPathRecord[];
  readonly scaling?: readonly RiskTableRecord[];
  readonly depth?: readonly DepthRecord[];
  readonly transformers?: readonly TrainingRecord[];
};
