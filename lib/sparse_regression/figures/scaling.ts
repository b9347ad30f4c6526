/** @module Figure: how the risk grows with dimension and sparsity and falls with examples. */
import {
  type Figure,
  label,
  type Panel,
  points,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { logLogFit } from "../../numerics/mod.ts";
import type { MethodName, RiskTableRecord } from "../records.ts";
import { oracleRisk, spectralLowerBound } from "../theory/mod.ts";
import { methodStyle, predictedMinimum, settingText } from "./shared.ts";

const drawn: MethodName[] = ["ridge", "lasso", "preprocessed", "oracle"];

/** Which of d, s, n a sweep varies. */
export function sweptBy({ config: { rows } }: Pick<RiskTableRecord, "config">): "d" | "s" | "n" {
  return (["d", "s", "n"] as const).find((key) => rows[0][key] !== rows[1][key])!;
}

/** Moves the slopes of preprocessed GD and the oracle apart where their last points are close. */
function shift(
  method: MethodName,
  fits: readonly { readonly method: MethodName; readonly ys: number[] }[],
): number {
  const end = (name: MethodName) => fits.find((fit) => fit.method === name)!.ys.at(-1)!;
  if (end("preprocessed") / end("oracle") > 1.5) return 0;
  return method === "preprocessed" ? -7 : method === "oracle" ? 7 : 0;
}

/** Log-log panels in d, s and n with fitted slopes, and the ratio to the oracle. */
export function scaling(records: readonly RiskTableRecord[]): Figure {
  const names = { d: "dimension d", s: "non-zero weights s", n: "examples n" } as const;
  const rad = records.filter(({ config }) => config.rows[0].prior === "rad");
  const panel = (record: RiskTableRecord, index: number): Panel => {
    const { config: { rows }, metrics } = record, key = sweptBy(record), xs = rows.map((row) => row[key]);
    const fits = drawn.map((method) => {
      const ys = metrics.rows.map((row) => row[method].risk);
      return { method, ys, slope: logLogFit(xs, ys).slope };
    });
    return {
      title: `Along ${key}: ${settingText(rows[0], [key, "prior", "sigma"])}`,
      height: 250,
      legend: index === 0
        ? [
          ...drawn.map((method) => ({
            label: methodStyle[method].name,
            color: methodStyle[method].color,
            mark: "dot" as const,
          })),
          { label: "theory", color: theme.colors.theory },
          { label: "Theorem A", color: theme.colors.theory, mark: "dash" as const },
        ]
        : [],
      plot: {
        marginRight: 52,
        x: { type: "log", base: 2, label: names[key], ticks: xs, tickFormat: "d" },
        y: { type: "log", label: "excess risk" },
        marks: [
          theoryLine(points(xs, rows.map((row) => spectralLowerBound(row, row.n))), {
            dash: true,
            width: 1.25,
          }),
          theoryLine(points(xs, rows.map((row) => predictedMinimum(row, row.n)))),
          theoryLine(points(xs, rows.map((row) => oracleRisk(row, row.n))), { width: 1 }),
          fits.map(({ method, ys, slope }) => [
            runLine(points(xs, ys), { color: methodStyle[method].color, width: 1, opacity: 0.5 }),
            runDots(points(xs, ys, metrics.rows.map((row) => row[method].se)), {
              color: methodStyle[method].color,
              log: true,
              radius: 3.2,
            }),
            label(`${slope < -0.005 ? "−" : slope < 0.005 ? "" : "+"}${Math.abs(slope).toFixed(2)}`, {
              x: xs[xs.length - 1],
              y: ys[ys.length - 1],
            }, {
              color: methodStyle[method].color,
              dx: 8,
              dy: shift(method, fits),
            }),
          ]),
        ],
      },
    };
  };
  const alongN = records.filter((record) => sweptBy(record) === "n");
  const priorColor = { rad: runColor(1), gau: runColor(3) } as const;
  return {
    name: "scaling",
    title: "Ridge pays for every dimension, preprocessed descent for few",
    caption:
      `Excess risk at the best hyper-parameter, σ = ${records[0].config.rows[0].sigma}, rad weights, ${
        records[0].config.prompts
      } prompts a point, ± s.e.; numbers are fitted log-log slopes. ` +
      "Dark lines: scalar prediction of preprocessed GD (thick), exact oracle (thin), bound of Theorem A on spectral methods (dashed), all derived. " +
      "(d) Preprocessed GD over the oracle: it reaches the oracle for equal magnitudes, slowly for Gaussian weights, whose small ones are never learned in time.",
    panels: [
      ...rad.map(panel),
      {
        title: "Ratio to the oracle",
        height: 250,
        legend: alongN.map(({ config: { rows: [{ prior }] } }) => ({
          label: prior,
          color: priorColor[prior],
          mark: "dot",
        })),
        plot: {
          x: {
            type: "log",
            base: 2,
            label: names.n,
            ticks: alongN[0].config.rows.map(({ n }) => n),
            tickFormat: "d",
          },
          y: { label: "risk / oracle's", domain: [0, 5.5] },
          marks: [
            referenceValue(1),
            alongN.map(({ config: { rows }, metrics }) => {
              const [{ prior }] = rows, exact = rows.map((row) => oracleRisk(row, row.n));
              const ratio = metrics.rows.map(({ preprocessed }, i) => ({
                x: rows[i].n,
                y: preprocessed.risk / exact[i],
                se: preprocessed.se / exact[i],
              }));
              return [
                runLine(ratio, { color: priorColor[prior], width: 1, opacity: 0.6 }),
                runDots(ratio, { color: priorColor[prior], radius: 3.2 }),
                theoryLine(
                  points(
                    rows.map(({ n }) => n),
                    rows.map((row, i) => predictedMinimum(row, row.n) / exact[i]),
                  ),
                ),
              ];
            }),
          ],
        },
      },
    ],
    sources: records.map(sourceOf),
  };
}
