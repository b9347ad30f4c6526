/** @module Refitting one scalar a layer after pruning: the network's weights stay, the outputs of its layers are rescaled. */
import {
  adam,
  constant,
  type HostArrays,
  initialize,
  mapValues,
  type Model,
  type Rehearsal,
  type Tensors,
  tf,
  train,
} from "../../nn/mod.ts";
import { Stopped } from "../../runs/mod.ts";
import { type Gains, oneCycle, type TransformerModel } from "../model.ts";

/** How the scalars are fitted. */
export interface RefitOptions {
  /** Factors on heads that stay as they are, up to the scalars. */
  readonly gains: Gains;
  /** Which layers (from 0) get a scalar. */
  readonly layers: readonly number[];
  /** Context lengths. */
  readonly n: number | { readonly min: number; readonly max: number };
  /** Updates; default 60. */
  readonly steps?: number;
  /** Prompts per run and step; default 32. */
  readonly prompts?: number;
  /** Aborting throws `Stopped`. */
  readonly signal?: AbortSignal;
}

/** Network weights travel in the batch under this prefix, frozen. */
const NET = "net/";

/** The scalars as a model of their own, with its batches and optimiser. */
export function refitting(
  model: TransformerModel,
  parameters: HostArrays,
  { gains, layers, n, steps = 60, prompts = 32 }: RefitOptions,
): Rehearsal {
  const R = model.runs;
  const frozen = Object.fromEntries(
    Object.entries(parameters).map(([name, array]) => [NET + name, Object.freeze({ ...array })]),
  );
  const scalars: Model = {
    name: `scalars of ${model.name}`,
    runs: R,
    initial: () => initialize(new Array<number>(R).fill(0), () => ({ scale: constant([layers.length], 1) })),
    loss: (p: Tensors, x: Tensors) => {
      const network = Object.fromEntries(Object.keys(parameters).map((name) => [name, x[NET + name]]));
      const scaled = { ...x };
      layers.forEach((layer, i) => {
        const name = `layer${layer + 1}.gain`;
        scaled[name] = tf.mul(x[name], tf.reshape(tf.slice(p.scale, [0, i], [R, 1]), [R, 1, 1, 1]));
      });
      return tf.mean(model.risks(network, scaled), 1) as tf.Tensor1D;
    },
  };
  return {
    model: scalars,
    optimizer: adam({ learningRate: oneCycle(0.05, steps), clipNorm: 1 }),
    batch: (step) => ({ ...model.prompts({ n, prompts, step, name: "refit", gains }), ...frozen }),
  };
}

/** The gains with every named layer's multiplied by its fitted scalar. */
export async function refitGains(
  model: TransformerModel,
  parameters: HostArrays,
  options: RefitOptions,
): Promise<Gains> {
  const { gains, layers, steps = 60, signal } = options;
  const result = await train({
    ...refitting(model, parameters, { ...options, steps }),
    steps,
    sampleAt: [],
    onDivergence: "continue",
    ...signal ? { signal } : {},
  });
  if (result.status === "stopped") throw new Stopped(result.message);
  const { data } = result.parameters.scale;
  return gains.map((run, r) =>
    run.map((heads, layer) => {
      const i = layers.indexOf(layer), fitted = data[r * layers.length + i];
      const factor = i >= 0 && Number.isFinite(fitted) ? fitted : 1;
      return heads.map((gain) => gain * factor);
    })
  );
}

/** Parameters of some of the runs of a program. */
export function selectRuns(parameters: HostArrays, runs: readonly number[]): HostArrays {
  return mapValues(parameters, ({ data, shape }) => {
    const size = data.length / shape[0], kept = new Float32Array(runs.length * size);
    runs.forEach((run, i) => kept.set(data.subarray(run * size, (run + 1) * size), i * size));
    return { data: kept, shape: [runs.length, ...shape.slice(1)] };
  });
}
