/** @module Figure: Stage I, the replicator equation. Shares of sets over time, their log-ratios, and what a large step breaks. */
import {
  type Figure,
  points,
  referenceLine,
  referenceValue,
  runDots,
  runLine,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { mean } from "../../numerics/mod.ts";
import type { TrainingRecord } from "../records.ts";
import { maskOf, subsets } from "../subsets.ts";
import { descentGrowth, replicatorAt, selectionRate } from "../theory.ts";
import { sharesPanel } from "./shares_panel.ts";
import { labelled, overSeeds, setColor, spread } from "./statistics.ts";

/** @param records of the experiment `selection` */
export function stageOne(records: readonly TrainingRecord[]): Figure {
  const flow = labelled(records, "flow"), coarse = labelled(records, "published step");
  const { H, D, start: { a0, c0 } } = flow.config,
    sets = subsets(H, D),
    winner = sets.indexOf(maskOf([1, 2]));
  const C0 = sets.length * c0 * c0, rate = selectionRate(a0, C0);
  const J = sets.map((_, s) => mean(flow.metrics.runs.map(({ stages }) => stages[0].drives[s])));
  const last = flow.metrics.runs[0].stages[0].times.at(-1)!;
  const grid = Array.from({ length: 240 }, (_, i) => last * i / 239);
  const equal = sets.map(() => 1 / sets.length);
  const theory = grid.map((t) => replicatorAt(equal, J, rate, t));
  const shares = sets.map((_, s) => overSeeds(flow, 0, ({ series }, i) => series.p[s][i]));
  const ratios = sets.map((_, s) =>
    overSeeds(flow, 0, ({ series }, i) => Math.log(series.p[winner][i] / series.p[s][i]))
  );
  const drift = (record: TrainingRecord) =>
    overSeeds(record, 0, ({ series }, i) => series.C[0][i] / series.C[0][0]).filter(({ x }) => x <= last);
  const p0 = sets.map(() => 1 / sets.length);
  const first = descentGrowth({ eta: 1, a: a0, C: C0, p: p0, J });
  const names = sets.map((mask, s) => ({ color: setColor(mask), s }));
  return {
    name: "stage_one",
    title: "Stage I: the coefficients of the features obey a replicator equation, and one set of heads wins",
    caption:
      `Only c is trained (theory's network, log loss with ε = 0.1, α = 0.1, d = 3, L = 100, N = ${flow.config.N}, initial gap ` +
      `w₊ − w₋ = 2.9, c₀ = a₀ = 0.01). Dots: gradient descent with step 0.01, mean ± one standard error over ${flow.config.seeds.length} ` +
      "data sets. Dark lines: the closed form p_S(t) = p_S(0) exp((4a/C) J_S t), normalised, with the drives J_S of the first step, nothing fitted (derived " +
      "here). (b) Log-ratios are straight lines with slope (4a/C)(J₁₂ − J_S). (c) The flow conserves C = Σ c_S²; a first step of 1, " +
      `the published size, multiplies it by ${
        first.toFixed(2)
      } in this network (dark dot: 1 + η²(2a/C)² Var_p J, derived). (d) The winner at other degrees; half the c₀ is four times the speed.`,
    columns: 2,
    panels: [
      sharesPanel({ sets, times: grid, theory, measured: shares }),
      {
        title: "Log-ratios to the winner",
        width: 345,
        height: 250,
        legend: [{ label: "slope (4a/C)(J − J_S)", color: theme.colors.theory }, {
          label: "descent, colours as in (a)",
          color: theme.colors.faint,
          mark: "dot",
        }],
        plot: {
          x: { label: "time t (step size × steps)" },
          y: { label: "log p₁₂ / p_S" },
          marks: names.filter(({ s }) => s !== winner && s !== 0).flatMap(({ s, color }) => [
            theoryLine(points([0, last], [0, rate * (J[winner] - J[s]) * last]), { width: 1.25 }),
            runDots(spread(ratios[s], 14, false), { color }),
          ]),
        },
      },
      {
        title: "C is conserved by the flow, not by large steps",
        width: 345,
        height: 210,
        legend: [
          { label: "flow: C(t) = C(0)", color: theme.colors.reference, mark: "dash" },
          { label: "step 0.01", color: setColor(maskOf([1, 2])), mark: "dot" },
          { label: "step 1, the published size", color: setColor(maskOf([2, 3])), mark: "dot" },
        ],
        plot: {
          x: { label: "time t (step size × steps)" },
          y: { label: "C(t) / C(0)" },
          marks: [
            referenceValue(1),
            runDots(spread(drift(flow), 12, false), { color: setColor(maskOf([1, 2])) }),
            runLine(drift(coarse), { color: setColor(maskOf([2, 3])), width: 1 }),
            runDots(drift(coarse), { color: setColor(maskOf([2, 3])) }),
            runDots([{ x: 1, y: first }], { color: theme.colors.theory, radius: 2 }),
          ],
        },
      },
      degrees(records),
    ],
    sources: records.map(sourceOf),
  };
}

/** The winner's share at each degree, and with twice the speed by a smaller c. */
function degrees(records: readonly TrainingRecord[]): Figure["panels"][number] {
  const rows = [
    { name: "degree 1", set: [2], color: setColor(maskOf([2])) },
    { name: "flow", set: [1, 2], color: setColor(maskOf([1, 2])) },
    { name: "degree 3", set: [1, 2], color: setColor(maskOf([1, 2, 3])) },
    { name: "small c", set: [1, 2], color: setColor(maskOf([1, 3])) },
  ];
  const texts = ["D = 1: p₂", "D = 2: p₁₂", "D = 3: p₁₂", "D = 2, c₀ / 2"];
  return {
    title: "Other degrees, smaller coefficients",
    width: 345,
    height: 210,
    legend: rows.map(({ color }, i) => ({ label: texts[i], color, mark: "line" as const })),
    plot: {
      x: { label: "time t (step size × steps)", domain: [0, 4] },
      y: { label: "share of the winner", domain: [0, 1] },
      marks: [
        referenceLine(points([0, 4], [1, 1])),
        ...rows.map(({ name, set, color }) => {
          const record = labelled(records, name), { H, D } = record.config;
          const s = subsets(H, D).indexOf(maskOf(set));
          return runLine(overSeeds(record, 0, ({ series }, i) => series.p[s][i]), {
            color,
          });
        }),
      ],
    },
  };
}
