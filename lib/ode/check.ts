/** @module Refuses what cannot be solved as stated, with the value and what to do. */
import { copyInto } from "./stepper.ts";
import { OdeError, type SolveOptions } from "./types.ts";

/** A request after checking: defaults filled in, arrays expanded. */
export interface CheckedRequest {
  readonly y0: Float64Array;
  readonly t0: number;
  readonly t1: number;
  readonly rtol: number;
  readonly atol: Float64Array;
  readonly maxSteps: number;
  readonly minStep: number;
  readonly maxStep: number;
}

/** Checks a request to `solve`. @throws {OdeError} One sentence about the first thing that is wrong. */
export function checkRequest(y: ArrayLike<number>, options: SolveOptions): CheckedRequest {
  const y0 = copyInto(new Float64Array(y.length), y);
  if (y0.length === 0) throw new OdeError("y0 is empty: give one initial value a component");
  for (let i = 0; i < y0.length; i++) {
    if (!Number.isFinite(y0[i])) throw new OdeError(`y0[${i}] must be finite, got ${y0[i]}`);
  }
  const { t0 = 0, t1, rtol = 1e-6, atol = 1e-9, maxSteps = 100_000, minStep = 0, maxStep = Infinity } =
    options;
  if (!Number.isFinite(t0)) throw new OdeError(`t0 must be finite, got ${t0}`);
  if (!Number.isFinite(t1)) throw new OdeError(`t1 must be finite, got ${t1}`);
  if (t0 === t1) throw new OdeError(`t1 must differ from t0, both are ${t0}: there is nothing to integrate`);
  if (!(rtol > 0 && rtol < 1)) throw new OdeError(`rtol must lie between 0 and 1, got ${rtol}`);
  const tolerances = typeof atol === "number"
    ? new Float64Array(y0.length).fill(atol)
    : copyInto(new Float64Array(atol.length), atol);
  if (tolerances.length !== y0.length) {
    throw new OdeError(
      `atol has ${tolerances.length} entries for ${y0.length} components: give one, or one each`,
    );
  }
  for (const value of tolerances) {
    if (!(value > 0 && value < Infinity)) {
      throw new OdeError(`atol must be positive and finite, got ${value}`);
    }
  }
  if (!(Number.isInteger(maxSteps) && maxSteps > 0)) {
    throw new OdeError(`maxSteps must be a positive integer, got ${maxSteps}`);
  }
  if (!(minStep >= 0)) throw new OdeError(`minStep must not be negative, got ${minStep}`);
  for (
    const [name, size] of Object.entries({
      maxStep,
      firstStep: options.firstStep,
      fixedStep: options.fixedStep,
    })
  ) {
    if (size !== undefined && !(size > 0)) {
      throw new OdeError(`${name} is a size and must be positive (also backward in time), got ${size}`);
    }
  }
  if (options.method === "chebyshev" && options.fixedStep !== undefined) {
    throw new OdeError(
      'method "chebyshev" has no fixedStep: its error does not depend on the step, use maxStep',
    );
  }
  if (minStep > maxStep) throw new OdeError(`minStep = ${minStep} is larger than maxStep = ${maxStep}`);
  if (options.sampleAt) checkSamples(options.sampleAt, t0, t1);
  return { y0, t0, t1, rtol, atol: tolerances, maxSteps, minStep, maxStep };
}

function checkSamples(times: ArrayLike<number>, t0: number, t1: number): void {
  const direction = Math.sign(t1 - t0);
  for (let i = 0; i < times.length; i++) {
    const t = times[i];
    if (!((t - t0) * direction >= 0 && (t1 - t) * direction >= 0)) {
      throw new OdeError(`sampleAt[${i}] = ${t} lies outside the interval from ${t0} to ${t1}`);
    }
    if (i > 0 && !((t - times[i - 1]) * direction >= 0)) {
      throw new OdeError(
        `sampleAt must be sorted in the direction of integration: ${t} comes after ${times[i - 1]}`,
      );
    }
  }
}
