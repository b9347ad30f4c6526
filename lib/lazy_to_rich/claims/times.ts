/** @module Claims on times: predicted against trained, how they scale with every knob, and the bias of order 1/N. */
import type { Claim } from "../../claims/types.ts";
import { findRoot, linearFit, logLogFit, mean } from "../../numerics/mod.ts";
import { comparisons, reached, sweepOf } from "../predictions.ts";
import type { FlowGridRecord, TrainingRecord } from "../records.ts";
import { constantsOf, emergenceWidth, trajectory } from "../theory/mod.ts";
import { claim, on, summary, theory } from "./claim.ts";

/** T_50 of every run of a sweep, with the value of its knob. */
function halves(records: readonly TrainingRecord[], knob: Parameters<typeof sweepOf>[1], least = 0) {
  return sweepOf(comparisons(records), knob).filter(({ task }) => task.L >= least).flatMap((row) =>
    reached(row.measured, "t50").map((t50) => ({ row, t50, ...constantsOf(row.task) }))
  );
}

/** Claims on the times of the phases. */
export function timeClaims(
  times: readonly TrainingRecord[] | undefined,
  grid: readonly FlowGridRecord[] | undefined,
): Claim[] {
  return [
    claim({
      id: "flow-times",
      statement:
        "The quadrature for T_50 equals the gradient flow's over the grid with σ ≤ 0.01 (largest relative difference)",
      relation: "at most",
      expected: 0,
      tolerance: 0.0025, // v is eliminated: it lags by N while β moves at rate 2κ²w*²/N, up to 0.44/N in the grid
      measure: on(
        grid,
        ([{ metrics }]) =>
          Math.max(
            ...metrics.rows.filter(({ sigma }) => sigma <= 0.01).map(({ t50, predicted }) =>
              Math.abs(t50 / predicted - 1)
            ),
          ),
      ),
    }),
    claim({
      id: "first-phase",
      statement: "T_I, when L_G4 is at 1 % of c²/2: measured over predicted, all tasks",
      relation: "equals",
      expected: 1,
      tolerance: 0.02, // steps of size 1 against a growth rate c ≤ 3/4 shift T_I by a unit or two of about 200
      measure: on(
        times,
        (records) =>
          summary(
            comparisons(records).map(({ predicted, measured }) =>
              mean(reached(measured, "firstPhase")) / predicted.firstPhase!
            ),
          ),
      ),
    }),
    claim({
      id: "plateau-end",
      statement:
        "The plateau lasts Θ((1 + α*)² L ln(1/σ)/w*²): slope in ln(1/σ) of the time at which 1 % of L_IH is gone, over N(1 + α*)²/w*² (flow from values on)",
      relation: "equals",
      expected: 1,
      tolerance: 0.01, // the flow is exponential on the plateau, and its rate is exactly κ²w*²/N
      measure: theory(() => {
        const task = { alphaStar: 1, wStar: 0.5, L: 100 }, { bStar, kappa, N } = constantsOf(task);
        const ends = [1e-2, 1e-3, 1e-4].map((sigma) => {
          const run = trajectory(task, { sigma, initialisation: "values-on" });
          const left = (t: number) => run.lossesAt(t).induction / run.lossesAt(0).induction - 0.99;
          return { x: -Math.log(sigma), y: findRoot(left, 0, run.times.t50) };
        });
        const fit = linearFit(ends.map(({ x }) => x), ends.map(({ y }) => y)),
          unit = N / (kappa * kappa * bStar);
        return { value: fit.slope / unit, standardError: fit.slopeStandardError / unit };
      }),
    }),
    claim({
      id: "emergence-time",
      statement:
        "T_50 from the flow to order 1/N, no fitted constant: measured over predicted, mean over tasks with L ≥ 50",
      relation: "equals",
      expected: 1,
      tolerance: 0.02, // order 1/N² and the edge of the expansion at w* = 0.6
      measure: on(
        times,
        (records) =>
          summary(
            comparisons(records).filter(({ task }) => task.L >= 50).map(({ predicted, measured }) =>
              mean(reached(measured, "t50")) / predicted.t50!
            ),
          ),
      ),
    }),
    claim({
      id: "emergence-limit",
      statement:
        "The leading-order T_50 is the limit N → ∞: measured over predicted, extrapolated linearly in 1/N from L = 30 up",
      relation: "equals",
      expected: 1,
      tolerance: 0.02, // the next term, of order 1/N², is 1 % at N = 28
      measure: on(times, (records) => {
        const rows = halves(records, "L");
        const fit = linearFit(rows.map(({ N }) => 1 / N), rows.map(({ row, t50 }) => t50 / row.leading));
        return { value: fit.intercept, standardError: fit.interceptStandardError };
      }),
    }),
    claim({
      id: "emergence-bias",
      control: true,
      statement: "There is no bias of order 1/N: slope of that line",
      relation: "equals",
      expected: 0,
      tolerance: 1, // three standard errors of the slope
      measure: on(times, (records) => {
        const rows = halves(records, "L");
        const fit = linearFit(rows.map(({ N }) => 1 / N), rows.map(({ row, t50 }) => t50 / row.leading));
        return { value: fit.slope, standardError: fit.slopeStandardError };
      }),
    }),
    claim({
      id: "alpha-exponent",
      statement: "T_50 − N ∝ (1 + α*)²: log-log slope of the trained runs (N is the delay while v relaxes)",
      relation: "equals",
      expected: 2,
      tolerance: 0.05, // the delay is N only for σ → 0, a few per cent of the smallest T_50 at σ = 0.03
      measure: on(times, (records) => {
        const rows = halves(records, "alphaStar");
        const fit = logLogFit(rows.map(({ kappa }) => 1 / kappa), rows.map(({ t50, N }) => t50 - N));
        return { value: fit.slope, standardError: fit.slopeStandardError };
      }),
    }),
    claim({
      id: "length-exponent",
      statement: "T_50 ∝ N = L − 2: log-log slope of the trained runs, L ≥ 50",
      relation: "equals",
      expected: 1,
      tolerance: 0.04, // the 1/N bias changes by 4 % between N = 48 and N = 198, over ln 4
      measure: on(times, (records) => {
        const rows = halves(records, "L", 50);
        const fit = logLogFit(rows.map(({ N }) => N), rows.map(({ t50 }) => t50));
        return { value: fit.slope, standardError: fit.slopeStandardError };
      }),
    }),
    claim({
      id: "sigma-slope",
      statement: "T_50 is linear in ln(1/σ) with slope N(1 + α*)²/w*²: fitted slope over that",
      relation: "equals",
      expected: 1,
      tolerance: 0.08, // order 1/N: about 4 % at N = 48, and the delay at σ = 0.1
      measure: on(times, (records) => {
        const rows = halves(records, "sigma");
        const [{ N, kappa, bStar }] = rows, unit = N / (kappa * kappa * bStar);
        const fit = linearFit(rows.map(({ row }) => -Math.log(row.sigma)), rows.map(({ t50 }) => t50));
        return { value: fit.slope / unit, standardError: fit.slopeStandardError / unit };
      }),
    }),
    claim({
      id: "sigma-linear",
      statement: "… and nothing but linear: R² of that fit",
      relation: "at least",
      expected: 1,
      tolerance: 0.01, // scatter of the runs, 2 % of T_50 at most
      measure: on(times, (records) => {
        const rows = halves(records, "sigma");
        return linearFit(rows.map(({ row }) => -Math.log(row.sigma)), rows.map(({ t50 }) => t50)).r2;
      }),
    }),
    claim({
      id: "width",
      statement:
        "The width T_90 − T_10 is the same integral for every σ: measured over predicted, extrapolated linearly in 1/N",
      relation: "equals",
      expected: 1,
      tolerance: 0.04, // terms of order 1/N², and 1.5 % of T_10 at σ = 0.1
      measure: on(times, (records) => {
        const rows = sweepOf(comparisons(records), "L").flatMap(({ task, measured }) =>
          measured.flatMap(({ t10, t90 }) =>
            t10 === null || t90 === null
              ? []
              : [{ x: 1 / constantsOf(task).N, y: (t90 - t10) / emergenceWidth(task) }]
          )
        );
        const fit = linearFit(rows.map(({ x }) => x), rows.map(({ y }) => y));
        return { value: fit.intercept, standardError: fit.interceptStandardError };
      }),
    }),
  ];
}
