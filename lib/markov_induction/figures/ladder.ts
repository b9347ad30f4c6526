/** @module Figure: the loss through three stages against baselines, beside training everything at once. */
import {
  type Figure,
  label,
  referenceValue,
  runColor,
  runDots,
  runLine,
  sourceOf,
  theme,
  verticalTimes,
} from "../../figure/mod.ts";
import { mean } from "../../numerics/mod.ts";
import { PUBLISHED_JOINT } from "../published.ts";
import type { TableRecord, TrainingRecord } from "../records.ts";
import { labelled, overSeeds, rowsOf, spread } from "./statistics.ts";

/** Losses over all steps of a training, stage after stage, against steps + 1. */
function history(record: TrainingRecord): { curve: { x: number; y: number }[]; ends: number[] } {
  let offset = 1;
  const ends: number[] = [];
  const curve = record.config.stages.flatMap(({ steps }, k) => {
    const part = overSeeds(record, k, ({ loss }, i) => loss[i], "steps").map(({ x, y }) => ({
      x: x + offset,
      y,
    }));
    offset += steps;
    ends.push(offset);
    return part;
  });
  return { curve, ends };
}

/**
 * @param stages of the experiment `threeStages`
 * @param joint of the experiment `joint`
 * @param ablations of the experiment `ablations`
 * @param estimators of the experiment `estimators`
 */
export function lossLadder(
  stages: readonly TrainingRecord[],
  joint: readonly TrainingRecord[],
  ablations: readonly TableRecord[],
  estimators: readonly TableRecord[],
): Figure {
  const paper = labelled(stages, "paper"), repo = labelled(stages, "repo");
  const [all, merged] = [labelled(joint, "all, repo"), labelled(joint, "c and w, then a, repo")];
  const allPaper = labelled(joint, "all, paper");
  const level = (name: string) =>
    mean(rowsOf(ablations).filter((row) => row.name === name).map((row) => Number(row.loss)));
  const cesoft = (name: string) =>
    Number(rowsOf(estimators).find((row) => row.alpha === 0.1 && row.L === 100 && row.name === name)!.cesoft);
  const three = history(paper), published = history(repo);
  const lines = (records: [TrainingRecord, number][]) =>
    records.map(([record, k]) => runLine(history(record).curve, { color: runColor(k) }));
  return {
    name: "loss_ladder",
    title: "Down the ladder: unigram, one parent, both; in three stages, or all at once",
    caption:
      "Training loss (mean over data sets, α = 0.1, L = 100) against steps + 1, all stages one after the other; dashed verticals end a stage. Grey: " +
      "what networks with these sets reach (one-hot attention, best a; training data in (a), expected loss on fresh sequences in (b)); the three " +
      "lowest in (b) are the oracle, the hard induction head, and Bayes with known parents. Dark dots: the authors’ saved joint run. In the published code’s loss the hard induction " +
      "head beats Bayes: softmax cross-entropy on probabilities is improper. Step sizes differ by stage and parameter group " +
      "(records), so only the ends compare across curves.",
    columns: 2,
    panels: [
      {
        title: "Theory’s network, −log(y + 0.1)",
        width: 345,
        height: 280,
        legend: [
          { label: "three stages", color: runColor(0) },
          { label: "all at once", color: runColor(1) },
        ],
        plot: {
          x: { type: "log", label: "steps + 1" },
          y: { label: "training loss", domain: [0, 0.54] },
          marks: [
            referenceValue(level("{1}"), "{1}"),
            referenceValue(level("{2,3}"), "{2,3}"),
            referenceValue(level("{1,2}: the induction head")),
            label("{1,2}: induction head", { x: 1, y: level("{1,2}: the induction head") }, {
              dy: -8,
              color: theme.colors.faint,
            }),
            verticalTimes(three.ends.slice(0, 2).map((at, k) => ({ at, label: ["I ends", "II ends"][k] }))),
            ...lines([[allPaper, 1], [paper, 0]]),
          ],
        },
      },
      {
        title: "Published network, softmax CE on y",
        width: 345,
        height: 280,
        legend: [
          { label: "three stages", color: runColor(0) },
          { label: "all at once", color: runColor(1) },
          { label: "c, w then a", color: runColor(2) },
          { label: "saved", color: theme.colors.theory, mark: "dot" },
        ],
        plot: {
          x: { type: "log", label: "steps + 1" },
          y: { label: "training loss", domain: [0.62, 0.92] },
          marks: [
            referenceValue(cesoft("unigram"), "unigram"),
            referenceValue(cesoft("soft {2}"), "{2}"),
            referenceValue(cesoft("soft {2,3}"), "{2,3}"),
            ...["Bayes", "induction head", "oracle"].map((name) => referenceValue(cesoft(name))),
            label("oracle < hard head < Bayes", { x: 1, y: cesoft("oracle") }, {
              dy: 10,
              color: theme.colors.faint,
            }),
            verticalTimes(published.ends.slice(0, 3).map((at, k) => ({ at, label: ["I", "II", "II′"][k] }))),
            ...lines([[merged, 2], [repo, 0], [all, 1]]),
            runDots(
              spread(
                PUBLISHED_JOINT.filter(({ loss, t }) => loss !== undefined && t <= 5000).map((
                  { t, loss },
                ) => ({ x: t + 1, y: loss! })),
                9,
              ),
              { color: theme.colors.theory, radius: 3.4 },
            ),
          ],
        },
      },
    ],
    sources: [paper, repo, ...joint, ...ablations, ...estimators].map(sourceOf),
  };
}
