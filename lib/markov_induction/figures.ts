/** @module The figures of this paper: pure functions of records and theory, one a file in `figures/`. */
import { attentionViewer } from "./figures/attention_viewer.ts";
import { generalisation } from "./figures/generalisation.ts";
import { informationBars } from "./figures/information.ts";
import { lossLadder } from "./figures/ladder.ts";
import { publishedRuns } from "./figures/published.ts";
import { selectionMap } from "./figures/selection_map.ts";
import { stageOne } from "./figures/stage_one.ts";
import { stageThree } from "./figures/stage_three.ts";
import { stageTwo } from "./figures/stage_two.ts";

/** All figures by name. */
export const figures: {
  readonly informationBars: typeof informationBars;
  readonly stageOne: typeof stageOne;
  readonly selectionMap: typeof selectionMap;
  readonly stageTwo: typeof stageTwo;
  readonly stageThree: typeof stageThree;
  readonly lossLadder: typeof lossLadder;
  readonly attentionViewer: typeof attentionViewer;
  readonly generalisation: typeof generalisation;
  readonly publishedRuns: typeof publishedRuns;
} = {
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
