/** @module Figure: a sweep of your own, loss over learning rate and what became of the differences between heads. */
import {
  type Figure,
  points,
  referenceLine,
  runDots,
  runLine,
  sequence,
  sourceOf,
} from "../../figure/mod.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import { rateCurve } from "../analysis.ts";
import type { Sizes, SweepConfig, SweepRecord } from "../records.ts";
import { ratePanel } from "./transfer.ts";
import { exponent } from "./write.ts";

/** What a config's sequences are called. */
function dataText({ data }: SweepConfig): string {
  if ("file" in data) return data.file;
  return data.kind === "gratings" ? "generated gratings" : "a generated corpus";
}

/**
 * Losses and head variance over the rate, one curve a size.
 * @param records of `ownSweep`
 */
export function ownSweepFigure(records: readonly SweepRecord[]): Figure {
  const [{ config, metrics }] = records, { sizes, rates, seeds, steps, batch, optimiser } = config;
  const curves = sizes.map((_, index) => rateCurve(records[0], index)), colors = sequence(sizes.length);
  const symbols = { N: "N", H: "H", L: "L", alphaA: "α_A", alphaL: "α_L" } as const;
  const keys = Object.keys(symbols) as (keyof Sizes)[];
  const text = (size: Sizes, of: readonly (keyof Sizes)[]) =>
    of.map((key) => `${symbols[key]} = ${exponent(size[key])}`).join(", ");
  const differ = keys.filter((key) => sizes.some((size) => size[key] !== sizes[0][key]));
  const label = (size: Sizes) => text(size, differ.length > 0 ? differ : ["N"]);
  const spread = (index: number, at: 0 | 1) =>
    rates.flatMap((rate) => {
      const values = metrics.rows.filter((row) => row.size === index && row.rate === rate)
        .flatMap(({ headVariance }) => headVariance[at] ?? []);
      // A network that diverged has no variance in the end.
      if (values.length < seeds) return [];
      return [{ x: rate, y: mean(values), se: seeds > 1 ? standardError(values) : 0 }];
    });
  return {
    name: "own_sweep",
    title: "A sweep of your own",
    caption:
      `Networks on ${dataText(config)} after ${steps} steps of ${
        optimiser === "adam" ? "Adam" : "gradient descent"
      } (batch ${batch}, mean of ${seeds} seeds ± s.e.), ${text(sizes[0], keys)}${
        differ.length > 0 ? " and what the key says instead" : ""
      }; β₀ = ${config.beta0}, γ₀ = ${config.gamma0}. (a) Held-out loss; dashed: optimum of each curve (parabola) where the grid holds it. ` +
      "(b) Variance of a logit over heads; grey: before training.",
    panels: [
      ratePanel(curves, { title: "Loss", label }),
      {
        title: "Differences between heads",
        legend: sizes.map((size, i) => ({ label: label(size), color: colors[i] })),
        plot: {
          x: { type: "log", label: "rate constant η₀ (no unit)" },
          y: { type: "log", label: "variance of A over heads (no unit)" },
          marks: sizes.map((_, i) => [
            referenceLine(points(rates, rates.map(() => mean(spread(i, 0).map(({ y }) => y))))),
            runLine(spread(i, 1), { color: colors[i] }),
            runDots(spread(i, 1), { color: colors[i], log: true }),
          ]),
        },
      },
    ],
    sources: records.map(sourceOf),
  };
}
