/** @module Probes of what layer 1 leaves in the stream. */
import { Matrix, rounded, solveLinear } from "../../numerics/mod.ts";
import {
  adam,
  disposeTensors,
  type HostArrays,
  type Model,
  type Rehearsal,
  type Tensors,
  tf,
  toHost,
  toTensors,
  train,
} from "../../nn/mod.ts";
import { Stopped } from "../../runs/mod.ts";
import { type FirstLayer, firstLayerProbe } from "../construction.ts";
import type { SparseTask } from "../data.ts";
import type { Architecture } from "../forward.ts";
import { longest, promptsAtOnce } from "./risk.ts";
import { descentProbeModel, oneCycle, PROBE_CAP, type TransformerModel, unpackParameters } from "../model.ts";

/**
 * P1: R^2 with which each product $\hat r_k x_{jk}$ can be read linearly from the query's stream after layer 1, [d] for each
 * run; fitted on half of the rows, judged on the others, in float64.
 */
export function productProbe(
  architectures: readonly Architecture[],
  parameters: HostArrays,
  task: SparseTask,
  options: { readonly n: number; readonly prompts: number; readonly seed?: number },
): number[][] {
  return architectures.map((architecture, run) => {
    const layer: FirstLayer = { architecture, parameters: unpackParameters(architecture, parameters, run) };
    return Array.from(firstLayerProbe(layer, task, { seed: 7, ...options }), rounded);
  });
}

/** How the descent probe is learned. */
export interface DescentProbeOptions {
  /** Context lengths. */
  readonly n: number | { readonly min: number; readonly max: number };
  /** Numbers of GD steps. */
  readonly steps: readonly number[];
  /** Updates of the probe. */
  readonly updates: number;
  /** Prompts a step; default 32. */
  readonly prompts?: number;
  /** Aborting throws `Stopped`. */
  readonly signal?: AbortSignal;
}

/** Risks of the probe at each number of steps. */
export interface DescentProbe {
  /** On the stream after layer 1, `[run][i]`. */
  readonly stream: number[][];
  /** On raw tokens, `[i]`. */
  readonly raw: number[];
}

/** A learned probe: how it is trained, and the batch it is tested on. */
interface DescentProbing extends Rehearsal {
  /** Networks and raw tokens: what the probe reads from. */
  readonly sources: number;
  /** Batches of prompts the probe was not trained on, as many at once as fit, and the number in each. */
  readonly tests: readonly { readonly prompts: number; batch(): HostArrays }[];
}

/** Prompts a probe is tested on. */
const TESTING = 512;

/** The first d coordinates, [width, d]. */
function identity(width: number, d: number): Float64Array {
  const out = new Float64Array(width * d);
  for (let j = 0; j < d; j++) out[j * d + j] = 1;
  return out;
}

/**
 * What reads the inputs from the stream as it was read in, [width, d]: the pseudo-inverse of a run's embedding. A probe
 * that starts there starts as plain GD, whatever the network; what it gains is what layer 1 has added.
 */
function inputsFrom(parameters: HostArrays, run: number, d: number): Float64Array {
  const { data, shape: [, rows, width] } = parameters["embedding.weight"], size = rows * width;
  const embedding = Matrix.from1DArray(rows, width, Array.from(data.subarray(run * size, (run + 1) * size)));
  const inverse = solveLinear(embedding.mmul(embedding.transpose()), embedding); // transposed, [d + 1, width]
  return Float64Array.from(inverse.subMatrix(0, d - 1, 0, width - 1).transpose().to1DArray());
}

