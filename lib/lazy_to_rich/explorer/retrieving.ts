/** @module View: what an induction head retrieves by a similarity that the reader types. */
import * as Plot from "@observablehq/plot";
import type { View } from "../../explore/types.ts";
import {
  type Figure,
  type Panel,
  referenceValue,
  runColor,
  runDots,
  runLine,
  theme,
} from "../../figure/mod.ts";
import { stream } from "../../numerics/mod.ts";
import { decompose, similarity } from "../construction.ts";
import { generalInductionHead } from "../data.ts";
import { attendBy } from "../retrieval.ts";

/** An earlier token, the one after it, and the attention that one gets. */
interface Pair {
  readonly position: number;
  readonly token: number;
  readonly next: number;
  readonly weight: number;
}

interface Model {
  readonly formula: string;
  readonly query: number;
  /** In the order of the sequence. */
  readonly pairs: readonly Pair[];
  /** The same, most attended first. */
  readonly best: readonly Pair[];
  readonly output: number;
  readonly sigma: readonly number[];
}

/** Fixed decimals, with a true minus. */
const signed = (x: number, digits = 2) => x.toFixed(digits).replace("-", "−");

const earlier = 60, shown = 5;
// The sixty tokens of the figure `generalised_head`, in their own order, and one more: every one of them has a successor.
const sequence = stream(3, "lazy_to_rich", "retrieval").fillUniform(new Float64Array(earlier + 1), -1, 1);

let spectrum: { formula: string; sigma: readonly number[] } | undefined;

/** Singular values; remembered, since a new query does not change them. */
function spectrumOf(formula: string): readonly number[] {
  if (spectrum?.formula !== formula) spectrum = { formula, sigma: decompose(similarity(formula), 32).sigma };
  return spectrum.sigma;
}

/** Retrieval by content, for any g(u, v). */
export const retrieving: View<Model> = {
  id: "retrieving",
  title: "Retrieval",
  lead:
    "Type how alike two tokens are. The head finds the earlier tokens v that score high with the query u, and returns what " +
    "came after them.",
  controls: [
    {
      kind: "text",
      name: "formula",
      label: "Similarity g(u, v)",
      value: "4 exp(-(u - v)^2 / (2 * 0.3^2))",
      examples: {
        synonym: "4 exp(-(u - v)^2 / (2 * 0.3^2))",
        antonym: "-6 (u + v)^2",
        periodic: "3 cos(6 (u - v))",
        larger: "8 v",
        "dot product": "6 u v",
      },
    },
    { kind: "slider", name: "query", label: "Query token u", min: -1, max: 1, step: 0.01, value: 0.5 },
  ],
  compute: ({ formula, query }) => {
    const text = String(formula), u = Number(query);
    if (!(Math.abs(u) <= 1)) {
      throw new RangeError(`the query token must be in [-1, 1] like all tokens, got ${u}`);
    }
    const sigma = spectrumOf(text), g = similarity(text);
    const weightOf = new Map(attendBy(text, u).map(({ token, weight }) => [token, weight]));
    const pairs = Array.from({ length: earlier }, (_, s) => ({
      position: s + 1,
      token: sequence[s],
      next: sequence[s + 1],
      weight: weightOf.get(sequence[s])!,
    }));
    return {
      formula: text,
      query: u,
      sigma,
      pairs,
      best: [...pairs].sort((a, b) => b.weight - a.weight).slice(0, shown),
      output: generalInductionHead([...sequence, u], g.value, 2)[0],
    };
  },
  figure: draw,
  readings: ({ best, output, sigma }) => [
    { label: "Output GIH₂", value: signed(output, 3) },
    { label: "Features worth keeping", value: String(sigma.filter((s) => s > 1e-3 * sigma[0]).length) },
    ...best.map(({ token, next, weight }, k) => ({
      label: `${k + 1}. after ${signed(token)} comes ${signed(next)}`,
      value: `${(100 * weight).toFixed(1)} %`,
    })),
  ],
};

