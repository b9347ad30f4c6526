/** @module The experiments of this paper by name, each with a quick and a full profile. */
import type { Experiment } from "../runs/types.ts";
import { adam, noiselessAdam } from "./experiments/adam.ts";
import { constructedHeads } from "./experiments/constructed_heads.ts";
import { flowGrid } from "./experiments/flow_grid.ts";
import { generalHeads } from "./experiments/general_heads.ts";
import { joint, stageOne } from "./experiments/layers.ts";
import { phases } from "./experiments/phases.ts";
import { staircase } from "./experiments/staircase.ts";
import { times } from "./experiments/times.ts";
import { transformer } from "./experiments/transformer.ts";
import type {
  AdamConfig,
  AdamMetrics,
  FlowGridConfig,
  FlowGridMetrics,
  GeneralConfig,
  GeneralMetrics,
  HeadsConfig,
  HeadsMetrics,
  NoiselessConfig,
  NoiselessMetrics,
  StaircaseConfig,
  StaircaseMetrics,
  TrainingConfig,
  TrainingMetrics,
} from "./records.ts";
import type { TransformerConfig, TransformerMetrics } from "./transformer_records.ts";

export { ownRun, type OwnRunKnobs } from "./experiments/own_run.ts";

/** All experiments; what `deno task train lazy_to_rich` runs. */
export const experiments: {
  /** IH_2 and IH_n as explicit weights: errors over n, H, slope, length. */
  readonly constructedHeads: Experiment<HeadsConfig, HeadsMetrics>;
  /** GIH_2 as explicit weights: errors over features, width, slope. */
  readonly generalHeads: Experiment<GeneralConfig, GeneralMetrics>;
  /** Phase times of the gradient flow over 144 tasks. */
  readonly flowGrid: Experiment<FlowGridConfig, FlowGridMetrics>;
  /** The main run. */
  readonly phases: Experiment<TrainingConfig, TrainingMetrics>;
  /** Times of the emergence over every knob. */
  readonly times: Experiment<TrainingConfig, TrainingMetrics>;
  /** The first stage: layer 1 alone. */
  readonly stageOne: Experiment<TrainingConfig, TrainingMetrics>;
  /** All six scalars at once, beside layer-wise training. */
  readonly joint: Experiment<TrainingConfig, TrainingMetrics>;
  /** Adam on minibatches. */
  readonly adam: Experiment<AdamConfig, AdamMetrics>;
  /** Adam on the closed-form gradient. */
  readonly noiselessAdam: Experiment<NoiselessConfig, NoiselessMetrics>;
  /** Tokens of width 3. */
  readonly staircase: Experiment<StaircaseConfig, StaircaseMetrics>;
  /** An ordinary two-layer transformer under Adam. */
  readonly transformer: Experiment<TransformerConfig, TransformerMetrics>;
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
  transformer,
};

/** The same as a list of names and experiments, for loops over all of them. */
export const experimentList: readonly (readonly [name: string, experiment: Experiment])[] = Object.entries(
  experiments,
) as unknown as [string, Experiment][];
