/** @module What the integration loop needs of a method, and the nested interpolant all methods share. */
import type { LinearFlow } from "./linear_flow.ts";
import type { ControllerExponents, NestedInterpolant } from "./tableau.ts";
import type { JacobianFunction, RightHandSide, Stats } from "./types.ts";

/** What a stepper works on. */
export interface StepperProblem {
  readonly rhs: RightHandSide;
  readonly rtol: number;
  readonly atol: Float64Array;
  readonly jacobian?: JacobianFunction;
  readonly autonomous: boolean;
  readonly stats: Stats;
  /** What `chebyshev` has learnt about f; it writes it here for the steps to come and for dense output. */
  linear?: LinearFlow;
  /** Ask `chebyshev` for steps of doubling size instead of the longest: somebody looks at their ends. */
  readonly graded?: boolean;
}

/** The problem of a stepper that has none yet. */
export const noProblem: StepperProblem = {
  rhs: () => {
    throw new Error("a stepper was used before its problem was set");
  },
  rtol: 0,
  atol: new Float64Array(0),
  autonomous: false,
  stats: { steps: 0, rejected: 0, evaluations: 0, jacobians: 0, factorisations: 0 },
};

/** One step of a method at a time, in buffers it owns. */
export interface Stepper {
  /** Exponent k of the error estimate, $err \sim h^k$. */
  readonly controlOrder: number;
  readonly pi: ControllerExponents;
  /** State at the beginning of the step. */
  readonly y: Float64Array;
  /** Candidate of the last attempt. */
  readonly yNew: Float64Array;
  /** $f$ at `y`; after `complete`, `fNew` is f at `yNew`. */
  readonly f: Float64Array;
  readonly fNew: Float64Array;
  /** Take up a problem; nothing of the one before remains. */
  begin(problem: StepperProblem): void;
  /** Begin at (t, y) with y already in `this.y`: evaluates f there. */
  start(t: number): void;
  /** Try a step from t to tNew = t + h; returns the error in units of the tolerance (1 is just acceptable) or NaN. */
  attempt(t: number, h: number, tNew: number): number;
  /** Finish an attempt that will be kept: f at the new state. False when that is not finite. */
  complete(): boolean;
  /** Make `interpolate` valid for the last completed attempt. */
  prepareDense(): void;
  /** State at t + theta h of the last completed attempt, theta in [0, 1]. */
  interpolate(theta: number, out: Float64Array): Float64Array;
  /** Move on: the candidate becomes the state. */
  advance(): void;
  /** The size of the next step, from a method that knows it; without it the error of the last step decides. */
  propose?(t: number, t1: number): number;
  /** Fractions of the completed step, the last one 1, between which events are looked for; without it the whole step. */
  marks?(): readonly number[];
}

/**
 * Evaluates $y + \theta(q_0 + f_1(q_1 + \dots))$.
 *
 * @param q The combinations $q_p$, one array a row.
 * @returns A function of (theta, y, out) that fills and returns `out`.
 */
export function nestedInterpolant(
  factors: NestedInterpolant["factors"],
  q: readonly Float64Array[],
): (theta: number, y: Float64Array, out: Float64Array) => Float64Array {
  const top = factors.length - 1;
  return (theta, y, out) => {
    const rest = 1 - theta;
    for (let i = 0; i < out.length; i++) {
      let value = q[top][i];
      for (let p = top; p > 0; p--) value = q[p - 1][i] + (factors[p] === "rest" ? rest : theta) * value;
      out[i] = y[i] + theta * value;
    }
    return out;
  };
}

/** True when no entry is NaN or infinite. */
export function allFinite(x: ArrayLike<number>): boolean {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += 0 * x[i];
  return sum === 0;
}

/** Copies a short array; a loop beats `set` for the sizes met here and costs the same at n = 64. */
export function copyInto(out: Float64Array, x: ArrayLike<number>): Float64Array {
  for (let i = 0; i < out.length; i++) out[i] = x[i];
  return out;
}

/**
 * Root-mean-square of the error in units of the tolerance,
 * $\sqrt{\frac1n \sum_i (e_i / (atol_i + rtol \max(|y_i|, |y'_i|)))^2}$; NaN when the candidate is not finite.
 *
 * Componentwise scales and the RMS norm follow Hairer and diffrax; SciPy agrees, CVODE weighs with |y| alone.
 */
export function scaledNorm(
  e: Float64Array,
  y: Float64Array,
  yNew: Float64Array,
  atol: Float64Array,
  rtol: number,
): number {
  let sum = 0;
  for (let i = 0; i < e.length; i++) {
    const ratio = e[i] / (atol[i] + rtol * Math.max(Math.abs(y[i]), Math.abs(yNew[i])));
    // An infinite candidate would make the ratio zero: 0 * infinity turns the sum into NaN instead.
    sum += ratio * ratio + 0 * yNew[i];
  }
  return Math.sqrt(sum / e.length);
}
