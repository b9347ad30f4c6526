/** @module Bars from zero, optionally in groups, with error bars. */
import * as Plot from "@observablehq/plot";
import type { PlotOptions } from "./plot_types.ts";
import { named } from "./marks.ts";
import { theme } from "./theme.ts";

/** One bar. */
export interface Bar {
  /** The category it stands at. */
  readonly label: string;
  /** Its length. */
  readonly value: number;
  /** One standard error of the value. */
  readonly se?: number;
  /** Bars of one label stand side by side, one for each group. */
  readonly group?: string;
}

/** How bars are drawn. */
export interface BarsOptions {
  /** What the categories are. */
  readonly xLabel: string;
  /** What the values are, with their unit. */
  readonly yLabel: string;
  /** One colour for each group in order of appearance, or one for all. */
  readonly colors?: readonly string[];
  /** Marks over the bars. */
  readonly marks?: PlotOptions["marks"];
  /** Ends of the y axis; from zero to the largest value unless said. */
  readonly yDomain?: readonly [number, number];
}

/**
 * Plot options for vertical bars that start at zero: a bar's length is its value, so the axis is never logarithmic.
 * The `i`-th label stands at x = i (further marks may use that), its groups side by side around it.
 */
export function bars(rows: readonly Bar[], options: BarsOptions): PlotOptions {
  const { xLabel, yLabel, colors = theme.colors.runs, marks = [], yDomain } = options;
  const labels = [...new Set(rows.map(({ label }) => label))];
  const groups = [...new Set(rows.map(({ group }) => group ?? ""))];
  const width = groups.length > 1 ? 0.78 / groups.length : 0.6;
  const groupOf = ({ group = "" }: Bar) => groups.indexOf(group);
  const middle = (bar: Bar) => labels.indexOf(bar.label) + (groupOf(bar) - (groups.length - 1) / 2) * width;
  const gap = groups.length > 1 ? 0.03 * width : 0;
  return {
    x: {
      type: "linear",
      domain: [-0.5, labels.length - 0.5],
      ticks: labels.map((_, i) => i),
      tickFormat: (i: number) => labels[i],
      tickSize: 0,
      tickPadding: 6,
      grid: false,
      label: xLabel,
    },
    y: { label: yLabel, zero: true, ...(yDomain === undefined ? {} : { domain: [...yDomain] }) },
    insetBottom: rows.every(({ value }) => value >= 0) ? 0 : undefined,
    marks: [
      Plot.rectY(rows, {
        x1: (bar: Bar) => middle(bar) - width / 2 + gap,
        x2: (bar: Bar) => middle(bar) + width / 2 - gap,
        y: "value",
        fill: { value: (bar: Bar) => colors[groupOf(bar) % colors.length], scale: null },
      }),
      named(
        "error bars",
        Plot.ruleX(rows.filter(({ se }) => se !== undefined && se > 0), {
          x: middle,
          y1: ({ value, se = 0 }: Bar) => value - se,
          y2: ({ value, se = 0 }: Bar) => value + se,
          stroke: theme.colors.ink,
          strokeWidth: 1.25,
        }),
      ),
      Plot.ruleY([0], { stroke: theme.colors.ink }),
      ...marks,
    ],
  };
}
