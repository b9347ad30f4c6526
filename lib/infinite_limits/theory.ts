/**
 * @module The theory's public face: kernels at birth, the lazy limit, the first logit, training in the limits, particles.
 */
export type { Architecture, LayerNorm } from "./fields/architecture.ts";
export type { Heads } from "./fields/attention.ts";
export type { Rows } from "./fields/dense.ts";
export type { Sites } from "./fields/sites.ts";
export { activationKernel } from "./theory/hermite.ts";
export { depthFlow, initialKernels, type KernelLaw, normalisedKernel } from "./theory/initial_kernels.ts";
export {
  attentionOf,
  type HeadAverage,
  type HeadLaw,
  logitSampler,
  squareRoot,
  valueKernel,
} from "./theory/value_kernel.ts";
export { logBesselK, type LogitLaw, logitLaw } from "./theory/logit_law.ts";
export { lazyOutputs, type TangentKernel, tangentKernel, type TangentOptions } from "./theory/lazy.ts";
export { type FirstLogit, firstLogit } from "./theory/first_logit.ts";
export { type HeadStatistics, headStatistics, type TrainingCurve, trainingCurve } from "./theory/curve.ts";
export { type TrainedBlock, TrainingDynamics, type TrainingOptions } from "./theory/training.ts";
export { type ParticleOptions, type Particles, particles } from "./theory/particles.ts";
