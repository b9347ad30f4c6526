/** @module Figure: with H heads layer 1 has rank H, and that is what a probe finds in trained networks. */
import {
  type Figure,
  points,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sequence,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { mean, stream, svd } from "../../numerics/mod.ts";
import {
  bestProbeShare,
  constructPreprocessed,
  firstLayerProbe,
  randomFirstLayer,
  repeatedTokenOperator,
} from "../construction.ts";
import type { TrainingRecord } from "../records.ts";
import { headCounts, overSeeds, withHeads } from "./shared.ts";

/** Singular values of the layer-1 operator for several head counts, and R^2 of the products in random and trained layers. */
export function whyDHeads(records: readonly TrainingRecord[] = []): Figure {
  const trained = records.filter(({ config }) => config.regime === "2");
  const d = trained[0]?.config.task.d ?? 8, counts = [1, 2, 4, 8].filter((h) => h <= d);
  const colors = sequence(counts.length);
  const z = stream(5, "token").fillNormal(new Float64Array(d + 1));
  const spectrum = (heads: number) => {
    const { s } = svd(repeatedTokenOperator(randomFirstLayer(d, heads, stream(6, heads)), z));
    return s.slice(0, d).map((value) => value / s[0]);
  };
  const exact = svd(repeatedTokenOperator(constructPreprocessed(d, []), z)).s.slice(0, d);
  const task = { d, s: 1, sigma: 1, prior: "rad" } as const;
  const random = counts.map((heads) =>
    mean(
      firstLayerProbe(randomFirstLayer(d, heads, stream(8, heads)), task, { n: 32, prompts: 160, seed: 3 }),
    )
  );
  const grid = Array.from({ length: d }, (_, i) => i + 1);
  const style = { linear: runColor(1), softmax: runColor(2) };
  const kinds = [...new Set(trained.map(({ config }) => config.attention))];
  return {
    name: "why_d_heads",
    title: "H heads can re-weight at most H of d coordinates",
    caption:
      `d = ${d}. (a) All examples equal one token: layer 1 then acts on a token as a matrix of rank at most H (derived); ` +
      `its singular values over the largest, for random layers with H heads and for construction A, which needs all ${d}. ` +
      `(b) Share R² of the products r̂ₖxₖ that can be read linearly from a query's stream after layer 1 (mean over k, held-out, n = 32). ` +
      `Line: H/d, the best share of an H-head linear layer in the limit n → ∞ (derived; a softmax layer is not bound by it). ` +
      `Blue: random layers with H heads. ${
        trained.length > 0 ? "Other dots: trained networks, mean ± s.e. over seeds." : ""
      }`,
    panels: [
      {
        title: "Singular values of layer 1",
        legend: [
          ...counts.map((h, i) => ({ label: `H = ${h}`, color: colors[i], mark: "dot" as const })),
          { label: "construction A", color: theme.colors.theory, mark: "dash" as const },
        ],
        plot: {
          x: { label: "index of the singular value", ticks: grid, tickFormat: "d" },
          y: { label: "singular value / largest", domain: [0, 1.05] },
          marks: [
            theoryLine(points(grid, exact.map((value) => value / exact[0])), { dash: true }),
            counts.map((h, i) => {
              const values = points(grid, spectrum(h));
              return [
                runLine(values, { color: colors[i], width: 1.2 }),
                runDots(values, { color: colors[i] }),
              ];
            }),
          ],
        },
      },
      {
        title: "What a probe reads after layer 1",
        legend: [
          { label: "H/d", color: theme.colors.theory },
          { label: "random layers", color: runColor(0), mark: "dot" },
          ...kinds.map((kind) => ({ label: `trained, ${kind}`, color: style[kind], mark: "dot" as const })),
        ],
        plot: {
          x: { label: "heads H", domain: [0, d + 0.5], ticks: counts, tickFormat: "d" },
          y: { label: "R² of r̂ₖxₖ", domain: [-0.05, 1.05] },
          marks: [
            referenceValue(0),
            theoryLine(points(counts, counts.map((h) => bestProbeShare(new Array<number>(d).fill(1), h)))),
            runDots(points(counts, random), { color: runColor(0) }),
            trained.map(({ config, metrics }) =>
              runDots(
                headCounts(metrics.runs).map((h) =>
                  overSeeds(h + 0.1, withHeads(metrics.runs, h).map(({ probe }) => mean(probe)))
                ),
                { color: style[config.attention], radius: 3.4 },
              )
            ),
          ],
        },
      },
    ],
    sources: trained.map(sourceOf),
  };
}
