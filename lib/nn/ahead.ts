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
/** Batches asked of a thread in advance. */
const AHEAD = 2;

/** Hands out the batches of a training, in the order of its steps as a rule. */
export class BatchesAhead {
  readonly #source: BatchSource;
  readonly #steps: number;
  readonly #asked = new Map<number, PromiseWithResolvers<HostArrays>>();
  #threads: Worker[] = [];
  /** Whether threads may still be started. */
  #undecided: boolean;
  #drawn = 0;
  #spent = 0;
  #since = 0;
  #spare: HostArrays = {};

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
    if (this.#undecided) this.#decide(step);
    if (this.#threads.length === 0) return this.#draw(step);
    for (const early of this.#asked.keys()) if (early < step) this.#asked.delete(early);
    const end = Math.min(this.#steps, step + AHEAD * this.#threads.length);
    for (let s = step; s < end; s++) if (!this.#asked.has(s)) this.#ask(s);
    return this.#take(step);
  }

  /** Ends the threads. */
  stop(): void {
    for (const thread of this.#threads) thread.terminate();
    this.#threads = [];
    this.#asked.clear();
    this.#undecided = false;
  }

  #draw(step: number): HostArrays {
    const start = performance.now(), batch = this.#source(step);
    if (this.#drawn++ === 0) this.#since = start;
    this.#spent += performance.now() - start;
    return batch;
  }

  /** Starts as many threads as draw a batch in the time that the rest of a step takes, if there is enough left to draw. */
  #decide(step: number): void {
    if (this.#drawn < TRIAL) return;
    this.#undecided = false;
    const drawing = this.#spent / this.#drawn,
      rest = (performance.now() - this.#since) / this.#drawn - drawing;
    if (drawing * (this.#steps - step) < WORTH) return;
    const others = Math.min(MOST_THREADS, (navigator.hardwareConcurrency ?? 1) - 1);
    this.#start(Math.min(others, Math.ceil(drawing / Math.max(rest, 0.05))));
  }

  #start(threads: number): void {
    const { module, name, parameters } = this.#source.parts!.draws;
    const opening: Opening = { module: module(), name, parameters };
    this.#threads = Array.from({ length: threads }, () => {
      const thread = new Worker(new URL("./drawing_worker.ts", import.meta.url).href, { type: "module" });
      thread.onmessage = ({ data }: MessageEvent<Answer>) => {
        const asked = this.#asked.get(data.step);
        if (data.arrays) asked?.resolve(data.arrays);
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

  #ask(step: number): void {
    const answer = Promise.withResolvers<HostArrays>();
    answer.promise.catch(() => {}); // whoever takes it is told; perhaps nobody does
    this.#asked.set(step, answer);
    const asked: Asked = { step, spare: this.#spare };
    this.#threads[step % this.#threads.length].postMessage(asked, buffersOf(this.#spare));
    this.#spare = {};
  }

  async #take(step: number): Promise<HostArrays> {
    try {
      this.#spare = await this.#asked.get(step)!.promise;
      this.#asked.delete(step);
      return { ...this.#source.parts!.constants, ...this.#spare };
    } catch {
      this.stop(); // what is wrong with the draws shows when they are made here
      return this.#source(step);
    }
  }
}
