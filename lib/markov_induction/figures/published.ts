/** @module Figure: the published code's network trained here, with the numbers of the authors' saved runs laid over it. */
import { type Figure, runColor, runDots, runLine, sourceOf, theme } from "../../figure/mod.ts";
import {
  PUBLISHED_DEGREE_3,
  PUBLISHED_FULL,
  PUBLISHED_JOINT,
  PUBLISHED_SHARES,
  PUBLISHED_WINNER,
} from "../published.ts";
import type { TrainingRecord } from "../records.ts";
import { labelOf, maskOf, subsets } from "../subsets.ts";
import { labelled, overSeeds, setColor } from "./statistics.ts";

/**
 * @param stages of the experiment `threeStages`
 * @param joint of the experiment `joint`
 * @param full of the experiment `fullTransformer`
 * @param selection of the experiment `selection`
 */
export function publishedRuns(
  stages: readonly TrainingRecord[],
  joint: readonly TrainingRecord[],
  full: readonly TrainingRecord[],
  selection: readonly TrainingRecord[],
): Figure {
  const repo = labelled(stages, "repo"), all = labelled(joint, "all, repo"), [big] = full;
  const sets = subsets(repo.config.H, repo.config.D), winner = sets.indexOf(maskOf([1, 2]));
  const share = (record: TrainingRecord, s: number) =>
    overSeeds(record, 0, ({ series }, i) => series.p[s][i], "steps");
  const rim = { color: theme.colors.theory, radius: 3.2 };
  const saved = { label: "saved by the authors", color: theme.colors.theory, mark: "dot" as const };
  const shown = sets.map((mask, s) => ({ s, text: labelOf(mask), color: setColor(mask) })).filter(({ s }) =>
    s > 0
  );
  const cubic = labelled(selection, "published step, degree 3"),
    pair3 = subsets(3, 3).indexOf(maskOf([1, 2]));
  const losses = overSeeds(big, 0, ({ loss }, i) => loss[i], "steps");
  return {
    name: "published_runs",
    title: "The published network, trained here and by its authors",
    caption:
      "Lines: trained here on other draws of the same law (mean over data sets); dark dots: numbers decoded from the authors’ saved runs, seed 2024, " +
      "not computed here. (a) Stage I at the published step 1 (coloured dots: saved, the other sets; dashed: {1,2} with D = 3 instead of 2. In the saved data head 3 does better, as the dots show, so that {1,2,3} is a stronger rival there). (b) Everything at once, step 1. (c, d) The full transformer (content " +
      `attention, value maps, layer norm; all parameters, step 0.001, N = ${big.config.N} here and 9000 there): it learns the task, but its shares ` +
      "do not become one-hot and differ from run to run (one line a run and set). Training loss drops at about the same time.",
    columns: 2,
    panels: [
      {
        title: "Stage I, shares",
        width: 345,
        height: 230,
        legend: [saved, ...shown.map(({ text, color }) => ({ label: text, color, mark: "line" as const }))],
        plot: {
          x: { label: "steps (step size 1)", domain: [0, 20] },
          y: { label: "share p_S", domain: [0, 1] },
          marks: [
            ...shown.map(({ s, color }) => runLine(share(repo, s).filter(({ x }) => x <= 20), { color })),
            ...shown.filter(({ s }) => s !== winner).map(({ s }) =>
              runDots(PUBLISHED_SHARES.map(({ t, p }) => ({ x: t, y: p[s] })), {
                color: setColor(sets[s]),
                radius: 2.6,
              })
            ),
            runDots(PUBLISHED_WINNER.map(({ t, p }) => ({ x: t, y: p })), rim),
            runLine(share(cubic, pair3).filter(({ x }) => x <= 20), {
              color: setColor(sets[winner]),
              dash: true,
            }),
            runDots(
              PUBLISHED_DEGREE_3.pair.filter(({ t }) => t <= 20).map(({ t, p }) => ({ x: t, y: p })),
              rim,
            ),
          ],
        },
      },
      {
        title: "All at once: a",
        width: 345,
        height: 230,
        legend: [{ label: "trained here", color: runColor(1), mark: "line" }, saved],
        plot: {
          x: { type: "log", label: "steps (step size 1)" },
          y: { label: "a" },
          marks: [
            runLine(overSeeds(all, 0, ({ series }, i) => series.a[0][i], "steps").filter(({ x }) => x >= 1), {
              color: runColor(1),
            }),
            runDots(PUBLISHED_JOINT.filter(({ t }) => t <= 5000).map(({ t, a }) => ({ x: t, y: a })), rim),
          ],
        },
      },
      {
        title: "Full transformer: training loss",
        width: 345,
        height: 230,
        legend: [{ label: "trained here", color: runColor(0), mark: "line" }, saved],
        plot: {
          x: { label: "steps (step size 0.001)" },
          y: { label: "loss (softmax CE on y)" },
          marks: [
            runLine(losses.map(({ x, y }) => ({ x, y }))),
            runDots(PUBLISHED_FULL.loss.map(({ t, loss }) => ({ x: t, y: loss })), rim),
          ],
        },
      },
      {
        title: "Full transformer: shares of pairs",
        width: 345,
        height: 230,
        legend: [
          ...["{1,2}", "{1,3}", "{2,3}"].map((set) => ({
            label: set,
            color: setColor(set),
            mark: "line" as const,
          })),
          saved,
        ],
        plot: {
          x: { label: "steps (step size 0.001)" },
          y: { label: "share p_S", domain: [0, 1] },
          marks: [
            ...[[1, 2], [1, 3], [2, 3]].flatMap((pair) =>
              big.metrics.runs.map(({ stages: [samples] }) =>
                runLine(
                  samples.steps.map((x, i) => ({ x, y: samples.series.p[sets.indexOf(maskOf(pair))][i] })),
                  { color: setColor(maskOf(pair)), width: 1.3 },
                )
              )
            ),
            ...Object.entries(PUBLISHED_FULL.p).map(([set, y]) =>
              runDots([{ x: 10_000, y }], { color: setColor(set), radius: 4 })
            ),
          ],
        },
      },
    ],
    sources: [repo, all, big, cubic].map(sourceOf),
  };
}
