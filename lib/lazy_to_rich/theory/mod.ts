/** @module Closed forms, population losses, gradient flows and predicted times of the dynamics part (derived for arXiv 2410.11474). */
export {
  adiabaticDecayRate,
  finalDecayRate,
  fourGramAsymptote,
  overshoot,
  slowManifold,
  stageOneSlope,
} from "./asymptotics.ts";
export {
  adiabaticEmergence,
  collapsedTime,
  type Emergence,
  logisticCollapse,
  plateauGrowth,
  valueRelaxation,
} from "./emergence.ts";
export {
  type Flow,
  jointFlow,
  type Losses,
  stageOneFlow,
  stageTwoFlow,
  type StageTwoOptions,
} from "./flows.ts";
export {
  type FourGramGradient,
  fourGramGradient,
  type FourGramJointGradient,
  fourGramJointGradient,
  fourGramLoss,
  fourGramLossExact,
} from "./four_gram_loss.ts";
export {
  type InductionGradient,
  inductionGradient,
  type InductionJointGradient,
  inductionJointGradient,
  inductionLoss,
  type Moments,
  plateauFraction,
  plateauLoss,
} from "./induction_loss.ts";
export { type Initialisation, INITIALISATIONS, initialState, initialValues } from "./initial.ts";
export { correctedOverlap, h, hPrime, hSecond, leadingOverlap, type Overlap } from "./moments.ts";
export { productMoment, staircaseFlow, type StaircaseTask, staircaseTimes } from "./staircase.ts";
export { constantsOf, CORRECTED_LIMIT, LEADING_LIMIT, type Task, type TaskConstants } from "./task.ts";
export {
  emergenceTime,
  emergenceWidth,
  firstPhaseTime,
  maskingThreshold,
  simpleEmergenceTime,
  simpleEmergenceWidth,
  type TimeOptions,
} from "./times.ts";
export { type PhaseTimes, type Trajectory, trajectory, type TrajectoryOptions } from "./trajectory.ts";
