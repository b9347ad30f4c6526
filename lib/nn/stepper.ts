/**
 * @module Two ways to advance a training by one step: eagerly, and on WebGPU by replaying a captured step. Both compute the
 * same bits; eager is the reference.
 */
import { CapturedStep, copyOfState } from "./captured_step.ts";
import type { Optimizer } from "./optimizer.ts";
import type { Step, StepState } from "./step.ts";
import { disposeTensors, mapValues, toTensors } from "./tensors.ts";
import type { tf } from "./tf.ts";
import type { HostArrays, Tensors } from "./types.ts";
import { Uploads } from "./uploads.ts";

/** A state that will not change under its reader, who disposes of it. */
export interface Snapshot {
  readonly state: StepState;
  /** Losses [run] of the last update, before it; none before the first. */
  readonly losses?: tf.Tensor1D;
}

/** Owns the state of a training and moves it on. */
export interface Stepper {
  /** Makes update `index` (0 is the first) on a batch. */
  advance(batch: HostArrays, index: number): void;
  /** Where it is. */
  snapshot(): Snapshot;
  /** Goes to a state, which is left as it is. */
  restore(state: StepState): void;
  /** Frees everything it owns. */
  dispose(): void;
}

/** Runs the step's program anew each time. Takes over the tensors of `state`. */
export function eagerStepper(step: Step, optimizer: Optimizer, runs: number, state: StepState): Stepper {
  const uploads = new Uploads();
  let losses: tf.Tensor1D | undefined;
  return {
    advance(batch, index) {
      const scalars = toTensors(optimizer.scalars(index, runs));
      let next;
      try {
        next = step(state, uploads.take(batch), scalars);
      } finally {
        disposeTensors(scalars);
      }
      disposeTensors(named(state), named(next.state));
      losses?.dispose();
      ({ state, losses } = next);
    },
    snapshot: () => ({ state: cloned(state), ...losses ? { losses: losses.clone() } : {} }),
    restore(to) {
      disposeTensors(named(state));
      state = cloned(to);
    },
    dispose() {
      uploads.dispose();
      disposeTensors(named(state));
      losses?.dispose();
    },
  };
}

/** Records the first update and replays it from then on; `webgpu` only. Takes over the tensors of `state`. */
export function capturedStepper(step: Step, optimizer: Optimizer, runs: number, state: StepState): Stepper {
  let captured: CapturedStep | undefined;
  return {
    advance(batch, index) {
      const scalars = optimizer.scalars(index, runs);
      if (captured) captured.update(batch, scalars);
      else captured = new CapturedStep(step, state, batch, scalars);
    },
    snapshot: () => captured ? captured.snapshot() : { state: copyOfState(state) },
    restore(to) {
      captured!.restore(to); // one goes back to where one has been
    },
    dispose() {
      if (captured) captured.dispose();
      else disposeTensors(named(state));
    },
  };
}

/** All tensors of a state under names of their own. */
export function named({ parameters, optimizer }: StepState): Tensors {
  return {
    ...parameters,
    ...Object.fromEntries(Object.entries(optimizer).map(([name, tensor]) => [`/${name}`, tensor])),
  };
}

function cloned({ parameters, optimizer }: StepState): StepState {
  const clones = (tensors: Tensors) => mapValues(tensors, (tensor) => tensor.clone());
  return { parameters: clones(parameters), optimizer: clones(optimizer) };
}
