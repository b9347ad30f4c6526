/**
 * @module Integrators for gradient flows and other ordinary differential equations, in float64 and without dependencies on
 * the platform: `solve` with Tsit5, DOP853, the L-stable Rodas5P and a Chebyshev propagator for
 * linear symmetric flows, dense output, events and steady states.
 */
export { dop853 } from "./dop853.ts";
export { type GradientFlow, gradientFlow, type GradientFlowOptions } from "./gradient_flow.ts";
export { logTimes } from "./log_times.ts";
export { rodas5p } from "./rodas5p.ts";
export type { Solution } from "./solution.ts";
export { solve } from "./solve.ts";
export type {
  ControllerExponents,
  ExplicitTableau,
  NestedInterpolant,
  RosenbrockTableau,
} from "./tableau.ts";
export { tsit5 } from "./tsit5.ts";
export * from "./types.ts";
export type { Formula, FormulaOptions } from "../numerics/mod.ts";
