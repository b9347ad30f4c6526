/** @module Finds where event functions cross zero inside an accepted step. */
import { findRoot } from "../numerics/mod.ts";
import type { Stepper } from "./stepper.ts";
import type { EventRecord, EventSpec } from "./types.ts";

/** Most methods look at the two ends of a step. */
const wholeStep: readonly number[] = [1];

/**
 * Watches event functions from step to step.
 *
 * An occurrence is a change of sign between the two ends of a step (or of a part of one, for `chebyshev`), from a value that is not zero: a start on the
 * surface itself triggers nothing, nor does a crossing within rounding of the start. A function that crosses twice
 * inside one step is not seen; `maxStep` is the cure.
 */
export class EventWatcher {
  readonly #specs: readonly EventSpec[];
  readonly #values: number[];
  readonly #scratch: Float64Array;
  readonly #ahead: Float64Array;
  readonly #t0: number;

  constructor(specs: readonly EventSpec[], t0: number, y0: Float64Array) {
    this.#specs = specs;
    this.#t0 = t0;
    this.#scratch = new Float64Array(y0.length);
    this.#ahead = new Float64Array(y0.length);
    this.#values = specs.map((spec) => spec.value(t0, y0));
  }

  /**
   * Events of the completed step from t to tNew = t + h, in the order of integration, up to and including the first
   * terminal one.
   *
   * @param dense Called before the interpolant is first used.
   */
  inspect(stepper: Stepper, t: number, h: number, tNew: number, dense: () => void): EventRecord[] {
    const found: { theta: number; index: number }[] = [];
    const marks = stepper.marks?.() ?? wholeStep;
    if (marks.length > 1) dense();
    let from = 0;
    for (const to of marks) {
      const y = to === 1 ? stepper.yNew : stepper.interpolate(to, this.#ahead);
      const time = to === 1 ? tNew : t + to * h;
      this.#specs.forEach((spec, index) => {
        const before = this.#values[index];
        const after = spec.value(time, y);
        this.#values[index] = after;
        const sense = Math.sign(after - before);
        if (!(before !== 0 && before * after <= 0) || (spec.direction && spec.direction !== sense)) return;
        if (after !== 0) dense();
        const theta = after === 0 ? to : this.#locate(spec, stepper, t, h, [from, before], [to, after]);
        const rounding = 100 * Number.EPSILON * Math.max(1, Math.abs(t / h));
        if (t === this.#t0 && theta <= rounding) return;
        found.push({ theta, index });
      });
      if (found.some(({ index }) => this.#specs[index].terminal)) break;
      from = to;
    }
    found.sort((p, q) => p.theta - q.theta);
    const stop = found.findIndex(({ index }) => this.#specs[index].terminal);
    return found.slice(0, stop < 0 ? undefined : stop + 1).map(({ theta, index }) => ({
      name: this.#specs[index].name ?? `event ${index}`,
      index,
      t: theta === 1 ? tNew : t + theta * h,
      y: theta === 1 ? stepper.yNew.slice() : stepper.interpolate(theta, stepper.yNew.slice()),
    }));
  }

  #locate(
    spec: EventSpec,
    stepper: Stepper,
    t: number,
    h: number,
    [from, before]: readonly [number, number],
    [to, after]: readonly [number, number],
  ): number {
    // The ends are known; the interpolant repeats them only up to rounding, which could hide the change of sign.
    const value = (theta: number) => {
      if (theta === from) return before;
      if (theta === to) return after;
      return spec.value(t + theta * h, stepper.interpolate(theta, this.#scratch));
    };
    return findRoot(value, from, to, { tolerance: 1e-15 });
  }
}
