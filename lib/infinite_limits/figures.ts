/** @module The figures of this paper: pure functions of records and theory, one a file in `figures/`. */
import type { Figure } from "../figure/types.ts";
import { headCollapse, type HeadCollapseOptions } from "./figures/head_collapse.ts";
import { populationFigure, type PopulationOptions } from "./figures/population.ts";
import type { LimitsRecord, PopulationRecord } from "./records.ts";

export type { HeadCollapseOptions, PopulationOptions };

/** All figures by name. */
export const figures: {
  /** N to infinity, solved exactly. */
  readonly headCollapse: (records: readonly LimitsRecord[], options?: HeadCollapseOptions) => Figure;
  /** H to infinity, a population of heads. */
  readonly population: (
    networks: readonly LimitsRecord[],
    theory: readonly PopulationRecord[],
    options?: PopulationOptions,
  ) => Figure;
} = { headCollapse, population: populationFigure };
