/** @module Explicit weights that realise the approximation theorems, their bounds, and how their errors are measured. */
export { entrywiseNorm, inductionHeadBound, singleHeadBound } from "./bounds.ts";
export { type CopyHeads, type CopyLayer, planCopyLayer, type SlotWriting } from "./copy_layer.ts";
export { decompose, type Decomposition } from "./decomposition.ts";
export { type GeneralHeadBound, generalHeadBound } from "./general_bound.ts";
export { constructGeneralHead, type GeneralConstruction, type GeneralHeadOptions } from "./general_head.ts";
export { constructInductionHead, type Construction, type InductionHeadOptions } from "./induction_head.ts";
export {
  copyCoefficients,
  copyError,
  copyKernel,
  type KernelFamily,
  periodisedKernel,
  softmaxKernel,
} from "./kernels.ts";
export { type Layout } from "./layout.ts";
export { type MeasureOptions, supremumError } from "./measure.ts";
export { copyDistance, copyLowerBound, searchCopyDistance } from "./necessity.ts";
export { evaluateNetwork, fitRidges, interpolate, type ReluNetwork } from "./relu_network.ts";
export { type Similarity, similarity, similarityVariables } from "./similarity.ts";
