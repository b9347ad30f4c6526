/** @module View: one context through the network. The reader edits the context, and turns what training turns. */
import * as Plot from "@observablehq/plot";
import type { State, View } from "../../explore/types.ts";
import { type Figure, formatNumber, type Markish, type Panel } from "../../figure/mod.ts";
import { limitBound, limitingParameters } from "../construction.ts";
import { lettersOf, readContext, writeContext } from "../context.ts";
import { type Chain, sampleSequences } from "../data.ts";
import { type AttentionView, attentionViewer } from "../figures/attention_viewer.ts";
import { type Architecture, forward, offsetsOf } from "../forward.ts";
import { labelOf, type Mask, maskOf, sizeOf, subsets } from "../subsets.ts";
import { bayes, inductionHead, matchCounts, oracle } from "../theory.ts";
import { remembered } from "./remembered.ts";
import { M } from "./task.ts";

const d = 3, parents = [1, 2], letters = lettersOf(d), longest = 200;
const SETS: readonly Mask[] = subsets(M).filter((mask) => mask !== 0);
const VARIANTS: Readonly<Record<string, Architecture["variant"]>> = {
  "theory’s": "paper",
  "published code’s": "repo",
};

interface Model {
  readonly view: AttentionView;
  readonly set: Mask;
  /** Predictions, [d]. */
  readonly network: ArrayLike<number>;
  /** Positional attention, [H, M]. */
  readonly sigma: ArrayLike<number>;
  readonly bayes: ArrayLike<number>;
  readonly row: ArrayLike<number>;
  /** Places that look like the end on the offsets of the set. */
  readonly matches: number;
  /** Total variation to the hard head on the set, and its bound where there is one. */
  readonly distance: number;
  readonly bound?: number;
  /** Whether the kernel made this very context. */
  readonly drawn: boolean;
}

const chainOf = (alpha: number): Chain => ({ d, parents, prior: { kind: "dirichlet", alpha } });

/** The longest context of a kernel, and the kernel: a shorter context is its beginning. */
const drawnBy = remembered(({ kernel, alpha }: { kernel: number; alpha: number }) => {
  if (!Number.isInteger(kernel) || kernel < 0) {
    throw new RangeError(`kernels are numbered by integers >= 0, got ${kernel}`);
  }
  const { tokens, kernels } = sampleSequences(chainOf(alpha), {
    L: longest,
    count: 1,
    seed: kernel,
    keepKernels: true,
  });
  return { tokens, kernel: kernels! };
});

/** A context drawn from a kernel, as letters. */
function drawContext(kernel: number, alpha: number, L: number): string {
  return writeContext(drawnBy({ kernel, alpha }).tokens.subarray(0, L), d);
}

/** Keys that get a letter each in a panel 366 px wide. */
const lettered = 37;

const start = { kernel: 7, alpha: 0.4, L: 36 };
const startContext = drawContext(start.kernel, start.alpha, start.L);

/**
 * The typed context, or the one that "draw 46" asks for.
 * @throws {RangeError} for a symbol outside of the alphabet, or a length that this view does not draw
 */
function contextOf(state: State): string {
  const text = String(state.context), order = /^\s*draw\s+(\d+)\s*$/.exec(text);
  const context = order
    ? drawContext(Number(state.kernel), Number(state.alpha), Math.min(Number(order[1]), longest + 1))
    : text.replaceAll(/\s/g, "");
  readContext(context, d, M + 1);
  if (context.length > longest) {
    throw new RangeError(`this view draws contexts of up to ${longest} symbols, got ${context.length}`);
  }
  return context;
}

const sum = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0);
const apart = (x: ArrayLike<number>, y: ArrayLike<number>) =>
  sum(Array.from(x, (value, e) => Math.abs(value - y[e]))) / 2;
const written = (law: ArrayLike<number>) => Array.from(law, (p) => p.toFixed(3)).join(", ");

