/**
 * @module Estimators, their risks and what can be proved about them (all derived for the setting of arXiv 2408.04532; none of
 * the theorems here is quoted from it).
 */
export { bayes, bayesInReach, hypotheses } from "./bayes.ts";
export { type CorrelationMoments, correlationMoments, leastSquaresRisk, oracleRisk } from "./closed_forms.ts";
export { type DecoupledCurve, decoupledOptimum, type DecoupledOptions, decoupledRisk } from "./decoupled.ts";
export { descend, type DescentStatistics, descentSteps, preprocessedSteps, type Step } from "./descent.ts";
export { smallEigen, type Spectrum } from "./eigen.ts";
export { descentFilter, type Filter, flowFilter, leastSquaresFilter, ridgeFilter } from "./filters.ts";
export { dualityGap, lasso, type LassoOptions } from "./lasso.ts";
export { oracle } from "./oracle.ts";
export { plainPath, preprocessedPath, SolutionPath } from "./paths.ts";
export { type PathKind, PromptSample, type Risk, type SampleOptions, summarise } from "./sample.ts";
export { leadingOptimum, type LeadingOptions, leadingRisk } from "./statement_c.ts";
export { drawStatistics, excessRisk, type PromptStatistics, splitRisk, statisticsOf } from "./statistics.ts";
export {
  type Method,
  type MethodRisk,
  methodRisk,
  METHODS,
  type RiskResult,
  type RiskRow,
  riskRow,
  riskTable,
  searchRange,
  tuneFilter,
  tuneLasso,
} from "./table.ts";
export {
  bestRidge,
  bestSpectralRisk,
  limitingSpectralRisk,
  spectralLowerBound,
  type SpectralTask,
} from "./theorem_a.ts";
export {
  balancedRate,
  type BiasVariance,
  conditionalBound,
  type ConditionalProblem,
  conditionalRisk,
} from "./theorem_b.ts";
export { logGrid, refine, tune, type Tuned, type TuneOptions } from "./tune.ts";
export { bfgs, type Evaluation, type Minimum } from "./bfgs.ts";
export {
  FAMILIES,
  type Family,
  type FamilyMember,
  familyObjective,
  familyRisk,
  familyRisks,
  familySize,
} from "./families.ts";
export { tuneFamily } from "./tune_family.ts";
