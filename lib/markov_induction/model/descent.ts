/**
 * @module Full-batch gradient descent on the compressed engine, in stages: each trains some parameters with its own step sizes and is
 * sampled at chosen steps. Plain SGD, as in the published code: no momentum, no decay.
 */
import type { Engine } from "./compressed.ts";
import { copyWeights, type Weights, zeroWeights } from "./weights.ts";

/** One stage of a training. */
export interface Stage {
  /** Parameters that move. */
  readonly train: readonly string[];
  /** Updates. */
  readonly steps: number;
  /** Step size, fixed or as a function of the step and the time so far. */
  readonly rate: number | ((step: number, time: number) => number);
  /** Update counts to sample at; 0 is before the first. */
  readonly sampleAt: readonly number[];
}

/** What is kept of a training at one moment. */
export interface Sample {
  /** Updates in this stage. */
  readonly step: number;
  /** Sum of the step sizes in this stage: the time of the gradient flow. */
  readonly time: number;
  /** Mean loss before the next update. */
  readonly loss: number;
  /** Share of targets predicted. */
  readonly accuracy: number;
  /** A copy of the parameters. */
  readonly weights: Weights;
}

/** Listens to a training. */
export interface DescentWatch {
  /** Called after every update; a promise is waited for, so that the event loop may turn. */
  afterStep?(step: number): void | Promise<void>;
}

/**
 * Trains `weights` in place and returns the samples.
 * @throws {RangeError} when the loss leaves the finite numbers, saying at which step
 */
export async function descend(
  engine: Engine,
  weights: Weights,
  stage: Stage,
  watch: DescentWatch = {},
): Promise<Sample[]> {
  const { train, steps, rate } = stage, wanted = new Set(stage.sampleAt), samples: Sample[] = [];
  for (const step of wanted) {
    if (!Number.isInteger(step) || step < 0 || step > steps) {
      throw new RangeError(`sampleAt must hold whole numbers from 0 to ${steps}, got ${step}`);
    }
  }
  const unknown = train.find((name) => !(name in weights));
  if (unknown !== undefined) {
    throw new RangeError(`there is no parameter "${unknown}": there are ${Object.keys(weights).join(", ")}`);
  }
  const direction = zeroWeights(weights);
  let time = 0;
  for (let step = 0; step <= steps; step++) {
    const last = step === steps;
    if (last && !wanted.has(step)) break;
    const { loss, accuracy } = last ? engine.fit(weights) : engine.descend(weights, direction, train);
    if (!Number.isFinite(loss)) {
      throw new RangeError(`the loss is ${loss} after ${step} steps: lower the step size`);
    }
    if (wanted.has(step)) samples.push({ step, time, loss, accuracy, weights: copyWeights(weights) });
    if (last) break;
    const eta = typeof rate === "number" ? rate : rate(step, time);
    for (const name of train) {
      const value = weights[name], change = direction[name];
      for (let i = 0; i < value.length; i++) value[i] += eta * change[i];
    }
    time += eta;
    const pause = watch.afterStep?.(step + 1);
    if (pause) await pause;
  }
  return samples;
}
