/**
 * @module The training loop: R runs side by side, stoppable, resumable bit for bit, watched from the host.
 *
 * A batch is a pure function of the step, so a checkpoint is parameters, optimiser state, step and history, nothing else.
 */
import type { CheckpointSlot } from "../runs/types.ts";
import { BatchesAhead } from "./ahead.ts";
import { currentDevice } from "./backend.ts";
import type { BatchSource } from "./batches.ts";
import { type Fault, findFaults, isOutOfMemory, memoryGuard } from "./guard.ts";
import { type History, Sampler, type SamplingOptions } from "./history.ts";
import type { Optimizer } from "./optimizer.ts";
import { loadProgress, saveProgress } from "./progress.ts";
import { settled } from "./recording.ts";
import { type StepState, trainingStep } from "./step.ts";
import { capturedStepper, eagerStepper, named } from "./stepper.ts";
import { disposeTensors, toHost, toTensors } from "./tensors.ts";
import type { HostArrays, Model } from "./types.ts";

/** What `train` needs to know. */
export interface TrainOptions extends SamplingOptions {
  /** The network. */
  readonly model: Model;
  /** How its parameters move. */
  readonly optimizer: Optimizer;
  /**
   * The batch of a step, a pure function of it. A frozen `HostArray` (`Object.freeze`) is uploaded once and must keep
   * being the same object; others are uploaded at every step and may reuse their buffers. What `batchesOf` put together can
   * be drawn by other threads, too.
   */
  readonly batch: BatchSource;
  /** Threads that draw batches while the device computes; 0 for none. Default: as many as pay. Results do not depend on it. */
  readonly threads?: number;
  /** Updates in all, including those of a resumed checkpoint. */
  readonly steps: number;
  /** Aborting saves a checkpoint and ends with status `stopped`. */
  readonly signal?: AbortSignal;
  /** Where progress is kept; taken up when it holds any. Default: nowhere. */
  readonly checkpoint?: CheckpointSlot;
  /** Steps between checkpoints. Default: none by count. */
  readonly checkpointEvery?: number;
  /** Seconds between checkpoints. Default 30. */
  readonly checkpointSeconds?: number;
  /** Steps between checks of losses and parameters for NaN and infinity. Default 50. */
  readonly guardEvery?: number;
  /** `stop` at the first run that diverges (default), or `continue` until none is left. */
  readonly onDivergence?: "stop" | "continue";
  /** Most tensors alive between steps. Default: 64 more than after the first check. */
  readonly maxTensors?: number;
  /** Most bytes of tensors alive between steps. Default: no limit. */
  readonly maxBytes?: number;
  /**
   * Records the first step and replays it (`webgpu` only, and there the default): the same bits for a fraction of the
   * JavaScript. The batch must then have the same names and shapes at every step. `false` is the eager reference.
   */
  readonly capture?: boolean;
  /** Called after every check with the losses [run] of the last step. */
  onProgress?(step: number, steps: number, loss: number[]): void;
}

/** Bytes of batches that may wait for the device: a GPU is asked for its losses only now and then, and must not pile them up. */
const MOST_UNDER_WAY = 2 ** 28;

/** A run that left the finite numbers. */
export interface Divergence extends Fault {
  /** The number of updates after which it was first seen. */
  readonly step: number;
}

/** How training ended and what it left. */
export interface TrainResult {
  /** `done` even if single runs diverged, when the training was told to go on. */
  readonly status: "done" | "stopped" | "diverged" | "out-of-memory";
  /** One sentence. */
  readonly message: string;
  /** Updates made to get `parameters`. */
  readonly step: number;
  /** Final parameters; after `diverged`, the last ones that were finite. */
  readonly parameters: HostArrays;
  /** Losses and metrics at the sampled steps. */
  readonly history: History;
  /** Runs that left the finite numbers. */
  readonly diverged: readonly Divergence[];
}

