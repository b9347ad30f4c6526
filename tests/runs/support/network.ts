/** @module A network of two runs, trained with Adam through nn's own loop: small, but with everything a checkpoint holds. */
import {
  adam,
  type HostArrays,
  matMul,
  meanSquaredError,
  type Model,
  tf,
  train,
} from "../../../lib/nn/mod.ts";
import { stream } from "../../../lib/numerics/mod.ts";
import { type Experiment, Stopped } from "../../../lib/runs/mod.ts";

export type NetworkConfig = { readonly seed: number; readonly steps: number };
export type NetworkMetrics = {
  readonly loss: readonly (readonly number[])[];
  readonly weights: readonly number[];
};

export const networkConfig: NetworkConfig = { seed: 3, steps: 300 };
const runs = 2, batch = 16, inputs = 6, hidden = 12;

export const network: Experiment<NetworkConfig, NetworkMetrics> = {
  paper: "toy",
  name: "network",
  title: "Two small networks side by side",
  version: 1,
  configs: () => [networkConfig],
  checkMetrics: (metrics) => metrics as NetworkMetrics,
  run: async ({ seed, steps }, { device, signal, checkpoint, progress }) => {
    await device();
    const result = await train({
      model: model(seed),
      optimizer: adam({ learningRate: [0.01, 0.03] }),
      batch: (step) => batchOf(seed, step),
      steps,
      signal,
      checkpoint,
      checkpointEvery: 5,
      guardEvery: 5,
      every: 20,
      onProgress: (step, all) => progress(step, all),
    });
    if (result.status === "stopped") throw new Stopped(result.message);
    if (result.status !== "done") throw new Error(result.message);
    const weights = Object.values(result.parameters).flatMap(({ data }) => Array.from(data));
    return { loss: result.history.loss, weights };
  },
};

function model(seed: number): Model {
  const draw = (name: string, ...shape: number[]) => ({
    data: stream(seed, "initial", name).fillNormal(new Float32Array(shape.reduce((a, b) => a * b)), 0.4),
    shape,
  });
  return {
    name: "tanh network",
    runs,
    initial: () => ({ first: draw("first", runs, inputs, hidden), second: draw("second", runs, hidden, 1) }),
    loss: ({ first, second }, { x, y }) => meanSquaredError(matMul(tf.tanh(matMul(x, first)), second), y),
  };
}

/** x [run, batch, input], y [run, batch, 1]: a pure function of the step. */
function batchOf(seed: number, step: number): HostArrays {
  const x = stream(seed, "batch", step).fillNormal(new Float32Array(runs * batch * inputs));
  const y = new Float32Array(runs * batch).map((_, i) => Math.sin(x[i * inputs] * x[i * inputs + 1]));
  return { x: { data: x, shape: [runs, batch, inputs] }, y: { data: y, shape: [runs, batch, 1] } };
}
