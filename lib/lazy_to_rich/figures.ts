/** @module The figures of this paper: pure functions of records and theory, one a file in `figures/`. */
import { collapse } from "./figures/collapse.ts";
import { copyKernels } from "./figures/copy_kernels.ts";
import { errorHeatmap } from "./figures/error_heatmap.ts";
import { fourPhases } from "./figures/four_phases.ts";
import { generalisedHead } from "./figures/generalised_head.ts";
import { jointTraining } from "./figures/joint_training.ts";
import { predictedTimes } from "./figures/predicted_times.ts";
import { whereTheoryStops } from "./figures/where_theory_stops.ts";

/** All figures by name. */
export const figures: {
  readonly copyKernels: typeof copyKernels;
  readonly errorHeatmap: typeof errorHeatmap;
  readonly generalisedHead: typeof generalisedHead;
  readonly fourPhases: typeof fourPhases;
  readonly predictedTimes: typeof predictedTimes;
  readonly collapse: typeof collapse;
  readonly jointTraining: typeof jointTraining;
  readonly whereTheoryStops: typeof whereTheoryStops;
} = {
  copyKernels,
  errorHeatmap,
  generalisedHead,
  fourPhases,
  predictedTimes,
  collapse,
  jointTraining,
  whereTheoryStops,
};
