/** @module Figure: layer-wise training is not essential: the first stage alone, and all six scalars at once. */
import {
  type Figure,
  label,
  referenceValue,
  runColor,
  runDots,
  sourceOf,
  theme,
  theoryLine,
  verticalTimes,
} from "../../figure/mod.ts";
import { solve } from "../../ode/mod.ts";
import type { TrainingRecord } from "../records.ts";
import {
  constantsOf,
  fourGramLoss,
  fourGramLossExact,
  initialState,
  stageOneFlow,
  stageOneSlope,
  trajectory,
} from "../theory/mod.ts";
import { grouped, linear, logarithmic, overRuns, spread } from "./statistics.ts";

/**
 * p1 of the first stage, t L_G4 and beta / b* of layer-wise and joint training.
 * @param first records of the experiment `stageOne`
 * @param both records of the experiment `joint`: one layer-wise, one with all six scalars
 */
export function jointTraining(first: readonly TrainingRecord[], both: readonly TrainingRecord[]): Figure {
  const [one] = first;
  const layerwise = both.find(({ config }) => config.stage === "two")!;
  const together = both.find(({ config }) => config.stage === "joint")!;
  const stage = grouped(one.config.runs.map((run, row) => ({ run, row })), ({ run }) => run.sigma).map(
    ([sigma, members]) => {
      const task = { ...members[0].run, L: one.config.L };
      const times = one.metrics.steps.map((step) => step * one.config.eta), last = times[times.length - 1];
      const frozen = { p2: sigma, a: sigma, v: sigma, wQ: sigma, wK: sigma };
      const flow = stageOneFlow(task, frozen);
      const solution = solve(flow.f, initialState(task, flow.names, "all-small", sigma), {
        t1: last,
        method: "dop853",
        rtol: 1e-9,
        atol: 1e-12,
      });
      const grid = logarithmic(10, last, 200);
      return {
        sigma,
        flow: grid.map((t) => ({ x: t, y: solution.at(t)[0] })),
        formula: grid.map((t) => ({ x: t, y: stageOneSlope(task, sigma, t) })),
        dots: spread(
          overRuns(
            times,
            members.map(({ row }) => one.metrics.series.p1[row]),
          ).filter(({ x }) => x >= 10),
          16,
        ),
      };
    },
  );
  const { config } = together, [run] = config.runs;
  const task = { ...run, L: config.L }, { c, bStar, N } = constantsOf(task);
  const kinds = [
    {
      name: "layer-wise",
      color: runColor(0),
      record: layerwise,
      theory: trajectory(task, { sigma: run.sigma, t1: endOf(layerwise) }),

      loss: (p: Record<string, number>) => fourGramLoss({ p2: p.p2, a: p.a }, c, N),
    },
    {
      name: "all six at once",
      color: runColor(1),
      record: together,
      theory: trajectory(task, { sigma: run.sigma, joint: true, t1: endOf(together) }),

      loss: (p: Record<string, number>) => fourGramLossExact({ p1: p.p1, p2: p.p2, a: p.a }, c, config.L),
    },
  ];
  const measured = (record: TrainingRecord, f: (p: Record<string, number>, t: number) => number) => {
    const { steps, series } = record.metrics, times = steps.map((step) => step * record.config.eta);
    const rows = record.config.runs.map((_, row) =>
      steps.map((_, i) =>
        f(Object.fromEntries(Object.entries(series).map(([name, all]) => [name, all[row][i]])), times[i])
      )
    );
    return overRuns(times, rows).filter(({ x }) => x >= 5);
  };
  const names = (k: number) => k === 0 ? ["p2", "a"] : ["p1", "p2", "a"];
  const curve = (k: number, grid: readonly number[], f: (y: Float64Array, t: number) => number) =>
    grid.map((t) => ({ x: t, y: f(kinds[k].theory.solution.at(t), t) }));
  const end = Math.min(endOf(layerwise), endOf(together));
  const late = logarithmic(5, end, 200), even = linear(1, end, 200);
  const halves = kinds.map(({ record }) =>
    record.metrics.times.map(({ t50 }) => t50).filter((t) => t !== null)
  );
  const mean = (values: number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const shift = 100 * (mean(halves[1]) / mean(halves[0]) - 1);

  return {
    name: "joint_training",
    title: "Layer by layer or all at once: the same four phases, a little later",
    caption:
      `(a) First stage: the slope p₁ of layer 1 alone grows like ln(e^σ + cσ(1 − e^(−σ))t), for ever and ever more slowly (α* = 1, L = ${one.config.L}). ` +
      `(b, c) Second stage with a perfect layer 1 against all six scalars from the start; α* = ${run.alphaStar}, w* = ${run.wStar}, L = ${config.L}, ` +
      `σ = ${run.sigma}. Layer 1 then learns together with the 4-gram head, by symmetry at the same rate, and L_G4 falls like 1/(2t) instead of ` +
      `1/(4t); the emergence comes ${
        shift.toFixed(0)
      } % later. Dots: means ± one standard error over ${config.runs.length} seeds; (b) is the exact population loss ` +
      "of the trained weights. Lines: gradient flows (derived here), to leading order in 1/N, which at this N puts T₅₀ some per cent early. " +
      "Layer-wise training in two stages is reported for the paper.",
    columns: 3,
    panels: [
      {
        title: "First stage: layer 1 alone",
        legend: [
          { label: "flow", color: theme.colors.theory },
          { label: "formula", color: theme.colors.theory, mark: "dash" },
          ...stage.map(({ sigma }, k) => ({
            label: `σ = ${sigma}`,
            color: runColor(2 + k),
            mark: "dot" as const,
          })),
        ],
        plot: {
          x: { type: "log", label: "time t (step size × steps)" },
          y: { label: "slope p₁ (no unit)", zero: true },
          marks: stage.map(({ flow, formula, dots }, k) => [
            theoryLine(flow),
            theoryLine(formula, { dash: true, width: 1.2 }),
            runDots(dots, { color: runColor(2 + k) }),
          ]),
        },
      },
      {
        title: "t · L_G4 tends to 1/4 or 1/2",
        legend: [
          { label: "flows", color: theme.colors.theory },
          ...kinds.map(({ name, color }) => ({ label: name, color, mark: "dot" as const })),
        ],
        plot: {
          x: { type: "log", label: "time t (step size × steps)" },
          y: { label: "t · L_G4 (time)", domain: [0, 1.6] },
          marks: [
            referenceValue(0.25),
            label("1/4", { x: 5, y: 0.25 }, { dy: 10, color: theme.colors.faint }),
            referenceValue(0.5),
            label("1/2", { x: 5, y: 0.5 }, { dy: -10, dx: 40, color: theme.colors.faint }),
            kinds.map((_, k) =>
              theoryLine(
                curve(k, late, (y, t) =>
                  t * kinds[k].loss(Object.fromEntries(names(k).map((name, i) => [name, y[i]])))),
              )
            ),
            kinds.map(({ record, loss, color }) =>
              runDots(
                spread(
                  measured(record, (p, t) => t * loss(p)).filter(({ x, y }) => x <= end && y < 1.55),
                  22,
                ),
                {
                  color,
                },
              )
            ),
          ],
        },
      },
      {
        title: "The induction head emerges later",
        legend: [
          { label: "flows", color: theme.colors.theory },
          ...kinds.map(({ name, color }) => ({ label: name, color, mark: "dot" as const })),
        ],
        plot: {
          x: { label: "time t (step size × steps)", domain: [0, end] },
          y: { label: "β / w*² (no unit)", domain: [0, 1.25] },
          marks: [
            verticalTimes(
              kinds.map((_, k) => ({ at: mean(halves[k]), label: k === 0 ? "layer-wise" : "joint T₅₀" })),
            ),
            kinds.map((kind, k) => theoryLine(curve(k, even, (y) => kind.theory.flow.beta(y) / bStar))),
            kinds.map(({ record, color }) =>
              runDots(
                spread(measured(record, (p) => p.beta / bStar).filter(({ x }) => x <= end), 22, false),
                { color },
              )
            ),
          ],
        },
      },
    ],
    sources: [...first, ...both].map(sourceOf),
  };
}

function endOf({ config }: TrainingRecord): number {
  return config.steps * config.eta;
}