function draw({ formula, query, pairs, best, output, sigma }: Model): Figure {
  const ordered = [...pairs].sort((a, b) => a.token - b.token).map(({ token, weight }) => ({
    x: token,
    y: weight,
  }));
  const largest = best[0].weight;
  return {
    name: "explorer_retrieving",
    title: `The query ${signed(query)} retrieves ${signed(output, 3)}`,
    caption:
      `Attention by g(u, v) = ${formula} of a query token u = ${query} over ${earlier} earlier tokens v, uniform in ` +
      `[−1, 1]. Ringed: the ${shown} most attended tokens; filled: their successors, which the head returns, weighed by the attention. ` +
      "Singular values of g: how many features a dot product needs to match by it (decomposition reported for the paper).",
    panels: [
      {
        title: "Which earlier tokens match",
        legend: [
          { label: "earlier tokens", color: runColor(0), mark: "dot" },
          { label: "retrieved", color: runColor(1), mark: "dot" },
          { label: "uniform", color: theme.colors.reference, mark: "dash" },
        ],
        plot: {
          x: { label: "earlier token v (no unit)", domain: [-1, 1] },
          y: { label: "attention on its successor", domain: [0, largest * 1.1] },
          marks: [
            referenceValue(1 / earlier),
            Plot.ruleX([query], { stroke: theme.colors.reference, strokeDasharray: "2 2.5" }),
            runLine(ordered, { color: runColor(0), width: 0.9, opacity: 0.6 }),
            runDots(ordered, { color: runColor(0) }),
            runDots(best.map(({ token, weight }) => ({ x: token, y: weight })), {
              color: runColor(1),
              radius: 4.4,
            }),
          ],
        },
      },
      spectrumPanel(sigma),
      {
        title: "In the sequence: found (rings), returned (filled)",
        legend: [
          { label: "query", color: theme.colors.reference, mark: "dash" },
          { label: "output", color: theme.colors.theory },
        ],
        plot: {
          x: { label: "position s", domain: [0, earlier + 2] },
          y: { label: "token xₛ (no unit)", domain: [-1.08, 1.08] },
          marks: [
            Plot.ruleY([query], { stroke: theme.colors.reference, strokeDasharray: "5 3.5" }),
            Plot.ruleY([output], { stroke: theme.colors.theory, strokeWidth: 1.4 }),
            Plot.dot(sequence, { x: (_, s) => s + 1, y: (x) => x, r: 1.8, fill: theme.colors.reference }),
            Plot.link(best, {
              x1: "position",
              y1: "token",
              x2: ({ position }) => position + 1,
              y2: "next",
              stroke: runColor(1),
              strokeWidth: 1.3,
            }),
            Plot.dot(best, {
              x: "position",
              y: "token",
              r: 4.5,
              stroke: runColor(1),
              strokeWidth: 1.6,
              fill: theme.colors.background,
            }),
            Plot.dot(best, {
              x: ({ position }) => position + 1,
              y: "next",
              r: { value: ({ weight }: Pair) => 2.5 + 4 * Math.sqrt(weight / largest), scale: null },
              fill: runColor(1),
            }),
          ],
        },
      },
    ],
    sources: [],
  };
}

const spectrumPanels = new WeakMap<readonly number[], Panel>();

/** Remembered, for a query leaves it as it is. */
function spectrumPanel(sigma: readonly number[]): Panel {
  const known = spectrumPanels.get(sigma);
  if (known !== undefined) return known;
  const kept = sigma.map((y, k) => ({ x: k + 1, y })).filter(({ x, y }) => y > 1e-6 * sigma[0] && x <= 20);
  const panel: Panel = {
    title: "Features that a dot product needs",
    legend: [{ label: "singular values of g", color: runColor(2), mark: "dot" }],
    plot: {
      x: { label: "mode k", domain: [0.5, Math.max(5, kept.length) + 0.5] },
      y: { type: "log", label: "singular value σ_k" },
      marks: [runLine(kept, { color: runColor(2), width: 1.1 }), runDots(kept, { color: runColor(2) })],
    },
  };
  spectrumPanels.set(sigma, panel);
  return panel;
}
