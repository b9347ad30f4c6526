/** @module Freeze or flow: exact N = infinity dynamics over depth, and finite networks of many depths in one padded program. */
import { rounded } from "../../numerics/mod.ts";
import { breathe, checkpointParts, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import { tinyData } from "../data.ts";
import { parametrise } from "../parametrisation.ts";
import {
  type DepthConfig,
  type DepthMetrics,
  depthMetrics,
  type MovementConfig,
  type MovementMetrics,
  movementMetrics,
} from "../records.ts";
import { TrainingDynamics } from "../theory.ts";
import { largestProgram, short, throwIfStopped, tiny, trainProgram } from "./common.ts";

const exact = (L: readonly number[]): DepthConfig[] =>
  [1, 0.5].map((alphaL) => ({ alphaL, L, steps: 5, eta0: 0.3 }));
const depthProfiles = frozen({ quick: exact([1, 2, 4, 8, 16]), full: exact([1, 2, 4, 8, 16, 32, 48]) });

async function runDepth(config: DepthConfig, context: RunContext): Promise<DepthMetrics> {
  const task = tinyData(2, 2), logits: number[] = [], outputs: number[][] = [];
  for (const [i, L] of config.L.entries()) {
    const scales = parametrise({ N: Infinity, H: 1, L, alphaL: config.alphaL, eta0: config.eta0 });
    const dynamics = new TrainingDynamics({ task, scales, steps: config.steps });
    const f = [...dynamics.outputs];
    for (let t = 0; t < config.steps; t++) {
      dynamics.step();
      f.push(...dynamics.outputs);
      await breathe();
      throwIfStopped(context);
    }
    const all = dynamics.blocks.flatMap(({ heads }) => [...heads.logits]);
    logits.push(rounded(Math.sqrt(all.reduce((sum, a) => sum + a * a / all.length, 0))));
    outputs.push(short(f));
    context.progress(i + 1, config.L.length);
  }
  return { logits, outputs };
}

/** Exact dynamics over depth. */
export const depth: Experiment<DepthConfig, DepthMetrics> = {
  paper: "infinite_limits",
  name: "depth",
  title: "Exact dynamics at infinite head width over depth",
  version: 1,
  configs: (profile) => depthProfiles[profile],
  checkMetrics: (metrics) => depthMetrics.parse(metrics),
  run: runDepth,
};

const finite = (
  L: readonly number[],
  size: { readonly N: number; readonly H: number; readonly seeds: number },
) => [1, 0.5].map((alphaL): MovementConfig => ({ alphaL, L, ...size, steps: 10, eta0: 0.2 }));
const movementProfiles = frozen({
  quick: finite([2, 4, 8, 16], { N: 4, H: 4, seeds: 8 }),
  full: finite([2, 4, 8, 16, 32], { N: 4, H: 8, seeds: 60 }),
});

async function runMovement(config: MovementConfig, context: RunContext): Promise<MovementMetrics> {
  const { alphaL, eta0, N, H, steps, seeds } = config, { P, S, D } = tiny;
  const inputs = Object.freeze({ data: Float32Array.from(tiny.inputs), shape: [1, P, S, D] });
  const targets = Object.freeze({ data: Float32Array.from(tiny.targets), shape: [1, P, 1] });
  const architecture = { layerNorm: "full", mlp: true, finalNorm: true } as const;
  const kinds = ["query", "key", "value", "output", "up", "down"], part = checkpointParts(context.checkpoint);
  const movement = kinds.map(() => config.L.map(() => [] as number[]));
  const deepest = Math.max(...config.L), one = config.L.length * kinds.length * deepest * (N * H) ** 2;
  const together = Math.max(1, Math.floor(largestProgram / one));
  // As many seeds of all depths side by side as one buffer holds; networks do not see each other.
  for (let first = 0; first < seeds; first += together) {
    const count = Math.min(together, seeds - first);
    const runs = config.L.flatMap((L) =>
      Array.from({ length: count }, (_, i) => ({
        scales: parametrise({ N, H, L, alphaL, eta0 }),
        seed: first + i + 1,
      }))
    );
    const { history } = await trainProgram(
      { runs, architecture, features: D, tokens: S, loss: "square", metrics: ["movement"] },
      { steps, sampleAt: [steps], batch: (model) => model.batch(inputs, targets) },
      context,
      part(`seeds from ${first + 1}`),
    );
    const flat = history.metrics.movement[0], weights = flat.length / runs.length;
    config.L.forEach((L, i) => {
      for (let seed = 0; seed < count; seed++) {
        kinds.forEach((_, kind) => {
          const row = (i * count + seed) * weights;
          let sum = 0;
          for (let l = 0; l < L; l++) sum += flat[row + l * kinds.length + kind] ** 2 / L;
          movement[kind][i].push(rounded(Math.sqrt(sum)));
        });
      }
    });
  }
  return { kinds, movement };
}

/** Weight movement over depth. */
export const movement: Experiment<MovementConfig, MovementMetrics> = {
  paper: "infinite_limits",
  name: "movement",
  title: "How far the weights of finite networks move, over depth",
  version: 1,
  configs: (profile) => movementProfiles[profile],
  checkMetrics: (metrics) => movementMetrics.parse(metrics),
  run: runMovement,
};
