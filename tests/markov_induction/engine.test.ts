/**
 * @module The compressed engine: its counts lose nothing, its loss is that of the network one sequence at a time, its gradient that of
 * finite differences; and descent on it does what gradient descent does.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sampleSequences, type Sequences } from "../../lib/markov_induction/data.ts";
import {
  type Architecture,
  batchGradient,
  fullForward,
  type FullParameters,
  predictions,
} from "../../lib/markov_induction/forward.ts";
import { type Loss, lossOf } from "../../lib/markov_induction/loss.ts";
import { compressedEngine } from "../../lib/markov_induction/model/compressed.ts";
import { descend } from "../../lib/markov_induction/model/descent.ts";
import { fullLayer } from "../../lib/markov_induction/model/full_layer.ts";
import {
  copyWeights,
  initialFullWeights,
  initialWeights,
  parametersOf,
  type Weights,
  zeroWeights,
} from "../../lib/markov_induction/model/weights.ts";
import { countWindows } from "../../lib/markov_induction/model/window_counts.ts";
import { stream } from "../../lib/numerics/mod.ts";

const draw = (d: number, L: number, count: number, seed: number): Sequences =>
  sampleSequences({ d, parents: [1, 2], prior: { kind: "dirichlet", alpha: 0.3 } }, { L, count, seed });

/** Weights away from any symmetry. */
function shaken(weights: Weights, seed: number, size = 0.4): Weights {
  const random = stream(seed, "test");
  for (const values of Object.values(weights)) {
    values.forEach((x, i) => values[i] = x * (1 + size * random.normal()));
  }
  weights.a[0] = 0.5 + random.uniform();
  return weights;
}

const losses: Loss[] = [{ kind: "logeps", epsilon: 0.1 }, { kind: "cesoft" }];
const architectures = fc.record({
  variant: fc.constantFrom("paper" as const, "repo" as const),
  d: fc.integer({ min: 2, max: 4 }),
  H: fc.integer({ min: 1, max: 3 }),
  M: fc.integer({ min: 3, max: 4 }),
  D: fc.integer({ min: 1, max: 3 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
}).map(({ D, ...rest }) => ({ ...rest, D: Math.min(D, rest.H) }));

describe("the compressed engine is the network", () => {
  test.each(losses)("loss, gradient and drives equal those of every sequence on its own, $kind", (loss) => {
    fc.assert(
      fc.property(architectures, ({ seed, ...architecture }) => {
        const data = draw(architecture.d, 14, 20, seed);
        const weights = shaken(initialWeights(architecture), seed), direction = zeroWeights(weights);
        const engine = compressedEngine(countWindows(data, architecture), loss);
        const fit = engine.descend(weights, direction);
        const exact = batchGradient(architecture, parametersOf(weights), data, loss);
        // Both are float64 sums of some hundred terms of size one: 1e-11 relative leaves three digits of room.
        const close = (a: number, b: number) =>
          expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(b)));
        close(fit.loss, exact.loss);
        exact.c.forEach((g, s) => close(-direction.c[s], g));
        exact.w.forEach((g, j) => close(-direction.w[j], g));
        close(-direction.a[0], exact.a);
        exact.drives.forEach((J, s) => close(engine.drives[s], J));
        predictions(architecture, parametersOf(weights), data).forEach((y, i) =>
          close(engine.predictions[i], y)
        );
      }),
      { numRuns: 25, seed: 5 },
    );
  });

  test("published sizes with six heads and twelve offsets do not overflow their codes", () => {
    const architecture: Architecture = { variant: "repo", d: 2, H: 6, M: 6, D: 2 };
    const data = draw(2, 40, 12, 3), weights = shaken(initialWeights(architecture), 3);
    const { loss } = compressedEngine(countWindows(data, architecture), losses[0]).fit(weights);
    expect(loss).toBeCloseTo(batchGradient(architecture, parametersOf(weights), data, losses[0]).loss, 12);
  });

  test("window counts of a sequence add up to its keys, and compression does not depend on order", () => {
    const data = draw(3, 60, 30, 8),
      counts = countWindows(data, { variant: "paper", d: 3, H: 3, M: 3, D: 2 });
    for (let i = 0; i < 30; i++) {
      expect(counts.entryCount.subarray(counts.start[i], counts.start[i + 1]).reduce((a, b) => a + b)).toBe(
        57,
      );
    }
    const turned = Uint8Array.from(
      data.tokens.length ? Array.from({ length: 30 }, (_, i) => 29 - i) : [],
      (i) => i,
    );
    const reversed = new Uint8Array(data.tokens.length);
    turned.forEach((from, to) => reversed.set(data.tokens.subarray(from * 61, (from + 1) * 61), to * 61));
    const weights = shaken(initialWeights(counts.architecture), 1);
    const one = compressedEngine(counts, losses[1]).fit(weights).loss;
    const other = compressedEngine(
      countWindows({ ...data, tokens: reversed }, counts.architecture),
      losses[1],
    );
    expect(other.fit(weights).loss).toBeCloseTo(one, 13); // the same terms in another order
  });

  test("the full network on counts predicts what it predicts for every sequence", () => {
    const architecture = { d: 3, H: 3, M: 3, D: 2 }, data = draw(3, 12, 15, 4);
    const counts = countWindows(data, { variant: "repo", ...architecture }, true);
    const weights = shaken(initialFullWeights(architecture, { projection: 0.5 }), 9);
    const engine = compressedEngine(counts, losses[1], fullLayer(architecture, counts.local), true);
    const { loss } = engine.fit(weights);
    const parameters = parametersOf(weights) as FullParameters;
    let mean = 0;
    for (let i = 0; i < 15; i++) {
      const row = data.tokens.subarray(i * 13, i * 13 + 13);
      mean += lossOf(losses[1], fullForward(architecture, parameters, row.subarray(0, 12)).y, row[12]) / 15;
    }
    expect(loss).toBeCloseTo(mean, 12);
  });
});

