/** @module Figure: Stage III, the inverse temperature a(t) for four losses, with its laws; where it settles at finite length. */
import {
  type Figure,
  label,
  points,
  referenceLine,
  runColor,
  runDots,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { mean } from "../../numerics/mod.ts";
import { solve } from "../../ode/mod.ts";
import { PUBLISHED_SCALE } from "../published.ts";
import { chainOf, type TableRecord, type TrainingRecord } from "../records.ts";
import { maskOf } from "../subsets.ts";
import { contextSample, settledTemperature, temperatureDrive, temperatureFlow } from "../theory.ts";
import { labelled, logarithmic, overSeeds, rowsOf, spread } from "./statistics.ts";
import { scaledDrivePanel, temperaturePanel } from "./temperature_panels.ts";

/** Labels of the runs, in the order of their colours. */
const losses = ["log, epsilon 0.1", "log, epsilon 0.01", "log, epsilon 1e-6", "softmax on probabilities"];
const texts = ["−log(y + 0.1)", "−log(y + 0.01)", "−log(y + 10⁻⁶)", "softmax CE on y"];

/** Constant K of a ≈ log(Kt): the mean of e^a / t over the last decade of the runs. */
export function tailOf(record: TrainingRecord): number {
  const samples = overSeeds(record, 0, ({ series }, i) => series.a[0][i]),
    last = samples[samples.length - 1].x;
  return mean(samples.filter(({ x }) => x > last / 10).map(({ x, y }) => Math.exp(y) / x));
}

/**
 * @param records of the experiment `temperature`
 * @param stages of the experiment `threeStages`
 * @param estimators of the experiment `estimators`
 */
export function stageThree(
  records: readonly TrainingRecord[],
  stages: readonly TrainingRecord[],
  estimators: readonly TableRecord[],
): Figure {
  const runs = losses.map((label) => labelled(records, label)),
    { L, d, prior, start: { a0 } } = runs[0].config;
  const alpha = prior.kind === "dirichlet" ? prior.alpha : NaN;
  const a = runs.map((record) =>
    overSeeds(record, 0, ({ series }, i) => series.a[0][i]).filter(({ x }) => x > 0.5)
  );
  const last = a[0][a[0].length - 1].x, grid = logarithmic(1, last, 200);
  const sample = contextSample(chainOf(runs[0].config), maskOf([1, 2]), { kernels: 3000, seed: 1 });
  const flow = solve(temperatureFlow(sample, runs[0].config.loss), [a0], {
    t1: last,
    sampleAt: grid,
    rtol: 1e-6,
    atol: 1e-8,
  });
  // The third regime: no epsilon, no end of the sequence, and rows whose probabilities are rarely tiny.
  const even = contextSample(
    { ...chainOf(runs[0].config), prior: { kind: "dirichlet", alpha: 1 } },
    maskOf([1, 2]),
    {
      kernels: 300,
      seed: 1,
    },
  );
  const sharp = solve(temperatureFlow(even, { kind: "logeps", epsilon: 0 }), [a0], {
    t1: last,
    sampleAt: grid,
    rtol: 1e-6,
    atol: 1e-8,
    method: "rodas5p",
  });
  const half = grid.flatMap((t, i) => t > 3e4 ? [{ t, y: sharp.y[i][0] }] : []);
  const tails = [0, 3].map((k) => ({ k, K: tailOf(runs[k]) }));
  const tail = grid.filter((t) => t > 60);
  const scales = Array.from({ length: 57 }, (_, i) => i / 4);
  const repo = labelled(stages, "repo"), third = repo.config.stages.length - 1;
  const ours = overSeeds(repo, third, ({ series }, i) => series.a[0][i]).filter(({ x }) => x >= 1);
  const best = rowsOf(estimators).filter(({ name }) => name === "settled {1,2}").map((row) => ({
    x: settledTemperature(Number(row.L), d, Number(row.alpha)),
    y: Number(row.a),
    text: `α=${row.alpha}, L=${row.L}`,
  }));
  return {
    name: "stage_three",
    title: "Stage III: the inverse temperature grows like log t, or settles, depending on the loss",
    caption:
      `Only a is trained, from one-hot p and one-hot attention (α = ${alpha}, L = ${L}, N = ${
        runs[0].config.N
      }; mean ± one standard error over ` +
      `${
        runs[0].config.seeds.length
      } data sets). (a) Dashed dark lines: a = log(Kt), K fitted on the last decade, slope fixed (derived); ` +
      "solid dark: the flow for ε = 0.1 on infinite sequences, whose K is larger because all contexts count; below it the flow for ε = 0 at " +
      "α = 1, which bends to ½ log t. Grey: log(L/dα), where a loss close to log loss settles. (b) The three-stage training of the published code’s network (dots) and the authors’ saved " +
      "values. (c) The drive times e^a (derived): constant where a grows like log t, falling to 0 for small ε. (d) The a at which the log loss (ε = 10⁻⁶) of the " +
      "soft induction head is least on fresh sequences, against the derived log(L/dα), dashed.",
    columns: 2,
    panels: [
      temperaturePanel({
        title: "a(t) for four losses",
        xLabel: "time t (step size × steps)",
        settled: settledTemperature(L, d, alpha),
        legend: [
          { label: "log(Kt)", color: theme.colors.theory, mark: "dash" },
          { label: "flows, L = ∞", color: theme.colors.theory },
          ...texts.map((text, k) => ({ label: text, color: runColor(k), mark: "dot" as const })),
        ],
        marks: [
          theoryLine(points(flow.t, flow.y.map((y) => y[0]))),
          theoryLine(points(sharp.t, sharp.y.map((y) => y[0])), { width: 1.2 }),
          referenceLine(half.map(({ t }) => ({ x: t, y: half[half.length - 1].y - Math.log(last / t) / 2 }))),
          label("½ log t", { x: 3e5, y: half[half.length - 1].y - Math.log(last / 3e5) / 2 }, {
            dy: 14,
            color: theme.colors.faint,
          }),
          ...tails.map(({ K }) =>
            theoryLine(points(tail, tail.map((t) => Math.log(K * t))), { dash: true, width: 1.2 })
          ),
          ...a.map((curve, k) => runDots(spread(curve, 30), { color: runColor(k) })),
        ],
      }),
      temperaturePanel({
        title: "After Stages I and II, with the saved runs",
        xLabel: "steps (step size 1)",
        height: 230,
        legend: [
          { label: "this training", color: runColor(3), mark: "dot" },
          { label: "saved by the authors", color: theme.colors.theory, mark: "dot" },
        ],
        marks: [
          runDots(spread(ours, 22), { color: runColor(3) }),
          runDots(PUBLISHED_SCALE.map(({ t, a }) => ({ x: t, y: a })), {
            color: theme.colors.theory,
            radius: 3.4,
          }),
        ],
      }),
      scaledDrivePanel(
        "Drive × e^a on infinite sequences",
        runs.map((record, k) => ({
          label: texts[k],
          color: runColor(k),
          drive: scales.map((a) => ({ x: a, y: temperatureDrive(sample, record.config.loss, a) })),
        })),
      ),
      {
        title: "Where a settles",
        width: 345,
        height: 230,
        plot: {
          x: { label: "log(L / dα)", domain: [3, 9.2] },
          y: { label: "best a", domain: [3, 9.6] },
          marks: [
            referenceLine([{ x: 3, y: 3 }, { x: 9, y: 9 }]),
            runDots(best, { radius: 3.4 }),
            ...best.map((point) =>
              label(
                point.text,
                point,
                point.x > 6.2 || point.text.endsWith("L=100") && point.x > 5
                  ? { anchor: "end", dy: -3 }
                  : { dy: 5 },
              )
            ),
          ],
        },
      },
    ],
    sources: [...runs, repo, ...estimators].map(sourceOf),
  };
}
