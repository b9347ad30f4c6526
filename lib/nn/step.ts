/**
 * @module One training step as a pure function of tensors.
 *
 * Parameters, optimiser state, batch and the step's scalars all enter as tensors and new tensors come out; nothing is read
 * from anywhere else. The same program therefore runs at every step, and can be recorded once and replayed.
 */
import type { Optimizer } from "./optimizer.ts";
import { tf } from "./tf.ts";
import type { Model, Tensors } from "./types.ts";

/** What a step carries over to the next. */
export interface StepState {
  /** Trained parameters, [run, ...]. */
  readonly parameters: Tensors;
  /** What the optimiser keeps. */
  readonly optimizer: Tensors;
}

/** A training step; the caller disposes of what went in and of what comes out. */
export type Step = (state: StepState, batch: Tensors, scalars: Tensors) => {
  state: StepState;
  /** Mean loss of each run before the update, shape [run]. */
  losses: tf.Tensor1D;
};

/** Builds the step: losses and gradients of the model, then the optimiser's update. */
export function trainingStep(model: Model, optimizer: Optimizer): Step {
  return (state, batch, scalars) =>
    tf.tidy(() => {
      const { losses, gradients } = lossesAndGradients(model, state.parameters, batch);
      const updated = optimizer.apply(scalars, state.parameters, gradients, state.optimizer);
      const result = { state: { parameters: updated.parameters, optimizer: updated.state }, losses };
      // `tf.tidy` follows nested containers of tensors; its type does not.
      return result as unknown as typeof result & tf.TensorContainer;
    });
}

/**
 * Losses [run] of a model and the gradient of their sum. Runs share no parameters, so the gradient at run r is that of
 * run r's own loss. Throws, by name, for a loss of the wrong shape and for parameters the loss does not use.
 */
export function lossesAndGradients(
  model: Model,
  parameters: Tensors,
  batch: Tensors,
): { losses: tf.Tensor1D; gradients: Tensors } {
  const names = Object.keys(parameters);
  const f = (...tensors: tf.Tensor[]) => {
    const losses = model.loss(Object.fromEntries(names.map((name, i) => [name, tensors[i]])), batch);
    if (losses.rank !== 1 || losses.shape[0] !== model.runs) {
      throw new Error(
        `${model.name}: loss must have shape [${model.runs}], one per run, got [${losses.shape}]`,
      );
    }
    return losses;
  };
  try {
    const { value, grads } = tf.valueAndGrads(f)(Object.values(parameters), tf.ones([model.runs]));
    return {
      losses: value as tf.Tensor1D,
      gradients: Object.fromEntries(names.map((name, i) => [name, grads[i]])),
    };
  } catch (error) {
    if (!/Cannot compute gradient of y=f\(x\)/.test(String(error))) throw error;
    const unused = names.filter((_, i) => !dependsOn(f, Object.values(parameters), i));
    throw new Error(
      `${model.name}: the loss has no gradient with respect to ${
        unused.join(", ")
      }; use every parameter in the loss, ` +
        "through operations that have a gradient",
      { cause: error },
    );
  }
}

function dependsOn(f: (...x: tf.Tensor[]) => tf.Tensor1D, values: tf.Tensor[], index: number): boolean {
  return tf.tidy(() => {
    try {
      tf.grad((x: tf.Tensor) => tf.sum(f(...values.map((v, i) => i === index ? x : v))))(values[index]);
      return true;
    } catch {
      return false;
    }
  });
}
