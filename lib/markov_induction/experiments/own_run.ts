/** @module A run with knobs of your own: three stages in seconds, remembered as a record like every other. */
import { frozen } from "../../runs/mod.ts";
import type { Experiment } from "../../runs/mod.ts";
import type { Prior } from "../data.ts";
import { type TrainingConfig, type TrainingMetrics, trainingMetrics } from "../records.ts";
import { seeds } from "./sampling.ts";
import { CESOFT, LOGEPS } from "./settings.ts";
import { runTraining } from "./training.ts";

/** The knobs. */
export interface OwnRunKnobs {
  /** Law of the kernels; `{ kind: "dirichlet", alpha: 0.1 }` is the published one. */
  readonly prior: Prior;
  /** Parent offsets. Default 1 and 2. */
  readonly parents?: readonly number[];
  /** Initial gap w_+ - w_-; 2.9 is the published one. */
  readonly gap: number;
  /** Largest degree. Default 2. */
  readonly D?: number;
  /** The theory's network (default) or the published code's, each with its own loss. */
  readonly variant?: "paper" | "repo";
  /** Initial coefficients. Default 0.01. */
  readonly c0?: number;
  /** Context length. Default 100. */
  readonly L?: number;
  /** Sequences per run. Default 2000. */
  readonly N?: number;
  /** Number of runs. Default 2. */
  readonly seeds?: number;
}

/** Three-stage training of your own task, d = 3, H = M = 3. */
export function ownRun(knobs: OwnRunKnobs): Experiment<TrainingConfig, TrainingMetrics> {
  const { prior, parents = [1, 2], gap, D = 2, variant = "paper", c0 = 0.01, L = 100, N = 2000 } = knobs;
  const fast = variant === "paper" ? 1 : 3; // the code's loss drives less
  const config = frozen<TrainingConfig>({
    label: "own run",
    engine: "compressed",
    variant,
    loss: variant === "paper" ? LOGEPS : CESOFT,
    d: 3,
    parents: [...parents],
    prior,
    L,
    N,
    H: 3,
    M: 3,
    D,
    start: { c0, a0: 0.01, plus: 0.1 + gap, minus: 0.1 },
    stages: [
      // The rate of Stage I is 4a/C with C a sum of squares of c0: the same steps in its own unit of time.
      { train: ["c"], steps: 150, rate: 0.1 * fast * (c0 / 0.01) ** 2 },
      { train: ["w"], steps: 200, rate: 1000 * fast },
      { train: ["a"], steps: 400, rate: 0.5 * fast },
    ],
    seeds: seeds(knobs.seeds ?? 2),
  });
  return {
    paper: "markov_induction",
    name: "own_run",
    title: "A run with knobs of your own",
    version: 1,
    configs: () => [config],
    checkMetrics: (metrics) => trainingMetrics.parse(metrics),
    run: runTraining,
  };
}
