/** @module What is read off a training as it goes: losses and metrics at chosen steps. */
import type { BatchSource } from "./batches.ts";
import { mapValues, toHost } from "./tensors.ts";
import { tf } from "./tf.ts";
import type { HostArrays, Model, Tensors } from "./types.ts";
import { Uploads } from "./uploads.ts";

/** Losses and metrics at sampled steps; entry i belongs to the parameters after `steps[i]` updates. */
export interface History {
  /** Updates made before each sample. */
  readonly steps: readonly number[];
  /** `loss[sample][run]`. */
  readonly loss: readonly (readonly number[])[];
  /** `metrics[name][sample]`, each sample flattened row-major with the run first. */
  readonly metrics: Readonly<Record<string, readonly (readonly number[])[]>>;
}

/** When samples are taken, and on what. */
export interface SamplingOptions {
  /** The network. */
  readonly model: Model;
  /** Updates in all. */
  readonly steps: number;
  /** The batch of a step. */
  readonly batch: BatchSource;
  /** Update counts to sample at (0 is before the first update). Default: `every`. */
  readonly sampleAt?: readonly number[];
  /** Samples every so many updates, and at the end. Default: about 100 samples. */
  readonly every?: number;
  /** What losses and metrics are evaluated on. Default: the batch of that step. */
  readonly evaluationBatch?: HostArrays;
}

/** Takes the samples of one training. */
export class Sampler {
  readonly #options: SamplingOptions;
  readonly #at: ReadonlySet<number>;
  readonly #uploads = new Uploads();

  constructor(options: SamplingOptions) {
    this.#options = options;
    this.#at = new Set(options.sampleAt ?? everyNth(options.steps, options.every));
    for (const step of this.#at) {
      if (Number.isInteger(step) && step >= 0 && step <= options.steps) continue;
      throw new Error(`sampleAt must hold whole numbers from 0 to ${options.steps}, got ${step}`);
    }
  }

  /** Whether a sample after `step` updates is wanted and not in the history yet. */
  wants(step: number, history: History): boolean {
    return this.#at.has(step) && !(history.steps.at(-1)! >= step);
  }

  /** The history with one more sample. */
  async take(step: number, history: History, parameters: Tensors): Promise<History> {
    const { model, evaluationBatch, batch } = this.#options;
    const tensors = this.#uploads.take(evaluationBatch ? frozen(evaluationBatch) : batch(step));
    const values = tf.tidy(() => ({
      ...mapValues(model.metrics?.(parameters, tensors) ?? {}, (t) => t),
      "": model.loss(parameters, tensors),
    })) as Tensors;
    const { "": loss, ...metrics } = await toHost(values);
    // A metric may hand back a parameter itself, which is not ours to dispose of.
    const owned = new Set(Object.values(parameters));
    for (const value of Object.values(values)) if (!owned.has(value)) value.dispose();
    return {
      steps: [...history.steps, step],
      loss: [...history.loss, Array.from(loss.data)],
      metrics: mapValues(metrics, ({ data }, name) => [...history.metrics[name] ?? [], Array.from(data)]),
    };
  }

  /** Disposes of the evaluation batch. */
  dispose(): void {
    this.#uploads.dispose();
  }
}

function everyNth(steps: number, every = Math.max(1, Math.ceil(steps / 100))): number[] {
  if (!(every >= 1)) throw new Error(`every must be >= 1, got ${every}`);
  const at = [];
  for (let step = 0; step < steps; step += every) at.push(step);
  return [...at, steps];
}

/** The evaluation batch is promised not to change, so each array is uploaded once. */
function frozen(batch: HostArrays): HostArrays {
  return mapValues(batch, (array) => Object.freeze(array));
}
