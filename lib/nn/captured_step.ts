/**
 * @module A training step that is run once and from then on only replayed: no tape, no shader keys, no allocation.
 *
 * Batch and step-dependent scalars go in through fixed buffers; parameters and optimiser state live in fixed buffers that
 * every replay reads and, by a copy at its end, overwrites. The step is a pure function of these (`step.ts`), so that the
 * replay of its recording is the step, bit for bit.
 */
import { bufferOf, copyBuffers, Recording, webGpuBackend } from "./recording.ts";
import type { BufferCopy } from "./recording.ts";
import type { Step, StepState } from "./step.ts";
import { mapValues, toTensor } from "./tensors.ts";
import { tf } from "./tf.ts";
import type { HostArray, HostArrays, Tensors } from "./types.ts";

/** Inputs of a step, by name: the batch and the optimiser's scalars. */
interface Input {
  host: HostArray;
  readonly tensor: tf.Tensor;
  readonly buffer: GPUBuffer;
}

/** A recorded step with the state it works on. WebGPU only. */
export class CapturedStep {
  readonly #inputs: Record<string, Input>;
  readonly #state: StepState;
  readonly #recording: Recording;
  readonly #returned: tf.Tensor[];
  readonly #losses: tf.Tensor1D;
  readonly #back: readonly BufferCopy[];

  /**
   * Makes the first update and records it. Takes over the tensors of `state`.
   * @throws what the step throws, and when the step is another program when it is run again; `state` is then untouched
   */
  constructor(step: Step, state: StepState, batch: HostArrays, scalars: HostArrays) {
    const backend = webGpuBackend();
    this.#inputs = mapValues(inputsOf(batch, scalars), (host) => {
      const tensor = toTensor(host);
      return { host, tensor, buffer: bufferOf(tensor) };
    });
    const before = all(state);
    const buffers = before.map((tensor) => bufferOf(tensor, backend));
    if (new Set(buffers).size < buffers.length) {
      throw new Error(
        "two tensors of the state share memory, so a step cannot be captured: clone one of them",
      );
    }
    const own = new Set(before.map(({ dataId }) => dataId));
    const recordedStep = () => {
      const next = step(state, this.#part("batch/"), this.#part("scalars/"));
      // A tensor handed through must not be overwritten by its neighbour's copy before it is copied itself.
      const after = all(next.state).map((tensor, i) =>
        tensor.dataId !== before[i].dataId && own.has(tensor.dataId) ? tf.mul(tensor, 1) : tensor
      );
      return { after, losses: next.losses };
    };
    const handed = ({ after, losses }: ReturnType<typeof recordedStep>) =>
      [...new Set([...after, losses])].filter((t) => !before.includes(t));
    let recorded;
    try {
      // A rehearsal, given back before the step is recorded: only a step that is the same program again may be replayed.
      const first = Recording.of(recordedStep);
      first.recording.dispose(handed(first.result));
      recorded = Recording.of(recordedStep);
      const difference = first.recording.differenceFrom(recorded.recording);
      if (difference !== undefined) {
        recorded.recording.dispose(handed(recorded.result));
        throw new Error(
          `a step that is not the same program each time cannot be captured: run twice on the same numbers, ${difference}; ` +
            "what changes from step to step must come with the batch or with the optimiser's scalars, or train with capture: false",
        );
      }
    } catch (error) {
      for (const { tensor } of Object.values(this.#inputs)) tensor.dispose();
      throw error;
    }
    const { result, recording } = recorded;
    this.#state = state;
    this.#recording = recording;
    this.#losses = result.losses;
    this.#returned = handed(result);
    this.#back = result.after.map((tensor, i) => ({
      from: bufferOf(tensor, backend),
      to: buffers[i],
      bytes: buffers[i].size,
    })).filter(({ from, to }) => from !== to);
    copyBuffers(this.#back);
  }

  /** What a replay costs: dispatches sent, and bytes of GPU memory held. */
  get cost(): { dispatches: number; bytes: number } {
    return { dispatches: this.#recording.dispatches, bytes: this.#recording.bytes };
  }

  /**
   * One more update; returns the milliseconds spent encoding it.
   * @throws {Error} when the batch has other names or shapes than the recorded one
   */
  update(batch: HostArrays, scalars: HostArrays): number {
    const given = inputsOf(batch, scalars);
    const names = Object.keys(given).sort().join(", "), wanted = Object.keys(this.#inputs).sort().join(", ");
    if (names !== wanted) {
      throw new Error(
        `the captured step reads ${wanted}, got ${names}: a batch must hold the same arrays at every step`,
      );
    }
    for (const [name, host] of Object.entries(given)) this.#write(name, host);
    return this.#recording.replay(this.#back);
  }

  /** The state and the last losses, copied: they do not change with the next update. The caller disposes of them. */
  snapshot(): { state: StepState; losses: tf.Tensor1D } {
    return { state: copyOfState(this.#state), losses: copyOf([this.#losses])[0] as tf.Tensor1D };
  }

  /** Goes back to an earlier state, which is left as it is. */
  restore(state: StepState): void {
    copyBuffers(copiesBetween(all(state), all(this.#state)));
  }

  /** Frees the recording, its inputs and the state. */
  dispose(): void {
    this.#recording.dispose(this.#returned);
    for (const { tensor } of Object.values(this.#inputs)) tensor.dispose();
    for (const tensor of all(this.#state)) tensor.dispose();
  }

  #part(prefix: string): Tensors {
    const entries = Object.entries(this.#inputs).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(entries.map(([name, { tensor }]) => [name.slice(prefix.length), tensor]));
  }

  #write(name: string, host: HostArray): void {
    const input = this.#inputs[name];
    if (input.host === host && Object.isFrozen(host)) return;
    if (`${host.shape}` !== `${input.host.shape}` || host.data.constructor !== input.host.data.constructor) {
      throw new Error(
        `the captured step was recorded with ${name} [${input.host.shape}], got [${host.shape}]: ` +
          "shapes and types must be the same at every step",
      );
    }
    webGpuBackend().queue.writeBuffer(input.buffer, 0, host.data as Float32Array<ArrayBuffer>);
    input.host = host;
  }
}

/** A state in memory of its own; a clone would share the memory that the next update writes to. */
export function copyOfState({ parameters, optimizer }: StepState): StepState {
  const copies = (tensors: Tensors) => {
    const values = copyOf(Object.values(tensors));
    return Object.fromEntries(Object.keys(tensors).map((name, i) => [name, values[i]]));
  };
  return { parameters: copies(parameters), optimizer: copies(optimizer) };
}

function copyOf(tensors: readonly tf.Tensor[]): tf.Tensor[] {
  const copies = tensors.map(({ shape }) => tf.zeros(shape));
  copyBuffers(copiesBetween(tensors, copies));
  return copies;
}

function inputsOf(batch: HostArrays, scalars: HostArrays): HostArrays {
  const under = (prefix: string, arrays: HostArrays) =>
    Object.entries(arrays).map(([name, array]) => [prefix + name, array] as const);
  return Object.fromEntries([...under("batch/", batch), ...under("scalars/", scalars)]);
}

function all({ parameters, optimizer }: StepState): tf.Tensor[] {
  return [...Object.values(parameters), ...Object.values(optimizer)];
}

function copiesBetween(from: readonly tf.Tensor[], to: readonly tf.Tensor[]): BufferCopy[] {
  return from.map((tensor, i) => {
    const source = bufferOf(tensor);
    return { from: source, to: bufferOf(to[i]), bytes: source.size };
  });
}
