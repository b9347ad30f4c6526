/** @module The live training that a state of the explorer asks for: the same for the picture, which predicts it, and for the worker. */
import type { State } from "../explore/types.ts";
import {
  CORRECTED_LIMIT,
  emergenceTime,
  type Initialisation,
  initialValues,
  type Task,
} from "./theory/mod.ts";
import type { Start } from "./explorer/flow.ts";

/** One run of the six-scalar model, stage two. */
export interface TrainingPlan extends Start {
  /** Step size: time of the flow per update. */
  readonly eta: number;
  /** Sequences per step. */
  readonly batch: number;
  /** Updates. */
  readonly steps: number;
  /** Update counts of the samples. */
  readonly sampleAt: readonly number[];
  /** Device asked for. */
  readonly device: "auto" | "webgpu" | "cpu";
  /** Initial value scales. */
  readonly values: { readonly a: number; readonly v: number };
  /** Seed of the data. */
  readonly seed: number;
}

/** Sequences on which losses are evaluated. */
export const evaluation = 500;
const samples = 100, longest = 20_000;

/** @throws {RangeError} for a task outside the theory, or one that a page should not train */
export function planOf(state: State): TrainingPlan {
  const number = (name: string) => Number(state[name]);
  const whole = (name: string, label: string, least: number, most: number) => {
    const value = number(name);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new RangeError(`${label} must be an integer from ${least} to ${most} here, got ${value}`);
  };
  const eta = number("eta");
  if (!(eta > 0 && eta <= 8)) throw new RangeError(`the step size η must be > 0 and at most 8, got ${eta}`);
  const task: Task = { alphaStar: number("alphaStar"), wStar: number("wStar"), L: whole("L", "L", 20, 200) };
  const sigma = 10 ** number("logSigma"), initialisation: Initialisation = "all-small";
  const end = 1.35 * emergenceTime(task, 0.9, { sigma, initialisation });
  if (!(task.wStar < CORRECTED_LIMIT)) {
    throw new RangeError(
      `w* must be < ${
        CORRECTED_LIMIT.toFixed(2)
      } here, got ${task.wStar}: the band needs the flow to order 1/N, known below it`,
    );
  }
  const steps = Math.ceil(end / eta);
  if (steps > longest) {
    throw new RangeError(
      `this training would take ${steps} steps, at most ${longest} here: make w*, σ or η larger, L or α* smaller`,
    );
  }
  return {
    task,
    sigma,
    initialisation,
    eta,
    batch: whole("batch", "the batch", 32, 1024),
    steps,
    sampleAt: [...new Set(Array.from({ length: samples + 1 }, (_, i) => Math.round(steps * i / samples)))],
    device: state.device as TrainingPlan["device"],
    values: initialValues(task, initialisation, sigma),
    seed: whole("seed", "the seed", 0, 1e6),
  };
}
