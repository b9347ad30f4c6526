/** @module Figure: excess risk of every estimator against the number of examples. */
import {
  type Figure,
  type Panel,
  points,
  runDots,
  runLine,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import type { MethodName, RiskTableRecord } from "../records.ts";
import { leastSquaresRisk, oracleRisk, spectralLowerBound } from "../theory/mod.ts";
import { logarithmic, methodStyle, predictedMinimum, settingText } from "./shared.ts";

/** Which settings are drawn. */
export interface RiskVsExamplesOptions {
  /** One panel each; default both priors at sigma 0.5 and 1. */
  readonly panels?: readonly { readonly prior: "rad" | "gau"; readonly sigma: number }[];
}

const drawn: MethodName[] = ["leastSquares", "descent", "ridge", "preprocessed", "lasso", "bayes", "oracle"];
const defaults = (["rad", "gau"] as const).flatMap((prior) => [0.5, 1].map((sigma) => ({ prior, sigma })));

/** Risk against n: dots are simulations at the best hyper-parameter, dark lines are theory. */
export function riskVsExamples(
  records: readonly RiskTableRecord[],
  options: RiskVsExamplesOptions = {},
): Figure {
  const [{ config, metrics }] = records;
  const panel = ({ prior, sigma }: { prior: "rad" | "gau"; sigma: number }, index: number): Panel => {
    const rows = config.rows.flatMap((row, i) =>
      row.prior === prior && row.sigma === sigma ? [{ row, risks: metrics.rows[i] }] : []
    );
    const [{ row: task }] = rows, ns = rows.map(({ row }) => row.n), last = ns[ns.length - 1];
    const grid = logarithmic(ns[0], last, 60), right = grid.filter((n) => n > task.d + 3);
    const scalar = logarithmic(ns[0], last, 8);
    return {
      title: `${prior} weights, σ = ${sigma}`,
      height: 260,
      legend: index === 0
        ? [
          ...drawn.map((method) => ({
            label: methodStyle[method].name,
            color: methodStyle[method].color,
            mark: "dot" as const,
          })),
          { label: "closed forms, scalar prediction", color: theme.colors.theory },
          { label: "bound of Theorem A", color: theme.colors.theory, mark: "dash" as const },
        ]
        : [],
      plot: {
        x: { type: "log", label: "examples n", domain: [ns[0] * 0.93, last * 1.07] },
        y: { type: "log", label: "excess risk / E‖w*‖²", domain: [3e-3, 8] },
        marks: [
          theoryLine(points(grid, grid.map((n) => spectralLowerBound(task, n))), { dash: true }),
          theoryLine(points(right, right.map((n) => leastSquaresRisk(task, n))), { width: 1 }),
          theoryLine(points(grid, grid.map((n) => oracleRisk(task, n))), { width: 1 }),
          theoryLine(points(scalar, scalar.map((n) => predictedMinimum(task, n)))),
          drawn.map((method) => {
            const values = rows.flatMap(({ row, risks }) =>
              risks[method] && risks[method].risk > 3e-3
                ? [{ x: row.n, y: risks[method].risk, se: risks[method].se }]
                : []
            );
            return [
              runLine(values, { color: methodStyle[method].color, width: 1, opacity: 0.6 }),
              runDots(values, {
                color: methodStyle[method].color,
                log: true,
                radius: method === "descent" ? 4 : 2.6,
              }),
            ];
          }),
        ],
      },
    };
  };
  return {
    name: "risk_vs_examples",
    title: "Preprocessing makes descent see sparsity, where there are enough examples",
    caption:
      `Excess risk at the best fixed hyper-parameter of each method (* tuned on the same ${config.prompts} prompts), ` +
      `${
        settingText(config.rows[0], ["prior", "sigma", "n"])
      }, E‖w*‖² = 1; ± s.e. over prompts. Thin dark lines: exact risk of least squares and of the ` +
      "oracle; thick: scalar prediction of preprocessed GD at its best time (derived; minima only); dashed: lower bound on every spectral method, " +
      "whatever its steps (Theorem A, derived). With few examples (rad, n = 10) preprocessing is worse than ridge. Values below 0.003 are left out.",
    panels: (options.panels ?? defaults).map(panel),
    sources: records.map(sourceOf),
  };
}
