/**
 * @module The axes every panel gets: margins that fit their labels, a faint grid, quiet ticks on logarithmic scales.
 *
 * Observable Plot leaves margins and logarithmic ticks to the author. Here a first rendering tells the scales and
 * the width of the tick labels, and this file turns that into options for the second. What the author sets stays.
 */
import * as Plot from "@observablehq/plot";
import type { ScaleOptions } from "@observablehq/plot";
import type { Markish, PlotOptions } from "./plot_types.ts";
import { textWidth } from "./font_metrics.ts";
import { theme } from "./theme.ts";
import { formatNumber, logTicks } from "./ticks.ts";

/** What the first rendering tells. */
export interface Measured {
  readonly scales: Partial<Record<"x" | "y" | "fx" | "fy", { type?: string; domain?: Iterable<unknown> }>>;
  /** Written beside the left axis. */
  readonly yTickLabels: readonly string[];
}

type Key = "x" | "y";
const { tick, axisLabel } = theme.sizes;
const tickSize = 4;

/** Options all panels start from. */
export function baseOptions(plot: PlotOptions, width: number, height: number): PlotOptions {
  const { title: _title, subtitle: _subtitle, caption: _caption, ...rest } = plot;
  return {
    ...rest,
    width,
    height,
    figure: false,
    className: "plot",
    marginTop: plot.marginTop ?? plot.margin ?? 8,
    marginRight: plot.marginRight ?? plot.margin ?? 10,
    marginBottom: plot.marginBottom ?? plot.margin ?? bottomMargin(plot),
    ...(plot.color === undefined ? {} : { color: { ...plot.color, legend: false } }),
    x: axisOptions(plot, "x"),
    y: axisOptions(plot, "y"),
  };
}

/**
 * Options of the first rendering. Scales whose domains the author fixed do not depend on the data: then the axes alone are drawn,
 * in half the time.
 */
export function measuringOptions(plot: PlotOptions, base: PlotOptions): PlotOptions {
  const fixed = (key: Key) => {
    const scale = plot[key] ?? {};
    return !hidden(plot, key) && [...scale.domain ?? []].some((end) => typeof end === "number");
  };
  if (!fixed("x") || !fixed("y") || plot.fx != null || plot.fy != null || plot.facet !== undefined) {
    return base;
  }
  return {
    ...base,
    marks: marksOf(plot).filter(({ ariaLabel }) => ariaLabel?.includes("-axis ")) as Markish[],
  };
}

