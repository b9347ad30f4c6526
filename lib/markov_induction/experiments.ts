/** @module The experiments of this paper by name, each with a quick and a full profile. */
import type { Experiment } from "../runs/types.ts";
import { ablations } from "./experiments/ablations.ts";
import { estimators } from "./experiments/estimators.ts";
import { generalisation } from "./experiments/generalisation.ts";
import { information } from "./experiments/information.ts";
import { selectedSets } from "./experiments/selected_sets.ts";
import { selectionMap } from "./experiments/selection_map.ts";
import { fullTransformer, joint, onDevice } from "./experiments/merged.ts";
import { copying, selection, temperature, threeStages } from "./experiments/stages.ts";

export { ownRun, type OwnRunKnobs } from "./experiments/own_run.ts";

/** All experiments; what `deno task train markov_induction` runs. */
export const experiments = {
  information,
  selectedSets,
  selection,
  selectionMap,
  threeStages,
  copying,
  temperature,
  joint,
  fullTransformer,
  onDevice,
  estimators,
  generalisation,
  ablations,
};

/** The same as a list of names and experiments, for loops over all of them. */
export const experimentList: readonly (readonly [name: string, experiment: Experiment])[] = Object.entries(
  experiments,
) as unknown as [string, Experiment][];
