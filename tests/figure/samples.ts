/** @module Four figures of the kinds the papers draw, over made-up closed-form numbers: what the tests render. */
import {
  bars,
  diagonal,
  type Figure,
  heatmap,
  label,
  phases,
  points,
  rampLegend,
  referenceLine,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sequence,
  theme,
  theoryLine,
  verticalTimes,
} from "../../lib/figure/mod.ts";

/** A repeatable jitter in [-1, 1]; nothing here is random. */
const jitter = (i: number) => Math.sin(12.9898 * i + 4.1) * Math.cos(78.233 * i);
const times = Array.from({ length: 3000 }, (_, i) => 10 ** (-1 + (6 * i) / 2999));
const source = {
  experiment: "four_phases",
  hash: "3f5a9c",
  profile: "quick",
  device: "llvmpipe (wasm)",
  kind: "cpu",
};

const decay = (t: number) => 0.5 / (1 + t / 3) + 1e-5;
const drop = (t: number) => 0.3 / (1 + (t / 4000) ** 3) + 2e-5;

/** Log-log loss curves with phases, predicted times and a key; beside it parameters on a linear axis. */
export const lossCurves: Figure = {
  name: "loss_curves",
  title: "Partial learning, an abrupt transition, convergence",
  caption:
    "Loss of the 4-gram part and of the induction-head part over time (units of gradient flow, step size × steps) for α* = 1, " +
    "w* = 0.49, σ = 10⁻². Lines: closed forms; dots: means over eight seeds ± one standard error. Vertical lines: predicted " +
    "times at which the induction head reaches 10, 50 and 90 % of its plateau.",
  panels: [
    {
      title: "Losses pass through four phases",
      legend: [
        { label: "theory", color: theme.colors.theory, mark: "line" },
        { label: "4-gram, 1/(4t)", color: theme.colors.reference, mark: "dash" },
        { label: "runs: 4-gram", color: runColor(0), mark: "line" },
        { label: "runs: induction head", color: runColor(1), mark: "dot" },
      ],
      plot: {
        x: { type: "log", label: "time t" },
        y: { type: "log", label: "loss", domain: [1e-5, 3] },
        marks: [
          phases([
            { from: 0.1, to: 20, label: "I" },
            { from: 20, to: 2000, label: "II" },
            { from: 2000, to: 9000, label: "III" },
            { from: 9000, to: 1e5, label: "IV" },
          ], { log: true }),
          verticalTimes(
            [{ at: 2200, label: "T₁₀" }, { at: 4000, label: "T₅₀" }, { at: 9000, label: "T₉₀" }],
            { row: 1 },
          ),
          referenceLine(points(times, times.map((t) => 1 / (4 * t)))),
          runLine(points(times, times.map((t, i) => decay(t) * (1 + 0.06 * jitter(i)))), {
            color: runColor(0),
          }),
          theoryLine(points(times, times.map(drop))),
          runDots(
            Array.from({ length: 22 }, (_, i) => {
              const t = 10 ** (-0.9 + i * 0.27);
              return { x: t, y: drop(t) * (1 + 0.12 * jitter(i)), se: drop(t) * 0.15 };
            }),
            { color: runColor(1), log: true },
          ),
        ],
      },
    },
    {
      title: "Parameters relative to their limits",
      legend: [
        { label: "a / c", color: runColor(0), mark: "line" },
        { label: "w / w*", color: runColor(2), mark: "line" },
      ],
      plot: {
        x: { type: "log", label: "time t" },
        y: { label: "parameter / limit" },
        marks: [
          referenceValue(1, "limit"),
          runLine(points(times, times.map((t) => t / (t + 3))), { color: runColor(0) }),
          runLine(points(times, times.map((t) => 0.02 + 0.98 / (1 + (4000 / t) ** 3))), {
            color: runColor(2),
          }),
        ],
      },
    },
  ],
  sources: [source],
};

const sizes = [4, 8, 16, 32, 64, 128, 256, 512];
const ramp = rampLegend({ label: "excess risk", domain: [1e-3, 10], steps: 8, log: true });
const signed = rampLegend({ label: "log-risk ratio when masked", domain: [-1, 1], steps: 8, scheme: "rdbu" });

