/** @module What is read off a network as it trains, each of shape [run, ...]. */
import { matMul, type Tensors, tf, transposeLast } from "../../nn/mod.ts";
import type { Pass } from "./pass.ts";

/** Names of what can be read. */
export const metricNames = [
  "outputs",
  "residualKernel",
  "valueKernel",
  "logits",
  "headVariance",
  "movement",
  "accuracy",
] as const;

/** One of them. */
export type MetricName = typeof metricNames[number];

/** Those that are averages over samples. */
export const averages: readonly MetricName[] = ["headVariance", "accuracy"];

/** Everything a metric may look at. */
export interface Observed {
  readonly pass: Pass;
  /** Centred outputs. */
  readonly outputs: tf.Tensor;
  readonly parameters: Tensors;
  readonly batch: Tensors;
}

/** The metrics, by name. */
export const metricOf: Readonly<Record<MetricName, (observed: Observed) => tf.Tensor>> = {
  /** f - f(0), flattened after the run. */
  outputs: ({ outputs }) => outputs,
  /** Kernel of the last residual, [run, B, B]. */
  residualKernel: ({ pass, batch }) => kernel(pass.residual, batch),
  /** Kernel of the last block's attended values, [run, B, B]. */
  valueKernel: ({ pass, batch }) => kernel(pass.attended[pass.attended.length - 1], batch),
  /** Logits of the first block, [run, sample, head, token, token]. */
  logits: ({ pass }) => pass.logits[0],
  /** Variance of a logit over heads, averaged over samples and pairs of tokens, in the last block, [run]. */
  headVariance({ pass, batch }) {
    const logits = pass.logits[pass.logits.length - 1], share = batch["scale.head"];
    const mean = tf.sum(tf.mul(logits, share), 2, true);
    const variance = tf.sum(tf.mul(tf.square(tf.sub(logits, mean)), share), 2);
    return tf.mean(tf.reshape(variance, [variance.shape[0], -1]), 1);
  },
  /** |W(t) - W(0)| / |W(0)| of each weight inside the blocks, [run, weight] in the order of the parameters; 0 where padded. */
  movement({ parameters, batch }) {
    const inside = Object.keys(parameters).filter((name) => name.startsWith("block"));
    const norm = (a: tf.Tensor) => tf.sqrt(tf.sum(tf.square(a), [1, 2]));
    return tf.stack(
      inside.map((name) => {
        const start = batch[`initial.${name}`];
        return tf.div(norm(tf.sub(parameters[name], start)), tf.maximum(norm(start), 1e-20));
      }),
      1,
    );
  },
  /** Share of samples (or tokens) whose largest output is the target's, [run]. */
  accuracy({ outputs, batch }) {
    const right = tf.cast(tf.equal(tf.argMax(outputs, -1), tf.argMax(batch.targets, -1)), "float32");
    return tf.mean(tf.reshape(right, [right.shape[0], -1]), 1);
  },
};

/** $\langle h_a h_b\rangle$ over the sites of each run, tokens of all samples together. */
function kernel(field: tf.Tensor, batch: Tensors): tf.Tensor {
  const [R, P, S, d] = field.shape as number[];
  const rows = tf.reshape(field, [R, P * S, d]);
  return tf.mul(matMul(rows, transposeLast(rows)), tf.reshape(batch["scale.site"], [R, 1, 1]));
}
