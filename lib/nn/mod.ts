/**
 * @module Neural networks in float32 on TensorFlow.js: devices, products with fast gradients, attention, optimisers and a
 * training loop whose every program carries a leading run axis. The only room that imports TensorFlow.js.
 */
export { tf } from "./tf.ts";
export { backendNames, currentDevice, DeviceError, openDevice, type OpenOptions } from "./backend.ts";
export { batchesOf, type BatchSource, type Draws, type DrawsAddress } from "./batches.ts";
export { matMul } from "./matmul.ts";
export * from "./attention.ts";
export { shiftedAttention } from "./shifted_attention.ts";
export * from "./layers.ts";
export * from "./init.ts";
export { constantOps, differentiableOps, refusedOps } from "./allow_list.ts";
export * from "./tensors.ts";
export * from "./optimizer.ts";
export * from "./step.ts";
export { type Fault, findFaults } from "./guard.ts";
export type { History, SamplingOptions } from "./history.ts";
export { type PacedOptions, type PacedSample, PacedTraining } from "./paced.ts";
export { type Divergence, train, type TrainOptions, type TrainResult } from "./train.ts";
export { decodeState, encodeState, type State, StateError } from "./state.ts";
export type { CheckpointSlot } from "../runs/types.ts";
export type * from "./types.ts";
export type { PathPart, RandomState, RandomStream, StreamIdentity } from "../numerics/mod.ts";
