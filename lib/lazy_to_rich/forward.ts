/**
 * @module Forward passes in plain float64: the general transformer (the yardstick of the trainable one and what the explicit
 * constructions are weights of) and the six-scalar model of the dynamics part.
 */
export * from "./forward/architecture.ts";
export { type Precision } from "./forward/attention.ts";
export { forward, type ForwardOptions, type ForwardResult } from "./forward/transformer.ts";
export {
  type SixScalars,
  sixScalars,
  type SixScalarsGradient,
  sixScalarsGradient,
  type SixScalarsResult,
} from "./forward/six_scalars.ts";
export { type DoubleDouble } from "./forward/double_double.ts";
