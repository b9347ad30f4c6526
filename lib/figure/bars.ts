/** @module Bars from zero, optionally in groups, with error bars. */
import * as Plot from "@observablehq/plot";
import type { PlotOptions } from "@observablehq/plot";
import { theme } from "./theme.ts";

/** One bar. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** One standard error of the value. */
  readonly se?: number;
  /** Bars of one label stand side by side, one for each group. */
  readonly group?: string;
}

/** How bars are drawn. */
export interface BarsOptions {
  readonly xLabel: string;
  readonly yLabel: string;
  /** One colour for each group in order of appearance, or one for all. */
  readonly colors?: readonly string[];
  /** Marks over the bars. */
  readonly marks?: PlotOptions["marks"];
  readonly yDomain?: readonly [number, number];
}

/** Plot options for vertical bars that start at zero: a bar's length is its value, so the axis is never logarithmic. */
export function bars(rows: readonly Bar[], options: BarsOptions): PlotOptions {
  const { xLabel, yLabel, colors = theme.colors.runs, marks = [], yDomain } = options;
  const labels = [...new Set(rows.map(({ label }) => label))];
  const groups = [...new Set(rows.map(({ group }) => group ?? ""))];
  const grouped = groups.length > 1;
  const x = (bar: Bar) => grouped ? bar.group ?? "" : bar.label;
  const fx = grouped ? { fx: "label" } : {};
  const withError = rows.filter(({ se }) => se !== undefined && se > 0);
  return {
    x: {
      type: "band",
      domain: grouped ? groups : labels,
      label: xLabel,
      padding: grouped ? 0.06 : 0.3,
      ...(grouped ? { axis: null } : {}),
    },
    ...(grouped ? { fx: { domain: labels, label: xLabel, padding: 0.22 } } : {}),
    y: {
      label: yLabel,
      zero: true,
      insetBottom: 0,
      ...(yDomain === undefined ? {} : { domain: [...yDomain] }),
    },
    insetBottom: rows.every(({ value }) => value >= 0) ? 0 : undefined,
    marks: [
      Plot.barY(rows, {
        x,
        ...fx,
        y: "value",
        fill: { value: (bar: Bar) => colors[groups.indexOf(bar.group ?? "") % colors.length], scale: null },
      }),
      Plot.ruleX(withError, {
        x,
        ...fx,
        y1: ({ value, se = 0 }: Bar) => value - se,
        y2: ({ value, se = 0 }: Bar) => value + se,
        stroke: theme.colors.ink,
        strokeWidth: 1.25,
        ariaLabel: "error bars",
      }),
      Plot.ruleY([0], { stroke: theme.colors.ink }),
      ...marks,
    ],
  };
}
