/** @module Adam on the exact gradient of the population loss, in float64: what is left of the predicted times without noise. */
import { constantsOf, initialState, stageTwoFlow, type Task } from "../theory/mod.ts";
import { crossing } from "./sampling.ts";

/** How Adam is run; the usual beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8. */
export interface AdamFlowOptions {
  /** Learning rate. */
  readonly rate: number;
  /** Updates at most. */
  readonly steps: number;
}

/** Updates until beta is half of b* from all-small, interpolated; null when it is not reached. */
export function adamFlow(
  task: Task & { readonly sigma: number },
  { rate, steps }: AdamFlowOptions,
): number | null {
  const flow = stageTwoFlow(task), { bStar } = constantsOf(task);
  const y = initialState(task, flow.names, "all-small", task.sigma);
  const size = y.length, mean = new Float64Array(size), square = new Float64Array(size);
  const descent = new Float64Array(size); // minus the gradient
  const at = [0], beta = [flow.beta(y)];
  for (let step = 1; step <= steps && beta[beta.length - 1] < bStar / 2; step++) {
    flow.f(0, y, descent);
    for (let i = 0; i < size; i++) {
      mean[i] = 0.9 * mean[i] + 0.1 * descent[i];
      square[i] = 0.999 * square[i] + 0.001 * descent[i] ** 2;
      y[i] += rate * (mean[i] / (1 - 0.9 ** step)) / (Math.sqrt(square[i] / (1 - 0.999 ** step)) + 1e-8);
    }
    at.push(step);
    beta.push(flow.beta(y));
  }
  return crossing(at, beta, bStar / 2);
}
