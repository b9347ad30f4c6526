/**
 * Unveiling Induction Heads (arXiv 2409.10559): Markov chains with parents, the three-stage dynamics, explicit weights, experiments,
 * figures, claims.
 *
 * @module
 */
export * from "./data.ts";
export * from "./subsets.ts";
export * from "./loss.ts";
export * from "./context.ts";
export * from "./theory.ts";
export * from "./forward.ts";
export * from "./construction.ts";
export { architectureOf, chainOf, finalParameters } from "./records.ts";
export type {
  ChainConfig,
  ModelConfig,
  StageConfig,
  StageSamples,
  StartConfig,
  TableMetrics,
  TableRecord,
  TrainingConfig,
  TrainingMetrics,
  TrainingRecord,
} from "./records.ts";
export { experimentList, experiments, ownRun, type OwnRunKnobs } from "./experiments.ts";
export { type AttentionView, figures } from "./figures.ts";
export { claims } from "./claims.ts";

// The types its signatures speak of, so that one import is enough.
export type { PathPart, RandomState, RandomStream, StreamIdentity } from "../numerics/mod.ts";
export type * from "../runs/types.ts";
export type { BackendName, Device } from "../nn/types.ts";
export type { PlotOptions, RecordOrigin } from "../figure/mod.ts";
export type * from "../figure/types.ts";
export type * from "../claims/types.ts";
