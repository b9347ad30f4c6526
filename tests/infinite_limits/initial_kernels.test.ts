/** @module Kernels at initialisation: known values, positivity, the limits in depth, and networks that converge to them. */
import { describe, expect, test, vi } from "vitest";
import { simulateNetwork } from "../../lib/infinite_limits/construction.ts";
import { inputKernel, tinyData } from "../../lib/infinite_limits/data.ts";
import { gelu } from "../../lib/infinite_limits/fields/gelu.ts";
import { parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import {
  activationKernel,
  depthFlow,
  initialKernels,
  valueKernel,
} from "../../lib/infinite_limits/theory.ts";
import { logLogFit, mean, stream, symmetricEigen, variance } from "../../lib/numerics/mod.ts";
import { distance, relativeSquare } from "./shared.ts";

// Sampling takes seconds; a crowded machine may need twenty times as long.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const two = tinyData(2, 3, 4), input = inputKernel(two);
const law = (N: number, alphaA: number, heads = 20000) => ({
  ...{ P: 2, S: 3, N, alphaA, heads, layerNorm: "full", mlp: true, stream: stream(3) } as const,
});

describe("with normalisation and MLP, four blocks at alphaL = 1/2", () => {
  const entries = (kernels: Float64Array[], i: number) => kernels.map((k) => k[i]);
  // 20000 mirrored heads a block: entries fluctuate by about 0.0005; five of that.
  const close = (values: number[], expected: number[], tolerance = 2.5e-3) =>
    expected.forEach((e, l) =>
      expect(Math.abs(values[values.length - expected.length + l] - e)).toBeLessThan(tolerance)
    );

  test("N = 4, alphaA = 1 has the reference kernels in every layer", () => {
    const kernels = initialKernels(input, law(4, 1), 4, 0.5);
    close(entries(kernels, 0), [1.1108, 1.2908, 1.4815, 1.6821, 1.8918]);
    close(entries(kernels, 1), [-0.1401, -0.0687, 0.0210, 0.1270, 0.2481]);
    close(entries(kernels, 3), [-0.5582, -0.5309, -0.4832, -0.4177, -0.3366]);
  });

  test("N = 4, alphaA = 1/2 has the reference kernels", () => {
    const kernels = initialKernels(input, law(4, 0.5), 4, 0.5);
    close(entries(kernels, 0), [1.1108, 1.3183, 1.5336, 1.7563, 1.9856]);
    close([kernels[4][1], kernels[4][3]], [0.2422, -0.3745]);
  });

  test("N = 1 and the Gaussian limit at alphaA = 1/2 have the reference kernels", () => {
    const one = initialKernels(input, law(1, 1), 4, 0.5)[4],
      half = initialKernels(input, law(Infinity, 0.5), 4, 0.5)[4];
    close([one[0], one[1], one[3]], [1.9585, 0.2503, -0.3616]);
    close([half[0], half[1], half[3]], [1.9993, 0.2375, -0.3815]);
  });

  test("N = infinity, alphaA = 1 is deterministic and has the reference kernels to their last digit", () => {
    const kernels = initialKernels(input, { ...law(Infinity, 1), stream: undefined }, 4, 0.5);
    close(entries(kernels, 0), [1.1108, 1.2752, 1.4523, 1.6412, 1.8410], 6e-5);
    close([kernels[4][1], kernels[4][3]], [0.2531, -0.3126], 6e-5);
  });

  test("between 1/2 and 1 the logits vanish too, so the limit is that of alphaA = 1", () => {
    const kernels = initialKernels(input, { ...law(Infinity, 0.75), stream: undefined }, 2, 0.5);
    expect(kernels).toEqual(initialKernels(input, { ...law(Infinity, 1), stream: undefined }, 2, 0.5));
  });

  test("every kernel is symmetric and positive semi-definite", () => {
    for (const [N, alphaA] of [[4, 1], [1, 0.5], [Infinity, 0.5], [Infinity, 1]]) {
      for (const kernel of initialKernels(input, law(N, alphaA, 300), 3, 0.7)) {
        const matrix = Array.from({ length: 6 }, (_, i) => kernel.subarray(6 * i, 6 * i + 6));
        for (let i = 0; i < 36; i++) {
          expect(Math.abs(kernel[i] - kernel[i % 6 * 6 + Math.floor(i / 6)])).toBeLessThan(1e-12);
        }
        expect(Math.min(...symmetricEigen(matrix).values)).toBeGreaterThan(-1e-12);
      }
    }
  });
});

describe("depth", () => {
  const exact = { ...law(Infinity, 1), stream: undefined };
  const sizes = [4, 8, 16, 32, 64];

  test("at alphaL = 1/2 kernels converge to the flow as 1/L", () => {
    const flow = depthFlow(input, exact, 1);
    expect(flow[0]).toBeCloseTo(1.8688, 4);
    const errors = sizes.map((L) => Math.abs(initialKernels(input, exact, L, L ** -0.5)[L][0] - flow[0]));
    expect(Math.abs(logLogFit(sizes, errors).slope + 1)).toBeLessThan(0.03); // first order, with O(1/L) corrections
  });

  test("the flow of sampled heads ends near its reference values", () => {
    // 4000 mirrored heads, fixed along the flow: about 0.003.
    expect(Math.abs(depthFlow(input, law(4, 1, 4000), 1, 1, 1e-5)[0] - 1.915)).toBeLessThan(0.012);
    expect(Math.abs(depthFlow(input, law(Infinity, 0.5, 4000), 1, 1, 1e-5)[0] - 2.0175)).toBeLessThan(0.012);
  });

  test("at alphaL = 1 the kernel stays at the input's, up to O(1/L)", () => {
    const errors = sizes.map((L) => distance(initialKernels(input, exact, L, 1 / L)[L], input));
    expect(Math.abs(errors[0] - 0.17)).toBeLessThan(0.03);
    expect(Math.abs(errors[4] - 0.010)).toBeLessThan(0.002);
    expect(Math.abs(logLogFit(sizes, errors).slope + 1.02)).toBeLessThan(0.04);
  });
});

describe("the MLP's kernel", () => {
  test("agrees with a two-dimensional quadrature at every correlation", () => {
    for (const [va, vb, rho] of [[1, 1, 0.3], [1, 1, -0.95], [0.5, 2, 0.8], [1, 1, 0.9999]]) {
      const cross = rho * Math.sqrt(va * vb),
        kernel = activationKernel(Float64Array.of(va, cross, cross, vb), 2);
      let expected = 0;
      const h = 0.1;
      for (let x = -9; x <= 9; x += h) {
        for (let y = -9; y <= 9; y += h) {
          const weight = h * h * Math.exp(-(x * x + y * y) / 2) / (2 * Math.PI);
          expected += weight * gelu(Math.sqrt(va) * x) *
            gelu(Math.sqrt(vb) * (rho * x + Math.sqrt(1 - rho * rho) * y));
        }
      }
      expect(Math.abs(kernel[1] - expected)).toBeLessThan(1e-9);
    }
  });

  test("of a linear function is the kernel itself", () => {
    const k = Float64Array.of(2, 0.5, 0.5, 1);
    expect(distance(activationKernel(k, 2, (x) => x), k)).toBeLessThan(1e-12);
  });
});

describe("finite networks", () => {
  test("approach the kernels as 1/H in every layer", () => {
    const reference = initialKernels(input, law(4, 1), 4, 0.5), sizes = [8, 32, 128], seeds = 40;
    const errors = sizes.map((H) => {
      const scales = parametrise({ N: 4, H, L: 4, alphaL: 0.5 });
      const total = [0, 0, 0, 0, 0];
      for (let seed = 0; seed < seeds; seed++) {
        const architecture = { layerNorm: "full", mlp: true } as const;
        const network = simulateNetwork({
          task: two,
          scales,
          architecture,
          steps: 0,
          stream: stream(5, H, seed),
        });
        network.residualKernels.forEach((k, l) => total[l] += relativeSquare(k, reference[l]) / seeds);
      }
      return total;
    });
    for (let l = 0; l <= 4; l++) {
      // 40 seeds: each level is known to about 15 percent, the slope over a factor 16 to 0.08.
      expect(Math.abs(logLogFit(sizes, errors.map((e) => e[l])).slope + 1)).toBeLessThan(0.2);
    }
    // Reference level at H = 256, layer 4: 0.0055, that is 0.011 at 128.
    expect(errors[2][4] / 0.011).toBeGreaterThan(0.5);
    expect(errors[2][4] / 0.011).toBeLessThan(2);
  });

  test("with few heads keep random value kernels at alphaA = 1/2 however wide the heads, not at alphaA = 1", () => {
    const spread = (N: number, alphaA: number) => {
      const draws = Array.from(
        { length: 150 },
        (_, seed) =>
          valueKernel(input, { P: 2, S: 3, N, alphaA }, {
            heads: 4,
            stream: stream(6, N, seed),
            mirrored: false,
          }),
      );
      const average = Float64Array.from(draws[0], (_, i) => mean(draws.map((d) => d[i])));
      return average.reduce((s, _, i) => s + variance(draws.map((d) => d[i])), 0) /
        average.reduce((s, a) => s + a * a, 0);
    };
    const sizes = [4, 16, 64];
    const [one, half] = [1, 0.5].map((alphaA) => sizes.map((N) => spread(N, alphaA)));
    // Reference: 0.0386, 0.00757, 0.00168 and 0.120, 0.122, 0.117; 150 draws know each to about 20 percent.
    [0.0386, 0.00757, 0.00168].forEach((e, i) => expect(Math.abs(Math.log(one[i] / e))).toBeLessThan(0.6));
    [0.120, 0.122, 0.117].forEach((e, i) => expect(Math.abs(Math.log(half[i] / e))).toBeLessThan(0.6));
    expect(logLogFit(sizes, one).slope).toBeLessThan(-0.9);
    expect(Math.abs(logLogFit(sizes, half).slope)).toBeLessThan(0.25);
  });

  test("with many heads have value kernels that fluctuate as 1/H at any alphaA", () => {
    const sizes = [4, 16, 64];
    for (const alphaA of [1, 0.5]) {
      const spread = sizes.map((heads) => {
        const draws = Array.from(
          { length: 100 },
          (_, seed) =>
            valueKernel(input, { P: 2, S: 3, N: 4, alphaA }, {
              heads,
              stream: stream(7, heads, seed),
              mirrored: false,
            }),
        );
        return mean(Array.from(draws[0], (_, i) => variance(draws.map((d) => d[i]))));
      });
      // 100 draws know each level to 15 percent, the slope over a factor 16 to 0.08. Reference -0.97.
      expect(Math.abs(logLogFit(sizes, spread).slope + 1)).toBeLessThan(0.2);
    }
  });

  test("random attention without a random stream is an error, not a default", () => {
    expect(() => valueKernel(input, { P: 2, S: 3, N: 4, alphaA: 1 })).toThrow("attention is random at N = 4");
  });
});
