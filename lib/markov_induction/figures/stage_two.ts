/** @module Figure: Stage II, heads of the selected set turn into copiers; e^Δ grows linearly in time, so attention is one-hot like 1/t. */
import {
  type Figure,
  heatmap,
  label,
  points,
  rampLegend,
  runColor,
  runDots,
  sourceOf,
  theme,
  theoryLine,
} from "../../figure/mod.ts";
import { mean, softmax } from "../../numerics/mod.ts";
import { solve } from "../../ode/mod.ts";
import { PUBLISHED_LOGITS } from "../published.ts";
import { chainOf, type StageSamples, type TrainingRecord } from "../records.ts";
import { maskOf } from "../subsets.ts";
import { copyingCurvature, copyingFlow, copyingOdds, initialRows, softDrives } from "../theory.ts";
import { oddsOf, oddsPanel } from "./odds_panel.ts";
import { labelled, logarithmic, overSeeds, spread } from "./statistics.ts";

/**
 * @param records of the experiment `copying`
 * @param stages of the experiment `threeStages`
 */
export function stageTwo(records: readonly TrainingRecord[], stages: readonly TrainingRecord[]): Figure {
  const population = labelled(records, "paper, alpha 1"), published = labelled(records, "repo, alpha 0.1");
  const { M, H, start: { plus, minus, a0 } } = population.config,
    gap = plus - minus,
    selected = maskOf([1, 2]);
  const drives = softDrives(chainOf(population.config), {
    M,
    D: 2,
    loss: population.config.loss,
    kernels: 4000,
    seed: 1,
  });
  const curvature = copyingCurvature(drives, selected);
  const gamma = (h: number) => curvature[h].reduce((sum, x) => sum + x, 0) / (M - 1);
  const row = ({ series }: StageSamples, h: number, i: number) =>
    Array.from({ length: M }, (_, j) => series.w[h * M + j][i]);
  const odds = (record: TrainingRecord, h: number, own: number) =>
    overSeeds(record, 0, (samples, i) => oddsOf(row(samples, h, i), own));
  const last = population.metrics.runs[0].stages[0].times.at(-1)!,
    first = 1e4,
    grid = logarithmic(first, last, 160);
  const flow = copyingFlow(drives, selected, a0);
  const solution = solve(flow.f, initialRows(selected, M, plus, minus), {
    t1: last,
    sampleAt: grid,
    rtol: 1e-8,
    atol: 1e-10,
  });
  const flowOdds = (h: number) => solution.y.map((y) => oddsOf(y.subarray(h * M, (h + 1) * M), h));
  const law = (h: number) => grid.map((t) => copyingOdds({ gap, a: a0, M, gamma: gamma(h) }, t));
  const after = ({ x }: { x: number }) => x >= first;
  const remainder = (record: TrainingRecord, h: number, own: number) =>
    overSeeds(record, 0, (samples, i) => 1 - softmax(row(samples, h, i))[own]);
  const { T: longest, heads: saved } = PUBLISHED_LOGITS[PUBLISHED_LOGITS.length - 1];
  const slope = mean(saved.map((logits) => (oddsOf(logits, 0) - Math.exp(gap)) / longest));
  const growth = points(grid, grid.map((t) => Math.exp(gap) + slope * t));

  const three = labelled(stages, "paper"), stage = three.metrics.runs[0].stages[1];
  const ramp = rampLegend({ label: "attention weight σ", domain: [0, 1], steps: 10, scheme: "blues" });
  const attention = (i: number) =>
    Array.from({ length: H }, (_, h) => h).flatMap((h) =>
      Array.from(softmax(row(stage, h, i)), (value, j) => ({ x: `−${j + 1}`, y: `head ${h + 1}`, value }))
    );
  const map = (i: number, title: string) => ({
    title,
    width: 345,
    height: 130,
    ...heatmap(attention(i), {
      ramp,
      xLabel: "offset",
      yLabel: "",
      first: "top",
      values: (value: number) => value.toFixed(3),
    }),
  });
  const before = map(0, "Layer-1 attention before Stage II"),
    done = map(stage.steps.length - 1, "… and after; head 3 hardly moves");
  const heads = [0, 1];
  return {
    name: "stage_two",
    title: "Stage II: the selected heads become copiers, e^Δ grows linearly in time",
    caption:
      `Only w is trained. (a, b) Positional attention of one run of the three-stage training (theory's network, α = 0.1). (c) e^Δ with ` +
      `Δ = w_h − mean of the head's other logits, p = 1 on {1,2}, α = 1, a = ${a0}, L = 100, N = ${population.config.N}; dots: mean ± one ` +
      "standard error over data sets; dark: flow of the infinite-length drives, dashed: e^Δ⁽⁰⁾ + 2aMΓt with the curvature Γ of those " +
      "drives (derived here; finite sequences have slightly larger drives). (d) The published code's network at α = 0.1; dark: three " +
      "saved runs of the authors (decoded from colours, ±0.1 in w, bars ±20 %); " +
      `grey: e^Δ⁽⁰⁾ + ${(slope * 1e4).toPrecision(2)}·10⁻⁴ t, the slope of the longest of them.`,
    columns: 2,
    panels: [
      { ...before, plot: { ...before.plot, y: { ...before.plot.y, label: "head" } } },
      { ...done, plot: { ...done.plot, y: { ...done.plot.y, label: "head" } } },
      oddsPanel(
        "Theory's network, α = 1",
        heads.map((h) => ({
          head: h + 1,
          flow: flowOdds(h),
          law: h === 0 ? law(h) : undefined,
          measured: odds(population, h, h).filter(after),
        })),
        { flow: solution.t, law: grid },
      ),
      {
        title: "Published code’s network and its saved runs",
        width: 345,
        height: 240,
        legend: [
          ...heads.map((h) => ({ label: `head ${h + 1}`, color: runColor(h), mark: "dot" as const })),
          { label: "saved runs", color: theme.colors.theory, mark: "dot" },
          { label: "1 − σ, head 1", color: runColor(2), mark: "dot" },
        ],
        plot: {
          x: { type: "log", label: "time t (step size × steps)" },
          y: { type: "log", label: "e^Δ,  1 − σ" },
          marks: [
            theoryLine(growth, { color: theme.colors.reference, dash: true }),
            ...heads.map((h) =>
              runDots(spread(odds(published, h, 0).filter(after), 16), { color: runColor(h), log: true })
            ),
            runDots(spread(remainder(published, 0, 0).filter(after), 16), { color: runColor(2), log: true }),
            runDots(
              PUBLISHED_LOGITS.flatMap(({ T, heads }) =>
                heads.map((row) => ({ x: T, y: oddsOf(row, 0), se: 0.2 * oddsOf(row, 0) }))
              ),
              { color: theme.colors.theory, radius: 3.6, log: true },
            ),
            label("slope −1", { x: 3e6, y: 1 / (slope * 3e6) }, { dx: 14, dy: -14 }),
          ],
        },
      },
    ],
    sources: [population, published, three].map(sourceOf),
  };
}
