/** @module Reports the solution at requested times from the interpolant of each step. */
import { copyInto, type Stepper } from "./stepper.ts";

/** Walks through sorted times as the steps pass them. */
export class Sampler {
  readonly #times: Float64Array;
  readonly #y: Float64Array[] = [];

  constructor(times: ArrayLike<number>, t0: number, y0: Float64Array) {
    this.#times = Float64Array.from(times);
    while (this.#y.length < times.length && this.#times[this.#y.length] === t0) this.#y.push(y0.slice());
  }

  /** Takes the samples of the step from t to tNew = t + h that lie at or before `limit`. */
  take(stepper: Stepper, t: number, h: number, tNew: number, limit: number, dense: () => void): void {
    for (let i = this.#y.length; i < this.#times.length; i++) {
      const time = this.#times[i];
      if ((limit - time) * h < 0) return;
      const y = new Float64Array(stepper.y.length);
      if (time === tNew) copyInto(y, stepper.yNew);
      else {
        dense();
        stepper.interpolate((time - t) / h, y);
      }
      this.#y.push(y);
    }
  }

  /** The samples so far. */
  taken(): { t: Float64Array; y: Float64Array[] } {
    return { t: this.#times.slice(0, this.#y.length), y: this.#y };
  }
}
