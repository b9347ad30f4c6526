/**
 * How Transformers Get Rich (arXiv 2410.11474): targets, explicit constructions, gradient flows, experiments, figures, claims.
 *
 * @module
 */
export * from "./data.ts";
export * from "./theory/mod.ts";
export * from "./forward.ts";
export * from "./construction.ts";
export { type Comparison, comparisons, predict } from "./predictions.ts";
export { constructedOutputs, predictedTable, retrieval } from "./explore.ts";
export type {
  AdamConfig,
  AdamMetrics,
  AdamRecord,
  FlowGridConfig,
  FlowGridMetrics,
  FlowGridRecord,
  GeneralConfig,
  GeneralMetrics,
  GeneralRecord,
  HeadsConfig,
  HeadsMetrics,
  HeadsRecord,
  NoiselessConfig,
  NoiselessMetrics,
  NoiselessRecord,
  RunPoint,
  RunTimes,
  StaircaseConfig,
  StaircaseMetrics,
  StaircaseRecord,
  TrainingConfig,
  TrainingMetrics,
  TrainingRecord,
} from "./records.ts";
export type { Ignorance } from "./uniform_head.ts";
export type { TransformerConfig, TransformerMetrics, TransformerRecord } from "./transformer_records.ts";
export { experimentList, experiments, ownRun, type OwnRunKnobs } from "./experiments.ts";
export {
  type CopyKernelsOptions,
  figures,
  type FourPhasesOptions,
  type GeneralisedHeadOptions,
  type TransformerFigureOptions,
} from "./figures.ts";
export { claims } from "./claims.ts";
// The types its signatures speak of, so that one import is enough.
export type { PathPart, RandomState, RandomStream, StreamIdentity } from "../numerics/mod.ts";
export type { EventRecord, Solution, Stats, Status } from "../ode/mod.ts";
export type * from "../runs/types.ts";
export type * from "../figure/types.ts";
export type { PlotOptions } from "../figure/mod.ts";
export type { BackendName, Device } from "../nn/types.ts";
export type * from "../claims/types.ts";