/** Two heat maps with colour bars: a parameter grid and a small matrix with its values written out. */
export const riskMap: Figure = {
  name: "risk_map",
  title: "Risk over width and number of examples",
  caption:
    "Each cell is one configuration; cells without a run are pale grey. Right: rows are layers, columns heads.",
  panels: [
    {
      title: "Closed form",
      ...heatmap(
        sizes.flatMap((n, j) =>
          [1, 2, 4, 8, 16, 32].map((h, i) => ({
            x: n,
            y: h,
            value: i === 5 && j === 7 ? NaN : 40 / (n + 3 * h) / (1 + i * j / 4),
          }))
        ),
        { ramp, xLabel: "examples n", yLabel: "heads H" },
      ),
    },
    {
      title: "Head importance",
      ...heatmap(
        [1, 2, 3, 4].flatMap((layer) =>
          [1, 2, 3, 4, 5, 6].map((head) => ({ x: head, y: layer, value: 1.1 * jitter(layer * 7 + head) }))
        ),
        { ramp: signed, xLabel: "head", yLabel: "layer", first: "top", values: true },
      ),
    },
  ],
  sources: [source],
};

/** Grouped bars with error bars: what three heads copy. */
export const copyKernels: Figure = {
  name: "copy_kernels",
  title: "Each head of the first layer copies one offset",
  caption:
    "Attention weight at each offset after training (mean ± one standard error over seeds). Dashed: uniform attention.",
  columns: 1,
  panels: [{
    legend: ["head 1", "head 2", "head 3"].map((text, i) => ({
      label: text,
      color: runColor(i),
      mark: "square" as const,
    })),
    plot: bars(
      [1, 2, 3].flatMap((head) =>
        [1, 2, 3, 4, 5].map((offset) => ({
          label: `−${offset}`,
          group: `head ${head}`,
          value: offset === head ? 0.9 : 0.025,
          se: offset === head ? 0.02 : 0.006,
        }))
      ),
      { xLabel: "offset of the attended token", yLabel: "attention weight", marks: [referenceValue(0.2)] },
    ),
  }],
  sources: [],
};

const widths = [4, 8, 16, 32, 64];

/** Measured against predicted with y = x, and deviations against size with a slope. */
export const agreement: Figure = {
  name: "agreement",
  title: "Finite networks against the infinite limit",
  caption:
    "(a) Logits of networks of growing width against the limit’s prediction; the grey line is y = x. (b) Squared deviation ⟨(f − f∞)²⟩ against H.",
  panels: [
    {
      title: "Logits",
      legend: widths.map((n, i) => ({
        label: `N = ${n}`,
        color: sequence(widths.length)[i],
        mark: "dot" as const,
      })),
      plot: {
        x: { label: "predicted logit" },
        y: { label: "measured logit" },
        marks: [
          diagonal([-1, 1]),
          widths.map((n, k) =>
            runDots(
              Array.from({ length: 14 }, (_, i) => {
                const x = -1 + (2 * i) / 13;
                return { x, y: x + (0.6 * jitter(i * 5 + k)) / Math.sqrt(n), se: 0.25 / Math.sqrt(n) };
              }),
              { color: sequence(widths.length)[k] },
            )
          ),
        ],
      },
    },
    {
      title: "Deviation falls as 1/H",
      legend: [{ label: "theory, 1/H", color: theme.colors.theory, mark: "dash" }, {
        label: "runs",
        color: runColor(0),
        mark: "dot",
      }],
      plot: {
        x: { type: "log", base: 2, label: "heads H" },
        y: { type: "log", label: "squared deviation" },
        marks: [
          theoryLine(points(sizes, sizes.map((h) => 1 / h)), { dash: true }),
          label("slope −1", { x: 64, y: 1 / 64 }, { dy: -10 }),
          runDots(sizes.map((h, i) => ({ x: h, y: (1 + 0.2 * jitter(i)) / h, se: 0.15 / h })), { log: true }),
        ],
      },
    },
  ],
  sources: [source, { ...source, kind: "gpu", profile: "full", device: "NVIDIA H100 (webgpu)" }],
};

/** All of them. */
export const samples: readonly Figure[] = [lossCurves, riskMap, copyKernels, agreement];
