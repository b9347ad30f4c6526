/** @module Figure: excess risk of trained transformers by number of heads, beside the estimators. */
import {
  type Figure,
  type Panel,
  points,
  referenceLine,
  referenceValue,
  runDots,
  runLine,
  sequence,
  sourceOf,
} from "../../figure/mod.ts";
import type { MethodName, TrainingRecord } from "../records.ts";
import { headCounts, methodStyle, overSeeds, settingText, withHeads } from "./shared.ts";

const drawn: { method: MethodName; dash: string }[] = [
  { method: "ridge", dash: "5 3.5" },
  { method: "preprocessed", dash: "1.5 3" },
  { method: "lasso", dash: "8 3 1.5 3" },
];

/** One panel a record: risk against n, one colour a number of heads; and the course of training of the first. */
export function trainedHeads(records: readonly TrainingRecord[]): Figure {
  const all = [...new Set(records.flatMap(({ metrics }) => headCounts(metrics.runs)))].sort((a, b) => a - b);
  const palette = sequence(all.length), colorOf = (heads: number) => palette[all.indexOf(heads)];
  const heads = all.map((h) => ({ label: `H = ${h}`, color: colorOf(h), mark: "dot" as const }));
  const panel = ({ config, metrics }: TrainingRecord): Panel => ({
    title: `${config.attention} attention, ${settingText(config.task, ["prior"])}`,
    height: 270,
    legend: heads.filter((_, i) => headCounts(metrics.runs).includes(all[i])),
    plot: {
      x: { label: "examples n", ticks: [...config.lengths], tickFormat: "d" },
      y: { type: "log", label: "excess risk" },
      marks: [
        drawn.map(({ method, dash }) => {
          const values = metrics.baselines.flatMap((row, i) =>
            row[method]?.risk > 4e-3 ? [{ x: config.lengths[i], y: row[method].risk }] : []
          );
          if (values.length < 2) return [];
          return [referenceLine(values, { dash, width: 1.6, color: methodStyle[method].color })];
        }),
        headCounts(metrics.runs).map((h) => {
          const values = config.lengths.map((n, i) =>
            overSeeds(n, withHeads(metrics.runs, h).map(({ risk }) => risk[i].risk))
          );
          return [
            withHeads(metrics.runs, h).map(({ risk }) =>
              runLine(risk.map(({ risk }, i) => ({ x: config.lengths[i], y: risk })), {
                color: colorOf(h),
                width: 0.7,
                opacity: 0.45,
              })
            ),
            runLine(values, { color: colorOf(h), width: 1.4 }),
            runDots(values, { color: colorOf(h), log: true, radius: 3.4 }),
          ];
        }),
      ],
    },
  });
  const byHeads = ({ config, metrics }: TrainingRecord): Panel => {
    const end = config.lengths.length - 1, counts = headCounts(metrics.runs);
    return {
      title: `${config.attention} attention, n = ${config.lengths[end]}`,
      height: 270,
      legend: drawn.map(({ method }) => ({
        label: methodStyle[method].name,
        color: methodStyle[method].color,
        mark: "dash" as const,
      })),
      plot: {
        x: {
          type: "log",
          base: 2,
          label: "heads H",
          domain: [0.85, counts[counts.length - 1] * 1.2],
          ticks: counts,
          tickFormat: "d",
        },
        y: { label: "excess risk", zero: true },
        marks: [
          drawn.flatMap(({ method, dash }) =>
            referenceValue(metrics.baselines[end][method].risk, "", {
              dash,
              width: 1.6,
              color: methodStyle[method].color,
            })
          ),
          counts.map((h) => {
            const values = withHeads(metrics.runs, h).map(({ risk }) => risk[end].risk);
            return [
              runDots(values.map((y) => ({ x: h * 1.07, y })), { color: colorOf(h), radius: 1.8 }),
              runDots([overSeeds(h, values)], { color: colorOf(h), radius: 4 }),
            ];
          }),
        ],
      },
    };
  };
  const [first] = records, seeds = first.config.seeds.length;
  const diverged = records.flatMap(({ metrics }) => metrics.diverged);
  return {
    name: "trained_heads",
    title: "More heads lower the risk of trained transformers, where sparsity is worth seeing",
    caption:
      `Attention-only transformers trained from scratch (${first.config.layers} layers, width ${first.config.width}, ${first.config.steps} Adam steps of ${first.config.batch} ` +
      `prompts, n uniform in ${first.config.n.min}..${first.config.n.max}); rad weights, E‖w*‖² = 1; mean ± s.e. over ${seeds} seeds. ` +
      "Thin lines: single seeds. Ridge* (blue dashes), preprocessed GD* (orange dots) and Lasso* (green) are each at their best hyper-parameter. " +
      "That more heads lower the risk is reported for the paper; its settings are unknown. " +
      `The last two panels: the risk of (a) at its largest n, and the course of training of (a), one line a run.${
        diverged.length > 0 ? ` Left out as diverged: ${diverged.join("; ")}.` : ""
      }`,
    panels: [
      ...records.map(panel),
      byHeads(first),
      {
        title: "Course of training of (a)",
        height: 270,
        legend: heads.filter((_, i) => headCounts(first.metrics.runs).includes(all[i])),
        plot: {
          x: { label: "Adam steps" },
          y: { type: "log", label: "excess risk" },
          marks: first.metrics.runs.map((run) =>
            runLine(points(first.metrics.steps, run.history), {
              color: colorOf(run.heads),
              width: 1.2,
              opacity: 0.8,
            })
          ),
        },
      },
    ],
    sources: records.map(sourceOf),
  };
}
