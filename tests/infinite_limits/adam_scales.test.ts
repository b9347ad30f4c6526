/** @module Adam's rates: outputs of networks of all widths and depths move alike, and not without the factor of depth. */
import { beforeAll, describe, expect, test } from "vitest";
import { networkModel, type NetworkRun } from "../../lib/infinite_limits/model.ts";
import { type ParametrisationOptions, parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { hostArray, openDevice, train } from "../../lib/nn/mod.ts";
import { logLogFit, mean } from "../../lib/numerics/mod.ts";
import { task } from "./shared.ts";

beforeAll(async () => void await openDevice("wasm"));

const inputs = Object.freeze(hostArray(Float32Array.from(task.inputs), [1, 3, 3, 4]));
const targets = Object.freeze(hostArray(Float32Array.from(task.targets), [1, 3, 1]));
const seeds = 6, steps = 3;

/** Root mean square of the outputs after three steps of Adam at each size, full normalisation and MLP in every block. */
async function moved(
  sizes: readonly ParametrisationOptions[],
  change = (run: NetworkRun): NetworkRun => run,
): Promise<number[]> {
  const runs = sizes.flatMap((size) =>
    Array.from(
      { length: seeds },
      (_, i) => change({ scales: parametrise({ ...size, optimiser: "adam", eta0: 0.03 }), seed: i + 1 }),
    )
  );
  const model = networkModel({
    runs,
    architecture: { layerNorm: "full", mlp: true, finalNorm: true },
    features: 4,
    tokens: 3,
    loss: "square",
    metrics: ["outputs"],
  });
  const batch = Object.freeze(model.batch(inputs, targets));
  const { history } = await train({
    model,
    optimizer: model.optimizer(),
    batch: () => batch,
    steps,
    sampleAt: [steps],
  });
  const [outputs] = history.metrics.outputs, each = 3 * seeds;
  return sizes.map((_, i) => Math.sqrt(mean(outputs.slice(i * each, (i + 1) * each).map((f) => f * f))));
}

const widths = [4, 8, 16, 32], depths = [2, 4, 8, 16];
const slope = (sizes: number[], values: number[]) => logLogFit(sizes, values).slope;

// Six seeds know a root mean square to 5 percent, a slope over a factor 8 to 0.04. References: -0.02 in N, within 0.05 in L.
const flat = 0.1;

describe("after three steps of Adam", () => {
  test.each([1, 0.5])(
    "outputs have moved as far in wide heads as in narrow ones, alphaA = %f",
    async (alphaA) => {
      const values = await moved(widths.map((N) => ({ N, H: 4, L: 1, alphaA })));
      expect(Math.abs(slope(widths, values))).toBeLessThan(flat);
      expect(Math.min(...values)).toBeGreaterThan(0.05);
    },
  );

  test.each([1, 0.5])(
    "outputs have moved as far in deep networks as in shallow ones, alphaL = %f",
    async (alphaL) => {
      const values = await moved(depths.map((L) => ({ N: 4, H: 8, L, alphaL })));
      expect(Math.abs(slope(depths, values))).toBeLessThan(flat);
    },
  );

  test("without L^(alphaL - 1) in the rates they move further in deep networks, as L^(1/3) at alphaL = 1/2", async () => {
    const values = await moved(depths.map((L) => ({ N: 4, H: 8, L, alphaL: 0.5 })), ({ scales, seed }) => {
      const { embedding, readout, position, ...inside } = scales.rate;
      const raised = Object.fromEntries(
        Object.entries(inside).map(([kind, rate]) => [kind, rate * scales.L ** 0.5]),
      );
      return {
        seed,
        scales: { ...scales, rate: { embedding, readout, position, ...raised } as typeof scales.rate },
      };
    });
    // References between 0.30 and 0.37.
    expect(Math.abs(slope(depths, values) - 0.33)).toBeLessThan(flat);
  });
});
