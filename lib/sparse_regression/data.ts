/**
 * @module Prompts of sparse linear regression (setting of arXiv 2408.04532): one at a time in float64 for theory and
 * constructions, and in float32 minibatches for training.
 */
export { checkTask, type Prior, signalOf, type SparseTask } from "./data/task.ts";
export {
  drawPrompt,
  drawPrompts,
  drawWeights,
  type Prompt,
  type PromptLength,
  promptTokens,
} from "./data/prompt.ts";
export {
  type BatchOptions,
  type PromptBatch,
  promptBatch,
  type PromptDraws,
  promptDraws,
} from "./data/batch.ts";
export type { BatchArray } from "../numerics/mod.ts";
export { FastNormal } from "./data/fast_normal.ts";
