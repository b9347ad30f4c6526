/**
 * @module Parameters as the trainable engines keep them: one array a name, so that a descent is the same loop for every network.
 * Same names and shapes as in `forward/`, with `a` an array of one.
 */
import {
  type Architecture,
  type FullArchitecture,
  initialFullParameters,
  initialParameters,
  type Parameters,
  type Start,
} from "../forward.ts";

/** Named float64 parameters: `c` [subsets], `w` [H, M], `a` [1]; the full network has more. */
export type Weights = Record<string, Float64Array>;

/** The start of the simplified network: equal c_S, head h leaning towards offset h by w_+ - w_-. */
export function initialWeights(architecture: Architecture, start: Start = {}): Weights {
  return weightsOfParameters(initialParameters(architecture, start));
}

/** The start of the full network. */
export function initialFullWeights(
  architecture: FullArchitecture,
  start: Start & { readonly projection?: number } = {},
): Weights {
  return weightsOfParameters(initialFullParameters(architecture, start));
}

/** The layout of `forward/` as weights; copies. */
export function weightsOfParameters(parameters: Parameters): Weights {
  return Object.fromEntries(
    Object.entries(parameters).map((
      [name, value],
    ) => [name, typeof value === "number" ? Float64Array.of(value) : (value as Float64Array).slice()]),
  );
}

/** Weights in the layout of `forward/`; shares the arrays. */
export function parametersOf(weights: Weights): Parameters {
  return { ...weights, c: weights.c, w: weights.w, a: weights.a[0] };
}

/** A copy that shares nothing. */
export function copyWeights(weights: Weights): Weights {
  return Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, values.slice()]));
}

/** Weights of the same shapes, all 0. */
export function zeroWeights(weights: Weights): Weights {
  return Object.fromEntries(
    Object.entries(weights).map(([name, { length }]) => [name, new Float64Array(length)]),
  );
}
