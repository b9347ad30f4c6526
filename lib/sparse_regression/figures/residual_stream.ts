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
import { type Walkthrough, walkThrough, type WalkthroughOptions } from "../walkthrough.ts";

/** One prompt and how it is worked on. */
export type ResidualStreamOptions = WalkthroughOptions;

/** Residual stream of construction A on one prompt: read in, preprocessed, and the label row through the descent layers. */
export function residualStream(options: ResidualStreamOptions = {}): Figure {
  return drawResidualStream(walkThrough(options));
}

/**
 * The same from what has been computed.
 * @param layer whose stream the second panel shows; default the first
 */
export function drawResidualStream(walk: Walkthrough, layer = 1): Figure {
  const { d, s, sigma, n, eta, steps, prior, deleteHead, queries, prompt, streams, statistics, path } = walk;
  const shown = Math.min(n, 12), D = walk.width, { difference } = walk;
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
  const cells = (index: number) =>
    Array.from(
      { length: D },
      (_, row) =>
        columns.map(({ token, name }) => ({
          x: name,
          y: rowName(row),
          value: streams[index][token * D + row],
        })),
    )
      .flat();
  const labels = streams.slice(1).flatMap((z, t) =>
    columns.map(({ token, name }) => ({ x: name, y: `${t}`, value: z[token * D + d] }))
  );
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
      `(a) Read in: inputs and label. (b) After layer ${layer}${
        layer === 1 ? ` with ${d} heads` : ""
      }: scratch rows hold r̂ₖxₖ, large where the label depends on xₖ, ` +
      `where r̂ₖ is the mean of y·xₖ over the examples. (c) The label row after t descent layers of one head: residuals of examples fade to noise, queries collect minus their ` +
      `prediction. (d) The weights. ${deleted}` +
      `Largest difference between the network's label row and the algorithm run directly: ${
        difference === 0 ? "0" : formatNumber(difference, 2)
      }. The first ${shown} of ${n} examples are shown.`,
    panels: [
      { title: "Read in", ...heatmap(cells(0), { ramp, yLabel: "row of the stream", ...axes }), height: 300 },
      {
        title: `After layer ${layer}`,
        ...heatmap(cells(layer), { ramp, yLabel: "row of the stream", ...axes }),
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
