/** @module Predicted against trained times: one knob at a time (sigma, alpha*, L, w*) around a base task, over seeds. */
import { frozen } from "../../runs/mod.ts";
import type { Experiment } from "../../runs/mod.ts";
import { type RunPoint, type TrainingConfig, type TrainingMetrics, trainingMetrics } from "../records.ts";
import { runTraining, withSeeds } from "./training.ts";

type Point = Omit<RunPoint, "seed" | "initialisation">;

/** Points that share a length; `steps` reaches T_90 of their slowest run. */
interface Sweep {
  readonly L: number;
  readonly steps: number;
  readonly points: readonly Point[];
  /** Runs per point, where not the usual number. */
  readonly copies?: number;
}

/** Programs of sweeps; no two runs share a seed. */
function programs(sweeps: readonly Sweep[], batch: number, usual: number): TrainingConfig[] {
  return sweeps.map(({ L, steps, points, copies = usual }, index) => ({
    L,
    batch,
    steps,
    stage: "two",
    eta: 1,
    samples: 110,
    evaluation: 16, // nothing measured on it is kept
    runs: withSeeds(
      points.map((point) => ({ ...point, initialisation: "all-small" as const })),
      copies,
      1 + 100 * index,
    ),
  }));
}

const near = { alphaStar: 1, wStar: 0.6, sigma: 0.1 } as const;
const quick = programs(
  [
    { L: 50, steps: 3700, points: [0.1, 0.03, 0.01, 0.003].map((sigma) => ({ ...near, sigma })) },
    { L: 50, steps: 1350, points: [{ ...near, alphaStar: 0.5, sigma: 0.03 }] },
    { L: 50, steps: 4900, points: [{ ...near, alphaStar: 2, sigma: 0.03 }] },
    { L: 50, steps: 8500, points: [{ ...near, alphaStar: 3, sigma: 0.03 }] },
    { L: 30, steps: 1000, points: [near], copies: 12 },
    { L: 100, steps: 2850, points: [near] },
    { L: 200, steps: 5600, points: [near] },
    { L: 50, steps: 3500, points: [0.4, 0.5].map((wStar) => ({ ...near, wStar })) },
  ],
  64,
  4,
);

const base = { alphaStar: 1, wStar: 0.5, sigma: 0.01 } as const;
const full = programs(
  [
    { L: 100, steps: 12_500, points: [0.1, 0.03, 0.01, 0.003, 0.001].map((sigma) => ({ ...base, sigma })) },
    { L: 100, steps: 5000, points: [{ ...base, alphaStar: 0.5 }] },
    { L: 100, steps: 19_000, points: [{ ...base, alphaStar: 2 }] },
    { L: 100, steps: 51_000, points: [{ ...base, alphaStar: 4 }] },
    { L: 50, steps: 4200, points: [base] },
    { L: 200, steps: 17_000, points: [base] },
    { L: 400, steps: 34_000, points: [base] },
    { L: 100, steps: 12_700, points: [0.4, 0.45, 0.55, 0.6].map((wStar) => ({ ...base, wStar })) },
  ],
  1024,
  8,
);

const profiles = frozen({ quick, full });

/** Times at which beta crosses 10, 50 and 90 % of b*, and beta itself, for every run of the sweep. */
export const times: Experiment<TrainingConfig, TrainingMetrics> = {
  paper: "lazy_to_rich",
  name: "times",
  title: "Times of the emergence over sigma, alpha*, L and w*",
  version: 1,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => trainingMetrics.parse(metrics),
  run: (config, context) => runTraining(config, context, ["beta"]),
};
