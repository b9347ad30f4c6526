/** @module The few lines that walk an explicit tableau: stages, error, first-same-as-last, interpolant. */
import { type Combination, combination } from "./combination.ts";
import {
  allFinite,
  copyInto,
  nestedInterpolant,
  noProblem,
  scaledNorm,
  type Stepper,
  type StepperProblem,
} from "./stepper.ts";
import type { ControllerExponents, ExplicitTableau } from "./tableau.ts";

/** An explicit Runge-Kutta method for one size of state; all buffers are made here, none in a step. */
export class ExplicitStepper implements Stepper {
  readonly controlOrder: number;
  readonly pi: ControllerExponents;
  readonly y: Float64Array;
  readonly yNew: Float64Array;
  readonly f: Float64Array;
  readonly fNew: Float64Array;

  readonly #k: Float64Array[];
  readonly #stages: { c: number; state: Combination; k: Float64Array }[];
  readonly #denseStages: { c: number; state: Combination; k: Float64Array }[];
  readonly #solution: Combination;
  readonly #errors: Combination[];
  readonly #errorUsesLast: boolean;
  readonly #rows: Combination[];
  readonly #q: Float64Array[];
  readonly #nested: (theta: number, y: Float64Array, out: Float64Array) => Float64Array;
  readonly #zero: Float64Array;
  readonly #work: Float64Array;
  readonly #work2: Float64Array;
  #problem: StepperProblem = noProblem;
  #t = 0;
  #h = 0;
  #tNew = 0;
  #lastDone = false;

  constructor(tableau: ExplicitTableau, size: number) {
    const { c, a, dense } = tableau;
    const make = () => new Float64Array(size);
    this.controlOrder = tableau.controlOrder;
    this.pi = tableau.pi;
    this.#k = [...c, ...dense.c].map(make);
    const k = this.#k;
    [this.y, this.yNew, this.#zero, this.#work, this.#work2] = [make(), make(), make(), make(), make()];
    this.f = k[0];
    this.fNew = k[c.length - 1];
    const stage = (c: number, row: readonly number[], i: number) => ({
      c,
      state: combination(row, k),
      k: k[i],
    });
    this.#stages = c.slice(1, -1).map((ci, i) => stage(ci, a[i + 1], i + 1));
    this.#denseStages = dense.c.map((ci, i) => stage(ci, dense.a[i], c.length + i));
    this.#solution = combination(tableau.b, k);
    this.#errors = tableau.error.map((row) => combination(row, k));
    this.#errorUsesLast = tableau.error.some((row) => row.length === c.length);
    this.#rows = dense.rows.map((row) => combination(row, k));
    this.#q = dense.rows.map(make);
    this.#nested = nestedInterpolant(dense.factors, this.#q);
  }

  begin(problem: StepperProblem): void {
    this.#problem = problem;
  }

  start(t: number): void {
    this.#problem.rhs(t, this.y, this.f);
    this.#problem.stats.evaluations++;
  }

  attempt(t: number, h: number, tNew: number): number {
    this.#t = t;
    this.#h = h;
    this.#tNew = tNew;
    const { y, yNew } = this;
    const work = this.#work;
    const { rhs, rtol, atol, stats } = this.#problem;
    for (let i = 0; i < this.#stages.length; i++) {
      const { c, state, k } = this.#stages[i];
      state(work, y, h);
      // The end of the step is tNew itself: t + h may round past the end of the interval.
      rhs(c === 1 ? tNew : t + c * h, work, k);
    }
    stats.evaluations += this.#stages.length;
    this.#solution(yNew, y, h);
    this.#lastDone = false;
    if (this.#errorUsesLast) this.#last();
    this.#errors[0](work, this.#zero, h);
    const first = scaledNorm(work, y, yNew, atol, rtol);
    if (this.#errors.length === 1) return first;
    // Hairer's combination for DOP853: |e5|^2 / sqrt(|e5|^2 + 0.01 |e3|^2) behaves like h^8 and is not fooled where the
    // fifth-order estimate happens to vanish.
    this.#errors[1](this.#work2, this.#zero, h);
    const second = scaledNorm(this.#work2, y, yNew, atol, rtol);
    const bottom = first * first + 0.01 * second * second;
    return bottom === 0 ? 0 : first * first / Math.sqrt(bottom);
  }

  #last(): void {
    this.#problem.rhs(this.#tNew, this.yNew, this.fNew);
    this.#problem.stats.evaluations++;
    this.#lastDone = true;
  }

  complete(): boolean {
    if (!this.#lastDone) this.#last();
    return allFinite(this.fNew);
  }

  prepareDense(): void {
    for (const { c, state, k } of this.#denseStages) {
      state(this.#work, this.y, this.#h);
      this.#problem.rhs(this.#t + c * this.#h, this.#work, k);
    }
    this.#problem.stats.evaluations += this.#denseStages.length;
    for (let p = 0; p < this.#q.length; p++) this.#rows[p](this.#q[p], this.#zero, this.#h);
  }

  interpolate(theta: number, out: Float64Array): Float64Array {
    return this.#nested(theta, this.y, out);
  }

  advance(): void {
    copyInto(this.y, this.yNew);
    copyInto(this.f, this.fNew);
  }
}
