/** @module Figure: the law of an attention logit before training. */
import { type Figure, points, runColor, runDots, sourceOf, theme, theoryLine } from "../../figure/mod.ts";
import { normalDensity } from "../../numerics/mod.ts";
import type { BirthRecord } from "../records.ts";
import { logitLaw } from "../theory.ts";
import { exponent, written } from "./write.ts";

/** What is drawn of a table of widths. */
export interface BirthOptions {
  /** Widths whose density is drawn; default 1, 4 and 16. */
  readonly shown?: readonly number[];
  /** Exponents of the variances in the rows, in their order; default 1 and 1/2. */
  readonly exponents?: readonly number[];
  /** Widths of the lines of variance and kurtosis; default those of the rows. */
  readonly widths?: readonly number[];
}

/** What the figure needs of a record. */
export type BirthTable = Pick<BirthRecord, "config" | "metrics">;

/**
 * Density, variance and kurtosis over head width.
 * @param records of the experiment `birth`
 */
export function logitsAtBirth(records: readonly BirthRecord[]): Figure {
  const [record] = records;
  return { ...drawBirth(record), sources: records.map(sourceOf) };
}

/** The same from one table, measured anywhere. */
export function drawBirth(record: BirthTable, options: BirthOptions = {}): Figure {
  const { shown: density = [1, 4, 16], exponents = [1, 0.5] } = options;
  const { config, metrics: { rows } } = record;
  const shown = rows.filter(({ N }) => density.includes(N));
  const widths = options.widths ?? rows.map(({ N }) => N);
  const grid = Array.from({ length: 241 }, (_, i) => -4 + i / 30);
  const smallest = 2e-3, visible = ({ x, y }: { x: number; y: number }) => Math.abs(x) < 4 && y > smallest;
  return {
    name: "logits_at_birth",
    title: "At birth a logit is variance-gamma: Gaussian only for wide heads",
    caption:
      `Logits of tokens 1, 2 of the first tiny sample over all heads of ${config.networks} untrained networks of width d = ${config.width}, normalised by each network’s own ` +
      "kernel: z = N^α_A A / √(K₁₁K₂₂). Lines: theory; dots: networks. (a) Density of z/√N; dashed: Gaussian. (b) Variance of A/√(K₁₁K₂₂), ± s.e.: N^(1 − 2α_A). " +
      `(c) Excess kurtosis, ± s.e.: 6/N. Kolmogorov distance at N = 1: ${
        written(rows[0].distance, 3)
      } to variance-gamma, ${written(rows[0].gaussDistance, 3)} to a Gaussian.`,
    columns: 3,
    panels: [
      {
        title: "Density",
        legend: [
          ...shown.map(({ N }, i) => ({ label: `N = ${N}`, color: runColor(i), mark: "dot" as const })),
          { label: "Gaussian", color: theme.colors.reference, mark: "dash" },
        ],
        plot: {
          x: { label: "z / √N (no unit)", domain: [-4, 4] },
          y: { type: "log", label: "density", domain: [smallest, 4] },
          marks: [
            theoryLine(points(grid, grid.map(normalDensity)).filter(visible), {
              dash: true,
              color: theme.colors.reference,
            }),
            shown.map(({ N, histogram, count }, i) => {
              const law = logitLaw(N), root = Math.sqrt(N), width = 8 / histogram.counts.length;
              const measured = histogram.counts.map((n, bin) => ({
                x: -4 + (bin + 0.5) * width,
                y: n / (count * width),
                // Bars of the rarest values are cut at the axis.
                se: Math.min(Math.sqrt(n), n - smallest * count * width) / (count * width),
              }));
              const line = grid.map((x) => ({ x, y: root * law.density(root * (x || 1e-3)) }));
              return [
                theoryLine(line.filter(visible), { width: 1.25 }),
                runDots(measured.filter(visible).filter(({ x }, j) => j % 2 === 0 && Math.abs(x) < 3.9), {
                  color: runColor(i),
                  log: true,
                  radius: 2.2,
                }),
              ];
            }),
          ],
        },
      },
      {
        title: "Variance",
        legend: exponents.map((alphaA, i) => ({
          label: `α_A = ${exponent(alphaA)}`,
          color: runColor(i),
          mark: "dot",
        })),
        plot: {
          x: { type: "log", base: 2, label: "head width N" },
          y: { type: "log", label: "Var A / K₁₁K₂₂ (no unit)" },
          marks: exponents.map((alphaA, i) => [
            theoryLine(points(widths, widths.map((N) => N ** (1 - 2 * alphaA)))),
            runDots(rows.map((row) => ({ x: row.N, y: row.variance[i], se: row.varianceError[i] })), {
              color: runColor(i),
              log: true,
            }),
          ]),
        },
      },
      {
        title: "Excess kurtosis",
        legend: [{ label: "6/N", color: theme.colors.theory }, {
          label: "networks",
          color: runColor(0),
          mark: "dot",
        }],
        plot: {
          x: { type: "log", base: 2, label: "head width N" },
          y: { type: "log", label: "excess kurtosis (no unit)" },
          marks: [
            theoryLine(points(widths, widths.map((N) => 6 / N))),
            runDots(
              rows.filter((row) => row.excessKurtosis > 0).map((row) => ({
                x: row.N,
                y: row.excessKurtosis,
                se: row.kurtosisError,
              })),
              { log: true },
            ),
          ],
        },
      },
    ],
    sources: [],
  };
}
