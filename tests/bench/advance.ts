/** @module Some steps of a training, timed from outside. */
import { BatchesAhead } from "../../lib/nn/ahead.ts";
import { type Rehearsal, tf, toTensors, trainingStep } from "../../lib/nn/mod.ts";
import type { eagerStepper } from "../../lib/nn/stepper.ts";

/** A training that has begun. */
export interface Advancing {
  /** Makes so many steps, batches included; the promise is kept when the last one is computed. */
  advance(steps: number): Promise<void>;
  dispose(): void;
}

/**
 * Begins a training on the device that is open.
 * @param threads that draw its batches; default: as many as pay, as in a training
 */
export function begin(
  { model, optimizer, batch }: Rehearsal,
  stepper: typeof eagerStepper,
  threads?: number,
): Advancing {
  const parameters = toTensors(model.initial());
  const state = { parameters, optimizer: optimizer.initial(parameters) };
  const steps = stepper(trainingStep(model, optimizer), optimizer, model.runs, state);
  const batches = new BatchesAhead(batch, Infinity, threads);
  let done = 0;
  return {
    async advance(count) {
      for (let i = 0; i < count; i++) steps.advance(await batches.next(done), done++);
      const { losses, state } = steps.snapshot();
      await losses!.data(); // waits for a GPU
      tf.dispose([losses!, state.parameters, state.optimizer]);
    },
    dispose() {
      batches.stop();
      steps.dispose();
    },
  };
}
