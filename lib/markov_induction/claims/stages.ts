/** @module Claims about Stages II and III. */
import { linearFit, mean } from "../../numerics/mod.ts";
import { solve } from "../../ode/mod.ts";
import { PUBLISHED_LOGITS, PUBLISHED_SCALE } from "../published.ts";
import { chainOf, type TrainingRecord } from "../records.ts";
import { maskOf, subsets } from "../subsets.ts";
import {
  contextSample,
  copyingCurvature,
  settledTemperature,
  softDrives,
  temperatureFlow,
} from "../theory.ts";
import { type Draft, overRuns, type Records, type Run, sampleAt, trainingOf } from "./helpers.ts";

const M = 3;

/** e^Δ of head h at every sample: its own logit against the mean of the others. */
function odds({ stages: [{ series }] }: Run, h: number, own: number): number[] {
  return series.w[h * M].map((_, i) => {
    const row = [0, 1, 2].map((j) => series.w[h * M + j][i]);
    return Math.exp(row[own] - (row[0] + row[1] + row[2] - row[own]) / 2);
  });
}

/** Slope of log(e^Δ - e^Δ(0)) against log t on [from, to]. */
function growthExponent(run: Run, own: (h: number) => number, from: number, to: number): number {
  const { times } = run.stages[0],
    at = times.map((t, i) => ({ t, i })).filter(({ t }) => t >= from && t <= to);
  const fits = [0, 1].map((h) => {
    const e = odds(run, h, own(h));
    return linearFit(at.map(({ t }) => Math.log(t)), at.map(({ i }) => Math.log(e[i] - e[0]))).slope;
  });
  return mean(fits);
}

/** Slope of e^Δ against t over its last decade, over 2 a M Γ, mean of the two heads. */
function rateOverLaw(record: TrainingRecord): (run: Run) => number {
  const drives = softDrives(chainOf(record.config), {
    M,
    D: 2,
    loss: record.config.loss,
    kernels: 4000,
    seed: 1,
  });
  const curvature = copyingCurvature(drives, maskOf([1, 2])), { a0 } = record.config.start;
  return (run) => {
    const { times } = run.stages[0], end = times[times.length - 1];
    const at = times.map((t, i) => ({ t, i })).filter(({ t }) => t > end / 10);
    return mean([0, 1].map((h) => {
      const e = odds(run, h, h), gamma = curvature[h].reduce((sum, x) => sum + x, 0) / (M - 1);
      return linearFit(at.map(({ t }) => t), at.map(({ i }) => e[i])).slope / (2 * a0 * M * gamma);
    }));
  };
}

/** Slope of a against log t where t is in the last two decades. */
function logSlope({ stages: [{ times, series }] }: Run): number {
  const end = times[times.length - 1], at = times.map((t, i) => ({ t, i })).filter(({ t }) => t > end / 100);
  return linearFit(at.map(({ t }) => Math.log(t)), at.map(({ i }) => series.a[0][i])).slope;
}

