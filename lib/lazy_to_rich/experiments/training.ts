/** @module One training of six-scalar runs side by side, as the experiments of this folder do it: stoppable and resumable. */
import { rounded } from "../../numerics/mod.ts";
import { type CheckpointSlot, type RunContext, Stopped } from "../../runs/mod.ts";
import type { SixScalarProgram, SixScalarRun } from "../model/six_scalars.ts";
import type { RunPoint, RunTimes, TrainingConfig, TrainingMetrics } from "../records.ts";
import { constantsOf, fourGramLoss, fourGramLossExact, initialValues } from "../theory/mod.ts";
import { crossing, sampleSteps } from "./sampling.ts";

/** How a program is trained. */
export interface Training {
  /** Gradient descent with step size eta, or Adam with a learning rate. */
  readonly optimizer: { readonly kind: "sgd" | "adam"; readonly rate: number };
  /** Updates. */
  readonly steps: number;
  /** Update counts to sample at. */
  readonly sampleAt: readonly number[];
  /** Sequences per run on which losses are evaluated. */
  readonly evaluation: number;
  /** Parameters that stay at their start. */
  readonly held?: readonly string[];
}

/** Samples of a training. */
export interface Samples {
  /** Updates made at each. */
  readonly steps: readonly number[];
  /** `series[name][row][sample]`; a row is a run, or a run's coordinate for the w's of tokens with d > 1. */
  readonly series: Record<string, number[][]>;
}

/**
 * Trains a program and returns its samples.
 * @throws {Stopped} when the signal was aborted; the checkpoint is saved
 * @throws {Error} when a run diverged or the memory did not suffice
 */
export async function trainProgram(
  program: SixScalarProgram,
  training: Training,
  context: RunContext,
  checkpoint: CheckpointSlot = context.checkpoint,
): Promise<Samples> {
  await context.device();
  // TensorFlow.js is loaded when something is trained, not when records are read.
  const [nn, { sixScalarModel }] = await Promise.all([
    import("../../nn/mod.ts"),
    import("../model/six_scalars.ts"),
  ]);
  const model = sixScalarModel(program);
  const { kind, rate } = training.optimizer;
  const options = {
    learningRate: rate,
    ...training.held ? { scale: Object.fromEntries(training.held.map((name) => [name, 0])) } : {},
  };
  const result = await nn.train({
    model,
    optimizer: kind === "adam" ? nn.adam(options) : nn.sgd(options),
    batch: model.batchAt,
    steps: training.steps,
    sampleAt: training.sampleAt,
    evaluationBatch: model.evaluation(training.evaluation),
    signal: context.signal,
    checkpoint,
    onProgress: (step, steps, loss) => context.progress(step, steps, `loss ${loss[0].toPrecision(3)}`),
  });
  if (result.status === "stopped") throw new Stopped(result.message);
  if (result.status !== "done") throw new Error(result.message);
  const { steps, metrics } = result.history;
  const series = Object.fromEntries(
    Object.entries(metrics).map(([name, samples]) => [
      name,
      samples[0].map((_, row) => samples.map((sample) => rounded(sample[row]))),
    ]),
  );
  return { steps, series };
}

/** The run of a model that a point stands for. */
export function runOf(point: RunPoint): SixScalarRun {
  const { alphaStar, wStar, sigma, initialisation, seed } = point;
  return { alphaStar, wStar, sigma, seed, values: initialValues({ ...point, L: 4 }, initialisation, sigma) };
}

/** Every point `copies` times, each run with a seed of its own: `first`, `first + 1`, ... */
export function withSeeds(
  points: readonly Omit<RunPoint, "seed">[],
  copies: number,
  first = 1,
): RunPoint[] {
  return points.flatMap((point, index) =>
    Array.from({ length: copies }, (_, i) => ({ ...point, seed: first + index * copies + i }))
  );
}

/** beta = w_Q w_K of a row of samples. */
export function betaOf({ series }: Pick<Samples, "series">, row: number): number[] {
  return series.wQ[row].map((wQ, i) => wQ * series.wK[row][i]);
}

/** When the phases of run `row` ended, from samples of its parameters. T_I uses the exact population loss of the weights. */
export function timesOf(samples: Samples, config: TrainingConfig, row: number): RunTimes {
  const { L, eta, stage } = config, { series } = samples;
  const time = samples.steps.map((step) => step * eta);
  const { c, bStar, N } = constantsOf({ ...config.runs[row], L });
  const loss = series.a[row].map((a, i) =>
    stage === "joint"
      ? fourGramLossExact({ p1: series.p1[row][i], p2: series.p2[row][i], a }, c, L)
      : fourGramLoss({ p2: series.p2[row][i], a }, c, N)
  );
  const beta = betaOf(samples, row);
  const reached = (x: number) => bStar > 0 ? crossing(time, beta, x * bStar) : null;
  const short = (t: number | null) => t === null ? null : rounded(t);
  return {
    firstPhase: short(crossing(time, loss, c * c / 200, -1)),
    t10: short(reached(0.1)),
    t50: short(reached(0.5)),
    t90: short(reached(0.9)),
  };
}

/** Trains a config by gradient descent and keeps the series named. */
export async function runTraining(
  config: TrainingConfig,
  context: RunContext,
  keep: readonly string[],
): Promise<TrainingMetrics> {
  const samples = await trainProgram(
    { L: config.L, batch: config.batch, stage: config.stage, runs: config.runs.map(runOf) },
    {
      optimizer: { kind: "sgd", rate: config.eta },
      steps: config.steps,
      sampleAt: sampleSteps(config.steps, config.samples),
      evaluation: config.evaluation,
    },
    context,
  );
  const beta = config.stage === "one" ? [] : config.runs.map((_, row) => betaOf(samples, row).map(rounded));
  const all: Record<string, number[][]> = { ...samples.series, beta };
  return {
    steps: [...samples.steps],
    times: config.runs.map((_, row) =>
      config.stage === "one"
        ? { firstPhase: null, t10: null, t50: null, t90: null }
        : timesOf(samples, config, row)
    ),
    series: Object.fromEntries(keep.map((name) => [name, all[name]])),
  };
}
