/** @module View: kernels through depth at N = infinity, and how fast finite stacks approach the infinite one. */
import type { View } from "../../explore/types.ts";
import {
  type Figure,
  formatNumber,
  heatmap,
  type Panel,
  rampLegend,
  referenceLine,
  runColor,
  runDots,
  runLine,
  theme,
} from "../../figure/mod.ts";
import { logLogFit } from "../../numerics/mod.ts";
import {
  depthCurves,
  depthExponent,
  depthKernels,
  kernelDistance,
  limitKernel,
} from "../figures/depth_kernels.ts";
import { exponent, written } from "../figures/write.ts";
import { slider } from "./setting.ts";

interface Knobs {
  readonly alphaL: number;
  readonly L: number;
  readonly beta0: number;
  readonly block: typeof blocks[number];
}

interface Model extends Knobs {
  readonly mlp: boolean;
  /** Behind every block, the embedding first. */
  readonly kernels: readonly Float64Array[];
  readonly limit: Float64Array;
  /** Relative distance of the last kernel to the limit, over L. */
  readonly errors: readonly { readonly x: number; readonly y: number }[];
  /** Log-log slope over the last four depths. */
  readonly slope: number;
}

let stacks:
  | { readonly key: string; readonly errors: Model["errors"]; readonly limit: Float64Array }
  | undefined;

/** Infinite depth and the distances to it; remembered, since they know no L. */
function stacksOf(alphaL: number, beta0: number, mlp: boolean) {
  const key = `${alphaL} ${beta0} ${mlp}`;
  if (stacks?.key !== key) {
    const limit = limitKernel(alphaL, beta0, mlp);
    const errors = depths.map((L) => ({
      x: L,
      y: kernelDistance(depthKernels(L, alphaL, beta0, mlp)[L], limit),
    }));
    stacks = { key, limit, errors };
  }
  return stacks;
}

const blocks = ["attention and MLP", "attention"] as const;
const depths = [1, 2, 4, 8, 16, 32, 64], most = 128, tokens = 9;

/** Kernels against depth. */
export const depth: View<Model> = {
  id: "depth",
  title: "Depth",
  lead:
    "With branches scaled by L^(−α_L), a deep stack flows at α_L = ½ and stands still at α_L = 1; in between it stands still too, " +
    "only later. Either way finite stacks come close like a power of L.",
  controls: [
    slider("alphaL", "Branch exponent α_L", [0.5, 1, 0.05, 0.5]),
    slider("L", "Blocks L", [1, 64, 1, 8]),
    slider("beta0", "Branch scale β₀", [0.2, 2, 0.1, 1]),
    { kind: "choice", name: "block", label: "A block has", options: blocks, value: "attention and MLP" },
  ],
  compute: (state) => {
    const knobs = state as unknown as Knobs, { alphaL, L, beta0 } = knobs, mlp = knobs.block === blocks[0];
    if (L > most) throw new RangeError(`this view stacks up to ${most} blocks, got L = ${L}`);
    const kernels = depthKernels(L, alphaL, beta0, mlp), { limit, errors } = stacksOf(alphaL, beta0, mlp);
    const tail = errors.slice(-4);
    return {
      ...knobs,
      ...{ mlp, kernels, limit, errors },
      slope: logLogFit(tail.map(({ x }) => x), tail.map(({ y }) => y)).slope,
    };
  },
  figure: draw,
  readings: ({ kernels, limit, L, slope, alphaL }) => [
    { label: "K₁₁ of the input", value: formatNumber(kernels[0][0], 5) },
    { label: `K₁₁ behind block ${L}`, value: formatNumber(kernels[L][0], 5) },
    { label: "K₁₁ at L = ∞", value: formatNumber(limit[0], 5) },
    { label: `Distance to L = ∞ at L = ${L}`, value: formatNumber(kernelDistance(kernels[L], limit)) },
    { label: "Slope over L (8 to 64)", value: written(slope, 3) },
    { label: "Expected slope", value: written(depthExponent(alphaL), 2) },
  ],
};

let input: { readonly high: number; readonly panel: Panel } | undefined;

function draw({ alphaL, L, beta0, mlp, kernels, errors, slope, limit }: Model): Figure {
  const high = Math.ceil(Math.max(...kernels[L], ...kernels[0]));
  const ramp = rampLegend({ label: "kernel ⟨h_a h_b⟩", domain: [-high, high], steps: 12, scheme: "rdbu" });
  const cells = (kernel: Float64Array) =>
    Array.from(kernel, (value, i) => ({ x: i % tokens + 1, y: Math.floor(i / tokens) + 1, value }));
  const shared = { ramp, xLabel: "token b", yLabel: "token a", first: "top" as const };
  const last = errors[errors.length - 1], power = depthExponent(alphaL);
  const mine = { x: L, y: kernelDistance(kernels[L], limit) };
  if (input?.high !== high) {
    input = { high, panel: { title: "Kernel of the input", ...heatmap(cells(kernels[0]), shared) } };
  }
  return {
    name: "explorer_depth",
    title: `${L} block${L === 1 ? " is" : "s are"} ${
      formatNumber(100 * mine.y, 2)
    } % away from infinitely many`,
    caption:
      "Residual kernels of untrained networks at N = ∞, α_A = 1 on the tiny data (normalisation in every block, branches times " +
      `β₀ L^(−α_L), α_L = ${alphaL}, β₀ = ${beta0}, ${
        mlp ? "attention and MLP" : "attention alone"
      }); exact recursion (derived). ` +
      `(a) ${
        alphaL === 0.5
          ? "Line: the flow of infinitely many blocks"
          : "Dashed: infinitely many blocks keep the input's kernel"
      }. ` +
      "(b) Relative distance of the last kernel to that of L = ∞; grey: the expected power of L" +
      `${
        alphaL === 0.5 ? ", the error of a flow in steps of 1/L" : ", β² L = β₀² L^(1 − 2α_L)"
      }. Fitted slope ${written(slope)}. ` +
      "(c, d) The kernel in front of the first and behind the last block.",
    panels: [
      {
        title: "Through depth",
        ...depthCurves({
          depths: [...new Set([4, 64, L])].sort((a, b) => a - b),
          exponents: [alphaL],
          beta0,
          mlp,
        }),
      },
      {
        title: "Distance to infinite depth",
        legend: [
          { label: "exact recursion", color: runColor(0), mark: "dot" },
          {
            label: `slope ${exponent(Number(power.toFixed(2))).replace("-", "−")}`,
            color: theme.colors.reference,
            mark: "dash",
          },
          { label: `L = ${L}`, color: runColor(1), mark: "dot" },
        ],
        plot: {
          x: { type: "log", base: 2, label: "blocks L" },
          y: { type: "log", label: "relative distance (no unit)" },
          marks: [
            referenceLine(errors.map(({ x }) => ({ x, y: last.y * (x / last.x) ** power }))),
            runLine(errors, { width: 1, opacity: 0.6 }),
            runDots(errors),
            runDots([mine], { color: runColor(1), radius: 4.5 }),
          ],
        },
      },
      input.panel,
      { title: `Kernel behind block ${L}`, ...heatmap(cells(kernels[L]), shared) },
    ],
    sources: [],
  };
}
