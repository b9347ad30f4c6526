/** @module Full-batch gradient descent of a dense network in float64: the reference for simulator, theory and model. */
import type { SequenceRegression } from "./data/tiny.ts";
import {
  backward,
  forward,
  type NetworkGradients,
  type NetworkParameters,
  type NetworkShape,
  type NetworkTrace,
  parameterLayout,
} from "./forward.ts";

/** One moment of a descent. */
export interface DescentState {
  /** Steps taken. */
  readonly t: number;
  /** Centred outputs, [P]. */
  readonly outputs: Float64Array;
  /** The forward pass at this moment. */
  readonly trace: NetworkTrace;
  /** Gradients of the loss at this moment. */
  readonly gradients: NetworkGradients;
  /** The live weights; copy what you keep. */
  readonly parameters: NetworkParameters;
}

/**
 * Runs T steps of gradient descent on $\tfrac{1}{2P}\sum_\mu(y_\mu - f_\mu)^2$ with centred outputs and the
 * parametrisation's rates, calling `observe` at t = 0 .. T. `parameters` are changed in place.
 *
 * @throws RangeError unless the shape has one output, mean pooling and the SGD column of rates
 */
export function descend(
  shape: NetworkShape,
  parameters: NetworkParameters,
  task: SequenceRegression,
  steps: number,
  observe: (state: DescentState) => void,
): void {
  if ((shape.outputs ?? 1) !== 1 || shape.pool === "token" || shape.scales.optimiser !== "sgd") {
    throw new RangeError("the reference descent is for one pooled output under gradient descent");
  }
  const layout = parameterLayout(shape);
  let initial: Float64Array | undefined;
  for (let t = 0; t <= steps; t++) {
    const trace = forward(shape, parameters, task.inputs);
    initial ??= trace.outputs.slice();
    const outputs = trace.outputs.map((f, p) => f - initial![p]);
    const cotangents = outputs.map((f, p) => (f - task.targets[p]) / task.P);
    const gradients = backward(shape, parameters, trace, cotangents);
    observe({ t, outputs, trace, gradients, parameters });
    if (t === steps) break;
    for (const { name, kind } of layout) {
      const rate = shape.scales.rate[kind], weight = parameters[name], gradient = gradients.parameters[name];
      if (rate !== 0) { for (let i = 0; i < weight.length; i++) weight[i] -= rate * gradient[i]; }
    }
  }
}
