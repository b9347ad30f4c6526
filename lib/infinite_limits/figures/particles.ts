/** @module Figure: heads as particles, coupled through the outputs alone, and both of their limits. */
import {
  type Figure,
  points,
  referenceLine,
  runColor,
  runDots,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import { slopeOf } from "../analysis.ts";
import type { ParticlesRecord } from "../records.ts";
import { slopeText, written } from "./write.ts";

/** The record of one limit. */
export function particlesOf(
  records: readonly ParticlesRecord[],
  limit: "heads" | "width",
): ParticlesRecord {
  return records.find(({ config }) => config.limit === limit)!;
}

/**
 * Outputs, spread of a logit over heads, squared errors over H and over N.
 * @param records of the experiment `particles`
 */
export function particlesFigure(records: readonly ParticlesRecord[]): Figure {
  const [many, wide] = [particlesOf(records, "heads"), particlesOf(records, "width")];
  const { config } = many, H = config.sizes.at(-1)!, times = many.metrics.limit.spread.map((_, t) => t);
  const samples = many.metrics.limit.outputs[0].map((_, p) => p);
  const output = ({ metrics }: ParticlesRecord, p: number) =>
    points(times, metrics.limit.outputs.map((f) => f[p]));
  const slopes = [many, wide].map(({ config: { sizes }, metrics }) => slopeOf(sizes, metrics.errors));
  return {
    name: "particles",
    title: "Heads as particles: coupled through the outputs alone, they need no response terms",
    caption:
      `Embedding and readout are frozen, heads read the tiny data directly (γ₀ = ${config.gamma0}, η₀ = ${config.eta0}, b = ${config.readoutScale}, α_A = ${config.alphaA}). Dots: sampled models, ` +
      `${config.seeds} of each size ± s.e. (a) Outputs of three samples: theory at H = ∞ and N = ${config.fixed} (${config.heads} sampled heads), theory at N = ∞ (six kernels, exact), and models with H = ${H}. ` +
      `(b) Variance of the logit A of tokens 1, 2 of sample 1 over heads. (c), (d) Squared error of the outputs, mean over t ≤ ${config.steps}; slopes ${
        slopeText(slopes[0])
      } in H and ${slopeText(slopes[1])} in N.`,
    panels: [
      {
        title: "Outputs",
        legend: [
          { label: `H = ∞, N = ${config.fixed}`, color: theme.colors.theory },
          { label: "N = ∞", color: theme.colors.theory, mark: "dash" },
          ...samples.map((p) => ({ label: `sample ${p + 1}`, color: runColor(p), mark: "dot" as const })),
        ],
        plot: {
          x: { label: "gradient step t" },
          y: { label: "output f (no unit)" },
          marks: samples.map((p) => [
            theoryLine(output(wide, p), { dash: true }),
            theoryLine(output(many, p)),
            runDots(
              many.metrics.largest.map((f, t) => ({ x: t, y: mean(f[p]), se: standardError(f[p]) })),
              { color: runColor(p) },
            ),
          ]),
        },
      },
      {
        title: "Variance of a logit over heads",
        legend: [
          { label: `theory, H = ∞, N = ${config.fixed}`, color: theme.colors.theory },
          ...many.config.sizes.flatMap((size, i) =>
            i % 2 === 0 ? [{ label: `H = ${size}`, color: runColor(i / 2), mark: "dot" as const }] : []
          ),
        ],
        plot: {
          x: { label: "gradient step t" },
          y: { label: "variance of A (no unit)", zero: true },
          marks: [
            theoryLine(points(times, many.metrics.limit.spread)),
            many.metrics.spread.map((curve, i) =>
              i % 2 === 0 ? runDots(points(times, curve), { color: runColor(i / 2) }) : null
            ),
          ],
        },
      },
      ...([[many, "heads H", "H"], [wide, "head width N", "N"]] as const).map(([record, label, name], i) => {
        const { config: { sizes }, metrics: { errors } } = record, first = mean(errors[0]);
        return {
          title: `Squared error falls as 1/${name}`,
          legend: [
            { label: `slope ${written(slopes[i].value)}`, color: runColor(0), mark: "dot" as const },
            { label: "slope −1", color: theme.colors.reference, mark: "dash" as const },
          ],
          plot: {
            x: { type: "log" as const, base: 2, label },
            y: { type: "log" as const, label: "mean squared error of f (no unit)" },
            marks: [
              referenceLine(points(sizes, sizes.map((size) => first * sizes[0] / size))),
              runDots(
                sizes.map((size, s) => ({ x: size, y: mean(errors[s]), se: standardError(errors[s]) })),
                { log: true },
              ),
            ],
          },
        };
      }),
    ],
    sources: [many, wide].map(sourceOf),
  };
}
