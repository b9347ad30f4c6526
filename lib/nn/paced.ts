/**
 * @module A training that moves when it is told to: some steps, then what they led to. For whoever watches it live, and may pause or
 * leave it at any sample; the steps are those of `train`.
 */
import { findFaults } from "./guard.ts";
import { type History, Sampler, type SamplingOptions } from "./history.ts";
import type { Optimizer } from "./optimizer.ts";
import { trainingStep } from "./step.ts";
import { capturedStepper, eagerStepper, named, type Stepper } from "./stepper.ts";
import { disposeTensors, toHost, toTensors } from "./tensors.ts";
import type { Device } from "./types.ts";

/** What a paced training needs to know. */
export interface PacedOptions extends SamplingOptions {
  /** How parameters move. */
  readonly optimizer: Optimizer;
  /** Where it is computed: the device that is open. On WebGPU a captured step is replayed. */
  readonly device: Pick<Device, "backend">;
}

/** Losses and metrics after `step` updates. */
export interface PacedSample {
  /** Updates made. */
  readonly step: number;
  /** Loss of each run. */
  readonly loss: readonly number[];
  /** Metrics by name, flattened row-major with the run first. */
  readonly metrics: Readonly<Record<string, readonly number[]>>;
}

/** What has been sampled before a sample: nobody keeps it here. */
const none: History = { steps: [], loss: [], metrics: {} };

/** One training, moved on by `next`. */
export class PacedTraining {
  readonly #options: PacedOptions;
  readonly #sampler: Sampler;
  readonly #stepper: Stepper;
  #done = -1;

  /** Puts the model and its optimiser on the device. */
  constructor(options: PacedOptions) {
    const { model, optimizer, device } = options;
    this.#options = options;
    this.#sampler = new Sampler(options);
    const parameters = toTensors(model.initial());
    this.#stepper = (device.backend === "webgpu" ? capturedStepper : eagerStepper)(
      trainingStep(model, optimizer),
      optimizer,
      model.runs,
      { parameters, optimizer: optimizer.initial(parameters) },
    );
  }

  /**
   * Trains up to the next step that is sampled; nothing when there is none.
   * @throws {Error} when a run left the finite numbers, naming run and step
   */
  async next(): Promise<PacedSample | undefined> {
    const { steps, batch } = this.#options;
    do {
      if (this.#done === steps) return undefined;
      // The first call samples the start, if it is asked for.
      if (++this.#done > 0) this.#stepper.advance(batch(this.#done - 1), this.#done - 1);
    } while (!this.#sampler.wants(this.#done, none));
    const { state, losses } = this.#stepper.snapshot();
    try {
      const { loss: [loss], metrics } = await this.#sampler.take(this.#done, none, state.parameters);
      const fault = findFaults({
        ...await toHost(state.parameters),
        loss: { data: Float32Array.from(loss), shape: [loss.length] },
      })[0];
      if (fault) {
        throw new Error(
          `run ${fault.run} diverged by step ${this.#done}: "${fault.tensor}" holds ${fault.value}; lower the step size`,
        );
      }
      return {
        step: this.#done,
        loss,
        metrics: Object.fromEntries(Object.entries(metrics).map(([name, [values]]) => [name, values])),
      };
    } finally {
      losses?.dispose();
      disposeTensors(named(state));
    }
  }

  /** Frees what the device holds. */
  dispose(): void {
    this.#sampler.dispose();
    this.#stepper.dispose();
  }
}
