/** @module Figure: one trained network at other lengths and priors, and what each of its parts is worth. */
import { bars, type Figure, runColor, runDots, runLine, sourceOf } from "../../figure/mod.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import type { TableRecord } from "../records.ts";
import { rowsOf } from "./statistics.ts";

/** Bars of the ablation, with their short names. */
const parts: readonly [string, string][] = [
  ["{1,2}: the induction head", "{1,2}"],
  ["singles {1} + {2}", "{1}+{2}"],
  ["all |S| ≤ 2, equal", "|S| ≤ 2"],
  ["all singles, equal", "|S| = 1"],
  ["{1,2,3}", "{1,2,3}"],
  ["{2,3}", "{2,3}"],
  ["{2}", "{2}"],
  ["{1}", "{1}"],
  ["{1,2}, gap 2.9", "gap 2.9"],
  ["{1,2}, gap 2", "gap 2"],
  ["{1,2}, gap 1", "gap 1"],
  ["{1,2}, gap 0", "gap 0"],
  ["∅: unigram", "∅"],
];

/**
 * @param records of the experiment `generalisation`
 * @param ablations of the experiment `ablations`
 */
export function generalisation(records: readonly TableRecord[], ablations: readonly TableRecord[]): Figure {
  const rows = rowsOf(records), alphas = [...new Set(rows.map(({ alpha }) => Number(alpha)))];
  const curve = (alpha: number) =>
    rows.filter((row) => row.alpha === alpha).map((row) => ({
      x: Number(row.L),
      y: Number(row.loss),
      se: Number(row.lossError),
    }));
  const seeds = rowsOf(ablations);
  const { config } = records[0];
  return {
    name: "generalisation",
    title:
      "What was learned is an algorithm: it works at other lengths and priors, and few of its parts are needed",
    caption:
      `(a) The published code’s network trained at α = 0.1, L = 100 (all at once, ${config.steps} steps), then evaluated on ${config.fresh} fresh ` +
      "sequences a point, ± one standard error: longer contexts help at every α, and no prior was trained for but one. (b) Log loss " +
      "(ε = 0.1) of ablated theory networks, each with its best a ≤ 14, α = 0.1, mean ± one standard error over data sets. Left to right: " +
      "features with one-hot attention, then {1,2} with softer and softer attention. Linear features {1} + {2} do nearly as well as the " +
      "product: with a large a, exp(a Σ match) is itself a product, so the features mainly drop junk heads (derived here).",
    columns: 1,
    panels: [
      {
        title: "Trained at α = 0.1, L = 100",
        height: 230,
        legend: alphas.map((alpha, k) => ({
          label: `α = ${alpha}`,
          color: runColor(k),
          mark: "dot" as const,
        })),
        plot: {
          x: { type: "log", label: "length L of the context" },
          y: { label: "loss (softmax CE on y)" },
          marks: alphas.flatMap((alpha, k) => [
            runLine(curve(alpha), { color: runColor(k), width: 1 }),
            runDots(curve(alpha), { color: runColor(k) }),
          ]),
        },
      },
      {
        title: "Ablations",
        height: 230,
        plot: bars(
          parts.map(([name, text]) => {
            const losses = seeds.filter((row) => row.name === name).map(({ loss }) => Number(loss));
            return { label: text, value: mean(losses), se: losses.length > 1 ? standardError(losses) : 0 };
          }),
          { xLabel: "network", yLabel: "loss −log(y + 0.1)" },
        ),
      },
    ],
    sources: [...records, ...ablations].map(sourceOf),
  };
}
