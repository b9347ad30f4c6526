/**
 * @module The training loop: R runs side by side, stoppable, resumable bit for bit, watched from the host.
 *
 * A batch is a pure function of the step, so a checkpoint is parameters, optimiser state, step and history, nothing else.
 */
import type { CheckpointSlot } from "../runs/types.ts";
import { currentDevice } from "./backend.ts";
import { type Fault, findFaults, isOutOfMemory, memoryGuard } from "./guard.ts";
import { type History, Sampler, type SamplingOptions } from "./history.ts";
import type { Optimizer } from "./optimizer.ts";
import { loadProgress, saveProgress } from "./progress.ts";
import { type StepState, trainingStep } from "./step.ts";
import { disposeTensors, mapValues, toHost, toTensors } from "./tensors.ts";
import type { tf } from "./tf.ts";
import type { HostArrays, Model, Tensors } from "./types.ts";
import { Uploads } from "./uploads.ts";

/** What `train` needs to know. */
export interface TrainOptions extends SamplingOptions {
  /** The network. */
  readonly model: Model;
  /** How its parameters move. */
  readonly optimizer: Optimizer;
  /**
   * The batch of a step, a pure function of it. A frozen `HostArray` (`Object.freeze`) is uploaded once and must keep
   * being the same object; others are uploaded at every step and may reuse their buffers.
   */
  batch(step: number): HostArrays;
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
  /** Called after every check with the losses [run] of the last step. */
  onProgress?(step: number, steps: number, loss: number[]): void;
}

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
  const step = trainingStep(model, optimizer);

  let state = freshState(model, optimizer);
  let done = 0;
  let history: History = { steps: [], loss: [], metrics: {} };
  const diverged: Divergence[] = [];
  const saved = await loadProgress(options.checkpoint, fingerprint, state);
  if (saved) {
    disposeState(state);
    ({ state, done, history } = saved);
    diverged.push(...saved.diverged);
  }
  let good = { state, done }; // the last state that passed the guard
  let savedAt = saved ? done : -1;
  let savedTime = performance.now();
  let yieldedTime = performance.now();
  let checkedTime = performance.now();
  const uploads = new Uploads();
  const memory = memoryGuard(options);
  const lost = () => new Set(diverged.map((d) => d.run));

  /** Makes one update and returns its losses, still on the device. */
  const advance = (): tf.Tensor1D => {
    const batch = uploads.take(options.batch(done));
    const scalars = toTensors(optimizer.scalars(done, model.runs));
    let next: ReturnType<typeof step>;
    try {
      next = step(state, batch, scalars);
    } finally {
      disposeTensors(scalars);
    }
    disposeState(state, next.state, good.state);
    state = next.state;
    done++;
    return next.losses;
  };
  const faultsNow = async (losses: tf.Tensor1D): Promise<{ faults: Fault[]; loss: number[] }> => {
    const host = await toHost({ ...state.parameters, loss: losses });
    losses.dispose();
    currentDevice(); // throws when the GPU was lost: what was read is then void
    return { faults: findFaults(host, lost()), loss: Array.from(host.loss.data) };
  };
  const accept = () => {
    disposeState(good.state, state);
    good = { state, done };
  };
  /** Goes back to the last good state and repeats the steps one by one, to say where it went wrong. */
  const locate = async (until: number): Promise<void> => {
    disposeState(state, good.state);
    ({ state, done } = good);
    while (done < until) {
      const { faults } = await faultsNow(advance());
      diverged.push(...faults.map((fault) => ({ ...fault, step: done })));
      if (faults.length > 0 && options.onDivergence !== "continue") return;
      if (diverged.length === model.runs) return;
      accept();
    }
  };
  const save = async (): Promise<void> => {
    if (options.checkpoint && savedAt !== done) {
      await saveProgress(options.checkpoint, fingerprint, { state, done, history, diverged });
    }
    savedAt = done;
    savedTime = performance.now();
  };
  const release = () => {
    uploads.dispose();
    sample.dispose();
    disposeState(state);
    disposeState(good.state);
  };
  const finish = async (status: TrainResult["status"], message: string): Promise<TrainResult> => {
    const ended = status === "diverged" ? good : { state, done };
    const parameters = await toHost(ended.state.parameters);
    release();
    return { status, message, step: ended.done, parameters, history, diverged };
  };

  try {
    for (;;) {
      if (sample.wants(done, history)) history = await sample.take(done, history, state.parameters);
      if (done === steps) {
        await save();
        return await finish(
          "done",
          diverged.length === 0 ? `${steps} steps` : `${steps} steps; ${sentence(diverged)}`,
        );
      }
      if (signal?.aborted) {
        await save();
        return await finish("stopped", `stopped after ${done} of ${steps} steps`);
      }
      const losses = advance();
      const due = performance.now() - savedTime > 1000 * (options.checkpointSeconds ?? 30) ||
        (options.checkpointEvery !== undefined && done % options.checkpointEvery === 0);
      if (performance.now() - yieldedTime > 20) {
        await new Promise((resolve) => setTimeout(resolve, 0)); // lets Ctrl-C and progress bars in
        yieldedTime = performance.now();
      }
      const late = performance.now() - checkedTime > 2000; // long steps still report progress
      const check = late || done % guardEvery === 0 || done === steps || due || sample.wants(done, history) ||
        signal?.aborted;
      if (!check) {
        losses.dispose();
        continue;
      }
      const { faults, loss } = await faultsNow(losses);
      checkedTime = performance.now();
      if (faults.length > 0) {
        await locate(done);
        if (options.onDivergence !== "continue" || diverged.length === model.runs) {
          return await finish("diverged", sentence(diverged));
        }
      }
      accept();
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
      disposeState(state, good.state);
      ({ state, done } = good);
      return await finish("out-of-memory", message);
    }
    release();
    throw error;
  }
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

function disposeState(state: StepState, ...keep: StepState[]): void {
  const tensors = (s: StepState): Tensors => ({
    ...mapValues(s.parameters, (t) => t),
    ...Object.fromEntries(Object.entries(s.optimizer).map(([name, t]) => [`/${name}`, t])),
  });
  disposeTensors(tensors(state), ...keep.map(tensors));
}

function sentence(diverged: readonly Divergence[]): string {
  const [first] = diverged;
  const more = diverged.length > 1 ? ` (and ${diverged.length - 1} more runs later)` : "";
  return `run ${first.run} diverged at step ${first.step}: "${first.tensor}" holds ${first.value}${more}; ` +
    "lower its learning rate";
}
