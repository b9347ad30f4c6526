/** @module Figure: which heads a trained network needs, what pruning costs, and how much layer 1 helps descent. */
import {
  type Figure,
  heatmap,
  type Panel,
  rampLegend,
  referenceLine,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sequence,
  sourceOf,
  theme,
} from "../../figure/mod.ts";
import { mean } from "../../numerics/mod.ts";
import type { TrainedRun, TrainingRecord } from "../records.ts";
import { headCounts, overSeeds, withHeads } from "./shared.ts";

/** Mean over seeds of the log-risk ratios, heads sorted by importance in each layer. */
export function sortedMasks(runs: readonly TrainedRun[]): number[][] {
  const sorted = runs.map(({ masked }) => masked.map((layer) => [...layer].sort((a, b) => b - a)));
  return sorted[0].map((layer, l) => layer.map((_, h) => mean(sorted.map((run) => run[l][h]))));
}

/** Share of the most important head in what all heads of a layer cost, by log-risk ratios; negative ones count as 0. */
export function bestShare(ratios: readonly number[]): number {
  const costs = ratios.map((ratio) => Math.max(0, ratio)), total = costs.reduce((a, b) => a + b, 0);
  return total === 0 ? 1 / ratios.length : Math.max(...costs) / total;
}

const VARIANTS = [
  ["full", "whole"],
  ["later", "later: best head"],
  ["laterRefit", "… scalars refitted"],
  ["first", "layer 1: best head"],
  ["firstRefit", "… scalar refitted"],
] as const;

