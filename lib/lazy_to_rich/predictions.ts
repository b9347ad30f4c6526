/** @module What theory predicts for a run, and what its record measured: the rows behind the figures and claims on times. */
import type { RunPoint, RunTimes, TrainingRecord } from "./records.ts";
import { constantsOf, CORRECTED_LIMIT, type Task, trajectory } from "./theory/mod.ts";

/** A task that was trained, its predicted times and those of its runs. */
export interface Comparison {
  /** The task. */
  readonly task: Task;
  /** Initialisation scale. */
  readonly sigma: number;
  /** Times of the flow at order 1/N (T_90, where that over-corrects, and w* >= 0.64: at leading order). */
  readonly predicted: RunTimes;
  /** T_50 of the leading-order flow. */
  readonly leading: number;
  /** Per run. */
  readonly measured: readonly RunTimes[];
}

const known = new Map<string, Omit<Comparison, "measured">>();

/** Predicted times of a task; remembered, since figures and claims ask for the same ones. */
export function predict(
  task: Task,
  point: Pick<RunPoint, "sigma" | "initialisation">,
): Omit<Comparison, "measured"> {
  const { sigma, initialisation } = point;
  const key = [task.alphaStar, task.wStar, task.L, sigma, initialisation].join();
  const found = known.get(key);
  if (found) return found;
  const leading = trajectory(task, { sigma, initialisation }).times;
  const predicted = task.wStar < CORRECTED_LIMIT
    ? trajectory(task, { sigma, initialisation, moments: "corrected" }).times
    : leading;
  const finite = (t: number) => Number.isFinite(t) ? t : null;
  const { firstPhase, t10, t50 } = predicted;
  const result = {
    task,
    sigma,
    predicted: {
      firstPhase: finite(firstPhase),
      t10: finite(t10),
      t50: finite(t50),
      t90: finite(leading.t90),
    },
    leading: leading.t50,
  };
  known.set(key, result);
  return result;
}

/** One comparison for every task and sigma among the runs of the records, in order of first appearance. */
export function comparisons(records: readonly TrainingRecord[]): Comparison[] {
  const rows = new Map<string, { task: Task; point: RunPoint; measured: RunTimes[] }>();
  for (const { config, metrics } of records) {
    config.runs.forEach((point, row) => {
      const { alphaStar, wStar, sigma, initialisation } = point;
      const key = [alphaStar, wStar, config.L, sigma, initialisation].join();
      const known = rows.get(key) ?? { task: { alphaStar, wStar, L: config.L }, point, measured: [] };
      known.measured.push(metrics.times[row]);
      rows.set(key, known);
    });
  }
  return [...rows.values()].map(({ task, point, measured }) => ({ ...predict(task, point), measured }));
}

/** The measured values of one of the times; runs that did not reach it are left out. */
export function reached(rows: readonly RunTimes[], name: keyof RunTimes): number[] {
  return rows.flatMap((times) => times[name] ?? []);
}

/** The knob sweeps among comparisons: those that differ from some other one in this knob alone, the longest such series. */
export function sweepOf(
  rows: readonly Comparison[],
  knob: "alphaStar" | "wStar" | "L" | "sigma",
): Comparison[] {
  const series = new Map<string, Comparison[]>();
  for (const row of rows) {
    const all = { ...row.task, sigma: row.sigma };
    const key = (["alphaStar", "wStar", "L", "sigma"] as const).filter((name) => name !== knob)
      .map((name) => all[name]).join();
    series.set(key, [...series.get(key) ?? [], row]);
  }
  const longest = [...series.values()].reduce((a, b) => b.length > a.length ? b : a, []);
  const value = ({ task, sigma }: Comparison) => knob === "sigma" ? sigma : task[knob];
  return [...longest].sort((a, b) => value(a) - value(b));
}

/** N = L - 2 of a comparison. */
export function keysOf({ task }: Comparison): number {
  return constantsOf(task).N;
}