/** The drafts. */
export function stageClaims(records: Records): Draft[] {
  const copying = trainingOf(records, "copying", "paper, alpha 1"),
    repo = trainingOf(records, "copying", "repo, alpha 0.1");
  const stages = trainingOf(records, "threeStages", "repo");
  const temperature = (label: string) => trainingOf(records, "temperature", label);
  return [
    {
      id: "odds-linear",
      statement:
        "Stage II: e^Δ − e^Δ(0) grows like t over three decades (10⁵ to 10⁸), theory’s network, α = 1; exponent",
      source: "derived",
      relation: "equals",
      expected: 1,
      tolerance: 0.02, // steps of 1 % of the time so far leave 0.5 %, the early bend of the flow 1 %
      measure: () => overRuns(copying, (run) => growthExponent(run, (h) => h, 1e5, 1e8)),
    },
    {
      id: "odds-linear-published",
      statement: "… and on the published code’s network at α = 0.1, where the law is not derived",
      source: "derived",
      relation: "equals",
      expected: 1,
      tolerance: 0.05, // dividing by lengths changes the early curvature: the three saved runs give slopes within 8 %
      measure: () => overRuns(repo, (run) => growthExponent(run, () => 0, 1e5, 1e8)),
    },
    {
      id: "odds-rate",
      statement: "Stage II: the slope of e^Δ over 2aMΓ, Γ from infinitely long sequences",
      source: "derived",
      relation: "equals",
      expected: 1,
      tolerance: 0.1, // L = 100: frequencies of 4000 sequences of 97 keys fluctuate, which adds to the curvature
      measure: () => copying && overRuns(copying, rateOverLaw(copying)),
    },
    {
      id: "frozen-head",
      statement:
        "Stage II, p one-hot on {1,2}: how far the logits of head 3 move while e^Δ of the others grows 10⁴-fold",
      source: "derived",
      relation: "equals",
      expected: 0,
      tolerance: 0, // its gradient is exactly 0
      measure: () =>
        overRuns(
          copying,
          ({ stages: [{ series }] }) =>
            Math.max(...[6, 7, 8].map((k) => Math.abs(series.w[k][series.w[k].length - 1] - series.w[k][0]))),
        ),
    },
    {
      id: "published-logits",
      statement:
        "Stage II after T = 5·10⁴ and 5·10⁵: largest distance of a logit from the authors’ saved runs",
      source: "reported",
      relation: "at most",
      expected: 0,
      tolerance: 0.25, // read from colours to ±0.1; another data set moves Δ by another 0.1
      measure: () =>
        overRuns(stages, (run) =>
          Math.max(...[1, 2].flatMap((k) => {
            const { series } = run.stages[k], { heads } = PUBLISHED_LOGITS[k - 1];
            return heads.flatMap((row, h) =>
              row.map((w, j) => Math.abs(series.w[h * M + j][series.w[0].length - 1] - w))
            );
          }))),
    },
    ...[["log, epsilon 0.1", "−log(y + 0.1)"], ["softmax on probabilities", "the published code’s loss"]].map(
      ([label, name], k): Draft => ({
        id: `log-law-${k === 0 ? "epsilon" : "cesoft"}`,
        statement:
          `Stage III under ${name}: a grows like log t; slope of a against log t over the last two decades`,
        source: "derived",
        relation: "equals",
        expected: 1,
        tolerance: 0.02, // corrections of order e^-a and t^-1: 1 % at t = 10⁵
        measure: () => overRuns(temperature(label), logSlope),
      }),
    ),
    {
      id: "half-log-law",
      statement:
        "Stage III, log loss on infinite sequences (ε = 0, a lazy copy: no tiny probabilities): slope of a against log t at t = 10⁶ to 10⁸",
      source: "derived",
      relation: "equals",
      expected: 0.5,
      tolerance: 0.01, // corrections of order e^-a, a = 8 there
      measure: () => {
        const sample = contextSample(
          { d: 3, parents: [1], prior: { kind: "additive", lambdas: [0.5] } },
          maskOf([1]),
          { kernels: 1, seed: 0 },
        );
        const { y } = solve(temperatureFlow(sample, { kind: "logeps", epsilon: 0 }), [0.01], {
          t1: 1e8,
          sampleAt: [1e6, 1e8],
          rtol: 1e-9,
          method: "rodas5p",
        });
        return { value: (y[1][0] - y[0][0]) / Math.log(100) };
      },
    },
    {
      id: "settles",
      statement:
        "Stage III close to the log loss (ε = 10⁻⁶), α = 0.1, L = 100: where a settles, beside log(L/dα)",
      source: "derived",
      relation: "equals",
      expected: settledTemperature(100, 3, 0.1),
      tolerance: 0.4, // an estimate of leading order; exact optima lie up to 0.2 lower, data sets differ by 0.1
      measure: () => overRuns(temperature("log, epsilon 1e-6"), ({ final }) => final.a[0]),
    },
    {
      id: "published-scale",
      statement: "Stage III: largest distance of a from the authors’ saved run, 63 steps and more",
      source: "reported",
      relation: "at most",
      expected: 0,
      tolerance: 0.2, // Stage II stops earlier here (T = 5·10⁵ against 5·10⁸); seeds differ by 0.04
      measure: () =>
        overRuns(
          stages,
          (run) =>
            Math.max(
              ...PUBLISHED_SCALE.filter(({ t }) => run.stages[3].steps.includes(t)).map(({ t, a }) =>
                Math.abs(run.stages[3].series.a[0][sampleAt(run, 3, t)] - a)
              ),
            ),
        ),
    },
    {
      id: "control-early-law",
      statement:
        "The early speed-up a = −log(e^−a₀ − J t) lasts until a = 1 at α = 0.1: time to get there over its prediction",
      source: "derived",
      relation: "equals",
      expected: 1,
      tolerance: 0.2,
      control: true, // it needs e^a μ(Z) ≪ 1, and nearly deterministic chains visit few contexts, often
      measure: () =>
        overRuns(temperature("log, epsilon 0.1"), ({ stages: [{ times, series, drives }] }) => {
          const a = series.a[0], i = a.findIndex((x) => x >= 1);
          const reached = times[i - 1] + (times[i] - times[i - 1]) * (1 - a[i - 1]) / (a[i] - a[i - 1]);
          return reached / ((Math.exp(-a[0]) - Math.exp(-1)) / drives[subsets(3, 2).indexOf(maskOf([1, 2]))]);
        }),
    },
    {
      id: "control-settles",
      statement: "With ε = 0.1 a settles, too: slope of a against log t is 0",
      source: "derived",
      relation: "equals",
      expected: 0,
      tolerance: 0.1,
      control: true,
      measure: () => overRuns(temperature("log, epsilon 0.1"), logSlope),
    },
  ];
}