/**
 * Trains a model. With a checkpoint slot it goes on from what the slot holds, and the result equals that of an
 * uninterrupted training bit for bit on the same backend. The slot is left holding the final state: clear it once the
 * result is safe.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { model, optimizer, steps, signal, guardEvery = 50 } = options;
  checkOptions(options);
  const device = currentDevice();
  const sample = new Sampler(options);
  const fingerprint = {
    model: model.name,
    runs: model.runs,
    optimizer: optimizer.name,
    backend: device.backend,
  };

  let state = freshState(model, optimizer);
  let done = 0;
  let history: History = { steps: [], loss: [], metrics: {} };
  const diverged: Divergence[] = [];
  const saved = await loadProgress(options.checkpoint, fingerprint, state);
  if (saved) {
    disposeTensors(named(state));
    ({ state, done, history } = saved);
    diverged.push(...saved.diverged);
  }
  const capture = options.capture ?? device.backend === "webgpu";
  const stepper = (capture ? capturedStepper : eagerStepper)(
    trainingStep(model, optimizer),
    optimizer,
    model.runs,
    state,
  );
  let good = { state: stepper.snapshot().state, done }; // the last state that passed the guard
  let savedAt = saved ? done : -1;
  let savedTime = performance.now();
  let yieldedTime = performance.now();
  const memory = memoryGuard(options);

  const batches = new BatchesAhead(options.batch, steps, options.threads);
  let underWay = 0; // bytes of batches that the device may not have read yet
  const advance = async () => {
    const batch = await batches.next(done);
    stepper.advance(batch, done);
    done++;
    underWay += freshBytes(batch);
    if (underWay > MOST_UNDER_WAY) {
      await settled();
      underWay = 0;
    }
  };
  const accept = (state: StepState) => {
    disposeTensors(named(good.state));
    good = { state, done };
  };
  /** Reads losses and parameters; a state without faults becomes the good one. */
  const inspect = async (): Promise<{ faults: Fault[]; loss: number[] }> => {
    const { state, losses } = stepper.snapshot();
    const host = await toHost({ ...state.parameters, ...losses ? { loss: losses } : {} });
    losses?.dispose();
    const faults = findFaults(host, new Set(diverged.map((d) => d.run)));
    if (faults.length > 0) disposeTensors(named(state));
    else accept(state);
    return { faults, loss: Array.from(host.loss?.data ?? []) };
  };
  /** Goes back to the last good state and repeats the steps one by one, to say where it went wrong. */
  const locate = async (until: number): Promise<void> => {
    stepper.restore(good.state);
    done = good.done;
    while (done < until) {
      await advance();
      const { faults } = await inspect();
      if (faults.length === 0) continue;
      diverged.push(...faults.map((fault) => ({ ...fault, step: done })));
      if (options.onDivergence !== "continue" || diverged.length === model.runs) return;
      accept(stepper.snapshot().state);
    }
  };
  const save = async (): Promise<void> => {
    if (options.checkpoint && savedAt !== done) {
      await saveProgress(options.checkpoint, fingerprint, { state: good.state, done, history, diverged });
    }
    savedAt = done;
    savedTime = performance.now();
  };
  const release = () => {
    batches.stop();
    sample.dispose();
    stepper.dispose();
    disposeTensors(named(good.state));
  };
  const finish = async (status: TrainResult["status"], message: string): Promise<TrainResult> => {
    const parameters = await toHost(good.state.parameters);
    release();
    return { status, message, step: good.done, parameters, history, diverged };
  };

  try {
    for (;;) {
      if (good.done === done && sample.wants(done, history)) {
        history = await sample.take(done, history, good.state.parameters);
      }
      if (done === steps) {
        await save();
        return await finish(
          "done",
          diverged.length === 0 ? `${steps} steps` : `${steps} steps; ${sentence(diverged)}`,
        );
      }
      if (signal?.aborted && good.done === done) {
        await save();
        return await finish("stopped", `stopped after ${done} of ${steps} steps`);
      }
      if (good.done === done || !signal?.aborted) await advance();
      const due = performance.now() - savedTime > 1000 * (options.checkpointSeconds ?? 30) ||
        (options.checkpointEvery !== undefined && done % options.checkpointEvery === 0);
      if (performance.now() - yieldedTime > 20) {
        await new Promise((resolve) => setTimeout(resolve, 0)); // lets Ctrl-C and progress bars in
        yieldedTime = performance.now();
      }
      const check = done % guardEvery === 0 || done === steps || due || sample.wants(done, history) ||
        signal?.aborted;
      if (!check) continue;
      const { faults, loss } = await inspect();
      if (faults.length > 0) {
        await locate(done);
        if (options.onDivergence !== "continue" || diverged.length === model.runs) {
          return await finish("diverged", sentence(diverged));
        }
      }
      options.onProgress?.(done, steps, loss);
      const full = memory();
      if (full) {
        await save();
        return await finish("out-of-memory", full);
      }
      if (due && options.checkpoint) await save();
    }
  } catch (error) {
    if (isOutOfMemory(error)) {
      const message =
        `step ${done + 1} ran out of memory (${error instanceof Error ? error.message : error}): ` +
        "use a smaller batch or fewer runs";
      return await finish("out-of-memory", message);
    }
    release();
    throw error;
  }
}

/** Bytes that are uploaded anew at every step. */
function freshBytes(batch: HostArrays): number {
  return Object.values(batch).reduce(
    (sum, array) => sum + (Object.isFrozen(array) ? 0 : array.data.byteLength),
    0,
  );
}

function checkOptions({ steps, guardEvery = 50, checkpointEvery = 1 }: TrainOptions): void {
  for (const [name, value] of Object.entries({ steps, guardEvery, checkpointEvery })) {
    const least = name === "steps" ? 0 : 1;
    if (!Number.isInteger(value) || value < least) {
      throw new Error(`${name} must be a whole number >= ${least}, got ${value}`);
    }
  }
}

/** Initial parameters and optimiser state on the device; refuses parameters without the run axis. */
function freshState(model: Model, optimizer: Optimizer): StepState {
  const host = model.initial();
  for (const [name, { shape }] of Object.entries(host)) {
    if (shape[0] !== model.runs) {
      throw new Error(
        `${model.name}: parameter "${name}" has shape [${shape}], its first axis must be ${model.runs} runs`,
      );
    }
  }
  const parameters = toTensors(host);
  return { parameters, optimizer: optimizer.initial(parameters) };
}

function sentence(diverged: readonly Divergence[]): string {
  const [first] = diverged;
  const more = diverged.length > 1 ? ` (and ${diverged.length - 1} more runs later)` : "";
  return `run ${first.run} diverged at step ${first.step}: "${first.tensor}" holds ${first.value}${more}; ` +
    "lower its learning rate";
}
