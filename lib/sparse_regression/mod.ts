/**
 * How Transformers Utilize Multi-Head Attention in In-Context Learning, sparse linear regression (arXiv 2408.04532): prompts,
 * estimators and their risks, explicit weights, experiments, figures, claims.
 *
 * @module
 */
export * from "./data.ts";
export * from "./theory/mod.ts";
export * from "./forward.ts";
export * from "./construction.ts";
export { estimatorTable, referenceTable, trainingTable } from "./reader.ts";
export type {
  DepthConfig,
  DepthMetrics,
  DepthRecord,
  Estimated,
  MemberRisk,
  MethodName,
  RiskPathConfig,
  RiskPathMetrics,
  RiskPathRecord,
  RiskTableConfig,
  RiskTableMetrics,
  RiskTableRecord,
  Setting,
  TrainedRun,
  TrainingConfig,
  TrainingMetrics,
  TrainingRecord,
} from "./records.ts";
export { experiments, ownTraining, type OwnTrainingKnobs } from "./experiments.ts";
export {
  figures,
  type ResidualStreamOptions,
  type RiskVsExamplesOptions,
  type RiskVsTimeOptions,
} from "./figures.ts";
export { claims } from "./claims.ts";

// The types its signatures speak of, so that one import is enough.
export type { Matrix, PathPart, RandomState, RandomStream, StreamIdentity } from "../numerics/mod.ts";
export type * from "../runs/types.ts";
export type { BackendName, Device } from "../nn/types.ts";
export type { PlotOptions, RecordOrigin } from "../figure/mod.ts";
export type * from "../figure/types.ts";
export type * from "../claims/types.ts";
