/**
 * @module Neural networks in float32 on TensorFlow.js: devices, products with fast gradients, attention, optimisers and a
 * training loop whose every program carries a leading run axis. The only room that imports TensorFlow.js.
 */
export * from "./everywhere.ts";
export { backendNames, currentDevice, DeviceError, openDevice, type OpenOptions } from "./backend.ts";
export { constantOps, differentiableOps, refusedOps } from "./allow_list.ts";
export { type Divergence, train, type TrainOptions, type TrainResult } from "./train.ts";
export { decodeState, encodeState, type State, StateError } from "./state.ts";
export type { CheckpointSlot } from "../runs/types.ts";
export type { PathPart, RandomState, RandomStream, StreamIdentity } from "../numerics/mod.ts";
