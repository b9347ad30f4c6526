/**
 * @module The flow of stage two, solved while a slider moves: the theory's right-hand side and events, an L-stable method.
 *
 * During the long plateau the fast scalars have relaxed, so the flow is stiff: an explicit method takes 10³ to 10⁵ steps where
 * this one takes a few hundred, at every length and temperature.
 */
import { type Solution, solve } from "../../ode/mod.ts";
import {
  constantsOf,
  emergenceTime,
  type Flow,
  type Initialisation,
  initialState,
  type Moments,
  stageTwoFlow,
  type Task,
} from "../theory/mod.ts";

/** A task, and how its training starts. */
export interface Start {
  readonly task: Task;
  readonly sigma: number;
  readonly initialisation: Initialisation;
}

/** A solved flow and when its phases end (NaN when it did not get there). */
export interface Solved {
  readonly flow: Flow;
  readonly solution: Solution;
  readonly times: Readonly<Record<PhaseName, number>>;
}

/** Ends of phases. */
export type PhaseName = "firstPhase" | "t10" | "t50" | "t90";

/** A time by which the emergence is over. */
export function endOf({ task, sigma, initialisation }: Start): number {
  const { N, c } = constantsOf(task);
  const relaxed = 2 * N + 60 / (c * c) + 2 * Math.log(1 / sigma) / c;
  return relaxed + 1.3 * emergenceTime(task, 0.9, { sigma, initialisation });
}

/**
 * Solves stage two.
 * @throws {RangeError} outside the theory's domain, or when the integrator stopped early (with its reason)
 */
export function solveFlow(start: Start, moments: Moments, t1: number = endOf(start)): Solved {
  const { task, sigma, initialisation } = start;
  const flow = stageTwoFlow(task, { moments });
  const { c, bStar } = constantsOf(task);
  const reaches = (name: PhaseName, x: number) => ({
    name,
    value: (_t: number, y: Float64Array) => flow.beta(y) - x * bStar,
    direction: 1 as const,
  });
  const solution = solve(flow.f, initialState(task, flow.names, initialisation, sigma), {
    t1,
    method: "rodas5p",
    rtol: 1e-6,
    atol: 1e-6 * sigma, // the match starts at sigma squared, and its growth is all there is to see
    events: [
      {
        name: "firstPhase",
        value: (_t, y) => flow.losses(y).fourGram - c * c / 200,
        direction: -1,
      },
      reaches("t10", 0.1),
      reaches("t50", 0.5),
      reaches("t90", 0.9),
    ],
  });
  if (solution.status !== "done") {
    throw new RangeError(`the flow was not solved to the end: ${solution.message}`);
  }
  const at = (name: PhaseName) => solution.events.find((event) => event.name === name)?.t ?? NaN;
  return {
    flow,
    solution,
    times: { firstPhase: at("firstPhase"), t10: at("t10"), t50: at("t50"), t90: at("t90") },
  };
}
