/**
 * @module What it takes to try a training on a device: every program that a paper trains, at the size of a test, and which
 * experiments it stands for. Tests and `deno task device` walk these lists, so that no model is forgotten.
 */
import type { BatchSource } from "./batches.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Model } from "./types.ts";

/** A training that can be started at once. */
export interface Rehearsal {
  /** The network. */
  readonly model: Model;
  /** How its parameters move. */
  readonly optimizer: Optimizer;
  /** The batch of a step, a function of it alone. */
  readonly batch: BatchSource;
}

/** A program that a paper trains. */
export interface RehearsedProgram {
  /** Keys of the paper's `experiments` that train it; none when only a reader's own config does. */
  readonly experiments: readonly string[];
  /** The program at the size of a test, `runs` runs side by side. */
  make(runs: number): Rehearsal;
}

/** All trainings of a paper. */
export interface Rehearsals {
  /** What it trains on a device, by what people call it. */
  readonly programs: Readonly<Record<string, RehearsedProgram>>;
  /** Its experiments that train nothing on a device, each with the reason. */
  readonly withoutDevice: Readonly<Record<string, string>>;
}
