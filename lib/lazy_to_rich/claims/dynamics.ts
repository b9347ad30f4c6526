/** @module Claims on the four phases: levels, times, scalings, shapes; each on trained runs against the derived theory. */
import type { Claim } from "../../claims/types.ts";
import { findRoot, linearFit, logLogFit, mean, standardError } from "../../numerics/mod.ts";
import { solve } from "../../ode/mod.ts";
import { comparisons, reached, sweepOf } from "../predictions.ts";
import type { FlowGridRecord, TrainingRecord } from "../records.ts";
import {
  constantsOf,
  emergenceWidth,
  fourGramLoss,
  plateauFraction,
  stageTwoFlow,
  trajectory,
} from "../theory/mod.ts";
import { claim, on, theory } from "./claim.ts";
import { finiteDecayRate } from "./finite_rate.ts";

/** Mean and standard error of repeated measurements. */
function summary(values: readonly number[]) {
  return { value: mean(values), standardError: values.length > 1 ? standardError(values) : 0 };
}

/** Rows of the runs of a record with the constants of their task and the sampled times. */
function runsOf({ config, metrics }: TrainingRecord) {
  const times = metrics.steps.map((step) => step * config.eta);
  return config.runs.map((run, row) => ({
    run,
    times,
    phases: metrics.times[row],
    constants: constantsOf({ ...run, L: config.L }),
    series: (name: string) => metrics.series[name][row],
  }));
}

/** T_50 of every run of a sweep, with the value of its knob. */
function halves(records: readonly TrainingRecord[], knob: Parameters<typeof sweepOf>[1], least = 0) {
  return sweepOf(comparisons(records), knob).filter(({ task }) => task.L >= least).flatMap((row) =>
    reached(row.measured, "t50").map((t50) => ({ row, t50, ...constantsOf(row.task) }))
  );
}

/** Claims on layer-wise training. */
export function dynamicsClaims(
  phases: readonly TrainingRecord[] | undefined,
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
      id: "four-gram-asymptote",
      statement:
        "4t · L_G4 → 1, whatever α*: population loss of the trained weights at the end of the main run",
      relation: "equals",
      expected: 1,
      tolerance: 0.02, // the flow itself is at 1.002 there; gradient noise of batches moves p₂
      measure: on(phases, ([record]) =>
        summary(
          runsOf(record).map(({ times, series, constants }) => {
            const last = times.length - 1, { c, N } = constants;
            return 4 * times[last] * fourGramLoss({ p2: series("p2")[last], a: series("a")[last] }, c, N);
          }),
        )),
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
      id: "plateau",
      statement:
        "On the plateau L_IH is the fraction 1 − √(1 − 2w*⁴) of its start (measured over that, while β < w*²/50)",
      relation: "equals",
      expected: 1,
      tolerance: 0.05, // order 1/N: −4 % at L = 50, w* = 0.5
      measure: on(phases, ([record]) =>
        summary(
          runsOf(record).map(({ times, series, constants }) => {
            const { bStar, N } = constants, wQ = series("wQ"), wK = series("wK");
            const inside = times.flatMap((t, i) =>
              t > 6 * N && wQ[i] * wK[i] < bStar / 50 ? [series("induction")[i]] : []
            );
            return mean(inside) / series("induction")[0] / plateauFraction(constants);
          }),
        )),
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
    claim({
      id: "final-decay",
      statement:
        "At the end L_IH falls exponentially with rate 2λ, λ from the flow linearised at the run's own N: fitted rate over 2λ, main run after T_90",
      relation: "equals",
      expected: 1,
      tolerance: 0.03, // three standard errors of λ, whose Hessian is an average over 60 000 sequences
      measure: on(phases, ([record]) => {
        const rate = finiteDecayRate({ ...record.config.runs[0], L: record.config.L });
        return summary(
          runsOf(record).map(({ times, series, phases }) => {
            const loss = series("induction"), floor = 1e-10; // float32 errors of the two outputs, squared, are 1e-13
            const rows = times.flatMap((t, i) =>
              t > phases.t90! * 1.05 && loss[i] > floor ? [{ t, y: Math.log(loss[i]) }] : []
            );
            const fit = linearFit(rows.map(({ t }) => t), rows.map(({ y }) => y));
            return -fit.slope / (2 * rate);
          }),
        );
      }),
    }),
    claim({
      id: "collapse",
      statement:
        "In time rescaled by 2κ²w*²/N every run is one curve: spread (largest standard deviation over runs with L ≥ 50 of β/w*² at equal rescaled time)",
      relation: "at most",
      expected: 0,
      tolerance: 0.04, // between w* = 0.4 and 0.6 the shape itself changes by 0.06
      measure: on(times, (records) => {
        const curves = records.filter(({ config }) => config.L >= 50).flatMap(runsOf).flatMap(
          ({ times, series, phases, constants, run }) => {
            const { kappa, bStar, N } = constants, unit = 2 * kappa * kappa * run.wStar ** 2 / N;
            return phases.t50 === null
              ? []
              : [{ x: times.map((t) => (t - phases.t50!) * unit), y: series("beta").map((b) => b / bStar) }];
          },
        );
        return Math.max(...[-2, -1, 1, 1.5, 2].map((tau) => {
          const values = curves.flatMap(({ x, y }) => {
            const i = x.findIndex((at) => at >= tau);
            return i < 1 ? [] : [y[i - 1] + (y[i] - y[i - 1]) * (tau - x[i - 1]) / (x[i] - x[i - 1])];
          });
          return standardError(values) * Math.sqrt(values.length);
        }));
      }),
    }),
    claim({
      id: "conserved",
      statement:
        "Gradient flow conserves w_Q² − w_K² (from unequal starts; largest drift over the initial value)",
      relation: "at most",
      expected: 0,
      tolerance: 1e-5, // tolerance 1e-10 of the integrator, over a change of w² by a factor 10³
      measure: theory(() => {
        const flow = stageTwoFlow({ alphaStar: 1, wStar: 0.5, L: 100 });
        const start = [0.01, 0.01, 0.01, 0.03, 0.01], gap = 0.03 ** 2 - 0.01 ** 2;
        const solution = solve(flow.f, start, { t1: 8000, method: "dop853", rtol: 1e-10, atol: 1e-14 });
        return Math.max(...solution.y.map((y) => Math.abs((y[3] ** 2 - y[4] ** 2) / gap - 1)));
      }),
    }),
    claim({
      id: "no-target",
      control: true,
      statement:
        "With w* = 0 the induction head emerges all the same (β of the flow at t = 10⁵, in units of 0.1 · 0.5²)",
      relation: "at least",
      expected: 1,
      tolerance: 0,
      measure: theory(() => {
        const flow = stageTwoFlow({ alphaStar: 1, wStar: 0, L: 100 });
        const solution = solve(flow.f, [0.01, 0.01, 0.01, 0.01, 0.01], {
          t1: 1e5,
          method: "dop853",
          rtol: 1e-9,
          atol: 1e-14,
        });
        return flow.beta(solution.y[solution.y.length - 1]) / (0.1 * 0.25);
      }),
    }),
  ];
}
