/** @module The figures of this paper: pure functions of records and theory, one a file in `figures/`. */
import type { Figure } from "../figure/types.ts";
import { freezeOrFlow } from "./figures/freeze_or_flow.ts";
import { headCollapse, type HeadCollapseOptions } from "./figures/head_collapse.ts";
import { headsOrWidth } from "./figures/heads_or_width.ts";
import { kernelsAtBirth } from "./figures/kernels_at_birth.ts";
import { logitsAtBirth } from "./figures/logits_at_birth.ts";
import { ownSweepFigure } from "./figures/own_sweep.ts";
import { particlesFigure } from "./figures/particles.ts";
import { populationFigure, type PopulationOptions } from "./figures/population.ts";
import { transferFigure } from "./figures/transfer.ts";
import { whyAlphaOne } from "./figures/why_alpha_one.ts";
import type {
  BirthRecord,
  DepthRecord,
  KernelsRecord,
  LimitsRecord,
  MovementRecord,
  ParticlesRecord,
  PopulationRecord,
  ScalingRecord,
  SweepRecord,
} from "./records.ts";

export type { HeadCollapseOptions, PopulationOptions };

/** All figures by name. */
export const figures: {
  /** The law of a logit before training. */
  readonly logitsAtBirth: (records: readonly BirthRecord[]) => Figure;
  /** Kernels before training, over heads and depth. */
  readonly kernelsAtBirth: (records: readonly KernelsRecord[]) => Figure;
  /** N to infinity, solved exactly. */
  readonly headCollapse: (records: readonly LimitsRecord[], options?: HeadCollapseOptions) => Figure;
  /** H to infinity, a population of heads. */
  readonly population: (
    networks: readonly LimitsRecord[],
    theory: readonly PopulationRecord[],
    options?: PopulationOptions,
  ) => Figure;
  /** Heads as particles, both limits. */
  readonly particles: (records: readonly ParticlesRecord[]) => Figure;
  /** What grows with N at alphaA = 1/2. */
  readonly whyAlphaOne: (records: readonly ScalingRecord[]) => Figure;
  /** L to infinity. */
  readonly freezeOrFlow: (exact: readonly DepthRecord[], networks: readonly MovementRecord[]) => Figure;
  /** Learning rates over N, H and L. */
  readonly transfer: (records: readonly SweepRecord[]) => Figure;
  /** Loss over width, spent on heads or on their width. */
  readonly headsOrWidth: (images: readonly SweepRecord[], text: readonly SweepRecord[]) => Figure;
  /** Whatever `ownSweep` trained. */
  readonly ownSweep: (records: readonly SweepRecord[]) => Figure;
} = {
  logitsAtBirth,
  kernelsAtBirth,
  headCollapse,
  population: populationFigure,
  particles: particlesFigure,
  whyAlphaOne,
  freezeOrFlow,
  transfer: transferFigure,
  headsOrWidth,
  ownSweep: ownSweepFigure,
};
