/**
 * @module The four workloads of the peers' `torch_steps.py` in this project's models: the same sizes, the same optimiser, and fresh
 * data each step where the peer draws fresh data.
 */
import { networkModel } from "../../lib/infinite_limits/model.ts";
import { parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { sixScalarModel } from "../../lib/lazy_to_rich/model/six_scalars.ts";
import type { Sequences } from "../../lib/markov_induction/data.ts";
import type { Architecture } from "../../lib/markov_induction/forward.ts";
import { compressedEngine } from "../../lib/markov_induction/model/compressed.ts";
import { directModel } from "../../lib/markov_induction/model/direct.ts";
import { initialWeights, zeroWeights } from "../../lib/markov_induction/model/weights.ts";
import { countWindows } from "../../lib/markov_induction/model/window_counts.ts";
import { adam, type HostArrays, type Rehearsal, sgd } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/numerics/mod.ts";
import { transformerModel } from "../../lib/sparse_regression/model.ts";
import { benchBatch, houseModel } from "./nn_workload.ts";

/** A training that can be timed on any device. */
export interface Workload {
  /** The peer's name for it. */
  readonly peer: string;
  /** Ours. */
  readonly name: string;
  /** How it differs from the peer's, if it does. */
  readonly note: string;
  /** Steps a round: enough to be measured, few enough to wait for. */
  readonly steps: number;
  make(): Rehearsal;
}

/** All runs below are single ones: R = 1. */
export const workloads: readonly Workload[] = [
  {
    peer: "lazy_to_rich",
    name: "lazy_to_rich",
    note: "",
    steps: 150,
    make() {
      const runs = [{ alphaStar: 1, wStar: 0.6, sigma: 0.1, seed: 1 }];
      const model = sixScalarModel({ L: 100, batch: 1024, stage: "two", runs });
      return { model, optimizer: sgd({ learningRate: 0.5 }), batch: model.batchAt };
    },
  },
  {
    peer: "markov_induction",
    name: "markov_induction, direct",
    note: "over sequences, as the peer",
    steps: 4,
    make() {
      const runs = [{ data: uniformTokens(4000) }];
      const model = directModel({ architecture, loss: { kind: "logeps", epsilon: 0.1 }, runs });
      return { model, optimizer: sgd({ learningRate: 0.2 }), batch: () => model.batch };
    },
  },
  {
    peer: "infinite_limits",
    name: "infinite_limits, peer's network",
    note: "this project's layers in the peer's sizes",
    steps: 12,
    make() {
      const batch = frozen(benchBatch());
      return { model: houseModel(), optimizer: adam({ learningRate: 1e-3 }), batch: () => batch };
    },
  },
  {
    peer: "infinite_limits",
    name: "infinite_limits, paper's model",
    note: "an embedding, a second forward pass (outputs are centred), GELU; its MLP is as wide as the stream",
    steps: 12,
    make() {
      const [B, T, D] = [64, 32, 64], { x, y } = benchBatch();
      const scales = parametrise({ N: D / 4, H: 4, L: 2, optimiser: "adam", eta0: 1e-3 });
      const model = networkModel({
        runs: [{ scales, seed: 1 }],
        architecture: { layerNorm: "full", mlp: true, causal: true },
        ...{ features: D, tokens: T, pool: "token", loss: "square" } as const,
      });
      const batch = frozen(model.batch({ ...x, shape: [1, B, T, D] }, y));
      return { model, optimizer: model.optimizer(), batch: () => batch };
    },
  },
  {
    peer: "sparse_regression",
    name: "sparse_regression",
    note: "",
    steps: 3,
    make() {
      const layers = Array.from({ length: 4 }, () => ({ heads: 8, keyWidth: 16, valueWidth: 16 }));
      const model = transformerModel({
        task: { d: 16, s: 4, sigma: 0.5, prior: "rad" },
        ...{ n: 40, q: 4, batch: 256 },
        runs: [{ architecture: { d: 16, width: 128, attention: "linear", layers }, seed: 1 }],
      });
      const optimizer = adam({ learningRate: 1e-3, clipNorm: 1 });
      return { model, optimizer, batch: model.batchAt };
    },
  },
];

const architecture: Architecture = { variant: "paper", d: 3, M: 3, H: 3, D: 2 };

/** Uniform tokens, as the peer draws them: the worst case for counting, every window occurs. */
export function uniformTokens(count: number): Sequences {
  const random = stream(1, "bench"), L = 100;
  const tokens = Uint8Array.from({ length: count * (L + 1) }, () => random.integer(3));
  return { tokens, count, L, d: 3 };
}

/** Full-batch descent on window counts, in float64 TypeScript; makes so many steps. */
export function compressedSteps(data: Sequences): (steps: number) => void {
  const engine = compressedEngine(countWindows(data, architecture), { kind: "logeps", epsilon: 0.1 });
  const weights = initialWeights(architecture), direction = zeroWeights(weights);
  return (steps) => {
    for (let step = 0; step < steps; step++) {
      engine.descend(weights, direction);
      for (const name in weights) {
        weights[name].forEach((x, i) => weights[name][i] = x + 0.2 * direction[name][i]);
      }
    }
  };
}

/** The peer's batch of this workload never changes: it is uploaded once. */
function frozen(batch: HostArrays): HostArrays {
  return Object.fromEntries(Object.entries(batch).map(([name, array]) => [name, Object.freeze(array)]));
}
