/** @module What a solve returns: status, statistics, the reported points and the solution in between. */
import type { Stepper, StepperProblem } from "./stepper.ts";
import { borrowStepper } from "./stepper_pool.ts";
import { type EventRecord, type MethodName, OdeError, type Stats, type Status } from "./types.ts";

/** A growing list of accepted steps: begin, size and state, enough to repeat any of them. */
export class StepLog {
  /** Number of points; one more than steps. */
  count = 0;
  #t: Float64Array;
  #h: Float64Array;
  #y: Float64Array;

  constructor(private readonly size: number) {
    // Many steps of small states, few of large ones: clearing memory costs as much as several products.
    const room = Math.max(4, Math.min(32, Math.floor(256 / size)));
    [this.#t, this.#h] = [new Float64Array(room), new Float64Array(room)];
    this.#y = new Float64Array(room * size);
  }

  /** Appends the state at the end of a step of size h (0 for the first point). */
  push(t: number, h: number, y: Float64Array): void {
    const at = this.count++;
    if (at === this.#t.length) {
      this.#t = enlarged(this.#t);
      this.#h = enlarged(this.#h);
      this.#y = enlarged(this.#y);
    }
    this.#t[at] = t;
    this.#h[at] = h;
    for (let i = 0, offset = at * this.size; i < this.size; i++) this.#y[offset + i] = y[i];
  }

  /** Time of point i. */
  t(i: number): number {
    return this.#t[i];
  }

  /** Size of the step that ends in point i. */
  h(i: number): number {
    return this.#h[i];
  }

  /** Copies the state of point i into `out`. */
  y(i: number, out: Float64Array): Float64Array {
    for (let j = 0, offset = i * this.size; j < this.size; j++) out[j] = this.#y[offset + j];
    return out;
  }

  /** Index of the first point at or after t in the direction of integration. */
  find(t: number, direction: number): number {
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#t[middle] - t) * direction < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function enlarged(x: Float64Array): Float64Array {
  const larger = new Float64Array(2 * x.length);
  larger.set(x);
  return larger;
}

/** What the integration loop hands over. */
export interface SolutionParts {
  readonly status: Status;
  readonly message: string;
  readonly events: EventRecord[];
  readonly stats: Stats;
  readonly log: StepLog;
  readonly method: MethodName;
  readonly problem: StepperProblem;
  /** Where the integration stopped; before the last logged point after a terminal event. */
  readonly end: { readonly t: number; readonly y: Float64Array };
  /** Reported samples, when they were asked for. */
  readonly samples?: { readonly t: Float64Array; readonly y: Float64Array[] };
}

/** The answer of `solve`. */
export class Solution {
  /** How the solve ended. */
  readonly status: Status;
  /** One sentence that says so with numbers. */
  readonly message: string;
  /** Events in the order of integration. */
  readonly events: EventRecord[];
  /** Work done by the solve (later calls of `at` are not counted). */
  readonly stats: Readonly<Stats>;
  /** Where the integration stopped and the state there. */
  readonly end: { readonly t: number; readonly y: Float64Array };
  readonly #parts: SolutionParts;
  #y: Float64Array[] | undefined;
  #stepper: Stepper | undefined;
  #loaded = -1;
  #t: Float64Array | undefined;

  /** Made by `solve`. */
  constructor(parts: SolutionParts) {
    this.#parts = parts;
    const { status, message, events, stats, end } = parts;
    [this.status, this.message, this.events, this.stats, this.end] = [
      status,
      message,
      events,
      { ...stats },
      end,
    ];
  }

  /** Reported times: `sampleAt` as far as it was reached, otherwise the start and every accepted step. */
  get t(): Float64Array {
    const { samples, log, end } = this.#parts;
    this.#t ??= samples?.t ??
      Float64Array.from({ length: log.count }, (_, i) => i < log.count - 1 ? log.t(i) : end.t);
    return this.#t;
  }

  /** `y[i]` is the state at `t[i]`. */
  get y(): Float64Array[] {
    const { samples, log, end } = this.#parts;
    this.#y ??= samples?.y ??
      Array.from(
        this.t,
        (_, i) => i < log.count - 1 ? log.y(i, new Float64Array(end.y.length)) : end.y.slice(),
      );
    return this.#y;
  }

  /**
   * The state at any time between the start and where the integration stopped, from the method's own interpolant.
   *
   * No interpolation coefficients are stored: the step around `t` is repeated (and kept until another step is asked
   * for), so ask for increasing times when there are many.
   *
   * @param t Time.
   * @param out Where to write; a new array by default.
   * @returns `out`.
   * @throws {OdeError} When t lies outside the solved interval.
   */
  at(t: number, out: Float64Array = new Float64Array(this.end.y.length)): Float64Array {
    const { log, method, problem, end } = this.#parts;
    const start = log.t(0);
    const direction = Math.sign(log.t(log.count - 1) - start);
    if (!((t - start) * direction >= 0 && (end.t - t) * direction >= 0)) {
      throw new OdeError(`the solution is known for t between ${start} and ${end.t}, not at t = ${t}`);
    }
    if (t === end.t) {
      out.set(end.y);
      return out;
    }
    const index = log.find(t, direction);
    if (log.t(index) === t) return log.y(index, out);
    // A stepper of its own, made when first needed: the one that solved is at work elsewhere by now.
    const stepper = this.#stepper ??= borrowStepper(method, end.y.length);
    if (this.#loaded !== index) {
      stepper.begin({ ...problem, stats: { ...this.stats } });
      const from = log.t(index - 1);
      log.y(index - 1, stepper.y);
      stepper.start(from);
      stepper.attempt(from, log.h(index), log.t(index));
      stepper.complete();
      stepper.prepareDense();
      this.#loaded = index;
    }
    return stepper.interpolate((t - log.t(index - 1)) / log.h(index), out);
  }
}
