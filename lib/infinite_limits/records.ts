/** @module What the experiments leave behind: shapes and checks, free of everything that trains. */
import { z } from "zod";
import type { RunRecord } from "../runs/types.ts";
import type { Histogram, Moments } from "./measures.ts";

export { type Histogram, histogramOf, histogramTimes, type Moments, squaredDistance } from "./measures.ts";

const numbers = z.array(z.number()), table = z.array(numbers);

const moments: z.ZodType<Moments> = z.strictObject({ mean: numbers, square: numbers });

const histogram: z.ZodType<Histogram> = z.strictObject({
  low: z.number(),
  high: z.number(),
  counts: numbers,
});

/** The one-block reference model on the tiny data. */
export type TinyConfig = {
  /** Head width. */
  readonly N: number;
  /** Logit exponent. */
  readonly alphaA: number;
  /** Branch scale. */
  readonly beta0: number;
  /** Richness. */
  readonly gamma0: number;
  /** Learning rate constant. */
  readonly eta0: number;
  /** Gradient steps T. */
  readonly steps: number;
};

/** Finite networks, one size, many seeds. */
export type LimitsConfig = TinyConfig & {
  /** Heads. */
  readonly H: number;
  /** Networks; seeds 1, 2, … */
  readonly seeds: number;
};

/** What they did. B = P S = 9 tokens. */
export type LimitsMetrics = {
  /** Centred outputs, [seed][t * P + p], t = 0 .. T. */
  readonly outputs: readonly (readonly number[])[];
  /** Residual kernel at t = 0, [B B]. */
  readonly firstKernel: Moments;
  /** Residual kernel at t = T. */
  readonly lastKernel: Moments;
  /** Kernel of attended values at t = T. */
  readonly valueKernel: Moments;
  /** Logits averaged over the heads of a network, t = T, [P S S]. */
  readonly meanLogits: Moments;
  /** Across-head variance of a logit, mean over seeds and entries, at every t. */
  readonly headVariance: readonly number[];
  /** A(sample 1; token 1, 2) of single heads of the first networks, [head][t]. */
  readonly heads: readonly (readonly number[])[];
  /** The same logit over all heads and seeds at each of `histogramTimes`. */
  readonly histograms: readonly Histogram[];
};

/** Check of `LimitsMetrics`. */
export const limitsMetrics: z.ZodType<LimitsMetrics> = z.strictObject({
  outputs: table.min(1),
  firstKernel: moments,
  lastKernel: moments,
  valueKernel: moments,
  meanLogits: moments,
  headVariance: numbers,
  heads: table,
  histograms: z.array(histogram),
});

/** H = infinity at finite N. */
export type PopulationConfig = TinyConfig & {
  /** Sampled heads. */
  readonly heads: number;
  /** Seed of their sources. */
  readonly seed: number;
  /** False deletes the response terms. */
  readonly response: boolean;
};

/** The limit as computed. */
export type PopulationMetrics = {
  /** f(t), [t][P]. */
  readonly outputs: readonly (readonly number[])[];
  /** Residual kernel at 0 and T, kernel of attended values and mean logits at T. */
  readonly firstKernel: readonly number[];
  readonly lastKernel: readonly number[];
  readonly valueKernel: readonly number[];
  readonly meanLogits: readonly number[];
  /** Across-head variance of a logit, mean over entries, at every t. */
  readonly headVariance: readonly number[];
  /** A(sample 1; token 1, 2) over heads at each of `histogramTimes` that was reached. */
  readonly histograms: readonly Histogram[];
};

/** Check of `PopulationMetrics`. */
export const populationMetrics: z.ZodType<PopulationMetrics> = z.strictObject({
  outputs: table,
  firstKernel: numbers,
  lastKernel: numbers,
  valueKernel: numbers,
  meanLogits: numbers,
  headVariance: numbers,
  histograms: z.array(histogram),
});

/** Logits of networks that were never trained, one width at a time. */
export type BirthConfig = {
  readonly seed: number;
  /** Networks of each shape, up to eight times as many where heads are wide. */
  readonly networks: number;
  /** Residual width d: heads are d/N. */
  readonly width: number;
  readonly N: readonly number[];
};

/** One row a width. z = N^alphaA A/sqrt(K_ss K_rr) with the network's own kernel K. */
export type BirthMetrics = {
  readonly rows: readonly {
    readonly N: number;
    /** Values of z. */
    readonly count: number;
    readonly histogram: Histogram;
    /** Kolmogorov distance of z to the variance-gamma law. */
    readonly distance: number;
    /** The same to a Gaussian of the same variance. */
    readonly gaussDistance: number;
    readonly excessKurtosis: number;
    readonly kurtosisError: number;
    /** Var A / (K_ss K_rr) at alphaA = 1, and at 1/2, with standard errors. */
    readonly variance: readonly number[];
    readonly varianceError: readonly number[];
  }[];
};

