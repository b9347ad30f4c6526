/**
 * @module What a Runge-Kutta or Rosenbrock method is to this room: a record of coefficients.
 *
 * A method is data; the few lines that walk the data are `explicit_stepper.ts` and `rosenbrock_stepper.ts`.
 */

/** Exponents of the proportional-integral step controller; the formula is in `controller.ts`. */
export interface ControllerExponents {
  /** Exponent of the present error. */
  readonly alpha: number;
  /** Exponent of the previous error; zero makes it the elementary (integral-only) controller. */
  readonly beta: number;
}

/**
 * A dense output in nested form,
 * $y(\theta) = y_0 + \theta\,(q_0 + f_1 (q_1 + f_2 (q_2 + \dots)))$,
 * where each $f_p$ is $\theta$ or $1 - \theta$ and $q_p$ is a linear combination of the stages.
 */
export interface NestedInterpolant {
  /** The factors in order, the first always `"theta"`; `"rest"` is $1 - \theta$. */
  readonly factors: readonly ("theta" | "rest")[];
  /** `rows[p][j]`: weight of stage j in $q_p$ (times the step for explicit methods). */
  readonly rows: readonly (readonly number[])[];
}

/** An explicit embedded Runge-Kutta pair whose last stage is the derivative at the new point (first same as last). */
export interface ExplicitTableau {
  /** What `method` calls it. */
  readonly name: string;
  /** Order of the solution that is carried forward. */
  readonly order: number;
  /** Order of the interpolant: its error at a fixed $\theta$ is $O(h^{order + 1})$ in one step. */
  readonly interpolantOrder: number;
  /** The k for which the error estimate scales like $h^k$. */
  readonly controlOrder: number;
  /** Exponents of the step controller. */
  readonly pi: ControllerExponents;
  /** Abscissae, one a stage, each in [0, 1]. */
  readonly c: readonly number[];
  /** Strictly lower-triangular stage weights; row i has i entries; the last row is `b`. */
  readonly a: readonly (readonly number[])[];
  /** Weights of the solution. */
  readonly b: readonly number[];
  /** One row: weights of the error. Two rows: Hairer's pair of a high- and a low-order error. */
  readonly error: readonly (readonly number[])[];
  /** Interpolant; `c` and `a` are further stages, computed only when the interpolant is asked for. */
  readonly dense: NestedInterpolant & {
    readonly c: readonly number[];
    readonly a: readonly (readonly number[])[];
  };
}

/**
 * A stiffly accurate Rosenbrock method in the transformed variables that need no matrix product:
 * $(I/(h\gamma) - J)\,u_i = f(t + c_i h,\, y + \sum_j a_{ij} u_j) + \sum_j (C_{ij}/h)\, u_j + h\,d_i\,f_t$,
 * $y_1 = y + \sum_j a_{sj} u_j + u_s$, error estimate $u_s$.
 */
export interface RosenbrockTableau {
  /** What `method` calls it. */
  readonly name: string;
  /** Order of the solution. */
  readonly order: number;
  /** Order of the interpolant. */
  readonly interpolantOrder: number;
  /** The k for which the error estimate scales like $h^k$. */
  readonly controlOrder: number;
  /** Exponents of the step controller. */
  readonly pi: ControllerExponents;
  /** Diagonal of the method: $\gamma$ times h times the Jacobian is inverted. */
  readonly gamma: number;
  /** Abscissae. */
  readonly c: readonly number[];
  /** Weights of the time derivative of f. */
  readonly d: readonly number[];
  /** Strictly lower triangular; row i has i entries. */
  readonly a: readonly (readonly number[])[];
  /** Strictly lower triangular; row i has i entries. */
  readonly C: readonly (readonly number[])[];
  /** Interpolant; the first row, $q_0 = y_1 - y_0$, is implied and not listed in `rows`. */
  readonly dense: NestedInterpolant;
}
