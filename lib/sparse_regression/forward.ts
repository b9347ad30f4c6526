/**
 * @module The attention-only transformer in plain float64, one prompt at a time, and the layout of its parameters: the yardstick
 * of the trainable network, and what the explicit constructions are weights of.
 */
export * from "./forward/architecture.ts";
export { forward, type ForwardOptions, type ForwardResult } from "./forward/transformer.ts";