/** The final options: grid below, the author's marks, axis lines and minor ticks above. */
export function finishOptions(plot: PlotOptions, base: PlotOptions, measured: Measured): PlotOptions {
  const below: Markish[] = [];
  const above: Markish[] = [];
  const scaleOptions: Partial<Record<Key, ScaleOptions>> = {};
  let ticksWidth = Math.max(0, ...measured.yTickLabels.map((label) => textWidth(label, tick)));
  for (const key of ["x", "y"] as const) {
    const scale = measured.scales[key];
    const given = plot[key] ?? {};
    const options = { ...base[key] };
    scaleOptions[key] = options;
    if (scale === undefined || hidden(plot, key)) continue;
    const domain = [...scale.domain ?? []];
    const continuous = isContinuous(scale.type);
    let gridTicks: unknown = given.ticks;
    if (scale.type === "log" && !explicitAxis(plot, key)) {
      const span = key === "x" ? (base.width ?? 0) : (base.height ?? 0);
      const ticks = logTicks(
        Number(domain[0]),
        Number(domain[domain.length - 1]),
        Math.max(3, Math.round(span / (key === "y" ? 34 : given.base === undefined ? 50 : 40))),
        given.base ?? 10,
      );
      options.tickFormat = given.tickFormat ??
        (given.ticks === undefined ? ticks.format : (x: number) => formatNumber(x));
      if (given.ticks === undefined) {
        options.ticks = gridTicks = ticks.major as number[];
        options.axis = given.axis ?? (key === "x" ? "bottom" : "left");
        above.push(minorTicks(key, ticks.minor));
        if (key === "y") {
          ticksWidth = Math.max(
            0,
            ...ticks.major.map((x) => textWidth(ticks.format(x), tick)),
          );
        }
      }
    }
    const largest = Math.max(...domain.map((end) => Math.abs(Number(end))));
    if (scale.type === "linear" && given.tickFormat === undefined && (largest >= 1e5 || largest < 1e-3)) {
      options.tickFormat = (x: number) => formatNumber(x);
      if (key === "y") {
        // Plot wrote these labels for the first rendering: 1,500,000 or −0.0002.
        const ticks = measured.yTickLabels.map((label) =>
          Number(label.replaceAll(",", "").replace("−", "-"))
        );
        ticksWidth = Math.max(0, ...ticks.map((x) => textWidth(formatNumber(x), tick)));
      }
    }
    if (continuous && given.grid === undefined && plot.grid === undefined) {
      const grid = {
        stroke: theme.colors.grid,
        strokeOpacity: 1,
        ...(gridTicks === undefined ? {} : { ticks: gridTicks as number[] }),
      };
      below.push(key === "x" ? Plot.gridX(grid) : Plot.gridY(grid));
    }
    // Cells need no axis lines: they end where the panel ends.
    if (continuous || isContinuous(measured.scales[key === "x" ? "y" : "x"]?.type)) {
      const anchor = key === "x" ? "bottom" : "left";
      above.unshift(Plot.frame({ anchor, stroke: theme.colors.ink, strokeWidth: 1, facet: "super" }));
    }
  }
  const hasY = measured.scales.y !== undefined && !hidden(plot, "y");
  const labelled = typeof plot.y?.label === "string";
  const left = hasY ? tickSize + 3 + ticksWidth + (labelled ? axisLabel + 12 : 4) : 10;
  const marginLeft = plot.marginLeft ?? plot.margin ?? Math.ceil(left);
  const y = scaleOptions.y ?? {};
  return {
    ...base,
    marginLeft,
    insetLeft: plot.insetLeft ?? plot.inset ?? roomInside(plot, measured, "x"),
    insetRight: plot.insetRight ?? plot.inset ?? roomInside(plot, measured, "x"),
    insetTop: plot.insetTop ?? plot.inset ?? roomInside(plot, measured, "y"),
    insetBottom: plot.insetBottom ?? plot.inset ?? roomInside(plot, measured, "y"),
    x: { labelOffset: (base.marginBottom ?? 0) - 3, ...scaleOptions.x },
    y: { ...y, labelOffset: y.labelOffset ?? marginLeft - 3 },
    marks: [...below, ...(plot.marks ?? []), ...above],
  };
}

function isContinuous(type: string | undefined): boolean {
  return ["linear", "log", "pow", "sqrt", "symlog", "utc", "time"].includes(type ?? "");
}

/** Dots never touch the axis lines, unless the author fixed the domain; bands of phases do reach the ends. */
function roomInside(plot: PlotOptions, measured: Measured, key: Key): number {
  if (plot[key]?.domain !== undefined || !isContinuous(measured.scales[key]?.type)) return 0;
  return key === "x" && marksOf(plot).some(({ ariaLabel }) => ariaLabel === "phases") ? 0 : 5;
}

function marksOf(plot: PlotOptions): { ariaLabel?: string }[] {
  return (plot.marks ?? []).flat(Infinity as 1).filter((mark) => mark != null) as { ariaLabel?: string }[];
}

function axisOptions(plot: PlotOptions, key: Key): ScaleOptions | undefined {
  if (plot[key] === undefined || plot[key] === null) return plot[key];
  return { labelAnchor: "center", labelArrow: "none", tickSize, tickPadding: 3, ...plot[key] };
}

function bottomMargin(plot: PlotOptions): number {
  const facetAxis = plot.fx != null && plot.fx.axis !== null;
  if (hidden(plot, "x") && !facetAxis) return 8;
  const label = hidden(plot, "x") ? plot.fx?.label : plot.x?.label;
  return tickSize + 3 + tick + (typeof label === "string" ? axisLabel + 6 : 5);
}

function hidden(plot: PlotOptions, key: Key): boolean {
  return plot.axis === null || plot[key]?.axis === null;
}

/** Whether the author drew this axis as a mark. */
function explicitAxis(plot: PlotOptions, key: Key): boolean {
  return marksOf(plot).some(({ ariaLabel }) => ariaLabel?.startsWith(`${key}-axis `) === true);
}

function minorTicks(key: Key, ticks: readonly number[]): Markish {
  const options = {
    ticks: ticks as number[],
    tickSize: 2.5,
    label: null,
    fill: "none", // no texts
    strokeOpacity: 0.7,
  };
  return ticks.length === 0 ? null : key === "x" ? Plot.axisX(options) : Plot.axisY(options);
}
