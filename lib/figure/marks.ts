/**
 * @module Marks with a meaning: theory is dark ink, runs are coloured, guides are grey.
 *
 * Pure factories of Observable Plot marks over `{ x, y }` points; spread or nest them in `marks: [...]`.
 */
import * as Plot from "@observablehq/plot";
import type { Markish } from "./plot_types.ts";
import { type Estimate, type Point, thin } from "./points.ts";
import { runColor, theme } from "./theme.ts";

/** How a curve is drawn. */
export interface LineStyle {
  /** Any CSS colour. */
  readonly color?: string;
  /** `true` for the dashes of the key, or an SVG dash pattern. */
  readonly dash?: boolean | string;
  /** Stroke width in CSS pixels. */
  readonly width?: number;
  /** From 0 to 1. */
  readonly opacity?: number;
}

/** What theory predicts: a dark line through the points, thinned to what a figure may carry. */
export function theoryLine(curve: readonly Point[], style: LineStyle = {}): Markish {
  return named("theory", line(curve, { color: theme.colors.theory, ...style }));
}

/** What a run measured, densely: a coloured line. */
export function runLine(curve: readonly Point[], style: LineStyle = {}): Markish {
  return named("runs", line(curve, { color: runColor(0), ...style }));
}

/** A guide that is neither theory nor measurement, e.g. a slope triangle's side or a baseline: grey and dashed. */
export function referenceLine(curve: readonly Point[], style: LineStyle = {}): Markish {
  return named(
    "reference",
    line(curve, { color: theme.colors.reference, width: 1.25, dash: true, ...style }),
  );
}

/** The grey line y = x from `low` to `high`: where prediction and measurement agree. */
export function diagonal([low, high]: readonly [number, number], style: LineStyle = {}): Markish {
  return referenceLine([{ x: low, y: low }, { x: high, y: high }], style);
}

function line(
  curve: readonly Point[],
  { color, dash, width = theme.lineWidth, opacity }: LineStyle,
): Markish {
  return Plot.line(thin(curve), {
    x: "x",
    y: "y",
    stroke: color,
    strokeWidth: width,
    strokeOpacity: opacity,
    strokeDasharray: dash === true ? "5 3.5" : dash || undefined,
    strokeLinejoin: "round",
    clip: true,
  });
}

/** How measured points are drawn. */
export interface DotStyle {
  /** Any CSS colour; the first run colour unless said. */
  readonly color?: string;
  /** In CSS pixels. */
  readonly radius?: number;
  /** Error bars reach this many standard errors up and down; 1 unless said, 0 for none. */
  readonly standardErrors?: number;
  /** The y axis is logarithmic: see {@link errorBars}. */
  readonly log?: boolean;
}

/** What runs measured at single points: coloured dots, with error bars where a standard error is given. */
export function runDots(estimates: readonly Estimate[], style: DotStyle = {}): Markish[] {
  const { color = runColor(0), radius = theme.dotRadius } = style;
  return [
    errorBars(estimates, style),
    Plot.dot(estimates, {
      x: "x",
      y: "y",
      r: radius,
      fill: color,
      stroke: theme.colors.background,
      strokeWidth: 0.6,
    }),
  ];
}

/**
 * Vertical bars of ± `standardErrors` standard errors; points without one get none.
 *
 * @param style.log on a logarithmic axis a bar that would reach zero or below has no foot to stand on; it stops at a
 * tenth of its value.
 */
export function errorBars(estimates: readonly Estimate[], style: DotStyle = {}): Markish {
  const { color = runColor(0), standardErrors = 1, log = false } = style;
  const bars = estimates.filter(({ se }) => se !== undefined && se > 0 && standardErrors > 0);
  const low = ({ y, se = 0 }: Estimate) =>
    log ? Math.max(y - standardErrors * se, y / 10) : y - standardErrors * se;
  return named(
    "error bars",
    Plot.ruleX(bars, {
      x: "x",
      y1: low,
      y2: ({ y, se = 0 }: Estimate) => y + standardErrors * se,
      stroke: color,
      strokeWidth: 1.25,
    }),
  );
}

/** A point of a band. */
export interface BandPoint {
  /** Position along the x axis. */
  readonly x: number;
  /** Lower edge. */
  readonly low: number;
  /** Upper edge. */
  readonly high: number;
}

/** A pale band between two curves, e.g. mean ± one standard deviation over seeds. At most 500 points are kept. */
export function runBand(
  band: readonly BandPoint[],
  style: { color?: string; opacity?: number } = {},
): Markish {
  const { color = runColor(0), opacity = 0.18 } = style;
  const step = Math.max(1, Math.ceil(band.length / theme.maxPoints));
  const kept = band.filter((_, i) => i % step === 0 || i === band.length - 1);
  return named(
    "band",
    Plot.areaY(kept, { x: "x", y1: "low", y2: "high", fill: color, fillOpacity: opacity, clip: true }),
  );
}

/**
 * A horizontal grey line at `y` across the panel, with a label at its right end: above the line, or below it where
 * there is no room above.
 */
export function referenceValue(y: number, label = "", style: LineStyle = {}): Markish[] {
  const { color = theme.colors.reference, dash = true, width = 1.25 } = style;
  const text = Plot.initializer(
    {
      y: [y],
      text: [label],
      frameAnchor: "right",
      dx: -4,
      textAnchor: "end",
      ...halo,
      fill: theme.colors.faint,
    },
    (data, facets, _channels, scales, dimensions) => {
      const at = Number((scales.y as (v: number) => number)(y));
      return { data, facets, channels: { y: { value: [at < dimensions.marginTop + 16 ? at + 8 : at - 7] } } };
    },
  ) as Plot.TextOptions;
  return [
    Plot.ruleY([y], {
      stroke: color,
      strokeWidth: width,
      strokeDasharray: dash === true ? "5 3.5" : dash || undefined,
    }),
    label === "" ? null : Plot.text([label], text),
  ];
}

/** A label at a point of the panel, with a white halo; `anchor` is the side of the text that touches the point. */
export function label(
  text: string,
  at: Point,
  style: { color?: string; anchor?: "start" | "middle" | "end"; dx?: number; dy?: number } = {},
): Markish {
  const {
    color = theme.colors.ink,
    anchor = "start",
    dx = anchor === "end" ? -6 : anchor === "start" ? 6 : 0,
    dy = 0,
  } = style;
  return Plot.text([at], {
    x: "x",
    y: "y",
    text: () => text,
    textAnchor: anchor,
    dx,
    dy,
    ...halo,
    fill: color,
  });
}

/** Gives a mark the name that its group carries in the SVG: for screen readers, and for the checks. */
export function named<M extends Markish>(name: string, mark: M): M {
  return Object.assign(mark as object, { ariaLabel: name }) as unknown as M;
}

/** Text over data stays readable. */
export const halo = {
  fill: theme.colors.ink,
  stroke: theme.colors.background,
  strokeWidth: 3.5,
  strokeOpacity: 0.9,
} as const;
