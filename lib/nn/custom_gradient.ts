/**
 * @module Operations with a gradient of their own, computed only for the operands that need one. `tf.customGrad` asks for the
 * gradients of all operands at once, also of data and constants, whose gradient nobody reads: for a product with a batch
 * that is one product in three.
 */
import { tf } from "./tf.ts";

/** The part of TensorFlow.js's engine that `tf.customGrad` itself stands on. */
interface Engine {
  runKernelFunc(options: {
    forwardFunc(backend: unknown, save: (tensors: tf.Tensor[]) => void): tf.Tensor;
    backwardsFunc(dy: tf.Tensor, saved: tf.Tensor[]): Record<string, () => tf.Tensor>;
    inputs: Record<string, tf.Tensor>;
  }): tf.Tensor;
}

/**
 * An operation on named tensors with a first-order gradient.
 *
 * @param inputs operands by name
 * @param forward computes the value; `save` keeps tensors for the backward pass
 * @param backward for every operand, a function that computes its gradient, of the operand's shape, when it is asked for
 */
export function withGradient<Name extends string>(
  inputs: Readonly<Record<Name, tf.Tensor>>,
  forward: (save: (tensors: tf.Tensor[]) => void) => tf.Tensor,
  backward: (dy: tf.Tensor, saved: tf.Tensor[]) => Record<Name, () => tf.Tensor>,
): tf.Tensor {
  return (tf.engine() as unknown as Engine).runKernelFunc({
    forwardFunc: (_, save) => forward(save),
    backwardsFunc: backward,
    inputs,
  });
}
