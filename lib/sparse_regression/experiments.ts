/** @module The experiments of this paper by name, each with a quick and a full profile. */
import { depth } from "./experiments/depth.ts";
import { riskPath } from "./experiments/path.ts";
import { riskTable, scaling } from "./experiments/tables.ts";
import { transformers } from "./experiments/transformers.ts";

export { ownTraining, type OwnTrainingKnobs } from "./experiments/own_training.ts";

/** All experiments; what `deno task train sparse_regression` runs. */
export const experiments = { riskTable, riskPath, scaling, depth, transformers };
