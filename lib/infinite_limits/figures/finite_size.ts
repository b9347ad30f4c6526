/** @module Panels on finite networks beside a limit: loss over time, squared errors over size, spread over heads. */
import {
  type Estimate,
  type PlotOptions,
  type Point,
  points,
  referenceLine,
  runColor,
  runDots,
  theme,
  theoryLine,
} from "../../figure/mod.ts";

/** One line of dots. */
export interface Dots {
  /** Where, and with which standard error. */
  readonly estimates: readonly Estimate[];
  /** Any CSS colour. */
  readonly color: string;
}

/** Loss of networks over time, with what theory says where it is known; `without` leaves its response terms out. */
export function lossPlot(
  networks: readonly Dots[],
  theory?: readonly Point[],
  without?: readonly Point[],
): PlotOptions {
  return {
    x: { label: "gradient step t" },
    y: { label: "loss (half mean square)", zero: true },
    marks: [
      networks.map(({ estimates, color }) => runDots(estimates, { color })),
      without ? theoryLine(without, { dash: true }) : null,
      theory ? theoryLine(theory) : null,
    ],
  };
}

/** Mean squared errors over a size, each with a line of slope -1 through its first point. */
export function errorsPlot(
  axis: "head width N" | "heads H",
  quantities: readonly Dots[],
  label = "mean squared error (no unit)",
): PlotOptions {
  return {
    x: { type: "log", base: 2, label: axis },
    y: { type: "log", label },
    marks: quantities.map(({ estimates, color }) => {
      const [first] = estimates;
      return [
        referenceLine(estimates.map(({ x }) => ({ x, y: first.y * first.x / x }))),
        runDots(estimates, { color, log: true }),
      ];
    }),
  };
}

/** Variance of a logit over the heads of a network at every step: theory where it is known, and networks. */
export function spreadPlot(
  series: readonly { readonly theory?: ArrayLike<number>; readonly dots: readonly Estimate[] }[],
): PlotOptions {
  return {
    x: { label: "gradient step t" },
    y: { label: "variance of A (no unit)", zero: true },
    marks: series.map(({ theory, dots }, i) => [
      theory ? theoryLine(points(Array.from(theory, (_, t) => t), theory)) : null,
      runDots(dots, { color: runColor(i) }),
    ]),
  };
}

/** Key of a slope of -1. */
export const slopeKey = { label: "slope −1", color: theme.colors.reference, mark: "dash" } as const;
