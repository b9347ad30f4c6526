/** @module The few lines that walk a Rosenbrock tableau: one Jacobian and one LU a step, one solve a stage. */
import { type Combination, combination } from "./combination.ts";
import { factorise, solveFactorised } from "./dense_lu.ts";
import { jacobianByDifferences, timeDerivative } from "./jacobian.ts";
import {
  allFinite,
  copyInto,
  nestedInterpolant,
  noProblem,
  scaledNorm,
  type Stepper,
  type StepperProblem,
} from "./stepper.ts";
import type { ControllerExponents, RosenbrockTableau } from "./tableau.ts";

/** A Rosenbrock method for one size of state; all buffers are made here, none in a step. */
export class RosenbrockStepper implements Stepper {
  readonly controlOrder: number;
  readonly pi: ControllerExponents;
  readonly y: Float64Array;
  readonly yNew: Float64Array;
  readonly f: Float64Array;
  readonly fNew: Float64Array;

  readonly #u: Float64Array[];
  readonly #states: Combination[];
  readonly #couplings: Combination[];
  readonly #rows: Combination[];
  readonly #q: Float64Array[];
  readonly #nested: (theta: number, y: Float64Array, out: Float64Array) => Float64Array;
  readonly #zero: Float64Array;
  readonly #work: Float64Array;
  readonly #dfdt: Float64Array;
  readonly #jacobian: Float64Array;
  readonly #matrix: Float64Array;
  readonly #pivots: Int32Array;
  readonly #c: readonly number[];
  readonly #d: readonly number[];
  readonly #gamma: number;
  #problem: StepperProblem = noProblem;
  #linearised = false;
  #tNew = 0;

  constructor(tableau: RosenbrockTableau, private readonly size: number) {
    const make = () => new Float64Array(size);
    const { c, d, gamma, a, C, dense } = tableau;
    this.controlOrder = tableau.controlOrder;
    this.pi = tableau.pi;
    [this.#c, this.#d, this.#gamma] = [c, d, gamma];
    [this.y, this.yNew, this.f, this.fNew] = [make(), make(), make(), make()];
    [this.#zero, this.#work, this.#dfdt] = [make(), make(), make()];
    this.#u = c.map(make);
    this.#states = a.map((row) => combination(row, this.#u));
    this.#couplings = C.map((row) => combination(row, this.#u));
    this.#rows = dense.rows.map((row) => combination(row, this.#u));
    this.#q = dense.factors.map(make);
    this.#nested = nestedInterpolant(dense.factors, this.#q);
    this.#jacobian = new Float64Array(size * size);
    this.#matrix = new Float64Array(size * size);
    this.#pivots = new Int32Array(size);
  }

  begin(problem: StepperProblem): void {
    this.#problem = problem;
  }

  start(t: number): void {
    this.#problem.rhs(t, this.y, this.f);
    this.#problem.stats.evaluations++;
    this.#linearised = false;
  }

  /** The Jacobian at (t, y): once a step, kept through rejections. */
  #linearise(t: number): void {
    const { jacobian, stats } = this.#problem;
    if (jacobian) jacobian(t, this.y, this.#jacobian);
    else {
      stats.evaluations += jacobianByDifferences(
        this.#problem.rhs,
        t,
        this.y,
        this.f,
        this.#jacobian,
        this.#work,
        this.fNew,
      );
    }
    stats.jacobians++;
    this.#linearised = true;
  }

  attempt(t: number, h: number, tNew: number): number {
    const { y, yNew, size: n } = this;
    const { autonomous, rtol, atol, stats } = this.#problem;
    if (!this.#linearised) this.#linearise(t);
    this.#tNew = tNew;
    const matrix = this.#matrix;
    const diagonal = 1 / (h * this.#gamma);
    for (let i = 0; i < n * n; i++) matrix[i] = -this.#jacobian[i];
    for (let i = 0; i < n; i++) matrix[i * n + i] += diagonal;
    stats.factorisations++;
    if (!factorise(matrix, n, this.#pivots)) return NaN;
    if (!autonomous) {
      stats.evaluations += timeDerivative(this.#problem.rhs, t, h, y, this.f, this.#dfdt, this.#work);
    }

    const s = this.#c.length;
    for (let i = 0; i < s; i++) {
      const u = this.#u[i];
      let derivative = this.f;
      if (i > 0) {
        this.#states[i](yNew, y, 1);
        derivative = this.#work;
        this.#problem.rhs(this.#c[i] === 1 ? tNew : t + this.#c[i] * h, yNew, derivative);
        stats.evaluations++;
      }
      this.#couplings[i](u, derivative, 1 / h);
      const dt = h * this.#d[i];
      if (!autonomous && dt !== 0) { for (let j = 0; j < n; j++) u[j] += dt * this.#dfdt[j]; }
      solveFactorised(matrix, n, this.#pivots, u);
    }
    // Stiffly accurate: the last stage's argument plus the last stage, which is also the error estimate.
    const error = this.#u[s - 1];
    for (let j = 0; j < n; j++) yNew[j] += error[j];
    return scaledNorm(error, y, yNew, atol, rtol);
  }

  complete(): boolean {
    this.#problem.rhs(this.#tNew, this.yNew, this.fNew);
    this.#problem.stats.evaluations++;
    return allFinite(this.fNew);
  }

  prepareDense(): void {
    for (let i = 0; i < this.size; i++) this.#q[0][i] = this.yNew[i] - this.y[i];
    for (let p = 1; p < this.#q.length; p++) this.#rows[p - 1](this.#q[p], this.#zero, 1);
  }

  interpolate(theta: number, out: Float64Array): Float64Array {
    return this.#nested(theta, this.y, out);
  }

  advance(): void {
    copyInto(this.y, this.yNew);
    copyInto(this.f, this.fNew);
    this.#linearised = false;
  }
}
