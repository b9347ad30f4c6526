/** @module Figure: construction A at work on one prompt, layer by layer. */
import {
  type Figure,
  formatNumber,
  heatmap,
  rampLegend,
  runColor,
  runDots,
  theme,
} from "../../figure/mod.ts";
import { stream } from "../../numerics/mod.ts";
import { constructPreprocessed } from "../construction.ts";
import { drawPrompt, promptTokens } from "../data.ts";
import { forward, withoutHead } from "../forward.ts";
import { descend, preprocessedSteps, statisticsOf } from "../theory/mod.ts";

/** One prompt and how it is worked on. */
export interface ResidualStreamOptions {
  /** Dimension; default 8. */
  readonly d?: number;
  /** Non-zero weights; default 2. */
  readonly s?: number;
  /** Noise; default 0.3. */
  readonly sigma?: number;
  /** Examples; default 40. */
  readonly n?: number;
  /** Step size; default 1. */
  readonly eta?: number;
  /** Descent layers; default 6. */
  readonly steps?: number;
  /** Law of the weights; default "rad". */
  readonly prior?: "rad" | "gau";
  /** Removes this head of layer 1, from 0: its coordinate is lost. */
  readonly deleteHead?: number;
  /** Names the prompt; default 11. */
  readonly seed?: number;
}

/** Residual stream of construction A on one prompt: read in, preprocessed, and the label row through the descent layers. */
export function residualStream(options: ResidualStreamOptions = {}): Figure {
  const { d = 8, s = 2, sigma = 0.3, n = 40, eta = 1, steps = 6, prior = "rad", seed = 11, deleteHead } =
    options;
  const queries = 4, shown = Math.min(n, 12);
  const prompt = drawPrompt({ d, s, sigma, prior }, { n, q: queries }, stream(seed, "residual stream"));
  const rates = new Array<number>(steps).fill(eta), made = constructPreprocessed(d, rates);
  const parameters = deleteHead === undefined ? made.parameters : withoutHead(made.parameters, 0, deleteHead);
  const run = forward(made.architecture, parameters, promptTokens(prompt), n, { record: true });
  const D = made.architecture.width, streams = run.streams!;

  const statistics = statisticsOf(prompt), scale = statistics.correlation.slice();
  if (deleteHead !== undefined) scale[deleteHead] = 0;
  const path = descend(statistics, preprocessedSteps(rates), scale);
  const columns = [
    ...Array.from({ length: shown }, (_, i) => ({ token: i, name: `${i + 1}` })),
    ...Array.from({ length: queries }, (_, i) => ({ token: n + i, name: `q${i + 1}` })),
  ];
  const rowName = (row: number) => row < d ? `x${row + 1}` : row === d ? "label" : `r·x${row - d}`;
  const ramp = rampLegend({
    label: "entry of the residual stream",
    domain: [-1.8, 1.8],
    steps: 9,
    scheme: "rdbu",
  });
  const cells = (layer: number) =>
    Array.from(
      { length: D },
      (_, row) =>
        columns.map(({ token, name }) => ({
          x: name,
          y: rowName(row),
          value: streams[layer][token * D + row],
        })),
    )
      .flat();
  const labels = streams.slice(1).flatMap((z, t) =>
    columns.map(({ token, name }) => ({ x: name, y: `${t}`, value: z[token * D + d] }))
  );
  // What the algorithm itself says the label row holds.
  let difference = 0;
  path.forEach((w, t) => {
    for (let i = 0; i < n + queries; i++) {
      let expected = i < n ? prompt.y[i] : 0;
      for (let j = 0; j < d; j++) expected -= w[j] * prompt.x[i * d + j];
      difference = Math.max(difference, Math.abs(expected - streams[t + 1][i * D + d]));
    }
  });
  const axes = { xLabel: "token (q: query)", first: "top" as const };
  const last = path[path.length - 1],
    at = (values: ArrayLike<number>, shift: number) =>
      Array.from(values, (y, j) => ({ x: j + 1 + shift, y }));
  const deleted = deleteHead === undefined
    ? ""
    : `Head ${deleteHead + 1} of layer 1 is removed: coordinate ${deleteHead + 1} is lost to the descent. `;
  return {
    name: "residual_stream",
    title: "One layer re-weights the inputs, every later layer is one step of descent",
    caption:
      `Construction A (derived) on one prompt: d = ${d}, s = ${s}, σ = ${sigma}, n = ${n}, ${prior} weights, η = ${eta}. ` +
      `(a) Read in: inputs and label. (b) After layer 1 with ${d} heads: scratch rows hold r̂ₖxₖ, large where the label depends on xₖ, ` +
      `where r̂ₖ is the mean of y·xₖ over the examples. (c) The label row after t descent layers of one head: residuals of examples fade to noise, queries collect minus their ` +
      `prediction. (d) The weights. ${deleted}` +
      `Largest difference between the network's label row and the algorithm run directly: ${
        difference === 0 ? "0" : formatNumber(difference, 2)
      }. The first ${shown} of ${n} examples are shown.`,
    panels: [
      { title: "Read in", ...heatmap(cells(0), { ramp, yLabel: "row of the stream", ...axes }), height: 300 },
      {
        title: "After layer 1",
        ...heatmap(cells(1), { ramp, yLabel: "row of the stream", ...axes }),
        height: 300,
      },
      {
        title: "Label row through the descent layers",
        ...heatmap(labels, { ramp, yLabel: "descent layers t", ...axes }),
        height: 190,
      },
      {
        title: "What descent finds",
        height: 190,
        legend: [
          { label: "w* (truth)", color: theme.colors.theory, mark: "dot" },
          { label: "r̂ (layer 1)", color: runColor(0), mark: "dot" },
          { label: `w after ${steps} steps`, color: runColor(1), mark: "dot" },
        ],
        plot: {
          x: { label: "coordinate k", ticks: Array.from({ length: d }, (_, j) => j + 1), tickFormat: "d" },
          y: { label: "weight" },
          marks: [
            runDots(at(prompt.weights, -0.16), { color: theme.colors.theory, radius: 3.4 }),
            runDots(at(statistics.correlation, 0), { color: runColor(0), radius: 3.4 }),
            runDots(at(last, 0.16), { color: runColor(1), radius: 3.4 }),
          ],
        },
      },
    ],
    sources: [],
  };
}
