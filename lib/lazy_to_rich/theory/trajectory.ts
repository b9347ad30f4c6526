/** @module A flow solved: its curves, and the times at which its phases end. */
import { type Solution, solve } from "../../ode/mod.ts";
import { type Flow, jointFlow, type Losses, stageTwoFlow, type StageTwoOptions } from "./flows.ts";
import { type Initialisation, initialState } from "./initial.ts";
import { emergenceTime } from "./times.ts";
import { constantsOf, type Task } from "./task.ts";

/** What to run. */
export interface TrajectoryOptions extends StageTwoOptions {
  /** Initialisation scale. */
  readonly sigma: number;
  /** Default all-small. */
  readonly initialisation?: Initialisation;
  /** All six scalars at once instead of stage two. Leading order only. */
  readonly joint?: boolean;
  /** End; default 1.6 times the predicted T_90 plus the value delay and first phase. */
  readonly t1?: number;
  /** Times to report; default every step of the integrator. */
  readonly sampleAt?: ArrayLike<number>;
}

/** Times of the phases (units: learning rate x steps); NaN when not reached before the end. */
export interface PhaseTimes {
  /** L_G4 at 1 % of c^2/2, the loss of a silent head. */
  readonly firstPhase: number;
  /** When beta = 0.1 b*. */
  readonly t10: number;
  /** When beta = 0.5 b*. */
  readonly t50: number;
  /** When beta = 0.9 b*. */
  readonly t90: number;
}

/** A solved flow. */
export interface Trajectory {
  /** The flow that was solved. */
  readonly flow: Flow;
  /** Its solution, with dense output. */
  readonly solution: Solution;
  /** When its phases end. */
  readonly times: PhaseTimes;
  /** Losses at a time inside the run. */
  lossesAt(t: number): Losses;
}

/** A horizon that contains T_90, by the prediction; without a transition, a few value relaxations. */
function horizon(task: Task, options: TrajectoryOptions): number {
  const { bStar, N, c } = constantsOf(task);
  const base = 2 * N + 100 / (c * c) + 4 * Math.log(1 / options.sigma) / c;
  if (!(0.9 * bStar > options.sigma ** 2)) return 10 * base;
  return base + 1.6 * emergenceTime(task, 0.9, { sigma: options.sigma, tied: options.tied });
}

/**
 * Solves stage two (or the joint flow) from an initialisation and reads off the phase times from events of the integrator.
 * @throws {RangeError} outside the theory's domain, or when the integrator could not finish (with its reason)
 */
export function trajectory(task: Task, options: TrajectoryOptions): Trajectory {
  const { sigma, initialisation = "all-small", joint = false, tied, moments, context } = options;
  if (joint && moments === "corrected") {
    throw new RangeError("the joint flow is known at leading order only: leave out moments: corrected");
  }
  const flow = joint ? jointFlow(task, { tied }) : stageTwoFlow(task, { tied, moments, context });
  const { bStar, c } = constantsOf(task);
  const start = initialState(task, flow.names, initialisation, sigma);
  const first = c * c / 200;
  const crossing = (name: string, x: number) => ({
    name,
    value: (_t: number, y: Float64Array) => flow.beta(y) - x * bStar,
    direction: 1 as const,
  });
  const solution = solve(flow.f, start, {
    t1: options.t1 ?? horizon(task, options),
    sampleAt: options.sampleAt,
    method: "dop853",
    rtol: 1e-9,
    atol: 1e-13,
    events: [
      { name: "firstPhase", value: (_t, y) => flow.losses(y).fourGram - first, direction: -1 },
      ...(bStar > 0 ? [crossing("t10", 0.1), crossing("t50", 0.5), crossing("t90", 0.9)] : []),
    ],
  });
  if (solution.status !== "done") {
    throw new RangeError(`the flow was not solved to the end: ${solution.message}`);
  }
  const timeOf = (name: string) => solution.events.find((event) => event.name === name)?.t ?? NaN;
  return {
    flow,
    solution,
    times: { firstPhase: timeOf("firstPhase"), t10: timeOf("t10"), t50: timeOf("t50"), t90: timeOf("t90") },
    lossesAt: (t) => flow.losses(solution.at(t)),
  };
}
