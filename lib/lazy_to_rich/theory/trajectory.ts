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
  /** End; default well after T_90, or a few value relaxations where there is nothing to wait for. */
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

/** A first guess at a time after T_90; without a transition, or with beta beyond it already, a few value relaxations. */
function horizon(task: Task, options: TrajectoryOptions): number {
  const { bStar, N, c } = constantsOf(task), { sigma, tied } = options;
  const base = 2 * N + 100 / (c * c) + 4 * Math.log(1 / sigma) / c;
  if (!(0.9 * bStar > sigma ** 2)) return 10 * base;
  return base + 1.6 * emergenceTime(task, 0.9, { sigma, tied, v0: 0 });
}

/** How often the guess is quadrupled: values far from their limits push beta down first, and it starts from there. */
const PATIENCE = 6;

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
  const solveTo = (t1: number) => {
    const solution = solve(flow.f, start, {
      t1,
      sampleAt: options.sampleAt,
      // The 4-gram block and v have relaxed long before beta moves: stiff, so an explicit method needs up to 10^6 steps.
      method: "rodas5p",
      rtol: 1e-9,
      atol: 1e-13,
      events: [
        { name: "firstPhase", value: (_t, y) => flow.losses(y).fourGram - first, direction: -1 },
        ...(bStar > 0 ? [crossing("t10", 0.1), crossing("t50", 0.5), crossing("t90", 0.9)] : []),
      ],
    });
    if (solution.status === "done") return solution;
    throw new RangeError(`the flow was not solved to the end: ${solution.message}`);
  };
  const end = options.t1 ?? horizon(task, options);
  let solution = solveTo(end);
  const waits = options.t1 === undefined && bStar > 0 && flow.beta(start) < 0.9 * bStar;
  for (let k = 1; waits && k <= PATIENCE && !solution.events.some(({ name }) => name === "t90"); k++) {
    const longer = solveTo(4 ** k * end);
    if (longer.events.some(({ name }) => name === "t90")) solution = longer;
  }
  const timeOf = (name: string) => solution.events.find((event) => event.name === name)?.t ?? NaN;
  return {
    flow,
    solution,
    times: { firstPhase: timeOf("firstPhase"), t10: timeOf("t10"), t50: timeOf("t50"), t90: timeOf("t90") },
    lossesAt: (t) => flow.losses(solution.at(t)),
  };
}
