/** @module Scales: the unit-variance storage is the published parameterization in disguise, and refusals say why. */
import { describe, expect, test } from "vitest";
import { comparisonTable, comparisonText } from "../../lib/infinite_limits/parametrisation_table.ts";
import { noLimitReason, parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { descend } from "../../lib/infinite_limits/descent.ts";
import { backward, forward, initialParameters, parameterLayout } from "../../lib/infinite_limits/forward.ts";
import { stream } from "../../lib/numerics/mod.ts";
import { distance, task } from "./shared.ts";

describe("scales", () => {
  test("alphaA enters through the logits and the query/key rate only", () => {
    const one = parametrise({ N: 16, H: 4, L: 3, alphaL: 0.5, gamma0: 2 });
    const half = parametrise({ N: 16, H: 4, L: 3, alphaL: 0.5, gamma0: 2, alphaA: 0.5 });
    expect(half.logitScale / one.logitScale).toBeCloseTo(4, 12); // N^{1/2}
    expect(half.rate.query / one.rate.query).toBeCloseTo(1 / 16, 12); // N^{2 alphaA - 2}
    expect(half.rate.key).toBe(half.rate.query);
    for (const kind of ["embedding", "value", "output", "up", "down", "readout"] as const) {
      expect(half.rate[kind]).toBe(one.rate[kind]);
    }
  });

  test("gradient descent uses eta0 gamma0^2 N H times 1 outside and (L/L0)^(2 alphaL - 1) inside blocks", () => {
    const p = parametrise({ N: 8, H: 2, L: 16, alphaL: 1, baseDepth: 2, beta0: 3, gamma0: 0.5, eta0: 0.2 });
    expect(p.width).toBe(16);
    expect(p.rate.embedding).toBeCloseTo(0.2 * 0.25 * 16, 12);
    expect(p.rate.value / p.rate.embedding).toBeCloseTo(8, 12);
    expect(p.branchScale).toBeCloseTo(3 / 8, 12);
    expect(p.outputScale).toBeCloseTo(1 / (0.5 * 16), 12);
  });

  test("Adam uses eta0 outside and eta0 d^(-1/2) (L/L0)^(alphaL - 1) inside, N^(alphaA - 1) more for queries", () => {
    const p = parametrise({ N: 16, H: 4, L: 4, alphaL: 0.5, alphaA: 0.5, eta0: 0.01, optimiser: "adam" });
    expect(p.rate.embedding).toBe(0.01);
    expect(p.rate.readout).toBe(0.01);
    expect(p.rate.value).toBeCloseTo(0.01 / 8 / 2, 14);
    expect(p.rate.query / p.rate.value).toBeCloseTo(0.25, 12);
  });

  test("unit-variance storage trains exactly like the published parameterization", () => {
    // Published form: W_K, W_Q have sd N^(1-alphaA) and prefactor N^(alphaA-3/2) H^(-1/2); embedding and readout are
    // multiplied by L^(1/2-alphaL) with variance L^(2 alphaL-1); bulk rate eta0 gamma0^2 N H L^(2 alphaL-1) for all.
    const scales = parametrise({
      N: 4,
      H: 2,
      L: 2,
      alphaA: 0.6,
      alphaL: 0.9,
      beta0: 1.5,
      gamma0: 1.3,
      eta0: 0.05,
    });
    const shape = { scales, features: 4, tokens: 3 };
    const unit = initialParameters(shape, stream(1));
    const { N, L, alphaA, alphaL, width } = scales;
    const factor = (kind: string) =>
      kind === "query" || kind === "key"
        ? N ** (1 - alphaA)
        : kind === "embedding" || kind === "readout"
        ? L ** (alphaL - 0.5)
        : 1;
    const published = Object.fromEntries(
      parameterLayout(shape).map(({ name, kind }) => [name, unit[name].map((x) => x * factor(kind))]),
    );
    const bulk = scales.eta0 * scales.gamma0 ** 2 * width * L ** (2 * alphaL - 1);
    const outputs: Float64Array[] = [];
    let initial: Float64Array | undefined;
    for (let t = 0; t <= 3; t++) {
      // The published forward pass is the unit one at W / factor; the chain rule divides its gradient by factor.
      const seen = Object.fromEntries(
        parameterLayout(shape).map(({ name, kind }) => [name, published[name].map((x) => x / factor(kind))]),
      );
      const trace = forward(shape, seen, task.inputs);
      initial ??= trace.outputs.slice();
      const f = trace.outputs.map((x, p) => x - initial![p]);
      outputs.push(f);
      const gradients = backward(
        shape,
        seen,
        trace,
        f.map((x, p) => (x - task.targets[p]) / task.P),
      ).parameters;
      for (const { name, kind } of parameterLayout(shape)) {
        published[name].forEach((_, i) => published[name][i] -= bulk * gradients[name][i] / factor(kind));
      }
    }
    descend(shape, unit, task, 3, ({ t, outputs: f }) => {
      // Same arithmetic up to the rounding of the factors.
      expect(distance(f, outputs[t])).toBeLessThan(1e-12);
    });
  });

  test("infinite width with alphaA < 1 is refused with the reason, and allowed with a frozen embedding", () => {
    expect(() => parametrise({ N: Infinity, H: 4, L: 1, alphaA: 0.75 })).toThrow(noLimitReason);
    expect(() => parametrise({ N: Infinity, H: 4, L: 2, alphaA: 0.5, frozen: ["embedding"] })).toThrow(
      "one block",
    );
    expect(parametrise({ N: Infinity, H: 4, L: 1, alphaA: 0.5, frozen: ["embedding"] }).multiplier.embedding)
      .toBe(0);
    expect(parametrise({ N: Infinity, H: 4, L: 2 }).logitScale).toBe(0);
  });

  test("bad sizes, exponents and constants are refused with their value", () => {
    const good = { N: 4, H: 4, L: 1 };
    expect(() => parametrise({ ...good, N: 0 })).toThrow("N must be a whole number >= 1 or Infinity, got 0");
    expect(() => parametrise({ ...good, H: 1.5 })).toThrow("got 1.5");
    expect(() => parametrise({ ...good, L: Infinity })).toThrow("got Infinity");
    expect(() => parametrise({ ...good, alphaA: 0.4 })).toThrow("alphaA must be between 0.5 and 1, got 0.4");
    expect(() => parametrise({ ...good, alphaL: NaN })).toThrow("got NaN");
    expect(() => parametrise({ ...good, gamma0: 0 })).toThrow("gamma0 must be positive and finite, got 0");
    expect(() => parametrise({ ...good, frozen: ["bias" as "query"] })).toThrow('cannot freeze "bias"');
  });
});

describe("the comparison of parameterizations", () => {
  const table = comparisonTable({ N: 16, H: 4, L: 4, alphaL: 1, beta0: 2, gamma0: 0.5, eta0: 0.1 });
  const row = (quantity: string) => table.find((r) => r.quantity === quantity)!;

  test("prints eleven quantities for four parameterizations", () => {
    const text = comparisonText(table);
    expect(text.split("\n").length).toBe(12);
    expect(text).toContain("alphaA = 1/2");
    expect(text).toContain("eta0 gamma0^2 Lambda / N");
  });

  test("at alphaA = 1 logits, readout rate and Adam's hidden rate are those of muP", () => {
    expect(row("logit scale").alphaOne.value).toBe(row("logit scale").maximalUpdate.value);
    expect(row("SGD rate, readout").alphaOne.value).toBeCloseTo(
      row("SGD rate, readout").maximalUpdate.value!,
      14,
    );
    const adam = row("Adam rate, values and MLP");
    expect(adam.alphaOne.value).toBeCloseTo(adam.maximalUpdate.value!, 14); // alphaL = 1
  });

  test("its values come from the same parametrisation that trains", () => {
    const p = parametrise({ N: 16, H: 4, L: 4, beta0: 2, gamma0: 0.5, eta0: 0.1, alphaA: 0.5 });
    expect(row("SGD rate, queries and keys").alphaHalf.value).toBeCloseTo(p.rate.query / 64, 14);
    expect(row("residual branch").alphaHalf.value).toBe(p.branchScale);
    expect(() => comparisonTable({ N: Infinity, H: 1, L: 1 })).toThrow("finite sizes");
  });
});
