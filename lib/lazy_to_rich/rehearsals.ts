/** @module The trainings of this paper at the size of a test: what has to work on a device before an hour is spent on it. */
import { adam, type Optimizer, type Rehearsal, type Rehearsals, sgd } from "../nn/mod.ts";
import { sixScalarModel, type SixScalarProgram, type SixScalarRun } from "./model/six_scalars.ts";
import { transformerModel } from "./model/transformer.ts";

/** A program of six scalars whose runs differ in their seeds. */
function sixScalars(
  size: Omit<SixScalarProgram, "runs">,
  task: Omit<SixScalarRun, "seed">,
  optimizer: Optimizer,
): (runs: number) => Rehearsal {
  return (runs) => {
    const model = sixScalarModel({
      ...size,
      runs: Array.from({ length: runs }, (_, i) => ({ ...task, seed: i + 1 })),
    });
    return { model, optimizer, batch: model.batchAt };
  };
}

const near = { alphaStar: 1, wStar: 0.6, sigma: 0.1 } as const, small = { L: 8, batch: 4 } as const;

/** Four slopes, two layers: the ordinary transformer. */
function transformer(runs: number): Rehearsal {
  const layer = { heads: 2, keyWidth: 2, valueWidth: 2, encoding: { kind: "alibi" }, hidden: 0 } as const;
  const model = transformerModel({
    task: { alphaStar: 1, bStar: [1, 1], L: 4, d: 2 },
    architecture: { d: 2, width: 4, outputs: 4, bos: false, layers: [layer, layer] },
    batch: 2,
    seeds: Array.from({ length: runs }, (_, i) => i + 1),
    start: { slopes: [1, 0.5], gain: 0.3, matchGain: 0.1 },
  });
  return { model, optimizer: adam({ learningRate: 3e-3 }), batch: model.batchAt };
}

/** Every program that is trained, and every experiment. */
export const rehearsals: Rehearsals = {
  programs: {
    "six scalars, second stage": {
      experiments: ["phases", "times", "joint"],
      make: sixScalars({ ...small, stage: "two" }, near, sgd({ learningRate: 1 })),
    },
    "six scalars, first stage": {
      experiments: ["stageOne"],
      make: sixScalars({ ...small, stage: "one" }, near, sgd({ learningRate: 10 })),
    },
    "six scalars, all at once": {
      experiments: ["joint"],
      make: sixScalars({ ...small, stage: "joint" }, near, sgd({ learningRate: 1 })),
    },
    "six scalars, Adam": {
      experiments: ["adam"],
      make: sixScalars({ ...small, stage: "two" }, near, adam({ learningRate: 1e-3 })),
    },
    "tokens of width 3, two parameters held": {
      experiments: ["staircase"],
      make: sixScalars(
        { ...small, d: 3, stage: "two" },
        { alphaStar: 1, bStar: [0.3, 0.12, 0.04], sigma: 0.1 },
        sgd({ learningRate: 1, scale: { a: 0, p2: 0 } }),
      ),
    },
    "transformer": { experiments: ["transformer"], make: transformer },
  },
  withoutDevice: {
    constructedHeads: "explicit weights, evaluated in float64",
    generalHeads: "explicit weights, evaluated in float64",
    flowGrid: "gradient flow of the population loss, an ordinary differential equation in float64",
    noiselessAdam: "Adam on the closed-form gradient of six numbers, in float64",
  },
};
