/** @module A whole training run of the theory as plain arrays: what figures and claims read. */
import type { Heads } from "../fields/attention.ts";
import { TrainingDynamics, type TrainingOptions } from "./training.ts";

/** Mean and variance over heads, entry by entry. */
export interface HeadStatistics {
  /** [P, S, S]. */
  readonly mean: Float64Array;
  /** Population variance, [P, S, S]; zero where all heads coincide. */
  readonly variance: Float64Array;
}

/** Statistics of a block's logits over its heads. */
export function headStatistics(heads: Heads): HeadStatistics {
  const size = heads.logits.length / heads.heads;
  const mean = new Float64Array(size), variance = new Float64Array(size);
  for (let m = 0; m < heads.heads; m++) {
    for (let i = 0; i < size; i++) mean[i] += heads.logits[m * size + i] / heads.heads;
  }
  for (let m = 0; m < heads.heads; m++) {
    for (let i = 0; i < size; i++) variance[i] += (heads.logits[m * size + i] - mean[i]) ** 2 / heads.heads;
  }
  return { mean, variance };
}

/** Every observable at t = 0 .. T. */
export interface TrainingCurve {
  /** Centred outputs, [t][P]. */
  readonly outputs: Float64Array[];
  /** [t]. */
  readonly loss: Float64Array;
  /** [t][l][B, B], l = 0 .. L. */
  readonly residualKernels: Float64Array[][];
  /** [t][l][B, B], l = 0 .. L; the fields are gamma0 d df/dh. */
  readonly gradientKernels: Float64Array[][];
  /** [t][block][B, B], kernels of attended values. */
  readonly valueKernels: Float64Array[][];
  /** [t][block]. */
  readonly logits: HeadStatistics[][];
  /** Bytes of state at the end. */
  readonly bytes: number;
}

/**
 * Marches T = `options.steps` steps and records everything but the logits of single heads; for those step a
 * {@link TrainingDynamics} yourself.
 */
export function trainingCurve(options: TrainingOptions): TrainingCurve {
  const dynamics = new TrainingDynamics(options);
  const loss = new Float64Array(options.steps + 1);
  const outputs: Float64Array[] = [], logits: HeadStatistics[][] = [];
  const residualKernels: Float64Array[][] = [], gradientKernels: Float64Array[][] = [];
  const valueKernels: Float64Array[][] = [];
  for (let t = 0; t <= options.steps; t++) {
    loss[t] = dynamics.loss;
    outputs.push(dynamics.outputs.slice());
    logits.push(dynamics.blocks.map((block) => headStatistics(block.heads)));
    residualKernels.push([...dynamics.residualKernels]);
    valueKernels.push(dynamics.blocks.map((block) => block.valueKernel()));
    if (t < options.steps) dynamics.step();
    else dynamics.backward();
    // A step leaves the gradient kernels of the moment it started from.
    gradientKernels.push([...dynamics.gradientKernels]);
  }
  const bytes = 8 * dynamics.size;
  return { outputs, loss, residualKernels, gradientKernels, valueKernels, logits, bytes };
}
