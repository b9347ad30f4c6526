/**
 * @module A network of finite width built lazily: its weights are drawn only along the directions training asks for.
 *
 * A d x d Gaussian matrix that is only ever multiplied with a few fields need not be stored: given its past products,
 * the next one is the regression on them plus fresh Gaussian noise on the complement. Run with all N H sites this
 * reproduces the law of a trained dense network exactly, at O(B T d) memory instead of O(d^2) and without one dense
 * matrix product (derived). It is the same march as the infinite limit, which is what makes them comparable.
 */
import type { RandomStream } from "../numerics/mod.ts";
import type { SequenceRegression } from "./data/tiny.ts";
import type { Architecture } from "./fields/architecture.ts";
import type { Parametrisation } from "./parametrisation.ts";
import { TrainingDynamics } from "./theory/training.ts";

/** One finite network and its task. */
export interface SimulationOptions {
  /** The data to fit. */
  readonly task: SequenceRegression;
  /** Scales with finite N and H. */
  readonly scales: Parametrisation;
  /** Default: the reference model. */
  readonly architecture?: Architecture;
  /** Gradient steps that will be taken. */
  readonly steps: number;
  /** Names the network: the same stream gives the same one. */
  readonly stream: RandomStream;
}

/**
 * A network of N x H sites under full-batch gradient descent, exact in law.
 *
 * @throws RangeError for infinite sizes: those are the limits themselves, see {@link TrainingDynamics}
 */
export function simulateNetwork(options: SimulationOptions): TrainingDynamics {
  const { N, H } = options.scales;
  if (N === Infinity || H === Infinity) {
    throw new RangeError(
      `the simulator is for finite networks, got N = ${N}, H = ${H}; use the training theory`,
    );
  }
  return new TrainingDynamics({ ...options, response: true });
}
