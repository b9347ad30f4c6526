/**
 * @module Probe P2: how far do k steps of gradient descent get on linear features of a stream? One matrix P and k step sizes
 * are learned over many prompts so that GD on $\{(P^\top h_i, y_i)\}_{i\le n}$ minimises the risk at the queries. The features
 * are those of a frozen layer 1, or the raw tokens; the difference is what layer 1 has done for the optimisation after it.
 */
import { constant, initialize, matMul, type Model, type Tensors, tf, values } from "../../nn/mod.ts";

/** Runs of the probe: one for each set of features and number of steps. */
export interface DescentProbeProgram {
  /** Width D of the features. */
  readonly width: number;
  /** Width of the projected features, the dimension GD works in. */
  readonly d: number;
  /** Number of GD steps of each run. */
  readonly steps: readonly number[];
  /** The projection each run starts with, row-major [width, d]. */
  readonly starts: readonly ArrayLike<number>[];
}

/**
 * The largest risk that a prompt counts with: four times what predicting zero costs at E||w*||^2 = 1. Products $\hat r_kx_k$ have
 * heavy tails, and GD explodes on a prompt whose features are too large for its steps; one in a thousand would be the mean.
 */
export const PROBE_CAP = 4;

/** The step size every step starts with: stable for plain GD on standard normal inputs with twice as many examples. */
const START_RATE = 0.3;

/**
 * The probe as a model. Its batch holds `features` [run, prompt, token, D], `labels` [run, prompt, n, 1] (0 on padding),
 * `weight` [run, prompt, n, 1] (1/n on the context, 0 on padding), `targets` [run, prompt, q] and `active` [run, steps, 1].
 */
export function descentProbeModel(program: DescentProbeProgram): Model {
  const { width, d, steps, starts } = program, R = starts.length, most = Math.max(...steps);
  return {
    name: `descent probe, ${width} -> ${d}, steps ${steps.join(" ")}`,
    runs: R,
    initial: () =>
      initialize(new Array<number>(R).fill(0), (run) => ({
        projection: values([width, d], starts[run]),
        rates: constant([most, 1], START_RATE),
      })),
    loss: (p: Tensors, x: Tensors) => {
      const [, B, T, D] = x.features.shape as number[], n = x.labels.shape[2]!, q = T - n;
      const flat = matMul(tf.reshape(x.features, [R, B * T, D]), p.projection);
      const projected = tf.reshape(flat, [R, B, T, d]);
      const context = tf.slice(projected, [0, 0, 0, 0], [R, B, n, d]);
      const queries = tf.slice(projected, [0, 0, n, 0], [R, B, q, d]);
      const transposed = tf.transpose(context, [0, 1, 3, 2]); // [run, prompt, d, n]
      const rates = tf.mul(p.rates, x.active); // a run that makes k steps has rate 0 after them
      let u: tf.Tensor = tf.zeros([R, B, d, 1]);
      for (let t = 0; t < most; t++) {
        const residual = t === 0 ? x.labels : tf.sub(x.labels, matMul(context, u));
        const step = matMul(transposed, tf.mul(residual, x.weight)); // [run, prompt, d, 1]
        u = tf.add(u, tf.mul(step, tf.reshape(tf.slice(rates, [0, t, 0], [R, 1, 1]), [R, 1, 1, 1])));
      }
      const error = tf.sub(tf.reshape(matMul(queries, u), [R, B, q]), x.targets);
      return tf.mean(tf.minimum(tf.mean(tf.square(error), 2), PROBE_CAP), 1) as tf.Tensor1D;
    },
  };
}
