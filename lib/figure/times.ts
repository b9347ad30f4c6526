/** @module Predicted moments and phases along a time axis: labelled vertical lines, tinted bands. */
import * as Plot from "@observablehq/plot";
import type { ChannelValueSpec } from "@observablehq/plot";
import type { Markish } from "./plot_types.ts";
import { textWidth } from "./font_metrics.ts";
import { halo, named } from "./marks.ts";
import { theme } from "./theme.ts";

/** A moment on the x axis. */
export interface Moment {
  /** Position, in units of the x axis. */
  readonly at: number;
  /** Short: a symbol or two. */
  readonly label: string;
}

const rowHeight = theme.sizes.tick + 3;

/** Places short texts along the top of the panel; a text that would touch an earlier one goes a row down. */
function topLabels(
  moments: readonly Moment[],
  place: "beside" | "centred",
  color: string,
  firstRow = 0,
): Markish {
  const size = theme.sizes.tick;
  const sorted = [...moments].sort((a, b) => a.at - b.at);
  const labels = Plot.text(
    sorted,
    Plot.initializer(
      {
        x: "at",
        text: "label",
        textAnchor: "start",
        fontSize: size,
        ...halo,
        fill: color,
      },
      (data, facets, channels, scales, dimensions) => {
        const rows: number[] = [];
        const right = dimensions.width - dimensions.marginRight;
        const values = (channels as unknown as { x: { value: ArrayLike<number> } }).x.value;
        const x: number[] = [];
        const y: number[] = [];
        sorted.forEach((moment, i) => {
          const at = Number((scales.x as (v: number) => number)(values[i]));
          const width = textWidth(moment.label, size);
          const beside = at + 4 + width > right ? at - 4 - width : at + 4;
          const left = place === "centred" ? at - width / 2 : beside;
          let row = rows.findIndex((end) => left > end + 6);
          if (row < 0) row = rows.length;
          rows[row] = left + width;
          x.push(left);
          y.push(dimensions.marginTop + 8 + (firstRow + row) * rowHeight);
        });
        return {
          data,
          facets,
          channels: { x: { value: x }, y: { value: y } } as Record<string, { value: ChannelValueSpec }>,
        };
      },
    ) as Plot.TextOptions,
  );
  return named("moments", labels);
}

/**
 * Dashed vertical lines with labels at the top of the panel, e.g. predicted transition times. Labels that would
 * overlap are put on different rows, whatever the scale of the axis; `row` leaves the first rows free, e.g. for the
 * names of phases.
 */
export function verticalTimes(
  moments: readonly Moment[],
  style: { color?: string; row?: number } = {},
): Markish[] {
  const { color = theme.colors.reference, row = 0 } = style;
  return [
    Plot.ruleX(moments, {
      x: "at",
      stroke: color,
      strokeWidth: 1.1,
      strokeDasharray: "2 2.5",
      insetTop: row * rowHeight,
      clip: true,
    }),
    topLabels(moments, "beside", color === theme.colors.reference ? theme.colors.faint : color, row),
  ];
}

/** One dashed vertical line; see {@link verticalTimes}. */
export function verticalTime(
  at: number,
  label: string,
  style: { color?: string; row?: number } = {},
): Markish[] {
  return verticalTimes([{ at, label }], style);
}

/** A stretch of the x axis. */
export interface Phase {
  /** Where it begins, in units of the x axis. */
  readonly from: number;
  /** Where it ends. */
  readonly to: number;
  /** Its name. */
  readonly label: string;
}

/** Tinted bands with their names at the top; put them first among the marks. `log` centres the names on a log axis. */
export function phases(bands: readonly Phase[], options: { log?: boolean } = {}): Markish[] {
  const tints = theme.colors.phases;
  const middle = ({ from, to }: Phase) => options.log ? Math.sqrt(from * to) : (from + to) / 2;
  return [
    named(
      "phases",
      Plot.rectX(bands, {
        x1: "from",
        x2: "to",
        fill: { value: (_: Phase, i: number) => tints[i % tints.length], scale: null },
        clip: true,
      }),
    ),
    topLabels(bands.map((band) => ({ at: middle(band), label: band.label })), "centred", theme.colors.faint),
  ];
}
