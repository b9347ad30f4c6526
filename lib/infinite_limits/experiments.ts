/** @module The experiments of this paper by name, each with a quick and a full profile. */
import type { Experiment } from "../runs/types.ts";
import { birth, kernels } from "./experiments/birth.ts";
import { depth, movement } from "./experiments/depth.ts";
import { limits } from "./experiments/limits.ts";
import { particles } from "./experiments/particles.ts";
import { population } from "./experiments/population.ts";
import { scaling } from "./experiments/scaling.ts";
import { language, transfer } from "./experiments/sweeps.ts";
import type {
  BirthConfig,
  BirthMetrics,
  DepthConfig,
  DepthMetrics,
  KernelsConfig,
  KernelsMetrics,
  LimitsConfig,
  LimitsMetrics,
  MovementConfig,
  MovementMetrics,
  ParticlesConfig,
  ParticlesMetrics,
  PopulationConfig,
  PopulationMetrics,
  ScalingConfig,
  ScalingMetrics,
  SweepConfig,
  SweepMetrics,
} from "./records.ts";

export { ownSweep, type OwnSweepKnobs } from "./experiments/sweeps.ts";
export {
  characterTask,
  cifarFileTask,
  gratingTask,
  type Samples,
  textFileTask,
  type TokenTask,
} from "./experiments/sources.ts";

/** All experiments; what `deno task train infinite_limits` runs. */
export const experiments: {
  /** Finite networks against both limits. */
  readonly limits: Experiment<LimitsConfig, LimitsMetrics>;
  /** Infinitely many heads. */
  readonly population: Experiment<PopulationConfig, PopulationMetrics>;
  /** Heads as particles, both limits. */
  readonly particles: Experiment<ParticlesConfig, ParticlesMetrics>;
  /** The law of a logit at birth. */
  readonly birth: Experiment<BirthConfig, BirthMetrics>;
  /** Kernels at birth over depth and heads. */
  readonly kernels: Experiment<KernelsConfig, KernelsMetrics>;
  /** Growth with N at both exponents. */
  readonly scaling: Experiment<ScalingConfig, ScalingMetrics>;
  /** Exact dynamics over depth. */
  readonly depth: Experiment<DepthConfig, DepthMetrics>;
  /** Weight movement over depth. */
  readonly movement: Experiment<MovementConfig, MovementMetrics>;
  /** Learning rates over N, H and L. */
  readonly transfer: Experiment<SweepConfig, SweepMetrics>;
  /** More heads or wider heads in a character model. */
  readonly language: Experiment<SweepConfig, SweepMetrics>;
} = { limits, population, particles, birth, kernels, scaling, depth, movement, transfer, language };

/** The same as a list of names and experiments, for loops over all of them. */
export const experimentList: readonly (readonly [name: string, experiment: Experiment])[] = Object.entries(
  experiments,
) as unknown as [string, Experiment][];
