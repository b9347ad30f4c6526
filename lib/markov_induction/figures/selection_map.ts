/** @module Figure: which set wins Stage I over the prior and the initial gap; with a sufficient bound that is far from necessary. */
import * as Plot from "@observablehq/plot";
import { type Figure, heatmap, type Panel, type Ramp, sourceOf, theme } from "../../figure/mod.ts";
import type { TableRecord } from "../records.ts";
import { sufficientGap } from "../theory.ts";
import { rowsOf, setColor } from "./statistics.ts";

/** Sets in the order of the key. */
const sets = ["{1}", "{2}", "{3}", "{1,2}", "{1,3}", "{2,3}", "{1,2,3}"];

/**
 * @param records of the experiment `selectionMap`
 * @param information of the experiment `information`, for the sufficient gap
 */
export function selectionMap(records: readonly TableRecord[], information: readonly TableRecord[]): Figure {
  /** The derived gap that is enough for degree D; NaN where the information of that prior was not tabled. */
  const enough = (alpha: number, D: number) => {
    const [best, second] = rowsOf(information).filter((row) =>
      row.chain === `two parents, α = ${alpha}` && Number(row.size) <= D
    ).map(({ modified }) => Number(modified)).sort((x, y) => y - x);
    return best > second ? sufficientGap({ M: 3, D, gap: best - second, best }) : NaN;
  };
  const panel = (variant: string, degree: "degree2" | "degree3", title: string): Panel => {
    const rows = records.filter(({ config }) => config.variant === variant).flatMap(({ metrics }) =>
      metrics.rows
    );
    const ramp = { ...ramped, color: (value: number) => setColor(sets[value]) };
    const cells = rows.map((row) => ({
      x: Number(row.gap),
      y: Number(row.alpha),
      value: sets.indexOf(String(row[degree])),
    }));
    const present = sets.filter((_, i) => cells.some(({ value }) => value === i));
    // The condition is one on theory's drives; a bar stands in the first column beyond it.
    const bars = variant !== "paper" ? [] : [...new Set(cells.map(({ y }) => y))].flatMap((alpha) => {
      const bound = enough(alpha, Number(degree.slice(-1)));
      const beyond = cells.filter(({ x, y }) => y === alpha && x >= bound).map(({ x }) => x);
      return beyond.length === 0 ? [] : [{ x: Math.min(...beyond), y: alpha }];
    });
    const { plot } = heatmap(cells, { ramp, xLabel: "initial gap w₊ − w₋", yLabel: "prior α" });
    return {
      title,
      width: 345,
      height: 235,
      legend: present.map((set) => ({ label: set, color: setColor(set), mark: "square" as const })),
      plot: {
        ...plot,
        marks: [
          ...(plot.marks ?? []),
          Plot.tickX(bars, { x: "x", y: "y", stroke: theme.colors.background, strokeWidth: 3, inset: 3 }),
          Plot.dot([{ x: 3, y: 0.1 }], {
            x: "x",
            y: "y",
            r: 4,
            fill: theme.colors.background,
            stroke: theme.colors.ink,
          }),
        ],
      },
    };
  };
  return {
    name: "selection_map",
    title: "Which set wins Stage I: small α needs a larger initial gap, or the wrong set is selected",
    caption:
      "Set of heads with the largest drive J_S at the start (c₀ = a₀ = 0.01, L = 100, one data set a row), by the prior α and the gap with " +
      "which head h prefers offset h. White dot: the published setting, gap 2.9 at α = 0.1. Top: theory’s network with log loss, ε = 0.1; " +
      "bottom: the published code’s network with its loss. White bars: from there on the sufficient condition derived here holds, " +
      "1 − σ^D < ΔĨ/(4Ĩ*) (rows whose information is tabled; a gap " +
      `above ${enough(1, 2).toFixed(1)} at α = 1, ${enough(0.1, 2).toFixed(1)} at α = 0.1, ${
        enough(0.01, 2).toFixed(1)
      } at α = 0.01 for D = 2); what is needed is far less.`,
    columns: 2,
    panels: [
      panel("paper", "degree2", "Theory’s network, D = 2"),
      panel("paper", "degree3", "Theory’s network, D = 3"),
      panel("repo", "degree2", "Published network, D = 2"),
      panel("repo", "degree3", "Published network, D = 3"),
    ],
    sources: [...records, ...information].map(sourceOf),
  };
}

/** What `heatmap` needs of a ramp; categories are keyed instead. */
const ramped: Ramp = {
  label: "winner",
  colors: sets.map(setColor),
  bounds: Array.from({ length: sets.length + 1 }, (_, i) => i),
};
