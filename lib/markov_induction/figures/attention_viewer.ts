/** @module Figure: one context through the network: what layer 1 copies, what matches, where layer 2 looks, what is predicted. */
import * as Plot from "@observablehq/plot";
import {
  bars,
  type Figure,
  heatmap,
  rampLegend,
  type RecordOrigin,
  runColor,
  sourceOf,
  theme,
} from "../../figure/mod.ts";
import { lettersOf, readContext } from "../context.ts";
import { type Architecture, forward, type Parameters } from "../forward.ts";
import { labelOf } from "../subsets.ts";

/** What to look at. */
export interface AttentionView {
  /** The network. */
  readonly architecture: Architecture;
  /** Its parameters: a construction's, or trained ones. */
  readonly parameters: Parameters;
  /** Letters a, b, c, … of a context that ends just before the prediction. */
  readonly context: string;
  /** Parents of the chain, for Bayes and the true row. */
  readonly parents: readonly number[];
  /** Concentration of the prior of the rows, for Bayes. */
  readonly alpha: number;
  /** The kernel [d^n, d] that made the context, when there is one. */
  readonly kernel?: Float64Array;
  /** Which kernel that is, when it did not make the context; default "the kernel that made the context". */
  readonly kernelName?: string;
  /** Largest number of keys that get a letter below the axis; default 48. */
  readonly letters?: number;
  /** The record that the parameters come from, when they were trained. */
  readonly record?: RecordOrigin;
}

/**
 * The walk of one context through the network.
 * @throws {RangeError} for a symbol outside of the alphabet, or a context too short to hold a key
 */
