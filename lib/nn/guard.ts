/**
 * @module Watching a run from the host: non-finite numbers are found here, never by a test on the GPU (shader compilers may
 * assume that NaN does not occur), and growing memory is found before it ends the process.
 */
import { tf } from "./tf.ts";
import type { HostArrays } from "./types.ts";

/** The first number of a run that is not finite. */
export interface Fault {
  /** Index of the run. */
  readonly run: number;
  /** Name of the parameter, or `loss`. */
  readonly tensor: string;
  /** NaN or an infinity. */
  readonly value: number;
}

/** Finds, for every run, its first non-finite number; arrays are `[run, ...]`. Runs in `ignore` are passed over. */
export function findFaults(arrays: HostArrays, ignore: ReadonlySet<number> = new Set()): Fault[] {
  const faults = new Map<number, Fault>();
  for (const [tensor, { data, shape }] of Object.entries(arrays)) {
    const runs = shape[0];
    const size = data.length / runs;
    for (let i = 0; i < data.length; i++) {
      if (Number.isFinite(data[i])) continue;
      const run = Math.floor(i / size);
      if (!ignore.has(run) && !faults.has(run)) faults.set(run, { run, tensor, value: data[i] });
    }
  }
  return [...faults.values()].sort((a, b) => a.run - b.run);
}

/** Limits of a `memoryGuard`. */
export interface MemoryLimits {
  /** Most tensors alive between steps. Default: 64 more than after the first step. */
  readonly maxTensors?: number;
  /** Most bytes of tensors alive between steps. Default: no limit. */
  readonly maxBytes?: number;
}

/** Returns a check, to be called between steps, that gives a sentence when a limit is passed. */
export function memoryGuard(limits: MemoryLimits): () => string | undefined {
  let first: number | undefined;
  return () => {
    const { numTensors, numBytes } = tf.memory();
    first ??= numTensors;
    // A model may keep a few constants it makes on the way; one tensor a step passes any such allowance soon.
    const most = limits.maxTensors ?? first + 64;
    if (numTensors > most) {
      return `${numTensors} tensors are alive between steps, ${first} were at the start (limit ${most}): ` +
        "the model or a metric keeps tensors it does not dispose of";
    }
    if (limits.maxBytes !== undefined && numBytes > limits.maxBytes) {
      return `tensors take ${numBytes} bytes, the limit is ${limits.maxBytes}: use a smaller batch or fewer runs`;
    }
  };
}

/** Whether an error says that an allocation failed. */
export function isOutOfMemory(error: unknown): boolean {
  return /out of memory|cannot enlarge memory|allocation failed|memory access out of bounds|OutOfMemory/i
    .test(String(error));
}
