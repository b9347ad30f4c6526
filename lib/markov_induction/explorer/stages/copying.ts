/** @module Stage II at a start: the heads of the selected set become copiers, by flow and by law. */
import { logTimes, solve } from "../../../ode/mod.ts";
import { oddsOf } from "../../figures/odds_panel.ts";
import type { Mask } from "../../subsets.ts";
import { copyingCurvature, copyingFlow, copyingOdds, initialRows, type SoftDrives } from "../../theory.ts";
import { M } from "../task.ts";
import type { Settings } from "./settings.ts";

/** One head of the selected set. */
export interface CopyingHead {
  readonly head: number;
  /** Mean curvature Γ over the other offsets; the law needs it positive. */
  readonly gamma: number;
  /** e^Δ of the flow at the times. */
  readonly flow: readonly number[];
  /** e^Δ of the law at the times; none where Γ is not positive. */
  readonly law?: readonly number[];
}

/** Stage II. */
export interface Copying {
  readonly times: readonly number[];
  readonly heads: readonly CopyingHead[];
  /** Time by the law until every head has at most 1 % of its weight off its own offset; Infinity where the law fails. */
  readonly t99: number;
}

/** Until the law leaves this much off the own offset. */
const end = 1e-3;

/** Solves Stage II for the set that Stage I selected. */
export function copyingOf({ a0, gap }: Settings, drives: SoftDrives, mask: Mask): Copying {
  const gammas = copyingCurvature(drives, mask).map((row) => row.reduce((sum, x) => sum + x, 0) / (M - 1));
  // e^Δ = (M - 1)(1/δ - 1) leaves δ off the own offset.
  const until = (delta: number, gamma: number) =>
    gamma > 0 ? Math.max(0, (M - 1) * (1 / delta - 1) - Math.exp(gap)) / (2 * a0 * M * gamma) : Infinity;
  const slowest = Math.min(...gammas), fastest = Math.max(...gammas.map(Math.abs));
  const start = Math.exp(gap) / (2 * a0 * M * fastest);
  const reached = slowest > 0 ? until(end, slowest) : Infinity;
  const last = Math.max(Number.isFinite(reached) ? reached : 0, 300 * start);
  const times = [...logTimes(start / 10, last, 120)];
  const flow = copyingFlow(drives, mask, a0);
  const solution = solve(flow.f, initialRows(mask, M, gap, 0), {
    t1: last,
    sampleAt: times,
    rtol: 1e-4,
    atol: 1e-5,
  });
  if (solution.status !== "done") {
    throw new RangeError(`Stage II was not solved to the end: ${solution.message}`);
  }
  return {
    times,
    heads: flow.heads.map((head, k) => ({
      head,
      gamma: gammas[k],
      flow: solution.y.map((y) => oddsOf(y.subarray(k * M, (k + 1) * M), head - 1)),
      law: gammas[k] > 0 ? times.map((t) => copyingOdds({ gap, a: a0, M, gamma: gammas[k] }, t)) : undefined,
    })),
    t99: Math.max(...gammas.map((gamma) => until(0.01, gamma))),
  };
}
