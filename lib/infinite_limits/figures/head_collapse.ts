/** @module Figure: N to infinity at fixed H, solved exactly; heads of finite networks contract onto one trajectory. */
import {
  type Figure,
  points,
  referenceLine,
  runColor,
  runDots,
  runLine,
  sequence,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import {
  exactLimit,
  exactPrediction,
  outputErrors,
  slopeOf,
  squaredErrors,
  tinyTask,
  widthSweep,
} from "../analysis.ts";
import type { LimitsRecord } from "../records.ts";
import { errorsPlot, lossPlot, slopeKey } from "./finite_size.ts";
import { slopeText, written } from "./write.ts";

/** What to draw. */
export interface HeadCollapseOptions {
  /** File name; default `head_collapse`. */
  readonly name?: string;
  /** Also draw the theory without response terms, dashed; default true. */
  readonly ablated?: boolean;
}

/** Loss of the networks of a record at every step, mean over seeds. */
function lossOf({ config, metrics }: LimitsRecord) {
  const { targets, P } = tinyTask;
  return Array.from({ length: config.steps + 1 }, (_, t) => {
    const losses = metrics.outputs.map((row) =>
      targets.reduce((sum, y, p) => sum + (y - row[t * P + p]) ** 2 / (2 * P), 0)
    );
    return { x: t, y: mean(losses), se: standardError(losses) };
  });
}

/**
 * Loss, logits of single heads, squared errors and head variance over N.
 * @param records of the experiment `limits`
 */
export function headCollapse(records: readonly LimitsRecord[], options: HeadCollapseOptions = {}): Figure {
  const { name = "head_collapse", ablated = true } = options;
  const sweep = widthSweep(records), shown = sweep.filter((_, i) => i % 2 === (sweep.length - 1) % 2);
  const colors = sequence(shown.length), limit = exactLimit(), limits = exactPrediction();
  const times = Array.from(limit.loss, (_, t) => t), dashed = { dash: true } as const;
  const without = ablated ? exactLimit(false) : undefined;
  const logit = (curve: typeof limit) => points(times, curve.logits.map(([{ mean }]) => mean[1]));
  const widths = sweep.map(({ config }) => config.N);
  const errors = sweep.map((record) => squaredErrors(record, limits));
  const outputSlope = slopeOf(widths, sweep.map((record) => outputErrors(record, limits.outputs)));
  const quantities = [["outputs", "outputs f"], ["lastKernel", "kernel of h, t = 12"], [
    "valueKernel",
    "kernel of v, t = 12",
  ], ["meanLogits", "mean logits, t = 12"]] as const;
  const key = (mark: "dot" | "line") => [
    { label: "theory, N = ∞", color: theme.colors.theory },
    ...ablated ? [{ label: "responses deleted", color: theme.colors.theory, mark: "dash" as const }] : [],
    ...shown.map(({ config }, i) => ({ label: `N = ${config.N}`, color: colors[i], mark })),
  ];
  const spreadSlope = (t: number) =>
    written(slopeOf(widths, sweep.map(({ metrics }) => [metrics.headVariance[t]])).value);
  return {
    name,
    title: "As heads grow wide they become one head, and its training is solved exactly",
    caption:
      "One attention block on the tiny data (P = S = 3, β₀ = γ₀ = 2, η₀ = 0.1, α_A = 1, H = 2). Dark: dynamical mean-field theory at N = ∞, " +
      `finite-dimensional linear algebra without sampling${
        ablated ? "; dashed, the same without its response terms" : ""
      }. Colour: trained networks. ` +
      "(a) Loss, mean of 60 networks. (b) The logit A of tokens 1, 2 of sample 1 in single heads. (c) Mean squared errors, kernels relative; grey: slope −1. " +
      `The slope of the outputs is ${
        slopeText(outputSlope)
      }. (d) Variance of a logit over the heads of a network; a slope of −2 is reported for the paper, −1 is the law of wide heads derived here.`,
    panels: [
      {
        title: "Loss",
        legend: key("dot"),
        plot: lossPlot(
          shown.map((record, i) => ({ estimates: lossOf(record), color: colors[i] })),
          points(times, limit.loss),
          without && points(times, without.loss),
        ),
      },
      {
        title: "One logit in single heads",
        legend: key("line"),
        plot: {
          x: { label: "gradient step t" },
          y: { label: "logit A (no unit)" },
          marks: [
            shown.map(({ metrics }, i) =>
              metrics.heads.map((head) =>
                runLine(points(times, head), { color: colors[i], width: 0.9, opacity: 0.75 })
              )
            ),
            without ? theoryLine(logit(without), dashed) : null,
            theoryLine(logit(limit), { width: 2.4 }),
          ],
        },
      },
      {
        title: "Squared errors fall as 1/N",
        legend: quantities.map(([, text], i) => ({ label: text, color: runColor(i), mark: "dot" as const })),
        plot: errorsPlot(
          "head width N",
          quantities.map(([quantity], i) => ({
            color: runColor(i),
            estimates: quantity === "outputs"
              ? sweep.map((record) => {
                const values = outputErrors(record, limits.outputs);
                return { x: record.config.N, y: mean(values), se: standardError(values) };
              })
              : points(widths, errors.map((error) => error[quantity])),
          })),
        ),
      },
      {
        title: "Heads of a network coincide",
        legend: [
          { label: `at birth, slope ${spreadSlope(0)}`, color: runColor(0), mark: "dot" },
          { label: `t = 12, slope ${spreadSlope(12)}`, color: runColor(1), mark: "dot" },
          slopeKey,
        ],
        plot: {
          x: { type: "log", base: 2, label: "head width N" },
          y: { type: "log", label: "variance of A over heads (no unit)" },
          marks: [0, 12].map((t, i) => {
            const values = sweep.map(({ metrics }) => metrics.headVariance[t]);
            return [
              referenceLine(points(widths, widths.map((N) => values[0] * widths[0] / N))),
              runDots(points(widths, values), { color: runColor(i), log: true }),
            ];
          }),
        },
      },
    ],
    sources: sweep.map(sourceOf),
  };
}
