/** @module Figure: the main run, its losses and its scalars through four phases, over the closed-form flow. */
import {
  type Figure,
  formatNumber,
  label,
  phases,
  type Point,
  referenceLine,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sourceOf,
  theme,
  theoryLine,
  verticalTimes,
} from "../../figure/mod.ts";
import { predict } from "../predictions.ts";
import type { TrainingRecord } from "../records.ts";
import {
  constantsOf,
  CORRECTED_LIMIT,
  fourGramAsymptote,
  plateauLoss,
  type Task,
  trajectory,
} from "../theory/mod.ts";
import { grouped, logarithmic, overRuns, spread } from "./statistics.ts";

/** Which run to draw. */
export interface FourPhasesOptions {
  /** Index of the task among the tasks of the record's runs; 0 unless said. */
  readonly task?: number;
  /** Name of the figure and its file; `four_phases` unless said. */
  readonly name?: string;
}

/**
 * Losses (log-log), scalars over their limits, and the emergence in linear time.
 * @param records of the experiment `phases`; all runs of one task are averaged
 */
export function fourPhases(records: readonly TrainingRecord[], options: FourPhasesOptions = {}): Figure {
  const [record] = records, { config, metrics } = record;
  const tasks = grouped(
    config.runs.map((run, row) => ({ run, row })),
    ({ run }) => [run.alphaStar, run.wStar, run.sigma, run.initialisation].join(),
  );
  const [, members] = tasks[options.task ?? 0];
  const [{ run }] = members, rows = members.map(({ row }) => row);
  const task: Task = { ...run, L: config.L };
  const { c, kappa, bStar } = constantsOf(task);
  const times = metrics.steps.map((step) => step * config.eta), last = times[times.length - 1];
  const moments = run.wStar < CORRECTED_LIMIT ? "corrected" : "leading";
  const theory = trajectory(task, {
    sigma: run.sigma,
    initialisation: run.initialisation,
    moments,
    t1: last,
  });
  const leading = trajectory(task, { sigma: run.sigma, initialisation: run.initialisation, t1: last });
  const plateau = plateauLoss(constantsOf(task));
  const { predicted } = predict(task, run);
  const [firstPhase, t10, t50, t90] = [predicted.firstPhase!, predicted.t10!, predicted.t50!, predicted.t90!];

  const low = plateau * 1e-3;
  const first = 2, grid = logarithmic(first, last, 400);
  const curve = (f: (t: number) => number, at = grid): Point[] => at.map((t) => ({ x: t, y: f(t) }));
  const series = (name: string) => rows.map((row) => metrics.series[name][row]);
  const measured = (name: string, count = 34) =>
    spread(overRuns(times, series(name)).filter(({ x }) => x >= first), count);
  const betas = rows.map((row) =>
    metrics.series.wQ[row].map((q, i) => q * metrics.series.wK[row][i] / bStar)
  );
  const scalar = (name: string, map: (x: number) => number) =>
    spread(
      overRuns(times, series(name).map((row) => row.map(map))).filter(({ x }) => x >= first),
      26,
    );
  const at = (t: number) => theory.solution.at(t);
  const total = rows.map((row) =>
    metrics.series.fourGram[row].map((x, i) => x + metrics.series.induction[row][i])
  );
  const moments10 = [{ at: t10, label: "T₁₀" }, { at: t50, label: "T₅₀" }, { at: t90, label: "T₉₀" }];
  const bands = phases([
    { from: first, to: firstPhase, label: "I partial learning" },
    { from: firstPhase, to: t10, label: "II plateau" },
    { from: t10, to: t90, label: "III" },
    { from: t90, to: last, label: "IV" },
  ], { log: true });
  const color = {
    fourGram: runColor(0),
    induction: runColor(1),
    w: runColor(1),
    a: runColor(0),
    v: runColor(2),
    u: runColor(3),
  };
  const linearGrid = Array.from({ length: 300 }, (_, i) => 1 + (last - 1) * i / 299);

  return {
    name: options.name ?? "four_phases",
    title: "Four phases: the 4-gram head is learned first, the induction head waits, then emerges",
    caption:
      `Layer-wise training, second stage (p₁ = ∞), of the six-scalar transformer on the mixed target with α* = ${run.alphaStar}, ` +
      `w* = ${run.wStar}, L = ${config.L}, σ = ${
        formatNumber(run.sigma)
      }: ${rows.length} seeds, gradient descent with step ` +
      `size ${config.eta} on fresh batches of ${config.batch}; losses on ${config.evaluation} other sequences. Dots: mean ± one ` +
      "standard error over seeds. Dark lines: gradient flow of the population loss" +
      (moments === "corrected"
        ? ", induction part to order 1/N (dashed: leading order)"
        : ", leading order in 1/N") +
      ", no fitted constant (derived here, as are T₁₀, T₅₀, T₉₀: β = w_Q w_K at 10, 50, 90 % of w*², the last to leading order; phase I ends when L_G4 is at " +
      "1 % of c²/2). That there are four phases, and their order, is reported for the paper. Before t ≈ 20 steps of this size lag behind the flow.",
    columns: 1,
    panels: [
      {
        title: "Losses",
        height: 300,
        legend: [
          { label: "gradient flow, to order 1/N", color: theme.colors.theory },
          { label: "leading order", color: theme.colors.theory, mark: "dash" },
          { label: "L_G4, 4-gram part", color: color.fourGram, mark: "dot" },
          { label: "L_IH, induction part", color: color.induction, mark: "dot" },
          { label: "total, runs", color: theme.colors.runs[5] },
          { label: "1/(4t) and plateau level", color: theme.colors.reference, mark: "dash" },
        ],
        plot: {
          x: { type: "log", label: "time t (step size × steps)", domain: [first, last] },
          y: { type: "log", label: "loss (half mean squared error)" },
          marks: [
            bands,
            verticalTimes(moments10, { row: 1 }),
            referenceLine(curve((t) => fourGramAsymptote(t), logarithmic(8, last, 60))),
            referenceLine([{ x: first, y: plateau }, { x: last, y: plateau }]),
            label("κ²(h(w*⁴) − 1)/2N", { x: first * 1.25, y: plateau }, {
              dy: 10,
              color: theme.colors.faint,
            }),
            runLine(overRuns(times, total).filter(({ x }) => x >= first), {
              color: theme.colors.runs[5],
              width: 3,
              opacity: 0.55,
            }),
            theoryLine(curve((t) => theory.lossesAt(t).fourGram)),
            theoryLine(curve((t) => leading.lossesAt(t).induction).filter(({ y }) => y > low), {
              dash: true,
              width: 1.2,
            }),
            theoryLine(curve((t) => theory.lossesAt(t).induction).filter(({ y }) => y > low)),
            runDots(measured("fourGram"), { color: color.fourGram, log: true }),
            runDots(measured("induction").filter(({ y }) => y > low), {
              color: color.induction,
              log: true,
            }),
          ],
        },
      },
      {
        title: "Scalars relative to their limits",
        height: 250,
        legend: [
          { label: "gradient flow", color: theme.colors.theory },
          { label: "a / c", color: color.a, mark: "dot" },
          { label: "v / κ", color: color.v, mark: "dot" },
          { label: "w / w*, w = √β", color: color.w, mark: "dot" },
          { label: "u = e^(−p₂)", color: color.u, mark: "dot" },
        ],
        plot: {
          x: { type: "log", label: "time t (step size × steps)", domain: [first, last] },
          y: { label: "scalar / its limit (no unit)", domain: [0, 1.75] },
          marks: [
            bands,
            verticalTimes(moments10, { row: 1 }),
            referenceValue(1),
            theoryLine(curve((t) => at(t)[1] / c)),
            theoryLine(curve((t) => at(t)[2] / kappa)),
            theoryLine(curve((t) => Math.sqrt(Math.max(theory.flow.beta(at(t)), 0) / bStar))),
            theoryLine(curve((t) => Math.exp(-at(t)[0]))),
            runDots(scalar("a", (x) => x / c), { color: color.a }),
            runDots(scalar("v", (x) => x / kappa), { color: color.v }),
            runDots(
              spread(
                overRuns(
                  times,
                  betas.map((row) => row.map((b) => Math.sqrt(Math.max(b, 0)))),
                ).filter(({ x }) => x >= first),
                26,
              ),
              { color: color.w },
            ),
            runDots(scalar("p2", (x) => Math.exp(-x)), { color: color.u }),
          ],
        },
      },
      {
        title: "The same in linear time: nothing seems to happen, then it happens",
        height: 200,
        legend: [
          { label: "to order 1/N", color: theme.colors.theory },
          { label: "leading order", color: theme.colors.theory, mark: "dash" },
          { label: "L_IH / plateau level", color: color.induction, mark: "dot" },
          { label: "β / w*²", color: color.v, mark: "dot" },
        ],
        plot: {
          x: { label: "time t (step size × steps)", domain: [0, last] },
          y: { label: "ratio (no unit)", domain: [0, 1.6] },
          marks: [
            verticalTimes(moments10),
            referenceValue(1),
            [{ flow: leading, dash: true }, { flow: theory, dash: false }].map(({ flow, dash }) => [
              theoryLine(curve((t) => flow.lossesAt(t).induction / plateau, linearGrid), {
                dash,
                width: dash ? 1.2 : undefined,
              }),
              theoryLine(curve((t) => flow.flow.beta(flow.solution.at(t)) / bStar, linearGrid), {
                dash,
                width: dash ? 1.2 : undefined,
              }),
            ]),
            runDots(
              spread(
                overRuns(times, series("induction").map((row) => row.map((x) => x / plateau)))
                  .filter(({ y }) => y < 1.6), // the fall to the plateau is in the first panel
                40,
                false,
              ),
              { color: color.induction },
            ),
            runDots(spread(overRuns(times, betas), 40, false), { color: color.v }),
          ],
        },
      },
    ],
    sources: records.map(sourceOf),
  };
}
