/** @module Claims on the four phases: levels, asymptotes, shapes, what is conserved; and a task without a target. */
import type { Claim } from "../../claims/types.ts";
import { linearFit, mean, standardError } from "../../numerics/mod.ts";
import { solve } from "../../ode/mod.ts";
import type { TrainingRecord } from "../records.ts";
import { constantsOf, fourGramLoss, plateauFraction, stageTwoFlow } from "../theory/mod.ts";
import { claim, on, summary, theory } from "./claim.ts";
import { finiteDecayRate } from "./finite_rate.ts";

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

/** Claims on the course of layer-wise training. */
export function dynamicsClaims(
  phases: readonly TrainingRecord[] | undefined,
  times: readonly TrainingRecord[] | undefined,
): Claim[] {
  return [
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
