/** @module The trainings of this paper at the size of a test: what has to work on a device before an hour is spent on it. */
import { type Rehearsal, type Rehearsals, sgd } from "../nn/mod.ts";
import { sampleSequences } from "./data.ts";
import type { Architecture } from "./forward.ts";
import type { Loss } from "./loss.ts";
import { type DirectModel, directModel } from "./model/direct.ts";
import type { DirectRun } from "./model/direct_arrays.ts";
import { fullModel } from "./model/direct_full.ts";

const size = { d: 3, H: 2, M: 2, D: 2 } as const;

/** Full-batch gradient descent on a few short sequences, fresh ones for every run. */
function descent(
  modelOf: (runs: readonly DirectRun[]) => DirectModel,
  options: Parameters<typeof sgd>[0],
): (runs: number) => Rehearsal {
  return (runs) => {
    const data = Array.from({ length: runs }, (_, seed) => ({
      data: sampleSequences({ d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha: 0.3 } }, {
        L: 6,
        count: 3,
        seed,
      }),
      start: { c0: 0.1, a0: 0.5, plus: 1, minus: 0.1 },
    }));
    const model = modelOf(data);
    return { model, optimizer: sgd(options), batch: () => model.batch };
  };
}

const direct = (variant: Architecture["variant"], loss: Loss) => (runs: readonly DirectRun[]) =>
  directModel({ architecture: { variant, ...size }, loss, runs });

/** Every program that is trained on a device, and every experiment. */
export const rehearsals: Rehearsals = {
  programs: {
    "direct engine, all parameters": {
      experiments: ["onDevice"],
      make: descent(direct("paper", { kind: "logeps", epsilon: 0.1 }), { learningRate: 0.2 }),
    },
    "direct engine, one stage, the rest held": {
      experiments: ["onDevice"],
      make: descent(direct("paper", { kind: "logeps", epsilon: 0.1 }), {
        learningRate: 10,
        scale: { c: 0, a: 0 },
      }),
    },
    "direct engine, the published code's network and loss": {
      experiments: [],
      make: descent(direct("repo", { kind: "cesoft" }), { learningRate: 0.5 }),
    },
    "full transformer, direct engine": {
      experiments: [],
      make: descent(
        (runs) => fullModel({ architecture: size, loss: { kind: "cesoft" }, runs }),
        { learningRate: 0.01 },
      ),
    },
  },
  withoutDevice: {
    ...because(
      "the compressed engine: counts of windows with gradients by hand, in float64 TypeScript",
      ...["selectedSets", "selection", "selectionMap", "threeStages", "copying", "temperature", "joint"],
      ...["fullTransformer", "generalisation", "ablations"],
    ),
    information: "mutual information by exact sums in float64",
    estimators: "counting estimators in float64",
  },
};

function because(reason: string, ...experiments: string[]): Record<string, string> {
  return Object.fromEntries(experiments.map((name) => [name, reason]));
}
