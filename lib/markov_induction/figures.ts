/** @module The figures of this paper: pure functions of records and theory, one a file in `figures/`. */
import type { Figure } from "../figure/types.ts";
import { type AttentionView, attentionViewer } from "./figures/attention_viewer.ts";
import { generalisation } from "./figures/generalisation.ts";
import { informationBars } from "./figures/information.ts";
import { lossLadder } from "./figures/ladder.ts";
import { threeStageRun } from "./figures/own_run.ts";
import { publishedRuns } from "./figures/published.ts";
import { selectionMap } from "./figures/selection_map.ts";
import { stageOne } from "./figures/stage_one.ts";
import { stageThree } from "./figures/stage_three.ts";
import { stageTwo } from "./figures/stage_two.ts";
import type { TableRecord, TrainingRecord } from "./records.ts";

export type { AttentionView };

/** All figures by name. */
export const figures: {
  /** Penalised information of every set, for four chains; of `information`. */
  readonly informationBars: (records: readonly TableRecord[]) => Figure;
  /** The replicator equation; of `selection`. */
  readonly stageOne: (records: readonly TrainingRecord[]) => Figure;
  /** Who wins over the prior and the initial gap; of `selectionMap` and `information`. */
  readonly selectionMap: (records: readonly TableRecord[], information: readonly TableRecord[]) => Figure;
  /** Heads become copiers; of `copying` and `threeStages`. */
  readonly stageTwo: (records: readonly TrainingRecord[], stages: readonly TrainingRecord[]) => Figure;
  /** The inverse temperature; of `temperature`, `threeStages` and `estimators`. */
  readonly stageThree: (
    records: readonly TrainingRecord[],
    stages: readonly TrainingRecord[],
    estimators: readonly TableRecord[],
  ) => Figure;
  /** The loss against baselines; of `threeStages`, `joint`, `ablations` and `estimators`. */
  readonly lossLadder: (
    stages: readonly TrainingRecord[],
    joint: readonly TrainingRecord[],
    ablations: readonly TableRecord[],
    estimators: readonly TableRecord[],
  ) => Figure;
  /** Three stages of any one training; of `ownRun`. */
  readonly threeStageRun: (records: readonly TrainingRecord[]) => Figure;
  /** One context through a network. */
  readonly attentionViewer: (view: AttentionView) => Figure;
  /** Other lengths and priors, and parts taken away; of `generalisation` and `ablations`. */
  readonly generalisation: (records: readonly TableRecord[], ablations: readonly TableRecord[]) => Figure;
  /** Beside the authors' saved runs; of `threeStages`, `joint`, `fullTransformer` and `selection`. */
  readonly publishedRuns: (
    stages: readonly TrainingRecord[],
    joint: readonly TrainingRecord[],
    full: readonly TrainingRecord[],
    selection: readonly TrainingRecord[],
  ) => Figure;
} = {
  threeStageRun,
  informationBars,
  stageOne,
  selectionMap,
  stageTwo,
  stageThree,
  lossLadder,
  attentionViewer,
  generalisation,
  publishedRuns,
};