/** The walk of an edited context. */
export const attentionView: View<Model> = {
  id: "attention",
  title: "Attention",
  lead:
    "Edit the context: layer 2 looks for places that end like it, and predicts what came next there. p, the gap and a are what " +
    "Stages I, II and III turn up. “draw 60” draws a context from the kernel.",
  controls: [
    {
      kind: "text",
      name: "context",
      label: "Context (letters a, b, c)",
      value: startContext,
      examples: {
        "as drawn": startContext,
        "draw 60": "draw 60",
        periodic: "abcabcabcabcabcab",
        "one match": "aabbccacbaab",
        "never seen": "abababababababcc",
      },
    },
    { kind: "choice", name: "set", label: "Selected set S", options: SETS.map(labelOf), value: "{1,2}" },
    {
      kind: "choice",
      name: "variant",
      label: "Network",
      options: Object.keys(VARIANTS),
      value: Object.keys(VARIANTS)[0],
    },
    { kind: "slider", name: "share", label: "Share p_S (I)", min: 0.15, max: 1, step: 0.01, value: 1 },
    { kind: "slider", name: "gap", label: "Gap w₊ − w₋ (II)", min: 0, max: 12, step: 0.1, value: 6 },
    { kind: "slider", name: "a", label: "Inverse temperature a (III)", min: 0, max: 14, step: 0.1, value: 7 },
    {
      kind: "slider",
      name: "kernel",
      label: "True kernel, number",
      min: 0,
      max: 40,
      step: 1,
      value: start.kernel,
    },
    { kind: "slider", name: "alpha", label: "Prior α", min: 0.05, max: 3, step: 0.05, value: start.alpha },
  ],
  compute: (state) => {
    const alpha = Number(state.alpha), number = Number(state.kernel), a = Number(state.a);
    const { kernel } = drawnBy({ kernel: number, alpha });
    const context = contextOf(state), tokens = readContext(context, d, M + 1), L = tokens.length;
    if (!(Math.abs(a) <= 500)) throw new RangeError(`a must be a number of at most 500 in size, got ${a}`);
    const set = SETS.find((mask) => labelOf(mask) === state.set) ?? maskOf(parents);
    const architecture: Architecture = {
      variant: VARIANTS[String(state.variant)] ?? "paper",
      d,
      H: M,
      M,
      D: Math.max(2, sizeOf(set)),
    };
    const parameters = limitingParameters(architecture, set, {
      a,
      gap: Number(state.gap),
      share: Number(state.share),
    });
    const drawn = drawContext(number, alpha, L) === context;
    // Counts look at what came next everywhere, and never at the token to be predicted: any will do there.
    const data = { tokens: Uint8Array.from([...tokens, 0]), count: 1, L, d, kernels: kernel };
    const counts = matchCounts(data, set, { M });
    const { y: network, sigma } = forward(architecture, parameters, tokens);
    return {
      view: {
        architecture,
        parameters,
        context,
        parents,
        alpha,
        kernel,
        letters: lettered,
        kernelName: drawn ? undefined : `kernel ${number}, had it gone on from here`,
      },
      set,
      network,
      sigma,
      bayes: bayes(matchCounts(data, maskOf(parents), { M, first: Math.max(...parents) + 1 }), alpha),
      row: oracle(data, parents),
      matches: sum(counts.matched),
      distance: apart(network, inductionHead(counts)),
      bound: architecture.variant === "paper" && a >= 0
        ? limitBound(architecture, parameters, set, L)
        : undefined,
      drawn,
    };
  },
  figure: draw,
  readings: ({ network, bayes, row, matches, distance, bound, drawn, set, view }) => [
    { label: `Network (${[...letters].join(", ")})`, value: written(network) },
    { label: "Bayes", value: written(bayes) },
    { label: drawn ? "True row" : "Row of the kernel", value: written(row) },
    { label: `Matches ${labelOf(set)}`, value: String(matches) },
    { label: "TV to hard head", value: formatNumber(distance) },
    { label: "Its bound", value: bound === undefined ? "theory’s only" : formatNumber(bound) },
    { label: "TV to Bayes", value: formatNumber(apart(network, bayes)) },
    { label: "Context", value: `${view.context.length} symbols, ${drawn ? "drawn" : "edited"}` },
  ],
};

function draw({ view, set, sigma }: Model): Figure {
  const figure = attentionViewer(view), [matches, attention, layer1, prediction] = figure.panels;
  const end = view.context.slice(-M),
    named = view.context.length - M <= lettered ? " (letter: its token)" : "";
  return {
    ...figure,
    name: "explorer_attention",
    caption: `${figure.caption} Weights as training leaves them (construction, derived): p on ${
      labelOf(set)
    }, heads that copy.`,
    panels: [
      // As wide as a telephone allows.
      withX(matches, `key l${named}; the end is “${end}”`),
      withX(attention, `key l${named}`),
      {
        ...layer1,
        plot: { ...layer1.plot, marks: [layer1.plot.marks?.[0], cellValues(sigma, view.architecture)] },
      },
      prediction,
    ],
  };
}

const withX = (panel: Panel, label: string): Panel => ({
  ...panel,
  plot: { ...panel.plot, x: { ...panel.plot.x, label } },
});

/** Values in inks of their own, 3 : 1 on a white page and on a dark one: a page turns the theme's around at night, but not a cell's blue. */
function cellValues(sigma: ArrayLike<number>, { H, M, variant }: Architecture): Markish {
  const cells = Array.from(sigma, (value, i) => {
    const h = Math.floor(i / M);
    return { x: `−${offsetsOf({ variant, M }, h + 1)[i % M]}`, y: `head ${h + 1}`, value };
  });
  return Plot.text(cells.slice(0, H * M), {
    x: "x",
    y: "y",
    text: ({ value }) => value.toFixed(2),
    fill: { value: ({ value }: { value: number }) => value < 0.5 ? "#676e77" : "#fdfdfe", scale: null },
  });
}
