/** @module Figure: excess risk of every estimator against the number of examples. */
import {
  type Figure,
  type Panel,
  type PlotOptions,
  type Point,
  points,
  runDots,
  runLine,
  sourceOf,
  theme,
  theoryLine,
  verticalTime,
} from "../../figure/mod.ts";
import type { SparseTask } from "../data.ts";
import type { Estimated, MethodName, RiskTableRecord } from "../records.ts";
import { leastSquaresRisk, oracleRisk, spectralLowerBound } from "../theory/mod.ts";
import { logarithmic, methodStyle, predictedMinimum, settingText } from "./shared.ts";

/** Which settings are drawn. */
export interface RiskVsExamplesOptions {
  /** One panel each; default both priors at sigma 0.5 and 1. */
  readonly panels?: readonly { readonly prior: "rad" | "gau"; readonly sigma: number }[];
}

const drawn: MethodName[] = ["leastSquares", "descent", "ridge", "preprocessed", "lasso", "bayes", "oracle"];
const defaults = (["rad", "gau"] as const).flatMap((prior) => [0.5, 1].map((sigma) => ({ prior, sigma })));

/** What one panel of risk against n shows. */
export interface ExamplesPanel {
  /** The task, whose closed forms are drawn. */
  readonly task: SparseTask;
  /** First and last n. */
  readonly range: readonly [number, number];
  /** Lowest and highest risk drawn. */
  readonly domain: readonly [number, number];
  /** Simulated risks, ascending in n. */
  readonly rows: readonly {
    readonly n: number;
    readonly risks: { readonly [method: string]: Estimated | undefined };
  }[];
  /** Lowest risk of the scalar prediction over n, where it is known. */
  readonly scalar: readonly Point[];
  /** Marked n. */
  readonly at?: number;
}

/** Key of such a panel. */
export const examplesLegend: Panel["legend"] = [
  ...drawn.map((method) => ({
    label: methodStyle[method].name,
    color: methodStyle[method].color,
    mark: "dot" as const,
  })),
  { label: "closed forms, scalar prediction", color: theme.colors.theory },
  { label: "bound of Theorem A", color: theme.colors.theory, mark: "dash" as const },
];

/** Axes and marks of one panel. Theory that is known for isotropic inputs alone is left out for others. */
export function examplesPlot(
  { task, range: [first, last], domain, rows, scalar, at }: ExamplesPanel,
): PlotOptions {
  const grid = logarithmic(first, last, 60), isotropic = task.covariance === undefined;
  const inside = ({ y }: Point) => y >= domain[0] && y <= domain[1];
  const closed = (risk: (task: SparseTask, n: number) => number, size: number) => {
    const right = isotropic && size < task.d ? grid : grid.filter((n) => n > size + 3);
    return theoryLine(points(right, right.map((n) => risk(task, n))).filter(inside), { width: 1 });
  };
  return {
    x: { type: "log", label: "examples n", domain: [first * 0.93, last * 1.07] },
    y: { type: "log", label: "excess risk / E‖w*‖²", domain: [...domain] },
    marks: [
      at === undefined ? null : verticalTime(at, `n = ${at}`),
      isotropic
        ? theoryLine(points(grid, grid.map((n) => spectralLowerBound(task, n))).filter(inside), {
          dash: true,
        })
        : null,
      closed(leastSquaresRisk, task.d),
      closed(oracleRisk, task.s),
      theoryLine(scalar.filter(inside)),
      drawn.map((method) => {
        const values = rows.flatMap(({ n, risks }) => {
          const risk = risks[method];
          return risk && risk.risk > domain[0] && risk.risk < domain[1]
            ? [{ x: n, y: risk.risk, se: risk.se }]
            : [];
        });
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
  };
}

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
    const scalar = logarithmic(ns[0], last, 8);
    return {
      title: `${prior} weights, σ = ${sigma}`,
      height: 260,
      legend: index === 0 ? examplesLegend : [],
      plot: examplesPlot({
        task,
        range: [ns[0], last],
        domain: [3e-3, 8],
        rows: rows.map(({ row: { n }, risks }) => ({ n, risks })),
        scalar: points(scalar, scalar.map((n) => predictedMinimum(task, n))),
      }),
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