/** Check of `BirthMetrics`. */
export const birthMetrics: z.ZodType<BirthMetrics> = z.strictObject({
  rows: z.array(z.strictObject({
    N: z.number(),
    count: z.number(),
    histogram,
    distance: z.number(),
    gaussDistance: z.number(),
    excessKurtosis: z.number(),
    kurtosisError: z.number(),
    variance: numbers,
    varianceError: numbers,
  })).min(1),
});

/** Residual kernels at initialisation, full network with MLP. */
export type KernelsConfig = {
  readonly seed: number;
  readonly N: number;
  readonly L: number;
  readonly alphaL: number;
  /** Finite numbers of heads. */
  readonly H: readonly number[];
  /** Networks of each. */
  readonly networks: number;
  /** Heads drawn for the limit. */
  readonly heads: number;
};

/** The recursion and the networks. */
export type KernelsMetrics = {
  /** H = infinity, [l][B B]. */
  readonly limit: readonly (readonly number[])[];
  /** One network with the most heads, [B B] behind the last block. */
  readonly example: readonly number[];
  /** Mean over networks of the squared relative error, [H][l], and its standard error. */
  readonly error: readonly (readonly number[])[];
  readonly standardError: readonly (readonly number[])[];
};

/** Check of `KernelsMetrics`. */
export const kernelsMetrics: z.ZodType<KernelsMetrics> = z.strictObject({
  limit: table,
  example: numbers,
  error: table,
  standardError: table,
});

/** Growth with N of what alphaA decides; four heads, rich training on the tiny data. */
export type ScalingConfig = {
  readonly alphaA: number;
  /** Whether the embedding trains. */
  readonly embedding: boolean;
  readonly H: number;
  readonly N: readonly number[];
  readonly seeds: number;
  readonly times: readonly number[];
};

/** Values of one quantity by size, by time or depth, and by seed. */
export type Sweep = readonly (readonly (readonly number[])[])[];

/** Mean squares of each network. */
export type ScalingMetrics = {
  /** Variance of A over heads. */
  readonly headVariance: Sweep;
  /** (A(t) - A(0))^2. */
  readonly logitMove: Sweep;
  /** The gradient that reaches the residual stream through keys, gamma0 d ∂f. */
  readonly keyPath: Sweep;
  /** The softmax sensitivity M, which is the alignment ⟨r v⟩ seen by queries and keys. */
  readonly alignment: Sweep;
};
const sweep = z.array(z.array(numbers));

/** Check of `ScalingMetrics`. */
export const scalingMetrics: z.ZodType<ScalingMetrics> = z.strictObject({
  headVariance: sweep,
  logitMove: sweep,
  keyPath: sweep,
  alignment: sweep,
});

/** Exact N = infinity dynamics over depth, P = S = 2. */
export type DepthConfig = {
  readonly alphaL: number;
  readonly L: readonly number[];
  readonly steps: number;
  readonly eta0: number;
};

/** At the last step. */
export type DepthMetrics = {
  /** Root mean square of all logits of all blocks, one a depth. */
  readonly logits: readonly number[];
  /** f(t) of both samples, [L][t * P + p]. */
  readonly outputs: readonly (readonly number[])[];
};

/** Check of `DepthMetrics`. */
export const depthMetrics: z.ZodType<DepthMetrics> = z.strictObject({ logits: numbers, outputs: table });

/** Finite networks of growing depth, all in one padded program. */
export type MovementConfig = {
  readonly alphaL: number;
  readonly L: readonly number[];
  readonly N: number;
  readonly H: number;
  readonly steps: number;
  readonly eta0: number;
  readonly seeds: number;
};

/** Relative movement of weights, root mean square over the blocks of a network, [kind][L][seed]. */
export type MovementMetrics = {
  readonly kinds: readonly string[];
  readonly movement: Sweep;
};

/** Check of `MovementMetrics`. */
export const movementMetrics: z.ZodType<MovementMetrics> = z.strictObject({
  kinds: z.array(z.string()),
  movement: sweep,
});

