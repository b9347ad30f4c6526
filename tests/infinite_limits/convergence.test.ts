/** @module Finite networks approach the limits at the predicted rates, with their heads colliding at alphaA = 1 only. */
import { describe, expect, test, vi } from "vitest";
import { descend } from "../../lib/infinite_limits/descent.ts";
import { initialParameters } from "../../lib/infinite_limits/forward.ts";
import { type ParametrisationOptions, parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { accumulate, field, type Rows, rows } from "../../lib/infinite_limits/fields/dense.ts";
import { simulateNetwork } from "../../lib/infinite_limits/construction.ts";
import { gramOf } from "../../lib/infinite_limits/theory/basis.ts";
import { headStatistics, type TrainingCurve, trainingCurve } from "../../lib/infinite_limits/theory.ts";
import { logLogFit, mean, stream } from "../../lib/numerics/mod.ts";
import { relativeSquare, rich, task } from "./shared.ts";

// Sampling takes seconds; a crowded machine may need twenty times as long.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const T = 12, seeds = 60;

/** Squared errors of dense networks: outputs over time, first and last feature kernel, last value kernel, mean logits. */
function sweep(sizes: Partial<ParametrisationOptions>[], limit: TrainingCurve): number[][] {
  const squares = (a: Float64Array, b: Float64Array) => mean(a.map((x, i) => (x - b[i]) ** 2));
  const kernel = (of: Rows) => gramOf(of, of.stride, 1 / of.stride);
  return sizes.map((size, i) => {
    const scales = rich(size), shape = { scales, features: 4, tokens: 3 }, total = [0, 0, 0, 0, 0];
    for (let seed = 0; seed < seeds; seed++) {
      descend(shape, initialParameters(shape, stream(1, i, seed)), task, T, ({ t, outputs, trace }) => {
        total[0] += squares(outputs, limit.outputs[t]) / (T + 1) / seeds;
        const features = (at: number) =>
          relativeSquare(kernel(trace.residual[1]), limit.residualKernels[at][1]) / seeds;
        if (t === 0) total[1] += features(0);
        if (t < T) return;
        total[2] += features(T);
        total[3] += relativeSquare(kernel(trace.blocks[0].attended), limit.valueKernels[T][0]) / seeds;
        total[4] += squares(headStatistics(trace.blocks[0].heads).mean, limit.logits[T][0].mean) / seeds;
      });
    }
    return total;
  });
}

// 60 seeds of a heavy-tailed square know each level to about 20 percent, a slope over a factor 4 to 0.15.
const tolerance = 0.3;

describe("squared errors fall as one over the size", () => {
  test.each([1, 0.5])("in H at N = 4, alphaA = %f", (alphaA) => {
    const scales = rich({ N: 4, H: Infinity, alphaA });
    const limit = trainingCurve({ task, scales, steps: T, heads: 2000, stream: stream(2) });
    const sizes = [8, 16, 32], levels = sweep(sizes.map((H) => ({ N: 4, H, alphaA })), limit);
    const slopes = levels[0].map((_, j) => logLogFit(sizes, levels.map((l) => l[j])).slope);
    for (const slope of slopes) expect(Math.abs(slope + 1)).toBeLessThan(tolerance);
  });

  test("in N at H = 2, alphaA = 1, towards the exact limit", () => {
    const limit = trainingCurve({ task, scales: rich(), steps: T });
    const sizes = [16, 32, 64], levels = sweep(sizes.map((N) => ({ N, H: 2 })), limit);
    levels[0].forEach((_, j) => {
      expect(Math.abs(logLogFit(sizes, levels.map((l) => l[j])).slope + 1)).toBeLessThan(tolerance);
    });
    // Reference levels at N = 64, within a factor two.
    [4.2e-3, 0.071, 0.051, 0.058, 0.016].forEach((e, j) =>
      expect(Math.abs(Math.log2(levels[2][j] / e))).toBeLessThan(1)
    );
  });
});

describe("dense networks of H = 4 heads", () => {
  const sizes = [16, 32, 64];
  /** Mean squares over seeds at t = 0, 1, 3: head variance, <r v>, backward key path. */
  const measure = (alphaA: number) =>
    sizes.map((N) => {
      const scales = parametrise({ N, H: 4, L: 1, alphaA, beta0: 2, gamma0: 2, eta0: 0.1 });
      const shape = { scales, features: 4, tokens: 3 }, rows: Record<number, number[]> = {}, count = 12;
      for (let seed = 0; seed < count; seed++) {
        descend(shape, initialParameters(shape, stream(3, N, seed)), task, 3, ({ t, trace, gradients }) => {
          const [block] = trace.blocks, d = scales.width;
          // Per unit residual: the loss gradient divided by Delta / P is gamma0 d df/dh up to gamma0 d.
          const path = mean(gradients.throughKeys[0].data.map((g) => (g * d * task.P) ** 2));
          const alignment = mean(block.heads.sensitivity.map((m) => (m * d * task.P) ** 2));
          const row = rows[t] ??= [0, 0, 0];
          row[0] += mean(headStatistics(block.heads).variance) / count;
          row[1] += alignment / count;
          row[2] += path / count;
        });
      }
      return rows;
    });
  const [one, half] = [measure(1), measure(0.5)];
  const slope = (rows: Record<number, number[]>[], t: number, j: number) =>
    logLogFit(sizes, rows.map((row) => row[t][j])).slope;

  test("lose their differences as 1/N at alphaA = 1 and keep them at 1/2", () => {
    // 12 seeds x 4 heads x 27 entries: about 0.1 on a slope over a factor 4.
    for (const t of [0, 1, 3]) expect(Math.abs(slope(one, t, 0) + 1)).toBeLessThan(0.35);
    expect(Math.abs(slope(half, 0, 0))).toBeLessThan(0.3);
  });

  test("diverge in width at alphaA = 1/2 once features train, and not with a frozen embedding", () => {
    const wide = [64, 128, 256];
    const spread = (frozen: "embedding"[]) =>
      wide.map((N) =>
        mean(Array.from({ length: 10 }, (_, seed) => {
          const scales = rich({ N, H: 4, alphaA: 0.5, frozen });
          const network = simulateNetwork({ task, scales, steps: 4, stream: stream(5, N, seed) });
          for (let t = 0; t < 4; t++) network.step();
          return mean(headStatistics(network.blocks[0].heads).variance);
        }))
      );
    // Ten seeds x four heads: 0.15 on a slope over a factor 4.
    expect(logLogFit(wide, spread([])).slope).toBeGreaterThan(0.3);
    expect(Math.abs(logLogFit(wide, spread(["embedding"])).slope)).toBeLessThan(0.3);
  });

  test("send back through keys N^(1 - alphaA) times the alignment: that is why alphaA must be 1", () => {
    for (const [rows, alphaA] of [[one, 1], [half, 0.5]] as const) {
      for (const t of [0, 1, 3]) {
        // The same networks on both sides: most of the sampling error cancels.
        expect(Math.abs(slope(rows, t, 2) - slope(rows, t, 1) - 2 * (1 - alphaA))).toBeLessThan(0.25);
      }
    }
    expect(slope(half, 1, 2)).toBeGreaterThan(0.2);
    expect(slope(one, 1, 2)).toBeLessThan(0.1);
  });
});

describe("the first step", () => {
  test("moves keys by N^(2 alphaA - 3) in the square: the alignment it needs is not there yet", () => {
    const sizes = [16, 32, 64];
    for (const alphaA of [1, 0.5]) {
      const moved = sizes.map((N) => {
        const scales = parametrise({ N, H: 4, L: 1, alphaA, beta0: 2, gamma0: 2, eta0: 0.1 });
        const shape = { scales, features: 4, tokens: 3 }, d = scales.width;
        return mean(Array.from({ length: 16 }, (_, seed) => {
          let square = 0;
          descend(shape, initialParameters(shape, stream(6, N, seed)), task, 0, ({ trace, gradients }) => {
            const change = field(9, d), gradient = rows(gradients.parameters["block0.key"], d, d);
            accumulate(
              change,
              gradient,
              d,
              -scales.rate.key * d ** -0.5,
              trace.blocks[0].input.data,
              0,
              d,
              1,
            );
            square = mean(change.data.map((x) => x * x));
          });
          return square;
        }));
      });
      // 16 seeds x 4 heads: 0.15 on a slope over a factor 4. Reference -1.06 and -2.04.
      expect(Math.abs(logLogFit(sizes, moved).slope - (2 * alphaA - 3))).toBeLessThan(0.4);
    }
  });
});

describe("dense networks of growing depth", () => {
  test("move their block weights equally at alphaL = 1 and as L^(-1/2) at 1/2", () => {
    const sizes = [2, 4, 8, 16];
    const moved = (alphaL: number) =>
      sizes.map((L) => {
        const scales = parametrise({ N: 4, H: 4, L, alphaL, beta0: 1, gamma0: 1, eta0: 0.2 });
        const architecture = { layerNorm: "full", mlp: true, finalNorm: true } as const;
        const shape = { scales, architecture, features: 4, tokens: 3 }, values: number[] = [];
        for (let seed = 0; seed < 4; seed++) {
          const parameters = initialParameters(shape, stream(4, L, seed));
          const start = Object.fromEntries(Object.entries(parameters).map(([name, w]) => [name, w.slice()]));
          descend(shape, parameters, task, 6, () => {});
          for (const [name, w] of Object.entries(parameters)) {
            if (name.startsWith("block")) values.push(Math.sqrt(relativeSquare(w, start[name])));
          }
        }
        return mean(values);
      });
    // Reference slopes: between -0.01 and 0.02, and between -0.45 and -0.52.
    expect(Math.abs(logLogFit(sizes, moved(1)).slope)).toBeLessThan(0.12);
    expect(Math.abs(logLogFit(sizes, moved(0.5)).slope + 0.48)).toBeLessThan(0.12);
  });
});