export function attentionViewer(view: AttentionView): Figure {
  const { architecture, parameters, context, parents, alpha, kernel, kernelName } = view;
  const { d, H, M } = architecture;
  const tokens = readContext(context, d, Math.max(M, ...parents) + 1),
    letters = lettersOf(d),
    L = tokens.length;
  const result = forward(architecture, parameters, tokens),
    { firstKey, matches, attention, sigma, shares, sets } = result;
  const keys = attention.length, colors = ["#3a6ea5", "#d08c3f", "#5a9e7c", "#a0628f", "#8a8f3c", "#5f7f8f"];
  const tokenColor = (token: number) => colors[token % colors.length];
  const scale = parameters.a === 0 ? 1 : parameters.a;
  const rows = [
    ...Array.from(
      { length: H },
      (_, h) => ({ name: `match of head ${h + 1}`, of: (k: number) => matches[k * H + h] }),
    ),
    { name: "score / a", of: (k: number) => result.scores[k] / scale },
  ];
  const ramp = rampLegend({
    label: "0: nothing alike, 1: the same token copied",
    domain: [0, 1],
    steps: 8,
    scheme: "blues",
  });
  const position = (k: number) => firstKey + k;
  const scores = heatmap(
    rows.flatMap(({ name, of }) =>
      Array.from({ length: keys }, (_, k) => ({ x: position(k), y: name, value: of(k) }))
    ),
    {
      ramp,
      xLabel: `position l (letter: the token there); the query window ends in “${
        context.replaceAll(/\s/g, "").slice(-M)
      }”`,
      yLabel: "",
      first: "top",
    },
  );
  /** A letter a key fits below the axis of a short context. */
  const lettered = keys <= (view.letters ?? 48);
  const letterTicks = {
    ticks: Array.from({ length: keys }, (_, k) => position(k)),
    tickFormat: (l: unknown) => letters[tokens[Number(l) - 1]],
  };
  const layer1 = heatmap(
    Array.from({ length: H }, (_, h) => h).flatMap((h) =>
      Array.from({ length: M }, (_, j) => ({
        x: `−${(architecture.variant === "paper" ? 1 : h + 1) + j}`,
        y: `head ${h + 1}`,
        value: sigma[h * M + j],
      }))
    ),
    {
      ramp: rampLegend({ label: "attention weight σ", domain: [0, 1], steps: 8, scheme: "blues" }),
      xLabel: "offset",
      yLabel: "head",
      first: "top",
      values: (value) => Number.isFinite(value) ? value.toFixed(2) : "",
    },
  );
  const same = Array.from({ length: L }, (_, i) => i).filter((i) =>
    i >= Math.max(...parents) && parents.every((r) => tokens[i - r] === tokens[L - r])
  );
  const count = (e: number) => same.filter((i) => tokens[i] === e).length;
  const row = parents.reduceRight((z, r) => z * d + tokens[L - r], 0);
  const predictions: [string, string, (e: number) => number][] = [
    ["network", runColor(0), (e) => result.y[e]],
    ["Bayes", runColor(2), (e) => (count(e) + alpha) / (same.length + d * alpha)],
    ...kernel
      ? [
        [kernelName ? "row of the kernel" : "true row", theme.colors.theory, (e: number) =>
          kernel[row * d + e]] as [
            string,
            string,
            (e: number) => number,
          ],
      ]
      : [],
  ];
  const top = sets[shares.indexOf(Math.max(...shares))];
  return {
    name: "attention_viewer",
    title: `One context through the network: ${same.length} earlier ${
      same.length === 1 ? "place looks" : "places look"
    } like its end`,
    caption:
      `Context of ${L} symbols over {${[...letters].join(", ")}}, parents at offsets ${
        parents.join(" and ")
      }, a = ${parameters.a.toPrecision(3)}, ` +
      `largest share p${labelOf(top)} = ${
        Math.max(...shares).toPrecision(3)
      }. (a) For every key l: how alike what each head copies there and at the end, and the score the features ` +
      "make of it. (b) Layer 2 attends to the keys that match; the colour is the token there, which is what is predicted. (c) Positional " +
      "attention of layer 1. (d) The prediction, beside Bayes with known parents" +
      (kernel ? ` and the row of ${kernelName ?? "the kernel that made the context"}.` : "."),
    columns: 2,
    panels: [
      {
        title: "Matches and scores",
        width: 466,
        height: 150,
        ...scores,
        plot: {
          ...scores.plot,
          marginLeft: 108,
          x: { ...scores.plot.x, ...lettered ? letterTicks : {} },
          y: { ...scores.plot.y, label: "quantity" },
        },
      },
      {
        title: "Layer-2 attention",
        width: 466,
        height: 150,
        legend: Array.from(
          letters,
          (letter, e) => ({ label: letter, color: tokenColor(e), mark: "square" as const }),
        ),
        plot: {
          marginLeft: 108,
          x: {
            type: "linear",
            domain: [firstKey - 0.5, L + 0.5],
            grid: false,
            label: "position l",
            ...lettered ? { ...letterTicks, tickSize: 0 } : {},
          },
          y: { label: "weight", zero: true },
          insetBottom: 0,
          marks: [
            Plot.rectY(Array.from({ length: keys }, (_, k) => k), {
              x1: (k: number) => position(k) - 0.42,
              x2: (k: number) => position(k) + 0.42,
              y: (k: number) => attention[k],
              fill: { value: (k: number) => tokenColor(tokens[position(k) - 1]), scale: null },
            }),
            Plot.ruleY([0], { stroke: theme.colors.ink }),
          ],
        },
      },
      { title: "Layer 1", width: 466, height: 170, ...layer1 },
      {
        title: "Prediction",
        width: 466,
        height: 170,
        legend: predictions.map(([label, color]) => ({ label, color, mark: "square" as const })),
        plot: bars(
          predictions.flatMap(([group, , of]) =>
            Array.from(letters, (letter, e) => ({ label: letter, group, value: of(e) }))
          ),
          {
            xLabel: "next token",
            yLabel: "probability",
            colors: predictions.map(([, color]) => color),
            yDomain: [0, 1],
          },
        ),
      },
    ],
    sources: view.record ? [sourceOf(view.record)] : [],
  };
}
