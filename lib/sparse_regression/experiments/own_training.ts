/** @module Trainings of a reader's own: any task, number of heads and kind of attention, remembered like every other. */
import { type Experiment, frozen } from "../../runs/mod.ts";
import type { SparseTask } from "../data.ts";
import type { TrainingConfig, TrainingMetrics } from "../records.ts";
import { architectureOf } from "./training_configs.ts";
import { transformers } from "./transformers.ts";

/** Knobs of {@linkcode ownTraining}. */
export interface OwnTrainingKnobs {
  /** The task; isotropic inputs with $E\|w^*\|^2 = 1$. */
  readonly task: Pick<SparseTask, "d" | "s" | "sigma" | "prior">;
  /** Numbers of heads side by side; each must divide `width`. */
  readonly heads: readonly number[];
  /** Default linear. */
  readonly attention?: "linear" | "softmax";
  /** Context lengths in training; default 16 to 32. */
  readonly n?: { readonly min: number; readonly max: number };
  /** Default 3. */
  readonly layers?: number;
  /** Width of the stream, and of keys and values together; default 32. */
  readonly width?: number;
  /** Default 2 seeds. */
  readonly seeds?: number;
  /** Default 400. */
  readonly steps?: number;
  /** Prompts a step; default 32. */
  readonly batch?: number;
  /** Peak learning rate; default 6e-3 for linear attention, 2e-3 for softmax. */
  readonly rate?: number;
}

/**
 * A training of your own, with everything that is measured on the others but the descent probe.
 * @throws {RangeError} for a number of heads that does not divide the width
 */
export function ownTraining(knobs: OwnTrainingKnobs): Experiment<TrainingConfig, TrainingMetrics> {
  const { attention = "linear", n = { min: 16, max: 32 }, layers = 3, width = 32 } = knobs;
  const { seeds = 2, steps = 400, batch = 32, rate = attention === "linear" ? 6e-3 : 2e-3 } = knobs;
  const { d, s, sigma, prior } = knobs.task;
  const config = frozen<TrainingConfig>({
    regime: "own",
    task: { d, s, sigma, prior },
    n: { ...n },
    lengths: [...new Set([n.min, Math.round((n.min + n.max) / 2), n.max])],
    attention,
    layers,
    width,
    keyWidth: width,
    heads: [...knobs.heads],
    seeds: Array.from({ length: seeds }, (_, i) => i + 1),
    batch,
    q: 4,
    steps,
    rate,
    testing: 512,
    probeSteps: 0,
  });
  for (const heads of config.heads) architectureOf(config, heads); // refused here, not after training
  return { ...transformers, name: "own_training", title: "A training of your own", configs: () => [config] };
}