/** Heat maps of masked heads, risks after pruning, and the descent probe. */
export function headAssessment(records: readonly TrainingRecord[]): Figure {
  const most = ({ metrics }: TrainingRecord) => Math.max(...headCounts(metrics.runs));
  const regime2 = records.filter(({ config }) => config.regime === "2");
  const tables = regime2.map((record) => sortedMasks(withHeads(record.metrics.runs, most(record))));
  const highest = Math.max(0.08, Math.ceil(10 * Math.max(...tables.flat(2))) / 10);
  const ramp = rampLegend({ label: "log₁₀ (risk without the head / risk)", domain: [0, highest], steps: 6 });
  const map = (record: TrainingRecord, index: number): Panel => {
    const table = tables[index];
    return {
      title: `${record.config.attention}, H = ${most(record)}: one head removed`,
      height: 200,
      ...heatmap(
        table.flatMap((layer, l) => layer.map((value, h) => ({ x: h + 1, y: `layer ${l + 1}`, value }))),
        { ramp, xLabel: "head, by importance", yLabel: "layer", first: "top", values: (v) => v.toFixed(2) },
      ),
    };
  };
  const pruning = (record: TrainingRecord): Panel => {
    const H = most(record), runs = withHeads(record.metrics.runs, H), color = runColor(0);
    const single = withHeads(record.metrics.runs, 1).map(({ pruning }) => pruning.full.risk);
    return {
      title: `${record.config.attention}, H = ${H}: pruned`,
      height: 240,
      plot: {
        x: {
          label: "what is kept",
          domain: [-0.5, VARIANTS.length - 0.5],
          ticks: VARIANTS.map((_, i) => i),
          tickFormat: (i: number) => VARIANTS[i][1],
          tickRotate: -28,
          tickSize: 0,
          grid: false,
        },
        marginBottom: 78,
        y: { type: "log", label: "excess risk" },
        marks: [
          referenceValue(1, "predicting zero"),
          single.length > 0 ? referenceValue(mean(single), "trained with H = 1") : [],
          runs.map(({ pruning }) =>
            runDots(VARIANTS.map(([key], i) => ({ x: i, y: pruning[key].risk })), { color, radius: 2.2 })
          ),
          runDots(
            VARIANTS.map(([key], i) => ({
              x: i,
              y: Math.exp(mean(runs.map(({ pruning }) => Math.log(pruning[key].risk)))),
            })),
            { color: theme.colors.theory, radius: 4 },
          ),
        ],
      },
    };
  };
  const shares = (record: TrainingRecord): Panel => {
    const counts = headCounts(record.metrics.runs).filter((h) => h > 1),
      colors = sequence(counts.length + 1).slice(1);
    const layers = Array.from({ length: record.config.layers }, (_, l) => l);
    return {
      title: `${record.config.attention}: share of the most important head`,
      height: 240,
      legend: counts.map((h, i) => ({ label: `H = ${h}`, color: colors[i], mark: "dot" as const })),
      plot: {
        x: {
          label: "layer",
          domain: [0.6, layers.length + 0.4],
          ticks: layers.map((l) => l + 1),
          tickFormat: "d",
        },
        y: { label: "share of the layer's importance", domain: [0, 1.05] },
        marks: counts.map((h, i) => {
          const shift = (i - (counts.length - 1) / 2) * 0.14, runs = withHeads(record.metrics.runs, h);
          return [
            referenceLine([{ x: 0.6, y: 1 / h }, { x: layers.length + 0.4, y: 1 / h }], { color: colors[i] }),
            runDots(
              runs.flatMap(({ masked }) =>
                layers.map((l) => ({ x: l + 1 + shift + 0.04, y: bestShare(masked[l]) }))
              ),
              { color: colors[i], radius: 1.8 },
            ),
            runDots(
              layers.map((l) => overSeeds(l + 1 + shift, runs.map(({ masked }) => bestShare(masked[l])))),
              { color: colors[i], radius: 4 },
            ),
          ];
        }),
      },
    };
  };
  const probed = regime2.filter(({ metrics }) => metrics.descentSteps.length > 0);
  const probe = ({ config, metrics }: TrainingRecord): Panel => {
    const all = headCounts(metrics.runs), palette = sequence(all.length);
    const counts = all.filter((h) => withHeads(metrics.runs, h).some(({ descent }) => descent.length > 0));
    const colors = counts.map((h) => palette[all.indexOf(h)]);
    return {
      title: `${config.attention}: k steps of learned GD after layer 1`,
      height: 240,
      legend: [
        { label: "raw tokens", color: theme.colors.reference, mark: "dot" },
        ...counts.map((h, i) => ({ label: `H = ${h}`, color: colors[i], mark: "dot" as const })),
      ],
      plot: {
        x: { type: "log", base: 2, label: "GD steps k", ticks: [...metrics.descentSteps], tickFormat: "d" },
        y: { label: "excess risk" },
        marks: [
          { values: [metrics.descentRaw], color: theme.colors.reference },
          ...counts.map((h, i) => ({
            values: withHeads(metrics.runs, h).map(({ descent }) => descent).filter(({ length }) =>
              length > 0
            ),
            color: colors[i],
          })),
        ].filter(({ values }) => values.length > 0).map(({ values, color }) => {
          const curve = metrics.descentSteps.map((k, i) => overSeeds(k, values.map((row) => row[i])));
          return [runLine(curve, { color, width: 1.3 }), runDots(curve, { color, radius: 3.2 })];
        }),
      },
    };
  };
  return {
    name: "head_assessment",
    title: "Layer 1 needs its heads",
    caption:
      "Trained transformers of regime 2 (d = 8, s = 1, σ = 1). One head's output is set to zero and the risk measured: " +
      "mean over seeds of the log-risk ratio, heads of a layer sorted by it. Pruning without further training: only the best head of every later layer, or only " +
      "the best head of layer 1, is kept; then one scalar a later layer, or one for layer 1, is refitted. Small dots: seeds; large: (geometric) mean. " +
      "The share of the most important head would be 1/H (dashed) if all heads counted alike, and 1 if one did all. " +
      "The descent probe learns one matrix and k step sizes so that GD on linear features of the tokens predicts best; all its runs start as plain GD on the inputs, " +
      "so what is gained is what layer 1 has done for the descent after it (mean ± s.e. over seeds). " +
      "Importance, pruning and probing are reported for the paper; these definitions are this project's.",
    panels: [
      ...regime2.map(map),
      ...regime2.map(pruning),
      ...regime2.slice(0, 1).map(shares),
      ...probed.map(probe),
    ],
    sources: regime2.map(sourceOf),
  };
}
