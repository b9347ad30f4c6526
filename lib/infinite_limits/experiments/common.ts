/** @module What the experiments share: the rich setting, one stoppable training. */
import { rounded } from "../../numerics/mod.ts";
import type { TrainResult } from "../../nn/mod.ts";
import { type CheckpointSlot, type RunContext, Stopped } from "../../runs/mod.ts";
import type { NetworkModel, NetworkProgram } from "../model.ts";
import { tinyData } from "../data.ts";

/** The 3 x 3 x 4 data. */
export const tiny = tinyData();

/** The rich setting of the tiny data: the loss falls monotonically, features move by order one. */
export const rich = { beta0: 2, gamma0: 2, eta0: 0.1 } as const;

/** A list of rounded numbers. */
export function short(values: ArrayLike<number>): number[] {
  return Array.from(values, rounded);
}

/** Runs a piece of a long float64 computation, then lets Ctrl-C in. */
export function throwIfStopped(context: RunContext): void {
  if (context.signal.aborted) throw new Stopped("stopped between two parts; nothing of this run is kept");
}

/**
 * Most numbers in one array of a program, all runs together: 128 MiB in float32, which is what WebGPU promises for a single
 * buffer; the optimiser joins all weights of a run into one.
 */
export const largestProgram: number = 2 ** 25;

/** Most bytes a program may need at the peak of a step: what a graphics card of 12 GB has to spare. */
export const largestStep: number = 2 ** 33;

/** How a program is trained. */
export interface Training {
  readonly steps: number;
  readonly sampleAt: readonly number[];
  /** Batch of a step, made by the model's `batch`. */
  batch(model: NetworkModel, step: number): ReturnType<NetworkModel["batch"]>;
  /** What is measured on; default the step's batch. */
  evaluation?(model: NetworkModel): ReturnType<NetworkModel["batch"]>;
  /** Keep the other runs when some diverge. */
  readonly tolerant?: boolean;
}

/**
 * Trains a program on the context's device.
 * @throws {Stopped} when the signal was aborted; the checkpoint is saved
 * @throws {Error} when a run diverged (unless tolerant) or the memory did not suffice
 */
export async function trainProgram(
  program: NetworkProgram,
  training: Training,
  context: RunContext,
  checkpoint: CheckpointSlot = context.checkpoint,
): Promise<TrainResult> {
  await context.device();
  // TensorFlow.js is loaded when something is trained, not when records are read.
  const [nn, { networkModel }] = await Promise.all([import("../../nn/mod.ts"), import("../model.ts")]);
  const model = networkModel(program);
  const result = await nn.train({
    model,
    optimizer: model.optimizer(),
    batch: (step) => training.batch(model, step),
    steps: training.steps,
    sampleAt: training.sampleAt,
    evaluationBatch: training.evaluation?.(model),
    onDivergence: training.tolerant ? "continue" : "stop",
    signal: context.signal,
    checkpoint,
    onProgress: (step, steps, loss) => context.progress(step, steps, `loss ${loss[0]?.toPrecision(3)}`),
  });
  if (result.status === "stopped") throw new Stopped(result.message);
  const allDiverged = training.tolerant && result.status === "diverged";
  if (result.status !== "done" && !allDiverged) throw new Error(result.message);
  return result;
}
