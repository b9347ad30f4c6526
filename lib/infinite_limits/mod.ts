/**
 * Infinite Limits of Multi-head Transformer Dynamics (arXiv 2405.15712): scales, limits of training, finite networks,
 * experiments, figures, claims.
 *
 * @module
 */
export * from "./parametrisation.ts";
export * from "./parametrisation_table.ts";
export * from "./data.ts";
export * from "./theory.ts";
export * from "./forward.ts";
export * from "./descent.ts";
export * from "./construction.ts";
export { histogramOf, histogramTimes, squaredDistance } from "./records.ts";
export type {
  BirthConfig,
  BirthMetrics,
  BirthRecord,
  DataSource,
  DepthConfig,
  DepthMetrics,
  DepthRecord,
  Histogram,
  KernelsConfig,
  KernelsMetrics,
  KernelsRecord,
  LimitsConfig,
  LimitsMetrics,
  LimitsRecord,
  Moments,
  MovementConfig,
  MovementMetrics,
  MovementRecord,
  ParticlesConfig,
  ParticlesMetrics,
  ParticlesRecord,
  PopulationConfig,
  PopulationMetrics,
  PopulationRecord,
  ScalingConfig,
  ScalingMetrics,
  ScalingRecord,
  Sizes,
  Sweep,
  SweepConfig,
  SweepMetrics,
  SweepRecord,
  TinyConfig,
} from "./records.ts";
export * from "./experiments.ts";
export * from "./figures.ts";
export * from "./claims.ts";
// The types its signatures speak of, so that one import is enough.
export type { PathPart, RandomState, RandomStream, StreamIdentity } from "../numerics/mod.ts";
export type * from "../runs/types.ts";
export type * from "../figure/types.ts";
export type { PlotOptions } from "../figure/mod.ts";
export type { BackendName, Device, HostArray } from "../nn/types.ts";
export type * from "../claims/types.ts";
