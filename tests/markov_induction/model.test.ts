/**
 * @module The direct engine (TensorFlow.js, over sequences, automatic differentiation) and the compressed one (float64, over counts, by
 * hand) are the same network: losses, gradients and whole trainings agree to float32 round-off on the same data.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { sampleSequences, type Sequences } from "../../lib/markov_induction/data.ts";
import type { Architecture } from "../../lib/markov_induction/forward.ts";
import type { Loss } from "../../lib/markov_induction/loss.ts";
import { compressedEngine } from "../../lib/markov_induction/model/compressed.ts";
import { descend } from "../../lib/markov_induction/model/descent.ts";
import { type DirectModel, directModel } from "../../lib/markov_induction/model/direct.ts";
import { weightsOfRun } from "../../lib/markov_induction/model/direct_arrays.ts";
import { fullModel } from "../../lib/markov_induction/model/direct_full.ts";
import { fullLayer } from "../../lib/markov_induction/model/full_layer.ts";
import {
  copyWeights,
  initialFullWeights,
  initialWeights,
  type Weights,
  zeroWeights,
} from "../../lib/markov_induction/model/weights.ts";
import { countWindows } from "../../lib/markov_induction/model/window_counts.ts";
import { lossesAndGradients, openDevice, sgd, toHost, toTensors, train } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/numerics/mod.ts";

const draw = (seed: number, count = 40, L = 20): Sequences =>
  sampleSequences({ d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha: 0.3 } }, { L, count, seed });
const losses: Loss[] = [{ kind: "logeps", epsilon: 0.1 }, { kind: "cesoft" }];

function shaken(weights: Weights, seed: number): Weights {
  const random = stream(seed, "test");
  for (const values of Object.values(weights)) {
    values.forEach((x, i) =>
      values[i] = Math.fround(x * (1 + 0.4 * random.normal()) + (x === 0 ? 0.1 * random.normal() : 0))
    );
  }
  weights.a[0] = Math.fround(0.5 + random.uniform());
  return weights;
}

/** Losses [run] and gradients of a model at its start, on the device. */
async function atStart(model: DirectModel): Promise<{ loss: number[]; gradients: Weights[] }> {
  const parameters = toTensors(model.initial()), batch = toTensors(model.batch);
  const { losses, gradients } = lossesAndGradients(model, parameters, batch);
  const loss = Array.from(await losses.data()), host = await toHost(gradients);
  return { loss, gradients: loss.map((_, run) => weightsOfRun(host, run)) };
}

/** Largest difference, relative to the largest entry of the array. */
function distance(ours: Weights, theirs: Weights): number {
  return Math.max(
    ...Object.keys(theirs).map((name) => {
      const scale = Math.max(...theirs[name].map(Math.abs), 1e-7);
      return Math.max(...theirs[name].map((x, i) => Math.abs(-ours[name][i] - x) / scale));
    }),
  );
}

const adapter = await navigator.gpu?.requestAdapter();
const devices = [
  { backend: "cpu", name: "on cpu", missing: false },
  { backend: "wasm", name: "on wasm", missing: false },
  {
    backend: "webgpu",
    name: adapter ? "on webgpu" : "on webgpu (skipped: no adapter answers)",
    missing: !adapter,
  },
] as const;

describe.each(devices)("$name", ({ backend, missing }) => {
  beforeAll(async () => missing ? undefined : void await openDevice(backend));

  test.skipIf(missing).each(losses)(
    "two runs of the simplified network, both variants, $kind",
    async (loss) => {
      for (const variant of ["paper", "repo"] as const) {
        for (const D of [2, 3]) {
          const architecture: Architecture = { variant, d: 3, H: 3, M: 3, D };
          const runs = [1, 2].map((seed) => ({
            data: draw(seed),
            start: { weights: shaken(initialWeights(architecture), seed) },
          }));
          const direct = await atStart(directModel({ architecture, loss, runs }));
          runs.forEach(({ data, start }, run) => {
            const engine = compressedEngine(countWindows(data, architecture), loss),
              g = zeroWeights(start.weights);
            const fit = engine.descend(start.weights, g);
            // float32 keeps 6e-8 of every term; sums of 40 x 20 terms and a softmax leave some 1e-6 of the largest.
            expect(Math.abs(direct.loss[run] - fit.loss)).toBeLessThan(3e-6);
            expect(distance(g, direct.gradients[run])).toBeLessThan(2e-5);
          });
        }
      }
    },
  );

  test.skipIf(missing).each(losses)("the full network, $kind", async (loss) => {
    const architecture = { d: 3, H: 3, M: 3, D: 2 }, data = draw(3, 20, 12);
    const weights = shaken(initialFullWeights(architecture, { projection: 0.6 }), 5);
    const direct = await atStart(fullModel({ architecture, loss, runs: [{ data, start: { weights } }] }));
    const counts = countWindows(data, { variant: "repo", ...architecture }, true), g = zeroWeights(weights);
    const fit = compressedEngine(counts, loss, fullLayer(architecture, counts.local), true).descend(
      weights,
      g,
    );
    expect(Math.abs(direct.loss[0] - fit.loss)).toBeLessThan(3e-6);
    // The layer norm divides by deviations of size 0.1 and so multiplies round-off by ten.
    expect(distance(g, direct.gradients[0])).toBeLessThan(2e-4);
  });
});

describe("trainings", () => {
  beforeAll(async () => void await openDevice("wasm"));

  test("thirty joint updates on the device end where the compressed engine ends, run by run", async () => {
    const architecture: Architecture = { variant: "paper", d: 3, H: 3, M: 3, D: 2 }, loss = losses[0];
    const runs = [4, 5].map((seed) => ({ data: draw(seed, 60, 30) }));
    const model = directModel({ architecture, loss, runs });
    const result = await train({
      model,
      optimizer: sgd({ learningRate: 0.2 }),
      batch: () => model.batch,
      steps: 30,
    });
    expect(result.status).toBe("done");
    for (const [run, { data }] of runs.entries()) {
      const weights = initialWeights(architecture), start = copyWeights(weights);
      const engine = compressedEngine(countWindows(data, architecture), loss);
      await descend(engine, weights, { train: ["c", "w", "a"], steps: 30, rate: 0.2, sampleAt: [] });
      const device = weightsOfRun(result.parameters, run);
      for (const name of ["c", "w", "a"]) {
        const moved = Math.max(...weights[name].map((x, i) => Math.abs(x - start[name][i])));
        // Thirty steps carry float32 round-off of 1e-6 a step; what moved is at least a thousand times that.
        weights[name].forEach((x, i) =>
          expect(Math.abs(device[name][i] - x)).toBeLessThan(1e-3 * moved + 1e-7)
        );
      }
    }
  });

  test("runs of different sizes are refused", () => {
    const architecture: Architecture = { variant: "paper", d: 3, H: 3, M: 3, D: 2 };
    const runs = [{ data: draw(1, 10) }, { data: draw(2, 11) }];
    expect(() => directModel({ architecture, loss: losses[0], runs })).toThrow("all runs need 10 sequences");
  });
});
