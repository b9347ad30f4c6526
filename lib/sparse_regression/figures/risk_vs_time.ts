/** @module Figure: the risk along the time of preprocessed descent, its parts, and where discrete steps diverge. */
import {
  type Figure,
  type LegendItem,
  type Panel,
  type PlotOptions,
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
import type { Estimated, MethodName, RiskPathMetrics, RiskPathRecord } from "../records.ts";
import { type DecoupledCurve, decoupledRisk } from "../theory/mod.ts";
import { logarithmic, methodStyle, settingText } from "./shared.ts";

/** Which time is marked. */
export interface RiskVsTimeOptions {
  /** Flow time T marked in the first panels; default the best one of the scalar prediction. */
  readonly time?: number;
}

const { preprocessed, descent } = methodStyle, onColor = runColor(2), splitColor = runColor(3);

/** What one panel of risk against T shows. */
export interface TimePanel {
  /** Flow times T. */
  readonly times: readonly number[];
  /** Risk along the preprocessed flow. */
  readonly preprocessed: readonly Estimated[];
  /** Its part on the support. */
  readonly on: readonly number[];
  /** Risk along the flow on raw inputs. */
  readonly descent: readonly Estimated[];
  /** Preprocessing from an independent sample. */
  readonly split?: readonly Estimated[];
  /** The scalar prediction, where it is known. */
  readonly scalar?: Pick<DecoupledCurve, "times" | "risk" | "on">;
  /** Risks that know no time: a line each. */
  readonly levels?: readonly { readonly method: MethodName; readonly risk: number }[];
  /** Marked time; none for a NaN. */
  readonly at: number;
  /** Its name. */
  readonly label: string;
  /** Lowest and highest risk drawn. */
  readonly domain: readonly [number, number];
}

/** Key of such a panel. */
export function timeLegend({ split, scalar, levels = [] }: TimePanel): LegendItem[] {
  return [
    ...scalar
      ? [
        { label: "scalar prediction", color: theme.colors.theory },
        { label: "its part on the support", color: theme.colors.theory, mark: "dash" as const },
      ]
      : [],
    { label: "preprocessed GD", color: preprocessed.color, mark: "dot" },
    { label: "on the support", color: onColor, mark: "dot" },
    ...split ? [{ label: "independent preprocessing", color: splitColor, mark: "dot" as const }] : [],
    { label: "GD", color: descent.color, mark: "dot" },
    ...levels.map(({ method }) => ({
      label: methodStyle[method].name,
      color: methodStyle[method].color,
      mark: "dash" as const,
    })),
  ];
}

/** Axes and marks of one panel. */
export function timePlot(panel: TimePanel): PlotOptions {
  const { times, split, on, scalar, levels = [], at, label, domain } = panel;
  const inside = ({ y }: { y: number }) => y >= domain[0] && y <= domain[1];
  const dots = (risks: readonly Estimated[], color: string, errors = false) =>
    runDots(
      points(times, risks.map(({ risk }) => risk), errors ? risks.map(({ se }) => se) : undefined)
        .filter(inside),
      { color, log: true },
    );
  const predicted = (risks: ArrayLike<number>) =>
    points(scalar!.times, risks).filter(({ x }) => x >= times[0]).filter(inside);
  return {
    x: { type: "log", label: "flow time T (step size × steps)" },
    y: { type: "log", label: "excess risk", domain: [...domain] },
    marks: [
      Number.isFinite(at) ? verticalTimes([{ at, label }]) : null,
      levels.filter(({ risk }) => inside({ y: risk })).map(({ method, risk }) =>
        referenceValue(risk, "", { color: methodStyle[method].color })
      ),
      scalar ? [theoryLine(predicted(scalar.risk)), theoryLine(predicted(scalar.on), { dash: true })] : [],
      dots(panel.descent, descent.color),
      split ? dots(split, splitColor) : [],
      runDots(points(times, on).filter(inside), { color: onColor, log: true }),
      dots(panel.preprocessed, preprocessed.color, true),
    ],
  };
}

const priorColor = { rad: runColor(0), gau: runColor(4) } as const;

/** Distribution of the largest eigenvalue over prompts, with the steps that the largest would forbid. */
export function largestPlot(
  sets: readonly { readonly prior: "rad" | "gau"; readonly largest: readonly number[] }[],
  etas: readonly number[],
  domain: readonly [number, number] = [0.03, 12],
): PlotOptions {
  return {
    x: { type: "log", label: "largest eigenvalue of R̂Σ̂R̂", domain: [...domain] },
    y: { label: "share of prompts below", domain: [0, 1.25], ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] },
    marks: [
      verticalTimes(etas.map((eta) => ({ at: 2 / eta, label: `η = ${eta}` }))),
      sets.map(({ prior, largest }) =>
        runLine(points(largest, largest.map((_, i) => (i + 0.5) / largest.length)), {
          color: priorColor[prior],
          width: 2,
        })
      ),
    ],
  };
}

/** Risk of discrete steps: dots mean, lines median; means above the domain are left out. */
export function discretePlot(
  discrete: RiskPathMetrics["discrete"],
  [low, high]: readonly [number, number] = [0.025, 30],
): PlotOptions {
  const curves = discrete.map(({ eta, steps, mean, median }) => ({
    mean: steps.flatMap((t, i) => {
      const y = mean[i];
      return y === null || y > high || y < low ? [] : [{ x: t * eta, y }];
    }),
    median: steps.map((t, i) => ({ x: t * eta, y: Math.min(median[i], high) })),
  }));
  return {
    x: { type: "log", label: "time T = η × steps" },
    y: { type: "log", label: "excess risk", domain: [low, high] },
    marks: [
      referenceValue(1, "predicting zero"),
      curves.map(({ mean, median }, i) => [
        runLine(median, { color: runColor(i), width: 1.4 }),
        runDots(mean, { color: runColor(i), log: true }),
      ]),
    ],
  };
}

/** Key of such a panel. */
export function discreteLegend(etas: readonly number[]): LegendItem[] {
  return etas.map((eta, i) => ({ label: `η = ${eta}`, color: runColor(i), mark: "dot" }));
}

/** Risk against T for both priors, the largest eigenvalues, and discrete steps. */
export function riskVsTime(records: readonly RiskPathRecord[], options: RiskVsTimeOptions = {}): Figure {
  const curve = ({ config, metrics }: RiskPathRecord, index: number): Panel => {
    const { times, n, d, s, sigma, prior } = config, task = { d, s, sigma, prior };
    const scalar = decoupledRisk(task, n, logarithmic(0.1, times[times.length - 1], 90), { nodes: 20 });
    const lowest = scalar.risk.reduce(
      (best, risk, i) => scalar.times[i] >= times[0] && (best < 0 || risk < scalar.risk[best]) ? i : best,
      -1,
    );
    const panel: TimePanel = {
      ...metrics,
      times,
      scalar,
      at: options.time ?? scalar.times[lowest],
      label: options.time === undefined ? "T*" : "T",
      domain: [8e-3, 1],
    };
    return {
      title: `${prior} weights`,
      height: 260,
      legend: index === 0 ? timeLegend(panel) : [],
      plot: timePlot(panel),
    };
  };
  const etas = records[0].config.etas, gau = records[records.length - 1];
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
        plot: largestPlot(
          records.map(({ config: { prior }, metrics: { largest } }) => ({ prior, largest })),
          etas,
        ),
      },
      {
        title: `Discrete steps, ${gau.config.prior} weights`,
        height: 230,
        legend: discreteLegend(etas),
        plot: discretePlot(gau.metrics.discrete),
      },
    ],
    sources: records.map(sourceOf),
  };
}
