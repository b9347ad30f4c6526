/** @module The experiments of this paper by name, each with a quick and a full profile. */
import { adam, noiselessAdam } from "./experiments/adam.ts";
import { constructedHeads } from "./experiments/constructed_heads.ts";
import { flowGrid } from "./experiments/flow_grid.ts";
import { generalHeads } from "./experiments/general_heads.ts";
import { joint, stageOne } from "./experiments/layers.ts";
import { phases } from "./experiments/phases.ts";
import { staircase } from "./experiments/staircase.ts";
import { times } from "./experiments/times.ts";

/** All experiments; what `deno task train lazy_to_rich` runs. */
export const experiments: {
  readonly constructedHeads: typeof constructedHeads;
  readonly generalHeads: typeof generalHeads;
  readonly flowGrid: typeof flowGrid;
  readonly phases: typeof phases;
  readonly times: typeof times;
  readonly stageOne: typeof stageOne;
  readonly joint: typeof joint;
  readonly adam: typeof adam;
  readonly noiselessAdam: typeof noiselessAdam;
  readonly staircase: typeof staircase;
} = {
  constructedHeads,
  generalHeads,
  flowGrid,
  phases,
  times,
  stageOne,
  joint,
  adam,
  noiselessAdam,
  staircase,
};
