/** @module Layers and losses; every tensor's first axis is the run, of size 1 where all runs share it. */
import { withGradient } from "./custom_gradient.ts";
import { matMul } from "./matmul.ts";
import { hostArray } from "./tensors.ts";
import { tf } from "./tf.ts";
import type { HostArray } from "./types.ts";

/** Affine map $y = xW + b$: x [run or 1, ..., n], weight [run, n, m], bias [run, m] -> [run, ..., m]. */
export function linear(x: tf.Tensor, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor {
  const [run, n, m] = weight.shape as number[];
  if (weight.rank !== 3 || x.shape[x.rank - 1] !== n || (x.shape[0] !== run && x.shape[0] !== 1)) {
    throw new Error(
      `linear needs x [run or 1, ..., n] and weight [run, n, m], got [${x.shape}] and [${weight.shape}]`,
    );
  }
  const rows = matMul(tf.reshape(x, [x.shape[0], -1, n]), weight); // [run, rows, m]
  const shifted = bias ? tf.add(rows, tf.reshape(bias, [run, 1, m])) : rows;
  return tf.reshape(shifted, [run, ...x.shape.slice(1, -1), m]);
}

/**
 * Layer normalisation over the last axis, $\hat x = (x - \bar x)/\sqrt{\mathrm{var}(x) + \epsilon}$ with the population
 * variance, no trainable gain. The gradient is in closed form,
 * $\bar x_i = (\bar y_i - \langle\bar y\rangle - \hat x_i \langle \bar y \hat x\rangle)/\sigma$; first order only.
 */
export function layerNorm(x: tf.Tensor, epsilon = 1e-5): tf.Tensor {
  return withGradient({ x }, (save) => {
    const centred = tf.sub(x, tf.mean(x, -1, true));
    const inverse = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
    const value = tf.mul(centred, inverse);
    save([value, inverse]);
    return value;
  }, (dy, [hat, inverseSd]) => ({
    x() {
      const along = tf.mul(hat, tf.mean(tf.mul(dy, hat), -1, true));
      return tf.mul(tf.sub(tf.sub(dy, tf.mean(dy, -1, true)), along), inverseSd);
    },
  }));
}

/** Exact Gaussian error linear unit, $x\,\Phi(x)$. */
export function gelu(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
}

/**
 * One-hot rows on the host, shape [...shape, depth]. Multiply them by a table (`linear`) to embed: `tf.gather` has no
 * gradient on WebAssembly. Throws for an index outside [0, depth).
 */
export function oneHot(indices: ArrayLike<number>, shape: readonly number[], depth: number): HostArray {
  const data = new Float32Array(indices.length * depth);
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i];
    if (!(Number.isInteger(index) && index >= 0 && index < depth)) {
      throw new Error(`one-hot index must be a whole number in [0, ${depth}), got ${index} at place ${i}`);
    }
    data[i * depth + index] = 1;
  }
  return hostArray(data, [...shape, depth]);
}

/** Mean over all axes but the run: [run, ...] -> [run]. */
export function meanPerRun(x: tf.Tensor): tf.Tensor1D {
  return (x.rank === 1 ? x : tf.mean(tf.reshape(x, [x.shape[0], -1]), 1)) as tf.Tensor1D;
}

/**
 * Half the mean squared length of the errors of each run, $\frac{w}{2}\langle e^2\rangle$ over all entries, [run, ...] -> [run]; w is the
 * number of entries a vector has. One operation on the tape; first order only.
 */
export function halfMeanSquare(error: tf.Tensor, width = 1): tf.Tensor1D {
  const R = error.shape[0], share = R * width / error.size;
  const flat = () => tf.reshape(error, [R, -1]);
  return withGradient({ error }, (save) => {
    save([error]);
    return tf.mul(tf.sum(tf.square(flat()), 1), share / 2);
  }, (dy, [saved]) => ({
    error: () => tf.mul(saved, tf.reshape(tf.mul(dy, share), [R, ...new Array(saved.rank - 1).fill(1)])),
  })) as tf.Tensor1D;
}

/** Mean squared error of each run, $\langle (y - \hat y)^2 \rangle$, shape [run]. */
export function meanSquaredError(prediction: tf.Tensor, target: tf.Tensor): tf.Tensor1D {
  return meanPerRun(tf.square(tf.sub(prediction, target)));
}

/** Cross entropy of each run in nats, $-\langle \sum_c y_c \log \mathrm{softmax}(z)_c \rangle$, classes on the last axis. */
export function crossEntropy(logits: tf.Tensor, target: tf.Tensor): tf.Tensor1D {
  return meanPerRun(tf.neg(tf.sum(tf.mul(target, tf.logSoftmax(logits)), -1)));
}
