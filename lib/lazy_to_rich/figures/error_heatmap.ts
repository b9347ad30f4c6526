/** @module Figure: the constructed transformers against their targets: over n and H, slope, length, and kinds of heads. */
import * as Plot from "@observablehq/plot";
import {
  type Figure,
  heatmap,
  rampLegend,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sequence,
  sourceOf,
  superscript,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import type { HeadsRecord } from "../records.ts";
import { grouped } from "./statistics.ts";

/**
 * Error of IH_n over n x H with the bounds, error of IH_2 over the slope, the guard, and shared against grouped heads.
 * @param records of the experiment `constructedHeads`
 */
export function errorHeatmap(records: readonly HeadsRecord[]): Figure {
  const [{ config, metrics }] = records;
  const ramp = rampLegend({
    label: "largest error",
    domain: [1e-12, 1],
    steps: 12,
    log: true,
    scheme: "viridis",
  });
  const cells = metrics.grid.map(({ n, H, error }) => ({ x: H, y: n, value: error }));
  const short = (x: number) => x < 0.095 ? `10${superscript(Math.round(Math.log10(x)))}` : x.toFixed(1);
  const fewest = metrics.grid.filter(({ n, H }) => H === n - 1).map(({ n, H }) => ({ x: H, y: n }));
  const lengths = grouped(metrics.single, ({ L }) => L).filter(([L]) => [8, 32, 256].includes(L));
  const colors = sequence(lengths.length);
  const bound = grouped(metrics.single, ({ p }) => p).map(([p, rows]) => ({ x: p, y: rows[0].bound }));
  const on = Math.max(...metrics.guard.map((row) => row.on));
  const offAt = metrics.guard[0];
  const few = metrics.grid.filter(({ n, H }) => H < n - 1);

  return {
    name: "error_heatmap",
    title: "Two layers suffice for an n-gram induction head, with at least n − 1 heads in the first",
    caption:
      "Explicit weights (derived here), run as a transformer in float64 against IH_n on random bounded sequences " +
      `(‖x‖∞ ≤ 1, tokens of width ${config.d}, ‖W*‖₁,₁ = ${config.norm}); each number is the largest error found. (a) H shared heads of ` +
      `slopes ${config.a}, 2, …; framed: H = n − 1, the fewest that can work; cells left of it leave a slot empty, and the best possible ℓ₂ copy error ` +
      `there is at least ${
        Math.min(...few.map(({ distance }) => distance)).toFixed(2)
      } (3000 random slope sets; proved: ` +
      "1/√(n − 1)). (b) One head of slope p makes IH_2 for every length with error at most 2‖W*‖e^(−p). (c) A guard coordinate hides " +
      "the positions whose patch is incomplete; without it an error of order 1/L stays. (d) All heads shared by all slots, or split " +
      "into one group a slot as reported of the original proof. That H grows with n, and bounds uniform in L, are reported for the paper.",
    panels: [
      {
        title: "IH_n with H heads in layer 1",
        ...heatmap(cells, {
          ramp,
          xLabel: "heads H of layer 1",
          yLabel: "n (patches of n − 1 tokens)",
          values: short,
          marks: [
            Plot.cell(fewest, {
              x: "x",
              y: "y",
              fill: "none",
              stroke: theme.colors.theory,
              strokeWidth: 2,
              inset: 1,
            }),
          ],
        }),
      },
      {
        title: "IH_2 with one head of slope p",
        legend: [
          { label: "bound 2‖W*‖e^(−p)", color: theme.colors.theory },
          ...lengths.map(([L], k) => ({ label: `L = ${L}`, color: colors[k], mark: "dot" as const })),
        ],
        plot: {
          x: { label: "slope p (no unit)" },
          y: { type: "log", label: "largest error" },
          marks: [
            theoryLine(bound),
            lengths.map(([, rows], k) =>
              runDots(rows.map(({ p, error }) => ({ x: p, y: error })), { color: colors[k] })
            ),
          ],
        },
      },
      {
        title: "Incomplete patches need a guard",
        legend: [
          { label: "guard off", color: runColor(1), mark: "dot" },
          { label: "guard on", color: runColor(0), mark: "dot" },
          { label: "slope −1", color: theme.colors.reference, mark: "dash" },
        ],
        plot: {
          x: { type: "log", base: 2, label: "sequence length L (tokens)" },
          y: { type: "log", label: "largest error", domain: [on / 30, 1] },
          marks: [
            runLine(metrics.guard.map(({ L }) => ({ x: L, y: offAt.off * offAt.L / L })), {
              color: theme.colors.reference,
              dash: true,
              width: 1.25,
            }),
            runDots(metrics.guard.map(({ L, off }) => ({ x: L, y: off })), { color: runColor(1) }),
            runDots(metrics.guard.map((row) => ({ x: row.L, y: row.on })), { color: runColor(0) }),
          ],
        },
      },
      {
        title: `Sharing heads beats grouping them (n = ${config.groups.n}, a = ${config.groups.a})`,
        legend: [
          { label: "shared by all slots", color: runColor(0), mark: "dot" },
          { label: "one group a slot", color: runColor(2), mark: "dot" },
        ],
        plot: {
          x: { label: "heads H of layer 1, in all" },
          y: { type: "log", label: "largest error, L = 32", domain: [1e-11, 3] },
          marks: [
            referenceValue(2, "as bad as can be"),
            ...(["shared", "grouped"] as const).map((kind, k) => {
              const at = metrics.groups.flatMap((row) =>
                row[kind] === null ? [] : [{ x: row.H, y: row[kind]! }]
              );
              const color = runColor(k === 0 ? 0 : 2);
              return [runLine(at, { color, width: 1.1 }), runDots(at, { color })];
            }),
          ],
        },
      },
    ],
    sources: records.map(sourceOf),
  };
}
