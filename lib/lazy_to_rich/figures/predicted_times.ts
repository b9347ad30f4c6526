/** @module Figure: predicted against trained times of the emergence, and how they scale with every knob. */
import {
  diagonal,
  type Estimate,
  extent,
  type Figure,
  referenceValue,
  runColor,
  runDots,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { type Comparison, comparisons, keysOf, predict, reached, sweepOf } from "../predictions.ts";
import type { TrainingRecord } from "../records.ts";
import { estimate, linear, logarithmic } from "./statistics.ts";

const knobs = [
  { name: "sigma", label: "σ" },
  { name: "alphaStar", label: "α*" },
  { name: "L", label: "L" },
  { name: "wStar", label: "w*" },
] as const;

/**
 * T_10, T_50, T_90 measured over predicted, the ratio, and T_50 over 1 + alpha*, N and ln(1/sigma).
 * @param records of the experiment `times`
 */
export function predictedTimes(records: readonly TrainingRecord[]): Figure {
  const rows = comparisons(records);
  const sweeps = knobs.map(({ name }) => sweepOf(rows, name));
  // A task that several sweeps share is drawn once, with the first of them.
  const own = sweeps.map((sweep, i) =>
    sweep.filter((row) => !sweeps.slice(0, i).some((s) => s.includes(row)))
  );
  const half = (row: Comparison, x: number): Estimate => estimate(x, reached(row.measured, "t50"));
  const scatter = (list: readonly Comparison[]) =>
    list.flatMap((row) =>
      (["t10", "t50", "t90"] as const).flatMap((name) => {
        const measured = reached(row.measured, name), predicted = row.predicted[name];
        return measured.length > 0 && predicted !== null ? [estimate(predicted, measured)] : [];
      })
    );
  const ratio = (list: readonly Comparison[], by: "corrected" | "leading") =>
    list.map((row) => {
      const predicted = by === "corrected" ? row.predicted.t50! : row.leading;
      const { x, y, se } = half(row, keysOf(row));
      return { x, y: y / predicted, ...(se === undefined ? {} : { se: se / predicted }) };
    });
  const all = rows.flatMap((row) => [row.predicted.t10, row.predicted.t90]).filter((t) => t !== null);
  const ends = extent(all, { log: true, pad: 0.05 });
  const theory = (
    sweep: readonly Comparison[],
    at: readonly number[],
    x: (value: number) => number,
    change: (row: Comparison, value: number) => Comparison,
  ) => at.map((value) => ({ x: x(value), y: change(sweep[0], value).predicted.t50! }));
  const varied = (row: Comparison, change: Partial<Comparison["task"]> & { sigma?: number }): Comparison => {
    const { sigma = row.sigma, ...task } = change;
    return { ...predict({ ...row.task, ...task }, { sigma, initialisation: "all-small" }), measured: [] };
  };
  const [sigmas, alphas, lengths] = sweeps;
  const range = (values: number[]) => extent(values) as [number, number];
  const fixed = (row: Comparison, but: string) =>
    [["α*", row.task.alphaStar], ["w*", row.task.wStar], ["L", row.task.L], ["σ", row.sigma]]
      .filter(([name]) => name !== but).map(([name, value]) => `${name} = ${value}`).join(", ");
  const alphaRange = range(alphas.map(({ task }) => task.alphaStar));
  const lengthRange = range(lengths.map(({ task }) => task.L));
  const sigmaRange = range(sigmas.map(({ sigma }) => sigma));

  return {
    name: "predicted_times",
    title: "The time of the emergence is predicted without a fitted constant",
    caption:
      `Stage two, gradient descent; T_x is the time at which β = w_Q w_K is x % of w*². Dots: means ± one standard error over ` +
      `${
        rows[0].measured.length
      } or more runs with data of their own. (a) T₁₀, T₅₀ and T₉₀ of every task against the gradient flow of the population ` +
      "loss to order 1/N (T₉₀ to leading order: the next order over-corrects near β = w*²; derived here); coloured by the knob that is swept. (b) T₅₀ over its prediction: to leading order the flow is too " +
      "fast by a few per cent at N ≈ 50, a bias of order 1/N (grey dots); to the next order it is within one or two per cent from N ≈ 50 on. " +
      `(c) (1 + α*)² law at ${fixed(alphas[0], "α*")}. (d) Proportional to N = L − 2 at ${
        fixed(lengths[0], "L")
      }. ` +
      `(e) Linear in ln(1/σ) at ${
        fixed(sigmas[0], "σ")
      }. (f) T_I, when the 4-gram loss is at 1 %: it does not feel L, w*, and hardly σ. ` +
      "The law T₅₀ ≈ N(1 + α*)² ln(w*/σ)/w*² and its constants are derived here.",
    columns: 3,
    panels: [
      {
        title: "Measured against predicted",
        legend: knobs.map(({ label }, k) => ({ label, color: runColor(k), mark: "dot" as const })),
        plot: {
          x: { type: "log", label: "predicted T₁₀, T₅₀, T₉₀ (time)", domain: ends },
          y: { type: "log", label: "measured (time)", domain: ends },
          marks: [diagonal(ends), own.map((list, k) => runDots(scatter(list), { color: runColor(k) }))],
        },
      },
      {
        title: "Ratio, and the bias of order 1/N",
        legend: [
          { label: "over the flow to order 1/N", color: runColor(0), mark: "dot" },
          { label: "over leading order", color: theme.colors.reference, mark: "dot" },
        ],
        plot: {
          x: { type: "log", label: "number of keys N = L − 2" },
          y: { label: "measured T₅₀ / predicted", domain: [0.94, 1.12] },
          marks: [
            referenceValue(1),
            runDots(own.flatMap((list) => ratio(list, "leading")), { color: theme.colors.reference }),
            runDots(own.flatMap((list) => ratio(list, "corrected")), { color: runColor(0) }),
          ],
        },
      },
      {
        title: "T₅₀ over 1 + α*",
        legend: [{ label: "theory, slope → 2", color: theme.colors.theory }, {
          label: "runs",
          color: runColor(1),
          mark: "dot",
        }],
        plot: {
          x: { type: "log", label: "1 + α*" },
          y: { type: "log", label: "T₅₀ (time)" },
          marks: [
            theoryLine(
              theory(
                alphas,
                logarithmic(1 + alphaRange[0], 1 + alphaRange[1], 12),
                (x) => x,
                (row, x) => varied(row, { alphaStar: x - 1 }),
              ),
            ),
            runDots(alphas.map((row) => half(row, 1 + row.task.alphaStar)), {
              color: runColor(1),
              log: true,
            }),
          ],
        },
      },
      {
        title: "T₅₀ over N",
        legend: [{ label: "theory, slope → 1", color: theme.colors.theory }, {
          label: "runs",
          color: runColor(2),
          mark: "dot",
        }],
        plot: {
          x: { type: "log", label: "number of keys N = L − 2" },
          y: { type: "log", label: "T₅₀ (time)" },
          marks: [
            theoryLine(
              theory(
                lengths,
                logarithmic(lengthRange[0], lengthRange[1], 10).map(Math.round),
                (L) => L - 2,
                (row, L) => varied(row, { L }),
              ),
            ),
            runDots(lengths.map((row) => half(row, keysOf(row))), { color: runColor(2), log: true }),
          ],
        },
      },
      {
        title: "T₅₀ over ln(1/σ)",
        legend: [{ label: "theory", color: theme.colors.theory }, {
          label: "runs",
          color: runColor(0),
          mark: "dot",
        }],
        plot: {
          x: { label: "ln(1/σ)" },
          y: { label: "T₅₀ (time)", zero: true },
          marks: [
            theoryLine(
              theory(
                sigmas,
                linear(-Math.log(sigmaRange[1]), -Math.log(sigmaRange[0]), 10),
                (x) => x,
                (row, x) => varied(row, { sigma: Math.exp(-x) }),
              ),
            ),
            runDots(sigmas.map((row) => half(row, -Math.log(row.sigma))), { color: runColor(0) }),
          ],
        },
      },
      {
        title: "T_I, end of the first phase",
        legend: [
          { label: "y = x", color: theme.colors.reference, mark: "dash" },
          ...knobs.map(({ label }, k) => ({ label, color: runColor(k), mark: "dot" as const })),
        ],
        plot: {
          x: { type: "log", label: "predicted T_I (time)", domain: [80, 600] },
          y: { type: "log", label: "measured T_I (time)", domain: [80, 600] },
          marks: [
            diagonal([80, 600]),
            own.map((list, k) =>
              runDots(
                list.map((row) => estimate(row.predicted.firstPhase!, reached(row.measured, "firstPhase"))),
                { color: runColor(k) },
              )
            ),
          ],
        },
      },
    ],
    sources: records.map(sourceOf),
  };
}
