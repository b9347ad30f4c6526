/** @module The trainings of this paper at the size of a test: what has to work on a device before an hour is spent on it. */
import type { Rehearsal, Rehearsals } from "../nn/mod.ts";
import { tinyData } from "./data.ts";
import { characterTask, gratingTask, networkOf, type TokenTask } from "./experiments/sources.ts";
import { type NetworkModel, networkModel, type NetworkProgram } from "./model.ts";
import { type ParametrisationOptions, parametrise } from "./parametrisation.ts";

type Common = Omit<NetworkProgram, "runs" | "features" | "tokens" | "outputs" | "pool" | "loss">;

/** Networks whose sizes take turns along the runs, so that padding is at work as soon as there are two. */
function networks(
  sizes: readonly ParametrisationOptions[],
  scales: Omit<ParametrisationOptions, "N" | "H" | "L">,
  runs: number,
) {
  return Array.from({ length: runs }, (_, i) => ({
    scales: parametrise({ ...scales, ...sizes[i % sizes.length] }),
    seed: i + 1,
  }));
}

/** A model with its own optimiser on the batches given. */
function rehearsal(model: NetworkModel, batch: Rehearsal["batch"]): Rehearsal {
  return { model, optimizer: model.optimizer(), batch };
}

/** The few samples of `data.ts`, all of them at every step. */
function onTinyData(program: Common, sizes: readonly ParametrisationOptions[]): (runs: number) => Rehearsal {
  return (runs) => {
    const { P, S, D, ...data } = tinyData();
    const model = networkModel({
      ...program,
      runs: networks(sizes, { beta0: 2, gamma0: 2, eta0: 0.1 }, runs),
      features: D,
      tokens: S,
      loss: "square",
    });
    const inputs = Object.freeze({ data: Float32Array.from(data.inputs), shape: [1, P, S, D] });
    const targets = Object.freeze({ data: Float32Array.from(data.targets), shape: [1, P, 1] });
    return rehearsal(model, () => model.batch(inputs, targets));
  };
}

/** Fresh samples of a task at every step. */
function onTokens(
  taskOf: () => TokenTask,
  sizes: readonly ParametrisationOptions[],
  scales: Omit<ParametrisationOptions, "N" | "H" | "L">,
): (runs: number) => Rehearsal {
  return (runs) => {
    const task = taskOf();
    const model = networkModel({
      runs: networks(sizes, { beta0: 2, gamma0: 0.5, ...scales }, runs),
      ...networkOf(task),
    });
    return rehearsal(model, (step) => {
      const { inputs, targets } = task.training(step, 2);
      return model.batch(inputs, targets);
    });
  };
}

// Four sites at least: over two, normalisation is a sign, and its gradient round-off.
const two = [{ N: 2, H: 2, L: 1 }, { N: 1, H: 4, L: 1 }];

/** Every program that is trained, and every experiment. */
export const rehearsals: Rehearsals = {
  programs: {
    "the reference model on the tiny data": {
      experiments: ["limits"],
      make: onTinyData({}, [{ N: 1, H: 2, L: 1 }]),
    },
    "normalised, with MLP, depths side by side": {
      experiments: ["movement"],
      make: onTinyData({ architecture: { layerNorm: "full", mlp: true, finalNorm: true } }, [
        { N: 2, H: 2, L: 1 },
        { N: 2, H: 2, L: 2 },
      ]),
    },
    "images, gradient descent": {
      experiments: ["transfer"],
      make: onTokens(gratingTask, two, { eta0: 0.5, optimiser: "sgd" }),
    },
    "characters, causal, Adam": {
      experiments: ["language"],
      make: onTokens(() => characterTask(3), two, { eta0: 0.05, optimiser: "adam" }),
    },
  },
  withoutDevice: {
    population: "heads of the infinite network, in float64",
    particles: "heads as particles, in float64",
    birth: "untrained networks, in float64",
    kernels: "untrained networks, in float64",
    scaling: "gradient descent on the float64 network",
    depth: "exact dynamics at infinite width, in float64",
  },
};
