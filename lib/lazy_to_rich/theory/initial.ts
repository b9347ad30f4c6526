/** @module Initialisations of the dynamics part; the original one is not known (only that it is small), so it is a knob. */
import { checkSigma, constantsOf, type Task } from "./task.ts";

/**
 * `all-small`: p2 = a = v = w_Q = w_K = sigma. `values-on`: a = c, v = kappa, the rest sigma: the induction loss starts on its
 * plateau. `unit-values`: a = v = 1, the rest sigma.
 */
export type Initialisation = "all-small" | "values-on" | "unit-values";

/** All initialisations, for menus and loops. */
export const INITIALISATIONS: readonly Initialisation[] = ["all-small", "values-on", "unit-values"];

/** Initial value scales (a, v). */
export function initialValues(task: Task, kind: Initialisation, sigma: number): { a: number; v: number } {
  checkSigma(sigma);
  const { c, kappa } = constantsOf(task);
  switch (kind) {
    case "all-small":
      return { a: sigma, v: sigma };
    case "values-on":
      return { a: c, v: kappa };
    case "unit-values":
      return { a: 1, v: 1 };
    default:
      throw new RangeError(`initialisation must be one of ${INITIALISATIONS.join(", ")}, got ${kind}`);
  }
}

/** Initial state in the order of a flow's `names`: p1, p2 and the w's are sigma. */
export function initialState(
  task: Task,
  names: readonly string[],
  kind: Initialisation,
  sigma: number,
): Float64Array {
  const { a, v } = initialValues(task, kind, sigma);
  return Float64Array.from(names, (name) => name === "a" ? a : name === "v" ? v : sigma);
}
