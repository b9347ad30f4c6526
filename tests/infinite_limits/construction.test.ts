/** @module The lazily drawn network has the law of a dense one. */
import { describe, expect, test, vi } from "vitest";
import { simulateNetwork } from "../../lib/infinite_limits/construction.ts";
import { descend } from "../../lib/infinite_limits/descent.ts";
import { initialParameters } from "../../lib/infinite_limits/forward.ts";
import { parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { tinyData } from "../../lib/infinite_limits/data.ts";
import { mean, standardDeviation, stream } from "../../lib/numerics/mod.ts";
import { rich, task } from "./shared.ts";

// Sampling takes seconds; a crowded machine may need twenty times as long.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

/** Compares means and standard deviations of two ensembles of output vectors, in standard errors. */
function expectSameLaw(a: Float64Array[], b: Float64Array[], most: number) {
  for (let p = 0; p < a[0].length; p++) {
    const x = a.map((f) => f[p]),
      y = b.map((f) => f[p]),
      [sx, sy] = [standardDeviation(x), standardDeviation(y)];
    const error = Math.hypot(sx / Math.sqrt(x.length), sy / Math.sqrt(y.length));
    expect(Math.abs(mean(x) - mean(y)) / error).toBeLessThan(most);
    // The outputs are not Gaussian: kurtosis up to 6 widens the standard error of a variance from 2 to 5.
    const spread = Math.hypot(sx * sx / Math.sqrt(x.length), sy * sy / Math.sqrt(y.length)) * Math.sqrt(5);
    expect(Math.abs(sx * sx - sy * sy) / spread).toBeLessThan(most);
  }
}

describe("a simulated network", () => {
  test("has the outputs of a dense one after six steps: mean and spread over 300 networks each", () => {
    const scales = rich({ N: 4, H: 8 }), shape = { scales, features: 4, tokens: 3 };
    const simulated: Float64Array[] = [], dense: Float64Array[] = [];
    for (let seed = 0; seed < 300; seed++) {
      const network = simulateNetwork({ task, scales, steps: 6, stream: stream(1, seed) });
      for (let t = 0; t < 6; t++) network.step();
      simulated.push(network.outputs.slice());
      descend(shape, initialParameters(shape, stream(2, seed)), task, 6, ({ t, outputs }) => {
        if (t === 6) dense.push(outputs.slice());
      });
    }
    expectSameLaw(simulated, dense, 4);
    // Known from another implementation over 400 networks, standard error 0.011: (0.526, -0.444, 0.569).
    [0.526, -0.444, 0.569].forEach((f, p) => {
      expect(Math.abs(mean(simulated.map((s) => s[p])) - f)).toBeLessThan(4 * 0.017);
    });
  });

  test("has the outputs of a dense one with normalisation, MLP, positions and a mask", () => {
    const two = tinyData(2, 3, 4);
    const architecture = {
      layerNorm: "full",
      mlp: true,
      finalNorm: true,
      positional: true,
      causal: true,
    } as const;
    const scales = parametrise({
      N: 3,
      H: 4,
      L: 2,
      alphaA: 0.5,
      alphaL: 0.75,
      beta0: 1.5,
      gamma0: 1,
      eta0: 0.1,
    });
    const shape = { scales, architecture, features: 4, tokens: 3 };
    const simulated: Float64Array[] = [], dense: Float64Array[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const network = simulateNetwork({ task: two, scales, architecture, steps: 4, stream: stream(3, seed) });
      for (let t = 0; t < 4; t++) network.step();
      simulated.push(network.outputs.slice());
      descend(shape, initialParameters(shape, stream(4, seed)), two, 4, ({ t, outputs }) => {
        if (t === 4) dense.push(outputs.slice());
      });
    }
    expectSameLaw(simulated, dense, 4);
  });

  test("is the same network for the same stream and another for another", () => {
    const options = { task, scales: rich({ N: 2, H: 3 }), steps: 2 };
    const run = (seed: number) => {
      const network = simulateNetwork({ ...options, stream: stream(seed) });
      network.step();
      return [...network.outputs];
    };
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  test("needs memory linear in the width, where a dense network needs its square", () => {
    const size = (H: number) => {
      const network = simulateNetwork({ task, scales: rich({ N: 4, H }), steps: 3, stream: stream(1) });
      for (let t = 0; t < 3; t++) network.step();
      return network.size;
    };
    expect(size(256) / size(64)).toBeLessThan(4.5);
  });

  test("refuses infinite sizes", () => {
    expect(() => simulateNetwork({ task, scales: rich(), steps: 1, stream: stream(1) })).toThrow(
      "finite networks",
    );
  });
});
