/** @module Figure: induction by any similarity: its spectrum, the errors of the construction, and what it retrieves. */
import {
  type Figure,
  label,
  referenceLine,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import type { GeneralRecord } from "../records.ts";
import { attendBy } from "../retrieval.ts";
import { logarithmic } from "./statistics.ts";

/** What to retrieve. */
export interface GeneralisedHeadOptions {
  /** Similarities g(u, v) as formulas, by name; default those of the record. At most four. */
  readonly similarities?: Readonly<Record<string, string>>;
  /** The token that asks, in [-1, 1]. */
  readonly query?: number;
}

/**
 * Spectra, errors over K and M, and attention by content.
 * @param records of the experiment `generalHeads`
 */
export function generalisedHead(
  records: readonly GeneralRecord[],
  options: GeneralisedHeadOptions = {},
): Figure {
  const [{ config, metrics }] = records;
  const { similarities = config.similarities, query = 0.5 } = options;
  const names = Object.keys(metrics.spectra);
  const retrieved = Object.entries(similarities).slice(0, 4).map(([name, text]) => ({
    name,
    dots: attendBy(text, query).map(({ token, weight }) => ({ x: token, y: weight })),
  }));
  const last = metrics.hidden[metrics.hidden.length - 1];
  const usable = Math.max(...names.map((name) => metrics.spectra[name].filter((s) => s > 1e-6).length));

  return {
    name: "generalised_head",
    title: "With a ReLU network between its layers, an induction head retrieves by any similarity",
    caption:
      "GIH₂ on single tokens in [−1, 1]. (a) Singular values σ_k of g(u; v) = Σ_k σ_k φ_k(u) ψ_k(v): a dot product of features can match " +
      "by g, and a smooth g needs few of them; the antonym has rank 3. (b, c) Largest error of the constructed transformer for the " +
      `synonym ${
        config.similarities[config.swept]
      }, over the features K kept (M = 400) and over the width M a side of the network (K = 14); ` +
      `dark: bound in three parts, its suprema taken on a grid. (d) Attention of a query token ${query} over 60 earlier tokens: the same machine retrieves what is ` +
      "like it, what is opposite, or what differs by a period. The decomposition of g is reported for the paper; weights, rates and bounds are derived here.",
    panels: [
      {
        title: "Spectra",
        legend: names.map((name, k) => ({ label: name, color: runColor(k), mark: "dot" as const })),
        plot: {
          x: { label: "mode k", domain: [1, Math.min(usable, 20)] },
          y: { type: "log", label: "singular value σ_k", domain: [1e-6, 20] },
          marks: names.map((name, k) => {
            const at = metrics.spectra[name].map((y, i) => ({ x: i + 1, y })).filter(({ x, y }) =>
              y > 1e-6 && x <= 20
            );
            return [runLine(at, { color: runColor(k), width: 1.1 }), runDots(at, { color: runColor(k) })];
          }),
        },
      },
      {
        title: "Error over the features kept",
        legend: [
          { label: "bound", color: theme.colors.theory },
          { label: "measured", color: runColor(0), mark: "dot" },
        ],
        plot: {
          x: { label: "features K" },
          y: { type: "log", label: "largest error" },
          marks: [
            theoryLine(metrics.modes.map(({ K, bound }) => ({ x: K, y: bound }))),
            runDots(metrics.modes.map(({ K, error }) => ({ x: K, y: error }))),
          ],
        },
      },
      {
        title: "Error over the width of the network",
        legend: [
          { label: "bound", color: theme.colors.theory },
          { label: "measured", color: runColor(0), mark: "dot" },
          { label: "slope −2", color: theme.colors.reference, mark: "dash" },
        ],
        plot: {
          x: { type: "log", label: "hidden units M a side" },
          y: { type: "log", label: "largest error" },
          marks: [
            referenceLine(
              logarithmic(10, last.M, 2).map((M) => ({ x: M, y: last.error * (last.M / M) ** 2 })),
            ),
            label("M⁻²", { x: 60, y: last.error * (last.M / 60) ** 2 }, {
              dy: 12,
              anchor: "end",
              color: theme.colors.faint,
            }),
            theoryLine(metrics.hidden.map(({ M, bound }) => ({ x: M, y: bound }))),
            runDots(metrics.hidden.map(({ M, error }) => ({ x: M, y: error }))),
          ],
        },
      },
      {
        title: `What a query token ${query} retrieves`,
        legend: [
          ...retrieved.map(({ name }, k) => ({ label: name, color: runColor(k), mark: "dot" as const })),
          { label: "uniform", color: theme.colors.reference, mark: "dash" },
        ],
        plot: {
          x: { label: "earlier token xₛ₋₁ (no unit)", domain: [-1, 1] },
          y: { label: "attention on its successor" },
          marks: [
            referenceValue(1 / retrieved[0].dots.length),
            retrieved.map(({ dots }, k) => [
              runLine(dots, { color: runColor(k), width: 0.9, opacity: 0.6 }),
              runDots(dots, { color: runColor(k) }),
            ]),
          ],
        },
      },
    ],
    sources: records.map(sourceOf),
  };
}
