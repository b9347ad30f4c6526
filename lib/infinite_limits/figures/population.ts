/** @module Figure: H to infinity at fixed N, a population of heads whose distribution widens. */
import {
  type Figure,
  points,
  runColor,
  runDots,
  sequence,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import { headSweep, outputErrors, populationOf, slopeOf } from "../analysis.ts";
import { type Histogram, histogramTimes } from "../measures.ts";
import type { LimitsRecord, PopulationRecord } from "../records.ts";
import { errorsPlot, slopeKey, spreadPlot } from "./finite_size.ts";
import { exponent as exponentText, slopeText } from "./write.ts";

/** Density at the middle of pairs of bins. */
function density({ low, high, counts }: Histogram, merge = 2) {
  const width = (high - low) / counts.length, total = counts.reduce((sum, n) => sum + n, 0);
  return Array.from({ length: counts.length / merge }, (_, i) => {
    const n = counts.slice(i * merge, (i + 1) * merge).reduce((sum, c) => sum + c, 0);
    const scale = 1 / (total * width * merge);
    return { x: low + (i + 0.5) * width * merge, y: n * scale, se: Math.sqrt(n) * scale };
  });
}

/** The stretch around the middle whose points are all inside: a line through what lies beyond would jump over gaps. */
function stretch<T>(points: readonly T[], inside: (point: T) => boolean): T[] {
  const middle = points.length >> 1;
  let from = middle, to = middle;
  while (from > 0 && inside(points[from - 1])) from--;
  while (to < points.length && inside(points[to])) to++;
  return points.slice(from, to);
}

/** What to draw. */
export interface PopulationOptions {
  /** File name; default `population`. */
  readonly name?: string;
  /** Exponent of the first panels; default 1. */
  readonly alphaA?: number;
}

/**
 * Distribution of a logit over heads, outputs over time, squared errors over H.
 * @param networks of the experiment `limits`
 * @param theory of the experiment `population`
 */
export function populationFigure(
  networks: readonly LimitsRecord[],
  theory: readonly PopulationRecord[],
  options: PopulationOptions = {},
): Figure {
  const { name = "population", alphaA = 1 } = options;
  const sweep = headSweep(networks, alphaA), largest = sweep[sweep.length - 1];
  const limit = populationOf(theory, { N: 4, alphaA })!,
    ablated = populationOf(theory, { N: 4, alphaA, response: false });
  const colors = sequence(histogramTimes.length), P = 3, steps = limit.config.steps;
  const times = Array.from({ length: steps + 1 }, (_, t) => t);
  const output = (curve: PopulationRecord, p: number) =>
    points(times, curve.metrics.outputs.map((f) => f[p]));
  const exponents = [1, 0.5] as const;
  const sweeps = exponents.map((exponent) => ({
    exponent,
    records: headSweep(networks, exponent),
    limit: populationOf(theory, { N: 4, alphaA: exponent })!,
  }));
  const slopes = sweeps.map(({ records, limit }) =>
    slopeOf(records.map(({ config }) => config.H), records.map((r) => outputErrors(r, limit.metrics.outputs)))
  );
  const nets = largest.metrics.outputs;
  const variance = sweeps.map(({ limit }) => limit.metrics.headVariance);
  return {
    name,
    title: "With many heads a distribution of attention survives",
    caption:
      `Heads of width N = 4 on the tiny data (β₀ = γ₀ = 2, η₀ = 0.1). Dark and coloured lines: theory at H = ∞ (${limit.config.heads} sampled heads); dots: trained ` +
      `networks, 60 seeds. (a) The logit A of tokens 1, 2 of sample 1 over the heads of networks with H = ${largest.config.H}, α_A = ${alphaA}. (b) Outputs of the three samples, ` +
      `mean ± s.e.${
        ablated ? "; dashed: theory without response terms" : ""
      }. (c) Squared error of the outputs, mean over t ≤ 12; slopes ` +
      slopes.map((slope, i) => `${slopeText(slope)} (α_A = ${exponentText(exponents[i])})`).join(", ") +
      ". (d) Training widens the distribution.",
    panels: [
      {
        title: "Logits over heads",
        legend: histogramTimes.map((t, i) => ({ label: `t = ${t}`, color: colors[i] })),
        plot: {
          x: { label: "logit A (no unit)", domain: [-3, 3] },
          y: { type: "log", label: "density", domain: [0.01, 2] },
          marks: histogramTimes.map((_, i) => {
            const inside = ({ x, y }: { x: number; y: number }) => Math.abs(x) < 3 && y > 0.015;
            return [
              theoryLine(stretch(density(limit.metrics.histograms[i]), inside), { color: colors[i] }),
              runDots(density(largest.metrics.histograms[i]).filter(inside), { color: colors[i], log: true }),
            ];
          }),
        },
      },
      {
        title: "Outputs",
        legend: [
          { label: "theory, H = ∞", color: theme.colors.theory },
          ...ablated
            ? [{ label: "responses deleted", color: theme.colors.theory, mark: "dash" as const }]
            : [],
          ...[0, 1, 2].map((p) => ({ label: `sample ${p + 1}`, color: runColor(p), mark: "dot" as const })),
        ],
        plot: {
          x: { label: "gradient step t" },
          y: { label: "output f (no unit)" },
          marks: [0, 1, 2].map((p) => [
            ablated ? theoryLine(output(ablated, p), { dash: true }) : null,
            theoryLine(output(limit, p)),
            runDots(
              times.map((t) => {
                const values = nets.map((row) => row[t * P + p]);
                return { x: t, y: mean(values), se: standardError(values) };
              }),
              { color: runColor(p) },
            ),
          ]),
        },
      },
      {
        title: "Squared error falls as 1/H",
        legend: [
          { label: "α_A = 1", color: runColor(0), mark: "dot" },
          { label: "α_A = ½", color: runColor(1), mark: "dot" },
          slopeKey,
        ],
        plot: errorsPlot(
          "heads H",
          sweeps.map(({ records, limit }, i) => ({
            color: runColor(i),
            estimates: records.map((r) => {
              const values = outputErrors(r, limit.metrics.outputs);
              return { x: r.config.H, y: mean(values), se: standardError(values) };
            }),
          })),
          "mean squared error of f (no unit)",
        ),
      },
      {
        title: "Variance of a logit over heads",
        legend: [
          { label: "theory", color: theme.colors.theory },
          { label: "α_A = 1", color: runColor(0), mark: "dot" },
          { label: "α_A = ½", color: runColor(1), mark: "dot" },
        ],
        plot: spreadPlot(sweeps.map(({ records }, i) => ({
          theory: variance[i],
          dots: points(times, records[records.length - 1].metrics.headVariance),
        }))),
      },
    ],
    sources: [
      ...new Set([
        ...sweeps.flatMap(({ records }) => records),
        ...sweeps.map(({ limit }) => limit),
        ...ablated ? [ablated] : [],
      ]),
    ]
      .map(sourceOf),
  };
}
