/**
 * @module Trainings in stages on the compressed engine, as the experiments of this folder do them: float64, no device, seeds one after
 * the other. What is finished survives a stop; the seed in progress starts over.
 */
import { rounded } from "../../numerics/mod.ts";
import { breathe, type RunContext, Stopped } from "../../runs/mod.ts";
import { type Chain, sampleSequences, type Sequences } from "../data.ts";
import { compressedEngine, type Engine } from "../model/compressed.ts";
import { descend, type Sample } from "../model/descent.ts";
import { fullLayer } from "../model/full_layer.ts";
import { initialFullWeights, initialWeights, type Weights, zeroWeights } from "../model/weights.ts";
import { countWindows } from "../model/window_counts.ts";
import {
  architectureOf,
  chainOf,
  type ModelConfig,
  type StageConfig,
  type StageSamples,
  type StartConfig,
  type TrainingConfig,
  type TrainingMetrics,
} from "../records.ts";
import { subsets } from "../subsets.ts";
import { sampleSteps } from "./sampling.ts";

type Run = TrainingMetrics["runs"][number];

/** Index of the first validation sequence: no training set reaches it. */
const VALIDATION = 10_000_000;

/** Sequences of a config: those of training, or as many fresh ones. */
export function dataOf(config: ModelConfig, seed: number, part: "train" | "validation" = "train"): Sequences {
  const chain: Chain = chainOf(config);
  return sampleSequences(chain, {
    L: config.L,
    count: config.N,
    seed,
    first: part === "train" ? 0 : VALIDATION,
  });
}

/** The engine of a config on data. */
export function engineOf(config: ModelConfig, data: Sequences): Engine {
  const architecture = architectureOf(config), full = config.variant === "full";
  const counts = countWindows(data, architecture, full);
  return full
    ? compressedEngine(counts, config.loss, fullLayer(architecture, counts.local), true)
    : compressedEngine(counts, config.loss);
}

/** Weights at the start of a config. */
export function startOf(config: ModelConfig, start: StartConfig): Weights {
  const architecture = architectureOf(config), { selected, ...rest } = start;
  const weights = config.variant === "full"
    ? initialFullWeights(architecture, rest)
    : initialWeights(architecture, rest);
  if (selected !== undefined) {
    subsets(config.H, config.D).forEach((mask, s) => weights.c[s] = mask === selected ? start.c0 : 0);
  }
  return weights;
}

/** Step sizes of a stage. */
export function rateOf(
  { rate, growth = 0, cap = Infinity }: StageConfig,
): (step: number, time: number) => number {
  return (_step, time) => Math.min(cap, Math.max(rate, growth * time));
}

/** The samples of a stage as they are recorded. */
export function samplesOf(
  samples: readonly Sample[],
  train: readonly string[],
  drives: ArrayLike<number>,
): StageSamples {
  const rows = (of: (weights: Weights) => ArrayLike<number>) =>
    Array.from(
      { length: of(samples[0].weights).length },
      (_, entry) => samples.map(({ weights }) => rounded(of(weights)[entry])),
    );
  const C = ({ c }: Weights) => c.reduce((sum, x) => sum + x * x, 0);
  const series: Record<string, number[][]> = {};
  if (train.includes("c")) {
    series.p = rows((weights) => weights.c.map((x) => x * x / C(weights)));
    series.C = rows((weights) => [C(weights)]);
  }
  for (const name of ["w", "a"]) if (train.includes(name)) series[name] = rows((weights) => weights[name]);
  return {
    steps: samples.map(({ step }) => step),
    times: samples.map(({ time }) => rounded(time)),
    loss: samples.map(({ loss }) => rounded(loss)),
    accuracy: samples.map(({ accuracy }) => rounded(accuracy)),
    series,
    drives: Array.from(drives, rounded),
  };
}

/** Trains every seed of a config on the compressed engine. */
export async function runTraining(config: TrainingConfig, context: RunContext): Promise<TrainingMetrics> {
  const { stages, seeds, start } = config, saved = await context.checkpoint.load();
  const runs: Run[] = saved ? JSON.parse(new TextDecoder().decode(saved)) : [];
  const perSeed = stages.reduce((sum, { steps }) => sum + steps, 0), total = perSeed * seeds.length;
  for (const seed of seeds.slice(runs.length)) {
    const weights = startOf(config, start), engine = engineOf(config, dataOf(config, seed));
    let done = runs.length * perSeed;
    const recorded: StageSamples[] = [];
    for (const [k, stage] of stages.entries()) {
      const direction = zeroWeights(weights);
      engine.descend(weights, direction);
      const drives = engine.drives.slice();
      const samples = await descend(engine, weights, {
        train: stage.train,
        steps: stage.steps,
        rate: rateOf(stage),
        sampleAt: sampleSteps(stage.steps, 48, stage.sampleAt),
      }, {
        afterStep(step) {
          done++;
          if (step % 16 !== 0) return;
          context.progress(done, total, `seed ${seed}, stage ${k + 1}`);
          if (context.signal.aborted) throw new Stopped(`Stopped in seed ${seed}; finished seeds are kept.`);
          return breathe();
        },
      });
      recorded.push(samplesOf(samples, stage.train, drives));
    }
    const { loss, accuracy } = engineOf(config, dataOf(config, seed, "validation")).fit(weights);
    runs.push({
      seed,
      stages: recorded,
      final: Object.fromEntries(
        Object.entries(weights).map(([name, values]) => [name, Array.from(values, rounded)]),
      ),
      validation: { loss: rounded(loss), accuracy: rounded(accuracy) },
    });
    await context.checkpoint.save(new TextEncoder().encode(JSON.stringify(runs)));
  }
  return { runs };
}
