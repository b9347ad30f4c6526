/** @module The figures of this paper: pure functions of records and theory, one a file in `figures/`. */
import type { Figure } from "../figure/types.ts";
import { collapse } from "./figures/collapse.ts";
import { copyKernels, type CopyKernelsOptions } from "./figures/copy_kernels.ts";
import { errorHeatmap } from "./figures/error_heatmap.ts";
import { fourPhases, type FourPhasesOptions } from "./figures/four_phases.ts";
import { generalisedHead, type GeneralisedHeadOptions } from "./figures/generalised_head.ts";
import { jointTraining } from "./figures/joint_training.ts";
import { ordinaryTransformer, type TransformerFigureOptions } from "./figures/transformer.ts";
import { predictedTimes } from "./figures/predicted_times.ts";
import { whereTheoryStops } from "./figures/where_theory_stops.ts";
import type {
  AdamRecord,
  GeneralRecord,
  HeadsRecord,
  NoiselessRecord,
  StaircaseRecord,
  TrainingRecord,
} from "./records.ts";
import type { TransformerRecord } from "./transformer_records.ts";

export type { CopyKernelsOptions, FourPhasesOptions, GeneralisedHeadOptions, TransformerFigureOptions };

/** All figures by name. */
export const figures: {
  /** What H heads copy together. Theory alone. */
  readonly copyKernels: (options?: CopyKernelsOptions) => Figure;
  /** Constructed heads against their targets. */
  readonly errorHeatmap: (records: readonly HeadsRecord[]) => Figure;
  /** Induction by any similarity. */
  readonly generalisedHead: (records: readonly GeneralRecord[], options?: GeneralisedHeadOptions) => Figure;
  /** The main run. */
  readonly fourPhases: (records: readonly TrainingRecord[], options?: FourPhasesOptions) => Figure;
  /** Predicted against trained times. */
  readonly predictedTimes: (records: readonly TrainingRecord[]) => Figure;
  /** Every run on one curve. */
  readonly collapse: (records: readonly TrainingRecord[]) => Figure;
  /** The first stage, and all six scalars at once. */
  readonly jointTraining: (first: readonly TrainingRecord[], both: readonly TrainingRecord[]) => Figure;
  /** Adam, several modes, strong targets, masked losses. */
  readonly whereTheoryStops: (
    adam: readonly AdamRecord[],
    noiseless: readonly NoiselessRecord[],
    stairs: readonly StaircaseRecord[],
  ) => Figure;
  /** An ordinary two-layer transformer under Adam. */
  readonly ordinaryTransformer: (
    records: readonly TransformerRecord[],
    options?: TransformerFigureOptions,
  ) => Figure;
} = {
  copyKernels,
  errorHeatmap,
  generalisedHead,
  fourPhases,
  predictedTimes,
  collapse,
  jointTraining,
  whereTheoryStops,
  ordinaryTransformer,
};
