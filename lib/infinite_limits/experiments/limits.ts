/** @module Finite networks on the tiny data through the trainable model, one size a run, many seeds side by side. */
import { checkpointParts, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import { parametrise } from "../parametrisation.ts";
import {
  histogramOf,
  histogramTimes,
  type LimitsConfig,
  type LimitsMetrics,
  limitsMetrics,
  type Moments,
} from "../records.ts";
import { largestProgram, rich, short, tiny, trainProgram } from "./common.ts";

const base = { ...rich, steps: 12 } as const;
const overHeads = (alphaA: number, H: readonly number[], seeds: number): LimitsConfig[] =>
  H.map((heads) => ({ ...base, N: 4, H: heads, alphaA, seeds }));
const overWidth = (N: readonly number[], seeds: number): LimitsConfig[] =>
  N.map((width) => ({ ...base, N: width, H: 2, alphaA: 1, seeds }));

const profiles = frozen({
  quick: [
    ...overHeads(1, [4, 8, 16, 32, 64], 60),
    ...overHeads(0.5, [4, 8, 16, 32, 64], 60),
    ...overWidth([8, 16, 32, 64, 128], 60),
  ],
  full: [
    ...overHeads(1, [4, 8, 16, 32, 64, 128, 256], 100),
    ...overHeads(0.5, [4, 8, 16, 32, 64, 128, 256], 100),
    ...overWidth([8, 16, 32, 64, 128, 256, 512], 100),
  ],
});

/** Single heads whose trajectories are kept. */
const shownHeads = 8;

function momentsOf(rows: readonly ArrayLike<number>[]): Moments {
  const size = rows[0].length, mean = new Float64Array(size), square = new Float64Array(size);
  for (const row of rows) {
    for (let i = 0; i < size; i++) {
      mean[i] += row[i] / rows.length;
      square[i] += row[i] ** 2 / rows.length;
    }
  }
  // All digits of float32: a squared distance is a small difference of these.
  const long = (values: Float64Array) => Array.from(values, (x) => Number(x.toPrecision(9)));
  return { mean: long(mean), square: long(square) };
}

async function run(config: LimitsConfig, context: RunContext): Promise<LimitsMetrics> {
  const { seeds, steps, H } = config, { P, S, D } = tiny;
  const scales = parametrise({ ...config, L: 1 });
  const metrics = ["outputs", "residualKernel", "valueKernel", "logits", "headVariance"] as const;
  const width = scales.width, together = Math.max(1, Math.floor(largestProgram / (4 * width ** 2)));
  const inputs = Object.freeze({ data: Float32Array.from(tiny.inputs), shape: [1, P, S, D] });
  const targets = Object.freeze({ data: Float32Array.from(tiny.targets), shape: [1, P, 1] });
  const every = Array.from({ length: steps + 1 }, (_, t) => t);
  const rows = Object.fromEntries(metrics.map((name) => [name, every.map(() => [] as number[][])])) as Record<
    typeof metrics[number],
    number[][][]
  >;
  const part = checkpointParts(context.checkpoint);
  // As many networks side by side as one buffer holds; they do not see each other, so the cut changes nothing.
  for (let first = 0; first < seeds; first += together) {
    const count = Math.min(together, seeds - first);
    const runs = Array.from({ length: count }, (_, i) => ({ scales, seed: first + i + 1 }));
    const { history } = await trainProgram(
      { runs, features: D, tokens: S, loss: "square", metrics },
      { steps, sampleAt: every, batch: (model) => model.batch(inputs, targets) },
      context,
      part(`seeds from ${first + 1}`),
    );
    for (const name of metrics) {
      every.forEach((t) => {
        const flat = history.metrics[name][t], size = flat.length / count;
        for (let i = 0; i < count; i++) rows[name][t].push(flat.slice(i * size, (i + 1) * size));
      });
    }
  }
  /** Row of every network at step t. */
  const at = (name: typeof metrics[number], t: number) => rows[name][t];
  const outputs = every.map((t) => at("outputs", t)), logits = every.map((t) => at("logits", t));
  /** Index of logit (sample, head, s, r) is ((p H + h) S + s) S + r; the one shown is (1; 1, 2). */
  const shown = (t: number, seed: number, head: number) => logits[t][seed][(head * S + 0) * S + 1];
  const allHeads = (t: number) =>
    outputs[0].flatMap((_, seed) => Array.from({ length: H }, (_, h) => shown(t, seed, h)));
  const meanLogits = logits[steps].map((row) =>
    Float64Array.from({ length: P * S * S }, (_, i) => {
      const p = Math.floor(i / (S * S)), entry = i % (S * S);
      let sum = 0;
      for (let h = 0; h < H; h++) sum += row[(p * H + h) * S * S + entry] / H;
      return sum;
    })
  );
  return {
    outputs: outputs[0].map((_, i) => short(outputs.flatMap((rows) => rows[i]))),
    firstKernel: momentsOf(at("residualKernel", 0)),
    lastKernel: momentsOf(at("residualKernel", steps)),
    valueKernel: momentsOf(at("valueKernel", steps)),
    meanLogits: momentsOf(meanLogits),
    headVariance: every.map((t) => {
      const rows = at("headVariance", t);
      return short([rows.reduce((sum, [x]) => sum + x / seeds, 0)])[0];
    }),
    heads: Array.from(
      { length: shownHeads },
      (_, i) => short(every.map((t) => shown(t, Math.floor(i / H), i % H))),
    ),
    histograms: histogramTimes.filter((t) => t <= steps).map((t) => histogramOf(allHeads(t), -4, 4, 64)),
  };
}

/** Finite networks against both limits. */
export const limits: Experiment<LimitsConfig, LimitsMetrics> = {
  paper: "infinite_limits",
  name: "limits",
  title: "Finite networks on the tiny data, over heads and over head width",
  version: 1,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => limitsMetrics.parse(metrics),
  run,
};