describe("gradients equal finite differences", () => {
  /** Worst error of a direction, relative to the size of its array, by central differences of size h. */
  function worst(fit: (w: Weights) => number, weights: Weights, direction: Weights): number {
    let worst = 0;
    for (const name in weights) {
      const scale = Math.max(...direction[name].map(Math.abs), 1e-6);
      weights[name].forEach((x, i) => {
        const h = 1e-5 * Math.max(Math.abs(x), 1e-2);
        weights[name][i] = x + h;
        const up = fit(weights);
        weights[name][i] = x - h;
        const down = fit(weights);
        weights[name][i] = x;
        worst = Math.max(worst, Math.abs((down - up) / (2 * h) - direction[name][i]) / scale);
      });
    }
    return worst;
  }

  test.each(losses)("simplified networks of both variants, $kind", (loss) => {
    for (const variant of ["paper", "repo"] as const) {
      const architecture: Architecture = { variant, d: 3, H: 3, M: 3, D: 3 }, data = draw(3, 30, 60, 2);
      const engine = compressedEngine(countWindows(data, architecture), loss);
      const weights = shaken(initialWeights(architecture), 2), direction = zeroWeights(weights);
      engine.descend(weights, direction);
      // Central differences with h = 1e-6: round-off 2e-16/h of a loss of size 1, against gradients of w of size 1e-4.
      expect(worst((w) => engine.fit(w).loss, weights, direction)).toBeLessThan(1e-5);
    }
  });

  test.each(losses)("the full network, $kind", (loss) => {
    const architecture = { d: 3, H: 3, M: 3, D: 2 }, data = draw(3, 20, 40, 6);
    const counts = countWindows(data, { variant: "repo", ...architecture }, true);
    const engine = compressedEngine(counts, loss, fullLayer(architecture, counts.local), true);
    const weights = shaken(initialFullWeights(architecture, { projection: 0.5 }), 6);
    weights.bias.forEach((_, e) => weights.bias[e] = 0.1 * (e - 1));
    for (const name of ["query", "key", "value"]) {
      const random = stream(6, name);
      weights[name].forEach((x, i) => weights[name][i] = x + 0.3 * random.normal());
    }
    const direction = zeroWeights(weights);
    engine.descend(weights, direction);
    expect(worst((w) => engine.fit(w).loss, weights, direction)).toBeLessThan(1e-6);
  });
});

describe("descent", () => {
  const architecture: Architecture = { variant: "paper", d: 3, H: 3, M: 3, D: 2 };
  const engine = compressedEngine(countWindows(draw(3, 60, 400, 1), architecture), losses[0]);

  test("only what is trained moves, the loss falls, and the flow's conserved quantities are conserved", async () => {
    const weights = initialWeights(architecture, { a0: 0.5 }), before = copyWeights(weights);
    const sums = (w: Weights) => [0, 1, 2].map((h) => w.w.subarray(3 * h, 3 * h + 3).reduce((a, b) => a + b));
    const samples = await descend(engine, weights, {
      train: ["w"],
      steps: 40,
      rate: 5,
      sampleAt: [0, 20, 40],
    });
    expect(weights.c).toEqual(before.c);
    expect(weights.a).toEqual(before.a);
    expect(samples.map(({ step }) => step)).toEqual([0, 20, 40]);
    expect(samples[2].loss).toBeLessThan(samples[1].loss);
    expect(samples[1].loss).toBeLessThan(samples[0].loss);
    // The softmax does not see a shift of a row, so the gradient of its sum is 0 up to round-off, at every step.
    sums(weights).forEach((sum, h) => expect(sum).toBeCloseTo(sums(before)[h], 12));
  });

  test("the scale of c does not matter: its gradient is orthogonal to it", () => {
    const weights = shaken(initialWeights(architecture), 4), direction = zeroWeights(weights);
    engine.descend(weights, direction);
    const inner = weights.c.reduce((sum, x, s) => sum + x * direction.c[s], 0);
    const size = Math.hypot(...weights.c) * Math.hypot(...direction.c);
    expect(Math.abs(inner) / size).toBeLessThan(1e-13); // round-off of seven terms
    const { loss } = engine.fit(weights);
    weights.c.forEach((x, s) => weights.c[s] = 7 * x);
    expect(engine.fit(weights).loss).toBeCloseTo(loss, 13);
  });

  test("errors say what is wrong", async () => {
    const weights = initialWeights(architecture);
    const stage = { steps: 2, rate: 1, sampleAt: [0] };
    await expect(descend(engine, weights, { ...stage, train: ["v"] })).rejects.toThrow('no parameter "v"');
    await expect(descend(engine, weights, { ...stage, train: ["a"], sampleAt: [3] })).rejects.toThrow(
      "from 0 to 2",
    );
    await expect(descend(engine, weights, { ...stage, train: ["a"], rate: NaN, steps: 3 })).rejects.toThrow(
      "lower the step size",
    );
    expect(() => countWindows(draw(2, 9, 3, 1), architecture)).toThrow("the sequences have 2 tokens");
    expect(() =>
      compressedEngine(countWindows(draw(3, 9, 3, 1), architecture), { kind: "logeps", epsilon: -1 })
    )
      .toThrow("epsilon");
  });
});
