/** @module The trainings of this paper at the size of a test: what has to work on a device before an hour is spent on it. */
import { adam, type Rehearsal, type Rehearsals } from "../nn/mod.ts";
import { descentProbing, ones, refitting } from "./assessment.ts";
import type { Architecture, AttentionKind } from "./forward.ts";
import { oneCycle, transformerModel } from "./model.ts";

const width = 4, steps = 200, n = { min: 2, max: 3 } as const;
const task = { d: 3, s: 1, sigma: 1, prior: "rad" } as const;

function architecture(attention: AttentionKind, heads: number, depth = 1): Architecture {
  const layer = { heads, keyWidth: width / heads, valueWidth: width / heads };
  return { d: task.d, width, attention, layers: new Array(depth).fill(layer) };
}

/** Networks that differ in seed and, with linear attention, in the number of heads. */
function networks(attention: AttentionKind, runs: number, depth = 1) {
  return transformerModel({
    ...{ task, n, batch: 2, q: 1 },
    runs: Array.from({ length: runs }, (_, i) => ({
      architecture: architecture(attention, attention === "linear" ? 1 + i % 2 : 2, depth),
      seed: 1 + Math.floor(i / 2),
    })),
  });
}

const trained = (attention: AttentionKind) => (runs: number): Rehearsal => {
  const model = networks(attention, runs);
  const optimizer = adam({ learningRate: oneCycle(6e-3, steps), clipNorm: 1 });
  return { model, optimizer, batch: model.batchAt };
};

/** The scalar of the layer of untrained networks. */
function refitted(runs: number): Rehearsal {
  const model = networks("linear", runs);
  const gains = ones(Array.from({ length: runs }, (_, i) => architecture("linear", 1 + i % 2)));
  return refitting(model, model.initial(), { gains, layers: [0], n, steps, prompts: 2 });
}

/** Probes behind the first of two layers of untrained networks; for each number of descent steps one run a network, and one on raw tokens. */
function probed(runs: number): Rehearsal {
  const model = networks("linear", Math.max(1, runs - 1), 2);
  const options = { n, steps: [2], updates: steps, prompts: 2 };
  const { sources: _, tests: __, ...rehearsal } = descentProbing(
    model,
    model.initial(),
    width,
    task.d,
    options,
  );
  return rehearsal;
}

/** Every program that is trained, and every experiment. */
export const rehearsals: Rehearsals = {
  programs: {
    "linear attention, Adam, one cycle, clipped": { experiments: ["transformers"], make: trained("linear") },
    "softmax attention, Adam, one cycle, clipped": {
      experiments: ["transformers"],
      make: trained("softmax"),
    },
    "scalars after pruning": { experiments: ["transformers"], make: refitted },
    "probe of descent steps": { experiments: ["transformers"], make: probed },
  },
  withoutDevice: {
    riskTable: "estimators in float64",
    riskPath: "estimators in float64",
    scaling: "estimators in float64",
    depth: "explicit weights tuned in float64",
  },
};