/** Heads as particles: one limit, and finite models on the way to it. Embedding and readout are frozen. */
export type ParticlesConfig = {
  /** What grows: the number of heads at N = `fixed`, or their width at H = `fixed`. */
  readonly limit: "heads" | "width";
  /** The other size. */
  readonly fixed: number;
  /** Sizes of what grows. */
  readonly sizes: readonly number[];
  /** Models of each size. */
  readonly seeds: number;
  /** Heads sampled for H = infinity; 0 where the limit is exact. */
  readonly heads: number;
  readonly alphaA: number;
  readonly gamma0: number;
  readonly eta0: number;
  /** b, the initial scale of r. */
  readonly readoutScale: number;
  readonly steps: number;
  readonly seed: number;
};

/** Outputs and the spread of A(1; 1, 2) over heads. */
export type ParticlesMetrics = {
  /** f(t), [t][P], and Var_h A at every t. */
  readonly limit: {
    readonly outputs: readonly (readonly number[])[];
    readonly spread: readonly number[];
  };
  /** Squared distance of f to the limit, mean over t and samples, [size][seed]. */
  readonly errors: readonly (readonly number[])[];
  /** Mean over models of Var_h A, [size][t]. */
  readonly spread: readonly (readonly number[])[];
  /** f of every model of the largest size, [t][P][seed]. */
  readonly largest: Sweep;
};

/** Check of `ParticlesMetrics`. */
export const particlesMetrics: z.ZodType<ParticlesMetrics> = z.strictObject({
  limit: z.strictObject({ outputs: table, spread: numbers }),
  errors: table,
  spread: table,
  largest: sweep,
});

/** Sizes and exponents of networks. */
export type Sizes = {
  readonly N: number;
  readonly H: number;
  readonly L: number;
  readonly alphaA: number;
  readonly alphaL: number;
};

/** Where sequences come from; a file is known by the hash of its content. */
export type DataSource =
  | { readonly kind: "gratings" | "characters" }
  | { readonly kind: "cifar" | "text"; readonly file: string; readonly sha256: string };

/** Networks trained on fresh samples: every size at every rate with every seed, in one program. */
export type SweepConfig = {
  readonly data: DataSource;
  /** The size that sweeps leave along one axis. */
  readonly base: Sizes;
  /** Sizes in this program; smaller ones are padded. */
  readonly sizes: readonly Sizes[];
  /** Values of eta0. */
  readonly rates: readonly number[];
  readonly seeds: number;
  readonly optimiser: "sgd" | "adam";
  readonly beta0: number;
  readonly gamma0: number;
  /** L0. */
  readonly baseDepth: number;
  readonly batch: number;
  readonly steps: number;
  /** Held-out samples. */
  readonly evaluation: number;
  /** Tokens a window, for text. */
  readonly context: number;
};

/** One row a network: sizes, then rates, then seeds. */
export type SweepMetrics = {
  readonly rows: readonly {
    /** Index into `sizes`. */
    readonly size: number;
    readonly rate: number;
    readonly seed: number;
    /** Held-out cross entropy in nats, mean of the last five evaluations; null where training diverged. */
    readonly loss: number | null;
    readonly accuracy: number | null;
    /** Across-head variance of a logit, before and after. */
    readonly headVariance: readonly (number | null)[];
  }[];
};

const nullable = z.number().nullable();

/** Check of `SweepMetrics`. */
export const sweepMetrics: z.ZodType<SweepMetrics> = z.strictObject({
  rows: z.array(z.strictObject({
    size: z.number(),
    rate: z.number(),
    seed: z.number(),
    loss: nullable,
    accuracy: nullable,
    headVariance: z.array(nullable),
  })).min(1),
});

/** A record of finite networks on the tiny data. */
export type LimitsRecord = RunRecord<LimitsConfig, LimitsMetrics>;
/** A record of the limit H = infinity. */
export type PopulationRecord = RunRecord<PopulationConfig, PopulationMetrics>;
/** A record of logits at birth. */
export type BirthRecord = RunRecord<BirthConfig, BirthMetrics>;
/** A record of initial kernels. */
export type KernelsRecord = RunRecord<KernelsConfig, KernelsMetrics>;
/** A record of growth with N. */
export type ScalingRecord = RunRecord<ScalingConfig, ScalingMetrics>;
/** A record of exact dynamics over depth. */
export type DepthRecord = RunRecord<DepthConfig, DepthMetrics>;
/** A record of weight movement over depth. */
export type MovementRecord = RunRecord<MovementConfig, MovementMetrics>;
/** A record of heads as particles. */
export type ParticlesRecord = RunRecord<ParticlesConfig, ParticlesMetrics>;
/** A record of a sweep over sizes and rates. */
export type SweepRecord = RunRecord<SweepConfig, SweepMetrics>;
