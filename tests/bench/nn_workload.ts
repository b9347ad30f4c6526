/**
 * @module The workload that is compared with PyTorch: one Adam step of a two-layer pre-LN transformer, B = 64, T = 32,
 * D = 64, H = 4, FFN 256, twice: as a TensorFlow.js user would write it, and with this project's layers. Same numbers in.
 */
import {
  adam,
  attention,
  causalBias,
  gaussian,
  type HostArrays,
  initialize,
  layerNorm,
  linear,
  meanSquaredError,
  mergeHeads,
  type Model,
  splitHeads,
  type Tensors,
  tf,
  toTensors,
  trainingStep,
} from "../../lib/nn/mod.ts";
import { stream } from "../../lib/numerics/mod.ts";

/** Sizes of the workload. */
export const sizes = { B: 64, T: 32, D: 64, H: 4, F: 256, layers: 2 } as const;
const { B, T, D, H, F, layers } = sizes;

/** One step in place; returns the losses, still on the device. */
export interface Stepper {
  step(): tf.Tensor;
  dispose(): void;
}

function parameters(seeds: number[]): HostArrays {
  return initialize(seeds, () => {
    const tree: Record<string, ReturnType<typeof gaussian>> = {};
    for (let l = 0; l < layers; l++) {
      for (const n of "qkvo") tree[`${n}${l}`] = gaussian([D, D], D ** -0.5);
      tree[`f${l}`] = gaussian([D, F], D ** -0.5);
      tree[`g${l}`] = gaussian([F, D], F ** -0.5);
    }
    return { ...tree, r: gaussian([D, 1], D ** -0.5) };
  });
}

/** Inputs and targets; one batch for ever, as the peer has it. */
export function benchBatch(): HostArrays {
  const random = stream(1, "bench");
  const filled = (shape: number[]) => ({
    data: random.fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1))),
    shape,
  });
  return { x: filled([1, B, T, D]), y: filled([1, B, T, 1]), mask: causalBias(T) }; // constants travel in the batch
}

/** The transformer in this project's layers, `runs` side by side. */
export function houseModel(seeds: number[] = [0]): Model {
  const runs = seeds.length;
  return {
    name: "bench transformer",
    runs,
    initial: () => parameters(seeds),
    loss(p: Tensors, batch: Tensors) {
      let x = batch.x as tf.Tensor; // [run or 1, B, T, D]
      for (let l = 0; l < layers; l++) {
        const h = layerNorm(x);
        const [q, k, v] = [..."qkv"].map((n) => splitHeads(linear(h, p[`${n}${l}`]), H)); // [run, B, H, T, D/H]
        x = tf.add(x, linear(mergeHeads(attention({ q, k, v, bias: batch.mask })), p[`o${l}`]));
        x = tf.add(x, linear(tf.relu(linear(layerNorm(x), p[`f${l}`])), p[`g${l}`]));
      }
      return meanSquaredError(linear(x, p.r), batch.y);
    },
  };
}

/** The step this project takes. */
export function houseStepper(seeds: number[] = [0]): Stepper {
  const model = houseModel(seeds);
  const optimizer = adam({ learningRate: 1e-3 });
  const step = trainingStep(model, optimizer);
  const batch = toTensors(benchBatch());
  const first = toTensors(model.initial());
  let state = { parameters: first, optimizer: optimizer.initial(first) };
  let count = 0;
  const dispose = () => tf.dispose([state.parameters, state.optimizer]);
  return {
    step() {
      const scalars = toTensors(optimizer.scalars(count++, model.runs));
      const next = step(state, batch, scalars);
      dispose();
      tf.dispose(scalars);
      state = next.state;
      return next.losses;
    },
    dispose() {
      dispose();
      tf.dispose(batch);
    },
  };
}

/** The same step in plain TensorFlow.js: `tf.matMul`, `tf.moments`, `tf.train.adam`. */
export function plainStepper(): Stepper {
  const host = parameters([0]);
  const p: Record<string, tf.Variable> = {};
  for (const [n, { data, shape }] of Object.entries(host)) {
    p[n] = tf.variable(tf.tensor(data, shape.slice(1)));
  }
  const { x: X, y: Y, mask } = toTensors(benchBatch());
  const norm = (x: tf.Tensor) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return x.sub(mean).div(variance.add(1e-5).sqrt());
  };
  // tf.matMul multiplies a [B, T, D] activation by a [D, M] weight only after flattening it to two dimensions.
  const times = (x: tf.Tensor, w: tf.Tensor) =>
    tf.matMul(x.reshape([B * T, -1]) as tf.Tensor2D, w as tf.Tensor2D).reshape([B, T, w.shape[1]!]);
  const heads = (x: tf.Tensor) => x.reshape([B, T, H, D / H]).transpose([0, 2, 1, 3]);
  const loss = () => {
    let x = X.reshape([B, T, D]);
    for (let l = 0; l < layers; l++) {
      const h = norm(x);
      const [q, k, v] = [..."qkv"].map((n) => heads(times(h, p[`${n}${l}`])));
      const weights = tf.softmax(tf.matMul(q, k, false, true).mul((D / H) ** -0.5).add(mask));
      const mixed = tf.matMul(weights, v).transpose([0, 2, 1, 3]).reshape([B, T, D]);
      x = x.add(times(mixed, p[`o${l}`]));
      x = x.add(times(tf.relu(times(norm(x), p[`f${l}`])), p[`g${l}`]));
    }
    return times(x, p.r).sub(Y.reshape([B, T, 1])).square().mean() as tf.Scalar;
  };
  const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
  return {
    step: () => optimizer.minimize(loss, true, Object.values(p))!,
    dispose() {
      optimizer.dispose();
      tf.dispose([p, X, Y, mask]);
    },
  };
}
