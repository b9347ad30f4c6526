/** @module Figure: what few layers with fixed weights can do, and how many heads their first layer needs. */
import {
  type Figure,
  type Panel,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sourceOf,
} from "../../figure/mod.ts";
import type { DepthRecord } from "../records.ts";
import { settingText } from "./shared.ts";

const styles: Readonly<Record<string, { name: string; color: string }>> = {
  descent: { name: "GD", color: runColor(5) },
  preprocessed: { name: "R̂² (construction A)", color: runColor(1) },
  mixed: { name: "aI + kR̂² (A′)", color: runColor(0) },
  shifted: { name: "(cI + R̂)² (in place)", color: runColor(3) },
  normalised: { name: "R̂²/‖r̂‖² (needs a norm)", color: runColor(2) },
};

/** Tuned families over depth in two or three settings, and the gain of H heads. */
export function depth(records: readonly DepthRecord[]): Figure {
  const panel = ({ config, metrics }: DepthRecord, index: number): Panel => ({
    title: settingText(config, ["d", "s"]),
    height: 240,
    legend: index === 0
      ? config.families.map((family) => ({
        label: styles[family].name,
        color: styles[family].color,
        mark: "dot" as const,
      }))
      : [],
    plot: {
      x: { label: "descent layers K after layer 1", ticks: [...config.depths], tickFormat: "d" },
      y: { label: "clipped excess risk" },
      marks: config.families.map((family) => {
        const values = metrics.families[family].map(({ clipped, clippedSe, exploded }, i) => ({
          x: config.depths[i],
          y: clipped,
          se: clippedSe,
          exploded,
        }));
        const { color } = styles[family];
        return [
          runLine(values, { color, width: 1.3 }),
          runDots(values.filter(({ exploded }) => exploded <= 1e-3), { color, radius: 3.2 }),
          runDots(values.filter(({ exploded }) => exploded > 1e-3), { color, radius: 1.8 }),
        ];
      }),
    },
  });
  const headed = records.filter(({ config }) => config.heads.length > 0);
  return {
    name: "depth",
    title: "When is the first layer worth its heads? With depth, noise and sparsity",
    caption:
      `${
        settingText(records[0].config, ["prior", "sigma", "n"])
      }. K descent layers with scalars shared by all prompts, tuned on ${
        records[0].config.tuning
      } prompts, tested on ${
        records[0].config.testing
      } fresh ones; ± s.e. Every prompt's risk counts as at most 1 = E‖w*‖² (predicting zero), because a few explode under a fixed step size: ` +
      "small dots mark members for which more than 0.1 % of the prompts exceed it. Two or three steps of the literal R̂² are worse than plain GD. " +
      `(${
        String.fromCharCode(97 + records.length)
      }) What H < d heads in layer 1 are worth, as share of the risk without them (mixed layers, K = ${
        records[0].config.headsDepth
      }, one coordinate a head; paired over prompts).`,
    panels: [
      ...records.map(panel),
      {
        title: "Risk removed by H heads",
        height: 240,
        legend: headed.map(({ config }, i) => ({
          label: settingText(config, ["d", "s"]),
          color: runColor(i === 0 ? 0 : 4),
          mark: "dot" as const,
        })),
        plot: {
          x: {
            label: "heads H of layer 1",
            ticks: headed[0]?.config.heads.map((h) => h) ?? [0],
            tickFormat: "d",
          },
          y: { label: "(risk without − with) / without" },
          marks: [
            referenceValue(0),
            headed.map(({ config, metrics }, i) => {
              const none = metrics.heads[0].clipped;
              const values = metrics.gain.map(({ mean, se }, k) => ({
                x: config.heads[k],
                y: mean / none,
                se: se / none,
              }));
              const color = runColor(i === 0 ? 0 : 4);
              return [runLine(values, { color, width: 1.3 }), runDots(values, { color, radius: 3.2 })];
            }),
          ],
        },
      },
    ],
    sources: records.map(sourceOf),
  };
}
