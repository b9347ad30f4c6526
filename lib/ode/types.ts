/** @module The words of this room: a right-hand side, what may be asked of a solve, and what comes back. */

/**
 * The right-hand side $\dot y = f(t, y)$, written in place.
 *
 * It must be pure: a function of `t` and `y` alone that fills every entry of `dy`, keeps neither array and writes not
 * to `y`. Dense output re-evaluates it, so a hidden state would make `at` disagree with the steps.
 */
export type RightHandSide = (t: number, y: Float64Array, dy: Float64Array) => void;

/** Fills `jacobian[i * n + j]` with $\partial f_i / \partial y_j$ (row-major, every entry). */
export type JacobianFunction = (t: number, y: Float64Array, jacobian: Float64Array) => void;

/**
 * The integrators: `tsit5` (explicit, order 5, the default), `dop853` (explicit, order 8, for tight tolerances and
 * smooth problems), `rodas5p` (Rosenbrock, order 5, L-stable, for stiff problems) and `chebyshev`, which solves one kind
 * of problem only and that one fast: $\dot y = A y + b$ with A symmetric, such as the gradient flow of a quadratic loss.
 *
 * `chebyshev` needs f alone, no matrix: it writes the solution as a polynomial of A and takes one product a term, about
 * $\sqrt{2\,|t_1 - t_0|\,w\,\ln(1/\epsilon)}$ of them with w half the width of the spectrum, plus ten. An f that is not
 * of this kind is found out by probes and refused. It evaluates f at states that are not on the solution and may take the
 * whole interval in one step, so ask for `sampleAt` or `at`; the tolerance bounds the error of each step, not estimates
 * it. Eigenvalues may have any sign and time may run backward; with b not zero, rounding is relative to the largest
 * $|t_1 - t_0|\,\lVert f \rVert$ instead of the state.
 */
export type MethodName = "tsit5" | "dop853" | "rodas5p" | "chebyshev";

/** A scalar function of the state whose sign change is located on the interpolant. */
export interface EventSpec {
  /** Defaults to `event <index>`. */
  readonly name?: string;
  /** The event is where this crosses zero. It must be continuous and must not write to `y`. */
  value(t: number, y: Float64Array): number;
  /** 1: only where it grows along the integration; -1: only where it falls; 0 (default): both. */
  readonly direction?: -1 | 0 | 1;
  /** Stop at the first occurrence. Default false. */
  readonly terminal?: boolean;
}

/** An event that happened. */
export interface EventRecord {
  /** Its name. */
  readonly name: string;
  /** Position in `options.events`. */
  readonly index: number;
  /** When. */
  readonly t: number;
  /** The state then. */
  readonly y: Float64Array;
}

/** When to call a state steady: $|f_i| < atol + rtol\,|y_i|$ for every component, f per unit of t. */
export interface SteadyState {
  /** Default: the `rtol` of the solve. */
  readonly rtol?: number;
  /** Default: the `atol` of the solve. */
  readonly atol?: number;
}

/** What may be asked of `solve`. */
export interface SolveOptions {
  /** Start. Default 0. */
  readonly t0?: number;
  /** End; may lie before `t0`, then the integration runs backward. */
  readonly t1: number;
  /** Default `tsit5`. */
  readonly method?: MethodName;
  /** Relative tolerance. Default 1e-6. */
  readonly rtol?: number;
  /** Absolute tolerance, one or one a component. Default 1e-9. */
  readonly atol?: number | ArrayLike<number>;
  /** Times to report, in the direction of integration, inside [t0, t1]. Without it every accepted step is reported. */
  readonly sampleAt?: ArrayLike<number>;
  /** Sign changes to locate. */
  readonly events?: readonly EventSpec[];
  /**
   * Stop where the flow stands still; `true` takes the tolerances of the solve. Looked for at the ends of steps, which
   * `chebyshev` then takes in doubling sizes.
   */
  readonly steadyState?: boolean | SteadyState;
  /** Only `rodas5p` uses it; by central differences when absent. */
  readonly jacobian?: JacobianFunction;
  /** Only `rodas5p` uses it: `true` promises that f ignores t and saves two evaluations a step. Default false. */
  readonly autonomous?: boolean;
  /** Attempts (accepted and rejected together) before giving up. Default 100 000. */
  readonly maxSteps?: number;
  /** Give up when the step must fall below this. Default 0: only the spacing of floating-point times limits it. */
  readonly minStep?: number;
  /** Default no limit. The last step may exceed it by a billionth rather than leave a crumb of rounding. */
  readonly maxStep?: number;
  /** Size of the first step. Default: Hairer's two-evaluation guess. `chebyshev` knows better and ignores it. */
  readonly firstStep?: number;
  /** A constant step without error control (the last one is shorter if need be). For convergence studies; not for `chebyshev`. */
  readonly fixedStep?: number;
}

/**
 * How a solve ended: `done` reached t1; `event` stopped at a terminal event; `steady` stopped where the flow stands
 * still; the other three are failures whose solution is valid up to where it stopped.
 */
export type Status = "done" | "event" | "steady" | "max-steps" | "min-step" | "not-finite";

/** Work done. */
export interface Stats {
  /** Accepted steps. */
  steps: number;
  /** Rejected attempts. */
  rejected: number;
  /** Evaluations of f, including those for the initial step, dense output, events and difference quotients. */
  evaluations: number;
  /** Jacobians formed (`rodas5p`). */
  jacobians: number;
  /** LU factorisations (`rodas5p`). */
  factorisations: number;
}

/** A request that cannot be solved as stated: bad input, not a failure on the way. */
export class OdeError extends Error {
  /** Name shown in stack traces. */
  override readonly name = "OdeError";
}
