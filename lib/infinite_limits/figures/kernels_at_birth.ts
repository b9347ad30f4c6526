/** @module Figure: kernels of untrained networks, over heads and over depth. */
import {
  type Figure,
  heatmap,
  points,
  rampLegend,
  referenceLine,
  runColor,
  runDots,
  sourceOf,
  theme,
} from "../../figure/mod.ts";
import type { KernelsRecord } from "../records.ts";
import { depthCurves } from "./depth_kernels.ts";

/**
 * The recursion against one network, errors over H, and the flow in depth.
 * @param records of the experiment `kernels`
 */
export function kernelsAtBirth(records: readonly KernelsRecord[]): Figure {
  const [{ config, metrics }] = records, { L, H, N } = config, B = 9;
  const most = H[H.length - 1];
  const cells = (kernel: readonly number[]) =>
    kernel.map((value, i) => ({ x: i % B + 1, y: Math.floor(i / B) + 1, value }));
  const limit = metrics.limit[L], high = Math.ceil(Math.max(...limit, ...metrics.example));
  const ramp = rampLegend({ label: "kernel ⟨h_a h_b⟩", domain: [-high, high], steps: 12, scheme: "rdbu" });
  const shared = { ramp, xLabel: "token b", yLabel: "token a", first: "top" as const };
  const depths = [4, 16, 64], through = depthCurves({ depths, exponents: [0.5, 1] });
  const layers = [0, 1, L], layerColors = [0, 1, 2].map(runColor);
  return {
    name: "kernels_at_birth",
    title: "Kernels concentrate over heads and flow through depth",
    caption:
      `Residual kernels of untrained networks on the tiny data (normalisation, attention, MLP in every block; α_A = 1, β₀ = 1). (a), (b) Behind block ${L} at α_L = ½: ` +
      `recursion at H = ∞, N = ${N}, and one network with H = ${most}. (c) Squared relative error behind blocks ${
        layers.join(", ")
      }, mean of ${config.networks} networks ± s.e. ` +
      "(d) K₁₁ over depth at N = ∞: at α_L = ½ finite stacks (dots) approach a flow (dark) that leaves the input kernel; at α_L = 1 (lower dots) it returns to the input kernel as L grows (dashed).",
    panels: [
      { title: "Theory, H = ∞", ...heatmap(cells(limit), shared) },
      { title: `One network, H = ${most}`, ...heatmap(cells(metrics.example), shared) },
      {
        title: "Squared error falls as 1/H",
        legend: [
          ...layers.map((l, i) => ({
            label: l === 0 ? "embedding" : `block ${l}`,
            color: layerColors[i],
            mark: "dot" as const,
          })),
          { label: "slope −1", color: theme.colors.reference, mark: "dash" },
        ],
        plot: {
          x: { type: "log", base: 2, label: "heads H" },
          y: { type: "log", label: "squared relative error (no unit)" },
          marks: layers.map((l, i) => {
            const at = H.map((h, j) => ({ x: h, y: metrics.error[j][l], se: metrics.standardError[j][l] }));
            return [
              referenceLine(points(H, H.map((h) => at[0].y * H[0] / h))),
              runDots(at, { color: layerColors[i], log: true }),
            ];
          }),
        },
      },
      {
        title: "Through depth: Brownian at ½, still at 1",
        ...through,
      },
    ],
    sources: records.map(sourceOf),
  };
}
