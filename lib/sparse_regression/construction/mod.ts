/** @module Explicit weights of the preprocess-then-descend algorithm in all its variants, and why layer 1 needs d heads. */
export { type Construction, type Layout } from "./draft.ts";
export { constructDescent } from "./descent.ts";
export { constructMixed, constructPreprocessed, type MixedStep, type ScratchOptions } from "./scratch.ts";
export { constructInPlace, constructSkipped, constructWithConstant } from "./in_place.ts";
export {
  bestProbeShare,
  type FirstLayer,
  firstLayerProbe,
  type ProbeOptions,
  randomFirstLayer,
  repeatedTokenOperator,
  repeatedTokenRank,
} from "./head_bound.ts";
export { linearProbe } from "./probe.ts";
