/** @module Figure: the risk along the time of preprocessed descent, its parts, and where discrete steps diverge. */
import {
  type Figure,
  type Panel,
  points,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sourceOf,
  theme,
  theoryLine,
  verticalTimes,
} from "../../figure/mod.ts";
import type { RiskPathRecord } from "../records.ts";
import { decoupledRisk } from "../theory/mod.ts";
import { logarithmic, methodStyle, settingText } from "./shared.ts";

/** Which time is marked. */
export interface RiskVsTimeOptions {
  /** Flow time T marked in the first panels; default the best one of the scalar prediction. */
  readonly time?: number;
}

/** Risk against T for both priors, the largest eigenvalues, and discrete steps. */
export function riskVsTime(records: readonly RiskPathRecord[], options: RiskVsTimeOptions = {}): Figure {
  const { preprocessed, descent } = methodStyle, onColor = runColor(2), splitColor = runColor(3);
  const curve = ({ config, metrics }: RiskPathRecord, index: number): Panel => {
    const { times, n, d, s, sigma, prior } = config, task = { d, s, sigma, prior };
    const fine = logarithmic(0.1, times[times.length - 1], 90);
    const scalar = decoupledRisk(task, n, fine, { nodes: 20 });
    const shown = fine.flatMap((x, i) => x >= times[0] ? [{ x, y: scalar.risk[i], on: scalar.on[i] }] : []);
    const lowest = shown.reduce((best, point) => point.y < best.y ? point : best);
    const best = options.time ?? lowest.x;
    return {
      title: `${prior} weights`,
      height: 260,
      legend: index === 0
        ? [
          { label: "scalar prediction", color: theme.colors.theory },
          { label: "its part on the support", color: theme.colors.theory, mark: "dash" },
          { label: "preprocessed GD", color: preprocessed.color, mark: "dot" },
          { label: "on the support", color: onColor, mark: "dot" },
          { label: "independent preprocessing", color: splitColor, mark: "dot" },
          { label: "GD", color: descent.color, mark: "dot" },
        ]
        : [],
      plot: {
        x: { type: "log", label: "flow time T (step size × steps)" },
        y: { type: "log", label: "excess risk", domain: [8e-3, 1] },
        marks: [
          verticalTimes([{ at: best, label: options.time === undefined ? "T*" : "T" }]),
          theoryLine(shown),
          theoryLine(shown.map(({ x, on }) => ({ x, y: on })), { dash: true }),
          runDots(points(times, metrics.descent.map(({ risk }) => risk)), {
            color: descent.color,
            log: true,
          }),
          runDots(points(times, metrics.split.map(({ risk }) => risk)), { color: splitColor, log: true }),
          runDots(points(times, metrics.on), { color: onColor, log: true }),
          runDots(
            points(
              times,
              metrics.preprocessed.map(({ risk }) => risk),
              metrics.preprocessed.map(({ se }) => se),
            ),
            { color: preprocessed.color, log: true },
          ),
        ],
      },
    };
  };
  const priorColor = { rad: runColor(0), gau: runColor(4) } as const;
  const share = Array.from({ length: 100 }, (_, i) => (i + 0.5) / 100);
  const etas = records[0].config.etas;
  const gau = records[records.length - 1];
  const mean = gau.metrics.discrete.map(({ eta, steps, mean, median }) => ({
    eta,
    mean: steps.flatMap((t, i) => mean[i] === null || mean[i] > 30 ? [] : [{ x: t * eta, y: mean[i] }]),
    median: steps.map((t, i) => ({ x: t * eta, y: Math.min(median[i], 30) })),
  }));
  return {
    name: "risk_vs_time",
    title: "Too early is biased, too late fits the noise; too large a step explodes",
    caption:
      `${settingText(records[0].config, ["prior"])}, ${
        records[0].config.prompts
      } prompts. (a, b) Risk of gradient flow on preprocessed inputs; ` +
      "dark: prediction from d independent scalars (derived), dashed its part on the support; grey line: best time. " +
      "Independent preprocessing: r̂ from a second sample, noise averaged exactly (Theorem B, derived). " +
      "(c) Share of prompts whose largest eigenvalue of R̂Σ̂R̂ is below the abscissa; beyond its line at 2/η a step of size η diverges. " +
      `(d) ${gau.config.prior} weights, steps of size η: dots mean, lines median; means above 30 are left out. A few unstable prompts ruin the mean, hence no fixed network of this kind is safe.`,
    panels: [
      ...records.map(curve),
      {
        title: "Largest eigenvalue over prompts",
        height: 230,
        legend: records.map(({ config }) => ({ label: config.prior, color: priorColor[config.prior] })),
        plot: {
          x: { type: "log", label: "largest eigenvalue of R̂Σ̂R̂", domain: [0.03, 6] },
          y: { label: "share of prompts below", domain: [0, 1.25], ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
          marks: [
            verticalTimes(etas.map((eta) => ({ at: 2 / eta, label: `η = ${eta}` }))),
            records.map(({ config, metrics }) =>
              runLine(points(metrics.largest, share), { color: priorColor[config.prior], width: 2 })
            ),
          ],
        },
      },
      {
        title: `Discrete steps, ${gau.config.prior} weights`,
        height: 230,
        legend: etas.map((eta, i) => ({ label: `η = ${eta}`, color: runColor(i), mark: "dot" as const })),
        plot: {
          x: { type: "log", label: "time T = η × steps" },
          y: { type: "log", label: "excess risk", domain: [0.025, 30] },
          marks: [
            referenceValue(1, "predicting zero"),
            mean.map(({ mean, median }, i) => [
              runLine(median, { color: runColor(i), width: 1.4 }),
              runDots(mean, { color: runColor(i), log: true }),
            ]),
          ],
        },
      },
    ],
    sources: records.map(sourceOf),
  };
}
