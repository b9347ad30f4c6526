/**
 * @module Batches drawn ahead of a training by other threads. A batch is a function of its step, so it does not matter who draws it or
 * when: the bits are the same. A device that computes faster than one thread draws is not kept waiting, and where the
 * processor is the device, drawing and computing go on side by side.
 */
import { type BatchSource, buffersOf } from "./batches.ts";
import type { Answer, Asked, Opening } from "./drawing_worker.ts";
import type { HostArrays } from "./types.ts";

/** Batches after which it is decided whether threads pay. */
const TRIAL = 16;
/** Milliseconds of drawing that must be left for that: threads have to start and to load their modules. */
const WORTH = 1500;
const MOST_THREADS = 8;
/** Blocks of batches asked of a thread in advance. */
const AHEAD = 2;
/** Milliseconds of drawing in a block: a message costs both sides a tenth of one or more. */
const BLOCK = 4;
const LONGEST_BLOCK = 16;

/** Hands out the batches of a training, in the order of its steps as a rule. */
export class BatchesAhead {
  readonly #source: BatchSource;
  readonly #steps: number;
  /** Blocks of batches that threads draw, by their number. */
  readonly #asked = new Map<number, PromiseWithResolvers<readonly HostArrays[]>>();
  #threads: Worker[] = [];
  /** Batches in a block. */
  #length = 4;
  #block = -1;
  /** What was drawn for the steps of `#block`. */
  #drawn: readonly HostArrays[] = [];
  /** Whether threads may still be started. */
  #undecided: boolean;
  #tried = 0;
  #spent = 0;
  #since = 0;

  /**
   * @param steps the number of batches in all
   * @param threads how many threads draw, from the first batch on; default: none until it pays, as many as then keep up
   */
  constructor(source: BatchSource, steps: number, threads?: number) {
    this.#source = source;
    this.#steps = steps;
    this.#undecided = source.parts !== undefined && threads === undefined;
    if (source.parts && threads) this.#start(threads);
  }

  /** Threads at work. */
  get threads(): number {
    return this.#threads.length;
  }

  /** The batch of a step; what a thread drew may be used until the next one is asked for. */
  next(step: number): HostArrays | Promise<HostArrays> {
    if (this.#undecided && this.#tried === TRIAL) this.#decide(step);
    if (this.#threads.length === 0) return this.#undecided ? this.#try(step) : this.#source(step);
    const block = Math.floor(step / this.#length);
    return block === this.#block ? this.#batch(step) : this.#turnTo(block, step);
  }

  /** Ends the threads. */
  stop(): void {
    for (const thread of this.#threads) thread.terminate();
    this.#threads = [];
    this.#asked.clear();
    this.#block = -1;
    this.#undecided = false;
  }

  #try(step: number): HostArrays {
    const start = performance.now(), batch = this.#source(step);
    if (this.#tried++ === 0) this.#since = start;
    this.#spent += performance.now() - start;
    return batch;
  }

  /** Starts as many threads as draw a batch in the time that the rest of a step takes, if there is enough left to draw. */
  #decide(step: number): void {
    this.#undecided = false;
    const drawing = this.#spent / TRIAL, rest = (performance.now() - this.#since) / TRIAL - drawing;
    if (drawing * (this.#steps - step) < WORTH) return;
    this.#length = Math.min(LONGEST_BLOCK, Math.ceil(BLOCK / drawing));
    const others = Math.min(MOST_THREADS, (navigator.hardwareConcurrency ?? 1) - 1);
    this.#start(Math.min(others, Math.ceil(drawing / Math.max(rest, 0.05))));
  }

  #start(threads: number): void {
    const { module, name, parameters } = this.#source.parts!.draws;
    const opening: Opening = { module: module(), name, parameters };
    this.#threads = Array.from({ length: threads }, () => {
      const thread = new Worker(new URL("./drawing_worker.ts", import.meta.url).href, { type: "module" });
      thread.onmessage = ({ data }: MessageEvent<Answer>) => {
        const asked = this.#asked.get(data.block);
        if (data.batches) asked?.resolve(data.batches);
        else asked?.reject(new Error(data.error));
      };
      thread.onerror = (event) => {
        event.preventDefault();
        for (const asked of this.#asked.values()) asked.reject(new Error(event.message));
      };
      thread.postMessage(opening);
      return thread;
    });
  }

  #ask(block: number, spare: readonly HostArrays[]): void {
    const answer = Promise.withResolvers<readonly HostArrays[]>();
    answer.promise.catch(() => {}); // whoever takes it is told; perhaps nobody does
    this.#asked.set(block, answer);
    const first = block * this.#length, count = Math.min(this.#length, this.#steps - first);
    const asked: Asked = { block, first, count, spare };
    this.#threads[block % this.#threads.length].postMessage(asked, spare.flatMap(buffersOf));
  }

  #batch(step: number): HostArrays {
    return { ...this.#source.parts!.constants, ...this.#drawn[step - this.#block * this.#length] };
  }

  async #turnTo(block: number, step: number): Promise<HostArrays> {
    for (const early of this.#asked.keys()) if (early < block) this.#asked.delete(early);
    const end = Math.min(Math.ceil(this.#steps / this.#length), block + AHEAD * this.#threads.length);
    let spare = this.#drawn;
    for (let b = block; b < end; b++) {
      if (this.#asked.has(b)) continue;
      this.#ask(b, spare);
      spare = [];
    }
    this.#block = -1;
    this.#drawn = spare;
    try {
      this.#drawn = await this.#asked.get(block)!.promise;
      this.#asked.delete(block);
      this.#block = block;
      return this.#batch(step);
    } catch {
      this.stop(); // what is wrong with the draws shows when they are made here
      return this.#source(step);
    }
  }
}