/** The probe over frozen networks as a model of its own, with its batches and optimiser. */
export function descentProbing(
  model: TransformerModel,
  parameters: HostArrays,
  width: number,
  d: number,
  { n, steps, updates, prompts = 32 }: DescentProbeOptions,
): DescentProbing {
  const sources = model.runs + 1, most = Math.max(...steps);
  const rows = steps.flatMap((count) => new Array<number>(sources).fill(count)); // one run for each (count, source)
  const starts = Array.from({ length: model.runs }, (_, run) => inputsFrom(parameters, run, d));
  starts.push(identity(width, d));
  const probe = descentProbeModel({ width, d, steps: rows, starts: rows.map((_, i) => starts[i % sources]) });
  const active = Object.freeze({
    data: Float32Array.from(
      rows.flatMap((count) => Array.from({ length: most }, (_, t) => t < count ? 1 : 0)),
    ),
    shape: [rows.length, most, 1],
  });
  const network = Object.fromEntries(
    Object.entries(parameters).map(([name, array]) => [`net/${name}`, Object.freeze({ ...array })]),
  );
  const repeat = (t: tf.Tensor, times: number) =>
    times === 1 ? t : tf.tile(t, [times, ...t.shape.slice(1).map(() => 1)]);
  const wrapped: Model = {
    ...probe,
    loss: (p: Tensors, x: Tensors) => {
      const net = Object.fromEntries(Object.keys(parameters).map((name) => [name, x[`net/${name}`]]));
      const [, B, T] = x.tokens.shape as number[], q = x.targets.shape[2]!;
      const stream = model.stream(net, x, 1); // [run, B, T, D]
      const raw = tf.pad(x.tokens, [[0, 0], [0, 0], [0, 0], [0, width - d - 1]]);
      const features = repeat(tf.concat([stream, raw], 0), steps.length);
      const shared = (t: tf.Tensor) => repeat(t, rows.length);
      return probe.loss(p, {
        features,
        labels: shared(tf.slice(x.tokens, [0, 0, 0, d], [1, B, T - q, 1])),
        weight: shared(tf.expandDims(tf.slice(x.context, [0, 0, 0], [1, B, T - q]), 3)),
        targets: shared(x.targets),
        active: x.active,
      });
    },
  };
  const batch = (step: number, name: string, count: number): HostArrays => ({
    ...model.prompts({ n, prompts: count, step, sharedSeed: 5, name }),
    ...network,
    active,
  });
  const perPrompt = Math.max(
    model.numbersPerPrompt(longest(n), model.queries),
    rows.length * (longest(n) + model.queries) * width, // features of every run of the probe
  );
  const together = promptsAtOnce(perPrompt, TESTING);
  return {
    sources,
    model: wrapped,
    optimizer: adam({ learningRate: oneCycle(0.02, updates), clipNorm: 1 }),
    batch: (step) => batch(step, "descent probe", prompts),
    tests: Array.from({ length: Math.ceil(TESTING / together) }, (_, part) => {
      const prompts = Math.min(together, TESTING - part * together);
      return { prompts, batch: () => batch(part, "descent probe test", prompts) };
    }),
  };
}

/** P2: risk of k steps of gradient descent on learned linear features of the tokens after layer 1, and of the raw tokens. */
export async function descentProbe(
  model: TransformerModel,
  parameters: HostArrays,
  width: number,
  d: number,
  options: DescentProbeOptions,
): Promise<DescentProbe> {
  const { steps, updates, signal } = options;
  const { sources, tests, ...probing } = descentProbing(model, parameters, width, d, options);
  const result = await train({
    ...probing,
    steps: updates,
    sampleAt: [],
    onDivergence: "continue",
    ...signal ? { signal } : {},
  });
  if (result.status === "stopped") throw new Stopped(result.message);
  const p = toTensors(result.parameters), mean = new Float64Array(probing.model.runs);
  for (const { prompts, batch } of tests) {
    const x = toTensors(batch());
    const { risk } = await toHost({ risk: tf.tidy(() => probing.model.loss(p, x)) });
    disposeTensors(x);
    risk.data.forEach((value, i) => mean[i] += value * prompts / TESTING);
  }
  disposeTensors(p);
  const at = (source: number) =>
    steps.map((_, i) => {
      const value = mean[i * sources + source];
      return Number.isNaN(value) ? PROBE_CAP : rounded(value); // its rates have diverged
    });
  return { stream: Array.from({ length: model.runs }, (_, run) => at(run)), raw: at(model.runs) };
}
