/** @module Figure: runs of different sigma, alpha*, L and w* on one curve, and why the jump looks abrupt. */
import { type Figure, label, runLine, sequence, sourceOf, theme, theoryLine } from "../../figure/mod.ts";
import type { TrainingRecord } from "../records.ts";
import {
  adiabaticEmergence,
  collapsedTime,
  constantsOf,
  logisticCollapse,
  type Task,
} from "../theory/mod.ts";
import { solve } from "../../ode/mod.ts";
import { grouped, linear } from "./statistics.ts";

interface Curve {
  readonly task: Task;
  readonly sigma: number;
  /** (time, beta / b*) */
  readonly raw: readonly { x: number; y: number }[];
  readonly half: number;
}

function curvesOf(records: readonly TrainingRecord[]): Curve[] {
  return records.flatMap(({ config, metrics }) => {
    const rows = config.runs.map((run, row) => ({ run, row }));
    // one run of each task: the figure is about shapes, not about scatter
    return grouped(rows, ({ run }) => [run.alphaStar, run.wStar, run.sigma].join()).flatMap(
      ([, [{ run, row }]]) => {
        const task = { alphaStar: run.alphaStar, wStar: run.wStar, L: config.L },
          { bStar } = constantsOf(task);
        const half = metrics.times[row].t50;
        const raw = metrics.series.beta[row].map((beta, i) => ({
          x: metrics.steps[i] * config.eta,
          y: beta / bStar,
        }));
        return half === null ? [] : [{ task, sigma: run.sigma, raw, half }];
      },
    );
  });
}

/** Adiabatic flow of beta in collapsed time, centred at b half. */
function adiabatic(task: Task, taus: readonly number[]) {
  const { bStar } = constantsOf(task);
  const flow = adiabaticEmergence(task), half = bStar / 2;
  const span = taus[taus.length - 1] / collapsedTime(task, 1, 0);
  const side = (sign: 1 | -1) =>
    solve(
      (t, y, dy) => {
        flow.f(t, y, dy);
        dy[0] *= sign;
      },
      [half],
      { t1: span, method: "dop853", rtol: 1e-9, atol: 1e-14 },
    );
  const forward = side(1), back = side(-1);
  return taus.map((tau) => {
    const t = Math.min(Math.abs(tau) / collapsedTime(task, 1, 0), span);
    return { x: tau, y: (tau < 0 ? back : forward).at(t)[0] / bStar };
  });
}

/**
 * beta / b* over time, and over collapsed time with the logistic limit.
 * @param records of the experiment `times`
 */
export function collapse(records: readonly TrainingRecord[]): Figure {
  const curves = curvesOf(records).sort((a, b) => a.half - b.half);
  const colors = sequence(curves.length);
  const reach = 6, taus = linear(-reach, reach, 121);
  const largest = Math.max(...curves.map(({ task }) => task.wStar));
  const widest = curves.find(({ task }) => task.wStar === largest)!.task;
  const ratio = (task: Task, sigma: number) => 2.2 / Math.log(task.wStar / sigma);
  const sigmas = [...new Set(curves.map(({ sigma }) => sigma))].sort((a, b) => b - a);

  return {
    name: "collapse",
    title: "One curve for every task: the emergence is logistic in rescaled time",
    caption:
      `β / w*² of ${curves.length} runs that differ in σ, α*, L and w* (colour: T₅₀, dark is early). (a) Over time. (b) Over ` +
      "(t − T₅₀) · 2κ²w*²/N with the measured T₅₀ of each run: solid, the flow with v eliminated adiabatically at " +
      `w* = ${largest}; dashed, its limit w* → 0, the logistic curve (derived here). Only the waiting time depends on σ: 10–90 % takes ` +
      `2.2 N(1+α*)²/w*², so width / T₅₀ → 2.2 / ln(w*/σ), here ${
        ratio(widest, sigmas[0]).toFixed(2)
      } at σ = ${sigmas[0]} and ` +
      `${ratio(widest, sigmas[sigmas.length - 1]).toFixed(2)} at σ = ${
        sigmas[sigmas.length - 1]
      }. The jump is abrupt only as σ → 0.`,
    panels: [
      {
        title: "Over time",
        legend: [
          { label: `earliest, T₅₀ = ${Math.round(curves[0].half)}`, color: colors[0] },
          {
            label: `latest, ${Math.round(curves[curves.length - 1].half)}`,
            color: colors[colors.length - 1],
          },
        ],
        plot: {
          x: {
            type: "log",
            label: "time t (step size × steps)",
            domain: [100, Math.max(...curves.map(({ raw }) => raw[raw.length - 1].x))],
          },
          y: { label: "β / w*² (no unit)", domain: [0, 1.1] },
          marks: curves.map(({ raw }, k) =>
            runLine(raw.filter(({ x }) => x >= 100), { color: colors[k], width: 1.2 })
          ),
        },
      },
      {
        title: "Over rescaled time since the half-way point",
        legend: [
          { label: `adiabatic flow, w* = ${largest}`, color: theme.colors.theory },
          { label: "logistic, w* → 0", color: theme.colors.theory, mark: "dash" },
        ],
        plot: {
          x: { label: "(t − T₅₀) · 2κ²w*² / N (no unit)", domain: [-reach, reach] },
          y: { label: "β / w*² (no unit)", domain: [0, 1.1] },
          marks: [
            curves.map(({ task, raw, half }, k) =>
              runLine(
                raw.map(({ x, y }) => ({ x: collapsedTime(task, x, half), y })).filter(({ x }) =>
                  Math.abs(x) <= reach
                ),
                { color: colors[k], width: 1.2, opacity: 0.8 },
              )
            ),
            theoryLine(adiabatic(widest, taus)),
            theoryLine(taus.map((x) => ({ x, y: logisticCollapse(x) })), { dash: true }),
            label("half of w*²", { x: 0, y: 0.5 }, { anchor: "end", dx: -10, color: theme.colors.faint }),
          ],
        },
      },
    ],
    sources: records.map(sourceOf),
  };
}
