/**
 * @module An ordinary two-layer attention network under Adam on the mixed target: no scalar is tied, no layer is trained
 * before the other. Two starts, differing in their Alibi slopes alone: steep ones give layer 1 a head that nearly copies the
 * previous token, flat ones (those of arXiv 2108.12409 for four heads) look at all tokens almost alike.
 */
import { rounded } from "../../numerics/mod.ts";
import { type Experiment, frozen, type RunContext, Stopped } from "../../runs/mod.ts";
import type { MixedTask } from "../data.ts";
import type { Architecture } from "../forward.ts";
import {
  type TransformerConfig,
  type TransformerMetrics,
  transformerMetrics,
} from "../transformer_records.ts";
import { ignorance } from "../uniform_head.ts";
import { crossing } from "./sampling.ts";

const steep = [2, 1, 1 / 2, 1 / 4], flat = [1 / 4, 1 / 16, 1 / 64, 1 / 256];

const quick: TransformerConfig = {
  L: 16,
  d: 3,
  bStar: 1,
  alphaStar: 1,
  width: 16,
  headWidth: 8,
  slopes: steep,
  gain: 0.3,
  matchGain: 0.1,
  batch: 64,
  rate: 3e-3,
  steps: 500,
  every: 10,
  evaluation: 256,
  seeds: [1, 2, 3, 4, 5, 6],
};
/** The same network and noise, longer and over more seeds: what changes is L. */
const full: TransformerConfig = {
  ...quick,
  steps: 3000,
  every: 20,
  evaluation: 1000,
  seeds: Array.from({ length: 16 }, (_, i) => i + 1),
};
const profiles = frozen({
  quick: [quick, { ...quick, slopes: flat, steps: 900 }],
  full: [16, 24, 32].flatMap((L) => [{ ...full, L }, { ...full, L, slopes: flat }]),
});

/** The task of a config. */
export function taskOf({ L, d, bStar, alphaStar }: TransformerConfig): MixedTask & { readonly d: number } {
  return { alphaStar, bStar: new Array<number>(d).fill(bStar), L, d };
}

/** Two attention layers, no feed-forward network. */
export function architectureOf({ d, width, headWidth, slopes }: TransformerConfig): Architecture {
  const layer = {
    heads: slopes.length,
    keyWidth: headWidth,
    valueWidth: headWidth,
    encoding: { kind: "alibi" },
    hidden: 0,
  } as const;
  return { d, width, outputs: 2 * d, bos: false, layers: [layer, layer] };
}

async function run(config: TransformerConfig, context: RunContext): Promise<TransformerMetrics> {
  await context.device();
  // TensorFlow.js is loaded when something is trained, not when records are read.
  const [nn, { transformerModel }] = await Promise.all([
    import("../../nn/mod.ts"),
    import("../model/transformer.ts"),
  ]);
  const { batch, seeds, slopes, gain, matchGain, steps, every, evaluation } = config;
  const task = taskOf(config), start = { slopes, gain, matchGain };
  const model = transformerModel({ task, architecture: architectureOf(config), batch, seeds, start });
  const result = await nn.train({
    model,
    optimizer: nn.adam({ learningRate: config.rate }),
    batch: model.batchAt,
    steps,
    every,
    evaluationBatch: model.evaluation(evaluation),
    signal: context.signal,
    checkpoint: context.checkpoint,
    onProgress: (step, steps, loss) => context.progress(step, steps, `loss ${loss[0].toPrecision(3)}`),
  });
  if (result.status === "stopped") throw new Stopped(result.message);
  if (result.status !== "done") throw new Error(result.message);
  const { history } = result;
  const rows = (name: keyof TransformerMetrics["series"]) =>
    seeds.map((_, run) => history.metrics[name].map((sample) => rounded(sample[run])));
  const series = {
    fourGram: rows("fourGram"),
    induction: rows("induction"),
    previousToken: rows("previousToken"),
    inductionScore: rows("inductionScore"),
  };
  const nothing = ignorance(task, { sequences: 4000, seed: seeds[0] });
  const reached = (part: "fourGram" | "induction", run: number) => {
    const at = crossing(history.steps, series[part][run], nothing[part] / 10, -1);
    return at === null ? null : rounded(at);
  };
  return {
    steps: [...history.steps],
    series,
    ignorance: nothing,
    learned: seeds.map((_, run) => ({
      fourGram: reached("fourGram", run),
      induction: reached("induction", run),
    })),
  };
}

/** Both losses and both attention scores of an ordinary transformer, over seeds, from steep and from flat slopes. */
export const transformer: Experiment<TransformerConfig, TransformerMetrics> = {
  paper: "lazy_to_rich",
  name: "transformer",
  title: "An ordinary two-layer transformer: does an induction head emerge, and when?",
  version: 1,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => transformerMetrics.parse(metrics),
  run,
};
