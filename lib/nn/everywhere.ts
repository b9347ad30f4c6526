/** @module What of this room runs with a kernel and in a page alike. */
export { tf } from "./tf.ts";
export { batchesOf, type BatchSource, type Draws, type DrawsAddress } from "./batches.ts";
export { matMul } from "./matmul.ts";
export * from "./attention.ts";
export { shiftedAttention } from "./shifted_attention.ts";
export * from "./layers.ts";
export * from "./init.ts";
export * from "./tensors.ts";
export * from "./optimizer.ts";
export * from "./step.ts";
export { type Fault, findFaults } from "./guard.ts";
export type { History, SamplingOptions } from "./history.ts";
export { type PacedOptions, type PacedSample, PacedTraining } from "./paced.ts";
export type * from "./types.ts";
