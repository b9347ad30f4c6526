/** @module Training at N = infinity, alphaA = 1: exact linear algebra against reference numbers, laws and finite networks. */
import { describe, expect, test, vi } from "vitest";
import { simulateNetwork } from "../../lib/infinite_limits/construction.ts";
import { inputKernel, tinyData } from "../../lib/infinite_limits/data.ts";
import { parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { initialKernels, trainingCurve, TrainingDynamics } from "../../lib/infinite_limits/theory.ts";
import { logLogFit, mean, standardError, stream, symmetricEigen } from "../../lib/numerics/mod.ts";
import { distance, march, meanDiagonal, rich, task } from "./shared.ts";

// Sampling takes seconds; a crowded machine may need twenty times as long.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const curve = trainingCurve({ task, scales: rich(), steps: 12 });
const two = tinyData(2, 3, 4), small = tinyData(2, 2, 4);
const deep = parametrise({ N: Infinity, H: 1, L: 2, beta0: 2, gamma0: 1, eta0: 0.15 });
const normalised = { layerNorm: "rms", finalNorm: true } as const;
/** Six digits of the reference. */
const six = (value: number, expected: number) => expect(Math.abs(value - expected)).toBeLessThan(6e-7);

describe("the reference model", () => {
  test("has the reference outputs, to six digits", () => {
    const expected: Record<number, number[]> = {
      1: [0.021131, -0.070453, 0.094174],
      2: [0.055370, -0.130224, 0.178884],
      3: [0.107197, -0.189284, 0.265881],
      6: [0.446074, -0.407845, 0.572488],
      12: [0.957414, -0.897208, 0.621066],
    };
    for (const [t, f] of Object.entries(expected)) f.forEach((x, p) => six(curve.outputs[+t][p], x));
    six(curve.loss[0], 0.375);
  });

  test("has the reference logits, to six digits", () => {
    const expected: Record<number, number[]> = {
      1: [0, 0, 0],
      2: [0.005513, -0.005811, 0.003849],
      3: [0.015767, -0.016470, 0.011197],
      6: [0.088652, -0.076631, 0.051087],
      12: [0.394177, -0.141537, 0.170496],
    };
    for (const [t, row] of Object.entries(expected)) {
      row.forEach((a, i) => six(curve.logits[+t][0].mean[i], a));
    }
  });

  test("has the reference kernels of features and gradients, to six digits", () => {
    const features: [number, number][] = [[1, 1.9548], [2, 2.0217], [3, 2.1341], [6, 2.9045]];
    for (const [t, k] of features) expect(meanDiagonal(curve.residualKernels[t][1])).toBeCloseTo(k, 4);
    six(meanDiagonal(curve.residualKernels[12][1]), 4.917448);
    const gradients = [[1, 0.589693], [2, 0.725164], [3, 0.967681], [6, 2.752172], [9, 5.797888], [
      12,
      7.280410,
    ]];
    for (const [t, k] of gradients) six(meanDiagonal(curve.gradientKernels[t][0]), k);
    six(meanDiagonal(curve.residualKernels[1][0]), 1.007456);
    six(meanDiagonal(curve.residualKernels[12][0]), 1.326092);
  });

  test("loses its agreement when the response terms are deleted", () => {
    const ablated = march({ task, scales: rich(), steps: 6, response: false });
    [0.153701, -0.229452, 0.325714].forEach((f, p) => six(ablated.outputs[p], f));
    expect(distance(ablated.outputs, curve.outputs[6])).toBeGreaterThan(0.2);
  });

  test("keeps every kernel symmetric and positive semi-definite at all times", () => {
    for (let t = 0; t <= 12; t++) {
      const kernels = [...curve.residualKernels[t], ...curve.gradientKernels[t], ...curve.valueKernels[t]];
      for (const k of kernels) {
        for (let i = 0; i < 81; i++) {
          expect(Math.abs(k[i] - k[i % 9 * 9 + Math.floor(i / 9)])).toBeLessThan(1e-13);
        }
        const values = symmetricEigen(Array.from({ length: 9 }, (_, i) =>
          k.subarray(9 * i, 9 * i + 9))).values;
        expect(Math.min(...values)).toBeGreaterThan(-1e-12);
      }
    }
  });

  test("starts at the initialisation theory", () => {
    const kernels = initialKernels(inputKernel(task), { P: 3, S: 3, N: Infinity, alphaA: 1 }, 1, 2);
    kernels.forEach((k, l) => expect(distance(curve.residualKernels[0][l], k)).toBeLessThan(1e-13));
    expect(distance(curve.outputs[0], [0, 0, 0])).toBe(0);
    expect(distance(curve.logits[0][0].mean, new Float64Array(27))).toBe(0);
  });

  test("does not depend on H, nor on the sign convention of the targets", () => {
    expect(distance(march({ task, scales: rich({ H: 7 }), steps: 3 }).outputs, curve.outputs[3])).toBe(0);
    const mirrored = { ...task, targets: task.targets.map((y) => -y) };
    const { outputs } = march({ task: mirrored, scales: rich(), steps: 6 });
    expect(distance(outputs, curve.outputs[6].map((f) => -f))).toBeLessThan(1e-13);
  });

  test("treats samples and tokens as sets: permuting them permutes outputs and logits", () => {
    // Samples 3, 1, 2, and within each the tokens 2, 3, 1.
    const order = [2, 0, 1], tokens = [1, 2, 0], inputs = new Float64Array(36);
    order.forEach((p, i) =>
      tokens.forEach((s, j) =>
        inputs.set(task.inputs.subarray((3 * p + s) * 4, (3 * p + s) * 4 + 4), (3 * i + j) * 4)
      )
    );
    const permuted = { ...task, inputs, targets: Float64Array.from(order, (p) => task.targets[p]) };
    const { outputs, blocks } = march({ task: permuted, scales: rich(), steps: 6 });
    expect(distance(outputs, order.map((p) => curve.outputs[6][p]))).toBeLessThan(1e-12);
    const logit = curve.logits[6][0].mean[2 * 9 + 1 * 3 + 2];
    expect(Math.abs(blocks[0].heads.logits[0 * 9 + 0 * 3 + 1] - logit)).toBeLessThan(1e-12);
  });

  test("stops learning where weights are frozen", () => {
    const kinds = ["embedding", "query", "key", "value", "output", "readout"] as const;
    const frozen = march({ task, scales: rich({ frozen: kinds }), steps: 3 });
    expect(distance(frozen.outputs, [0, 0, 0])).toBe(0);
    // With trained embeddings frozen queries and keys still align, through the features they share.
    const attention = (kinds: ("embedding" | "query" | "key")[]) =>
      march({ task, scales: rich({ frozen: kinds }), steps: 6 }).blocks[0].heads.logits;
    expect(distance(attention(["embedding", "query", "key"]), new Float64Array(27))).toBe(0);
    expect(distance(attention(["query", "key"]), new Float64Array(27))).toBeGreaterThan(1e-2);
  });
});

describe("two blocks with rms normalisation", () => {
  test("have the reference outputs and logits, to their last digit", () => {
    const at = (steps: number) => march({ task: two, scales: deep, architecture: normalised, steps });
    [0.063675, -0.099497].forEach((f, p) => six(at(2).outputs[p], f));
    [0.170705, -0.213834].forEach((f, p) => six(at(4).outputs[p], f));
    const last = at(8);
    [0.566291, -0.600094].forEach((f, p) => six(last.outputs[p], f));
    const rows = [[-0.06395, 0.02461, 0.07835], [-0.05358, 0.02553, 0.05211]];
    rows.forEach((row, l) =>
      row.forEach((a, i) => expect(last.blocks[l].heads.logits[6 + i]).toBeCloseTo(a, 5))
    );
  });

  test("with a causal mask agree with wide networks", () => {
    const architecture = { ...normalised, causal: true };
    const exact = march({ task: two, scales: deep, architecture, steps: 8 }).outputs;
    const scales = parametrise({ N: 256, H: 2, L: 2, beta0: 2, gamma0: 1, eta0: 0.15 });
    const networks = Array.from({ length: 10 }, (_, seed) => {
      const network = simulateNetwork({ task: two, scales, architecture, steps: 8, stream: stream(1, seed) });
      for (let t = 0; t < 8; t++) network.step();
      return network.outputs.slice();
    });
    exact.forEach((f, p) => {
      const values = networks.map((n) => n[p]);
      // Four standard errors and a bias of order 1/d = 0.002.
      expect(Math.abs(mean(values) - f)).toBeLessThan(4 * standardError(values) + 0.01);
    });
  });

  test("with positional codes start at the initialisation theory", () => {
    const dynamics = new TrainingDynamics({
      ...{ task: two, scales: deep, steps: 1 },
      architecture: { layerNorm: "full", positional: true, causal: true },
    });
    const law = { P: 2, S: 3, N: Infinity, alphaA: 1, layerNorm: "full", causal: true } as const;
    initialKernels(inputKernel(two, true), law, 2, deep.branchScale)
      .forEach((k, l) => expect(distance(dynamics.residualKernels[l], k)).toBeLessThan(1e-13));
  });
});

describe("depth, exactly", () => {
  const at = (L: number, alphaL: number, steps = 5) => {
    const scales = parametrise({ N: Infinity, H: 1, L, alphaL, beta0: 1, gamma0: 1, eta0: 0.3 });
    return march({ task: small, scales, steps });
  };
  const movement = (dynamics: TrainingDynamics) =>
    Math.sqrt(mean(dynamics.blocks.flatMap((block) => [...block.heads.logits].map((a) => a * a))));
  const sizes = [1, 2, 4, 8, 16, 32, 48];
  const one = sizes.map((L) => at(L, 1)), half = sizes.map((L) => at(L, 0.5));

  test("at alphaL = 1 attention keeps moving: reference values, to five decimals", () => {
    [0.02564, 0.02088, 0.01627, 0.01348, 0.01199, 0.01122, 0.01096]
      .forEach((a, i) => expect(movement(one[i])).toBeCloseTo(a, 5));
  });

  test("at alphaL = 1/2 attention freezes as 1/L: reference values, to five decimals", () => {
    const values = half.map(movement);
    [0.02564, 0.01560, 0.00796, 0.00377, 0.00178, 0.00086, 0.00056]
      .forEach((a, i) => expect(values[i]).toBeCloseTo(a, 5));
    expect(Math.abs(logLogFit(sizes.slice(2), values.slice(2)).slope + 1.06)).toBeLessThan(0.03);
  });

  test("outputs have their reference values at L = 1 and 48", () => {
    const expected: [TrainingDynamics, number[]][] = [
      [one[0], [0.95627, -0.71168]],
      [one[6], [0.99204, -0.63599]],
      [half[6], [0.99656, -0.98740]],
    ];
    for (const [dynamics, f] of expected) f.forEach((x, p) => expect(dynamics.outputs[p]).toBeCloseTo(x, 5));
  });

  test("outputs converge in depth at first order", () => {
    const f = [2, 4, 8, 16, 32].map((L) => at(L, 1, 2).outputs[0]);
    [0.57756, 0.52400, 0.48209, 0.45823, 0.44580].forEach((x, i) => expect(f[i]).toBeCloseTo(x, 5));
    const ratios = [0, 1, 2].map((i) => (f[i] - f[i + 1]) / (f[i + 1] - f[i + 2]));
    [1.28, 1.76, 1.92].forEach((r, i) => expect(ratios[i]).toBeCloseTo(r, 2)); // tends to 2
  });

  test("state grows at most quadratically in L and in T, and stays small", () => {
    const bytes = (L: number, steps: number) => 8 * at(L, 1, steps).size;
    expect(bytes(48, 5)).toBeLessThan(3e7);
    expect(bytes(32, 5) / bytes(16, 5)).toBeLessThan(4.2);
    expect(bytes(8, 16) / bytes(8, 8)).toBeLessThan(4.2);
  });
});

describe("stability", () => {
  const losses = (gamma0: number, eta0: number, beta0: number) => {
    const dynamics = new TrainingDynamics({ task, scales: rich({ gamma0, eta0, beta0 }), steps: 24 });
    return Array.from({ length: 25 }, (_, t) => {
      if (t > 0) dynamics.step();
      return dynamics.loss;
    });
  };

  test.each([[1, 0.25, 1.5], [1, 0.2, 2], [0.5, 0.25, 2], [0.1, 0.25, 2], [1, 0.3, 1]])(
    "gamma0 = %f, eta0 = %f, beta0 = %f lowers the loss at every one of 24 steps",
    (gamma0, eta0, beta0) => {
      losses(gamma0, eta0, beta0).reduce((before, loss) => {
        expect(loss).toBeLessThan(before);
        return loss;
      });
    },
  );

  test("the rich setting lowers it for 23 steps, to 2e-6, then meets the edge of stability it has sharpened to", () => {
    const values = losses(2, 0.1, 2);
    for (let t = 1; t <= 23; t++) expect(values[t]).toBeLessThan(values[t - 1]);
    expect(values[23]).toBeLessThan(3e-6);
    expect(values[24]).toBeGreaterThan(values[23]);
  });

  test("eta0 = 1 oscillates at beta0 = 1 and diverges at beta0 = 2, which is said", () => {
    const values = losses(1, 1, 1);
    expect(values.some((loss, t) => t > 0 && loss > values[t - 1])).toBe(true);
    expect(() => losses(1, 1, 2)).toThrow(/training diverged at step \d+.*lower eta0 = 1/);
  });
});

describe("refusals", () => {
  test("say what this theory is not for", () => {
    expect(() => new TrainingDynamics({ task, scales: rich({ optimiser: "adam" }), steps: 1 })).toThrow(
      '"adam"',
    );
    expect(() => new TrainingDynamics({ task, scales: rich({ N: 4, H: Infinity }), steps: 1 })).toThrow(
      "random stream",
    );
    const half = rich({ alphaA: 0.5, frozen: ["embedding"] });
    expect(() => new TrainingDynamics({ task, scales: half, steps: 1 })).toThrow("needs alphaA = 1, got 0.5");
  });

  test("more steps than were announced run out of room with a sentence", () => {
    const dynamics = new TrainingDynamics({ task, scales: rich(), steps: 1 });
    expect(() => {
      for (let t = 0; t < 40; t++) dynamics.step();
    }).toThrow("raise its capacity");
  });
});
