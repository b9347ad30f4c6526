/** @module Figure: losses and attention scores of an ordinary two-layer transformer, from steep and from flat Alibi slopes. */
import {
  type Figure,
  formatNumber,
  type LegendItem,
  type Markish,
  type Panel,
  points,
  referenceValue,
  runColor,
  runLine,
  sourceOf,
  theme,
  verticalTimes,
} from "../../figure/mod.ts";
import { median } from "../../numerics/mod.ts";
import type { TransformerRecord } from "../transformer_records.ts";

/** Which runs to draw. */
export interface TransformerFigureOptions {
  /** Sequence length; the shortest of the records unless said. */
  readonly L?: number;
}

/** Seeds as thin lines under their median: one seed that lags would dominate a mean of losses. */
function seedLines(steps: readonly number[], runs: readonly (readonly number[])[], color: string): Markish[] {
  const middle = steps.map((_, sample) => median(runs.map((run) => run[sample])));
  return [
    ...runs.map((run) => runLine(points(steps, run), { color, width: 0.9, opacity: 0.45 })),
    runLine(points(steps, middle), { color, width: 2.2 }),
  ];
}

/** Median of the moments that were reached, with how many of the runs reached it where not all did. */
function moment(name: string, reached: readonly (number | null)[]): { at: number; label: string }[] {
  const at = reached.filter((t) => t !== null);
  if (at.length === 0) return [];
  const share = at.length < reached.length ? ` (${at.length} of ${reached.length})` : "";
  return [{ at: median(at), label: `${name}${share}` }];
}

/** Two panels of one start: losses, then scores. */
function column({ config, metrics }: TransformerRecord): [Panel, Panel] {
  const { steps, series, ignorance, learned } = metrics;
  const slopes = config.slopes.map((p) => p >= 1 ? `${p}` : `1/${Math.round(1 / p)}`).join(", ");
  const fourGram = runColor(0), induction = runColor(1), previousToken = runColor(2);
  const times = [
    ...moment("T_G4", learned.map((run) => run.fourGram)),
    ...moment("T_IH", learned.map((run) => run.induction)),
  ];
  const x = { label: "Adam steps", domain: [0, config.steps] };
  const seeds = { label: "one seed; thick: median", color: theme.colors.reference } satisfies LegendItem;
  return [{
    title: `Losses, slopes ${slopes} at the start`,
    height: 210,
    legend: [
      { label: "L_G4, 4-gram part", color: fourGram },
      { label: "L_IH, induction part", color: induction },
      seeds,
    ],
    plot: {
      x,
      y: { type: "log", label: "loss (half mean squared error)", domain: [5e-4, 6] },
      marks: [
        verticalTimes(times),
        referenceValue(ignorance.fourGram, "output 0, G4"),
        referenceValue(ignorance.induction, "output 0, IH"),
        seedLines(steps, series.fourGram, fourGram),
        seedLines(steps, series.induction, induction),
      ],
    },
  }, {
    title: "The best head of each layer",
    height: 190,
    legend: [
      { label: "layer 1: mass on the previous token", color: previousToken },
      { label: "layer 2: overlap with the target", color: induction },
    ],
    plot: {
      x,
      y: { label: "score of the best head (0 to 1)", domain: [0, 1] },
      marks: [
        referenceValue(ignorance.previousToken, "uniform head, previous token"),
        referenceValue(ignorance.inductionScore, "uniform head, overlap"),
        seedLines(steps, series.previousToken, previousToken),
        seedLines(steps, series.inductionScore, induction),
      ],
    },
  }];
}

/**
 * Losses (log axis) and scores against steps, one column a start.
 * @param records of the experiment `transformer`
 * @throws {RangeError} when no record has the length asked for
 */
export function ordinaryTransformer(
  records: readonly TransformerRecord[],
  options: TransformerFigureOptions = {},
): Figure {
  const L = options.L ?? Math.min(...records.map(({ config }) => config.L));
  const shown = records.filter(({ config }) => config.L === L);
  if (shown.length === 0) throw new RangeError(`no transformer was trained on sequences of length ${L}`);
  const [{ config }] = shown, columns = shown.map(column);
  const weight = formatNumber(config.gain), match = formatNumber(config.matchGain);
  return {
    name: "ordinary_transformer",
    title: "An ordinary transformer grows the same induction head; its initial slopes decide how",
    caption:
      `Two attention layers of ${config.slopes.length} heads, width ${config.width}, nothing tied, all weights and Alibi slopes ` +
      `trained by Adam (learning rate ${
        formatNumber(config.rate)
      }, fresh batches of ${config.batch}) on the mixed target with ` +
      `d = ${config.d}, b* = ${config.bStar}, α* = ${config.alphaStar}, L = ${L}; initial standard deviations ${weight}/√inputs, ` +
      `${match}/√inputs for queries and keys; ${config.seeds.length} seeds. Previous-token score: mean mass on the token before ` +
      "the query. Overlap: Σ min(attention of the last query, target's softmax), 1 for the induction head; tokens are continuous, " +
      "so no earlier occurrence exists on which to measure the usual induction score. T_G4, T_IH: median step at which a loss is " +
      "first at 10 % of that of the output 0. The theory of six scalars says nothing about these times; its order is G4 first.",
    columns: columns.length,
    panels: [...columns.map(([losses]) => losses), ...columns.map(([, scores]) => scores)],
    sources: shown.map(sourceOf),
  };
}
