import { describe, expect, it } from "vitest";
import { ksTest, mean, normalCdf, standardError, stream, variance } from "../../lib/numerics/mod.ts";
import {
  drawPrompt,
  drawPrompts,
  FastNormal,
  promptBatch,
  promptTokens,
  type SparseTask,
} from "../../lib/sparse_regression/data.ts";
import { correlationMoments, drawStatistics } from "../../lib/sparse_regression/theory.ts";

const task: SparseTask = { d: 16, s: 4, sigma: 0.5, prior: "rad" };
const gaussian: SparseTask = { ...task, prior: "gau" };
const options = { seed: 1, step: 3, batch: 8, n: 40, q: 4 };

/** Within four standard errors of the mean, which a true claim misses once in 16 000 times. */
function expectMean(xs: ArrayLike<number>, expected: number) {
  expect(Math.abs(mean(xs) - expected)).toBeLessThan(4 * standardError(xs));
}

describe("fast normals", () => {
  const draw = (count: number, seed = 1) => {
    const out = new Float32Array(count);
    new FastNormal(stream(seed, "fast")).fillRows(out, 0, 1, count, count);
    return out;
  };

  it("pass Kolmogorov-Smirnov, and a spread wrong by two percent does not", () => {
    const xs = Float64Array.from(draw(400_000));
    expect(ksTest(xs, normalCdf).pValue).toBeGreaterThan(1e-4); // a fixed seed: this cannot flicker
    expect(ksTest(xs.map((x) => 1.02 * x), normalCdf).pValue).toBeLessThan(1e-4);
  });

  it("have the moments and the tail of the normal law", () => {
    const xs = Float64Array.from(draw(2 ** 20, 2)), n = xs.length;
    expectMean(xs, 0);
    expectMean(xs.map((x) => x ** 2), 1);
    expectMean(xs.map((x) => x ** 3), 0);
    expectMean(xs.map((x) => x ** 4), 3);
    expectMean(xs.map((x) => x ** 6), 15);
    for (const cut of [3, 3.7, 4.2]) { // inside, just beyond and well beyond the last layer of the ziggurat
      const tail = xs.reduce((count, x) => count + (Math.abs(x) > cut ? 1 : 0), 0);
      const expected = 2 * n * normalCdf(-cut);
      expect(Math.abs(tail - expected)).toBeLessThan(4 * Math.sqrt(expected)); // Poisson
    }
  });

  it("are uncorrelated, also in their squares, at lags 1, 2, 16, 17 and 64", () => {
    const xs = draw(2 ** 18, 3);
    for (const lag of [1, 2, 16, 17, 64]) {
      const pairs = Float64Array.from({ length: xs.length - lag }, (_, i) => xs[i] * xs[i + lag]);
      const squares = pairs.map((_, i) => (xs[i] ** 2 - 1) * (xs[i + lag] ** 2 - 1));
      expectMean(pairs, 0);
      expectMean(squares, 0);
    }
  });

  it("a fill in rows equals a fill at once and leaves the gaps between rows alone", () => {
    const whole = draw(60), rows = new Float32Array(100).fill(9);
    new FastNormal(stream(1, "fast")).fillRows(rows, 5, 10, 6, 8);
    for (let i = 0; i < 10; i++) {
      expect(rows.slice(5 + 8 * i, 11 + 8 * i)).toEqual(whole.slice(6 * i, 6 * i + 6));
      expect(rows[5 + 8 * i + 6]).toBe(9);
    }
    const single = new FastNormal(stream(1, "fast"));
    expect(Float32Array.from({ length: 60 }, () => single.normal())).toEqual(whole);
  });
});

describe("minibatches", () => {
  it("are a function of task, seed, name and step, and of nothing else", () => {
    const one = promptBatch(task, options);
    expect(promptBatch(task, options)).toEqual(one);
    for (const other of [{ seed: 2 }, { step: 4 }, { name: "evaluation" }]) {
      expect(promptBatch(task, { ...options, ...other }).tokens.data).not.toEqual(one.tokens.data);
    }
    expect(promptBatch({ ...task, sigma: 0.4 }, options).tokens.data).not.toEqual(one.tokens.data);
  });

  it("hold [x | y] with the labels of exactly these float32 inputs, and 0 for queries", () => {
    const noiseless = promptBatch({ ...gaussian, sigma: 0 }, options);
    expect(noiseless.tokens.shape).toEqual([8, 44, 17]);
    expect(noiseless.targets.shape).toEqual([8, 4]);
    for (let p = 0; p < 8; p++) {
      const w = noiseless.weights.data.subarray(p * 16, p * 16 + 16);
      expect(w.filter((x) => x !== 0)).toHaveLength(4);
      for (let t = 0; t < 44; t++) {
        const row = noiseless.tokens.data.subarray((p * 44 + t) * 17, (p * 44 + t + 1) * 17);
        const label = w.reduce((sum, value, j) => sum + value * row[j], 0);
        const stored = t < 40 ? row[16] : noiseless.targets.data[p * 4 + t - 40];
        expect(Math.abs(stored - label)).toBeLessThan(2 ** -22 * (1 + Math.abs(label))); // one float32 rounding
        if (t >= 40) expect(row[16]).toBe(0);
      }
    }
  });

  it("noise has the asked level on labels, and on targets only when asked for", () => {
    const residuals = (noisyTargets: boolean) => {
      const { tokens, weights, targets } = promptBatch(task, { ...options, batch: 500, q: 40, noisyTargets });
      const label: number[] = [], target: number[] = [];
      for (let p = 0; p < 500; p++) {
        for (let t = 0; t < 80; t++) {
          const at = (p * 80 + t) * 17;
          let sum = 0;
          for (let j = 0; j < 16; j++) sum += weights.data[p * 16 + j] * tokens.data[at + j];
          if (t < 40) label.push(tokens.data[at + 16] - sum);
          else target.push(targets.data[p * 40 + t - 40] - sum);
        }
      }
      return { label, target };
    };
    const clean = residuals(false), noisy = residuals(true);
    for (const xs of [clean.label, noisy.label, noisy.target]) {
      expectMean(xs, 0);
      expectMean(xs.map((x) => x ** 2), 0.25);
    }
    expect(Math.max(...clean.target.map(Math.abs))).toBeLessThan(1e-5);
  });

  it("with varying n, n is uniform on its range, padding is zero and the context weights add up to 1", () => {
    const counts = new Map<number, number>();
    const { tokens, context } = promptBatch(task, { ...options, batch: 3000, n: { min: 5, max: 9 }, q: 2 });
    expect(tokens.shape).toEqual([3000, 11, 17]);
    for (let p = 0; p < 3000; p++) {
      const weights = context.data.subarray(p * 11, p * 11 + 11), n = weights.filter((x) => x > 0).length;
      counts.set(n, (counts.get(n) ?? 0) + 1);
      for (let t = 0; t < 11; t++) {
        expect(weights[t]).toBe(t < n ? Math.fround(1 / n) : 0);
        const empty = tokens.data.subarray((p * 11 + t) * 17, (p * 11 + t + 1) * 17).every((x) => x === 0);
        expect(empty).toBe(t >= n && t < 9);
      }
    }
    expect([...counts.keys()].sort()).toEqual([5, 6, 7, 8, 9]);
    for (const count of counts.values()) expect(Math.abs(count - 600)).toBeLessThan(4 * Math.sqrt(480)); // binomial
  });

  it.each([task, gaussian, { ...gaussian, signal: 3, d: 8, s: 2 }])(
    "supports are uniform and E||w||^2 = W (%o)",
    (given) => {
      const B = 20_000, { d, s, signal = 1 } = given;
      const { weights } = promptBatch(given, { ...options, batch: B, n: 1, q: 0 });
      const used = new Float64Array(d), norms = new Float64Array(B), pair = new Float64Array(B);
      for (let p = 0; p < B; p++) {
        const w = weights.data.subarray(p * d, p * d + d);
        w.forEach((x, j) => {
          used[j] += x !== 0 ? 1 : 0;
          norms[p] += x * x;
        });
        pair[p] = w[0] !== 0 && w[d - 1] !== 0 ? 1 : 0;
      }
      for (const count of used) expect(Math.abs(count - B * s / d)).toBeLessThan(4 * Math.sqrt(B * s / d));
      expectMean(pair, s * (s - 1) / (d * (d - 1))); // no two coordinates prefer each other
      if (given.prior === "rad") {
        for (const x of norms) expect(x).toBeCloseTo(signal, 6); // float32 rounding
      } else expectMean(norms, signal);
    },
  );

  it("a diagonal covariance scales each coordinate", () => {
    const covariance = [4, 1, 0.25, 9],
      given: SparseTask = { d: 4, s: 2, sigma: 0.1, prior: "rad", covariance };
    const { tokens } = promptBatch(given, { ...options, batch: 300, n: 40 });
    const prompt = drawPrompt(given, { n: 20_000 }, stream(1, "one"));
    covariance.forEach((value, j) => {
      expectMean(tokens.data.filter((_, at) => at % 5 === j).map((x) => x * x), value);
      expectMean(prompt.x.filter((_, at) => at % 4 === j).map((x) => x * x), value);
    });
  });
});

describe("prompts", () => {
  it("prompt i is the same whichever chunk it is drawn in", () => {
    const all = [...drawPrompts(task, { n: 5, q: 1 }, { seed: 9, count: 6 })];
    expect([...drawPrompts(task, { n: 5, q: 1 }, { seed: 9, count: 2, from: 4 })]).toEqual(all.slice(4));
    expect([...drawPrompts(task, { n: 5, q: 1 }, { seed: 8, count: 1 })][0].x).not.toEqual(all[0].x);
  });

  it("tokens are rows [x | y] with label 0 on queries", () => {
    const prompt = drawPrompt({ ...task, d: 3, s: 1 }, { n: 2, q: 1 }, stream(1, "p"));
    const { x, y } = prompt;
    expect([...promptTokens(prompt)]).toEqual([
      ...x.slice(0, 3),
      y[0],
      ...x.slice(3, 6),
      y[1],
      ...x.slice(6),
      0,
    ]);
  });

  it("label correlations have their proved moments (d = 16, s = 4, n = 40, sigma = 0.5)", () => {
    const moments = correlationMoments(task, 40),
      on: number[] = [],
      off: number[] = [],
      fourth: number[] = [];
    for (const { correlation, weights } of drawStatistics(task, 40, { seed: 1, count: 3000 })) {
      let sum = 0;
      correlation.forEach((r, j) => {
        (weights[j] !== 0 ? on : off).push((r - weights[j]) ** 2);
        if (weights[j] === 0) sum += r ** 4;
      });
      fourth.push(sum);
    }
    expect(moments.varianceAt(0)).toBeCloseTo(0.03125, 12);
    expect(moments.varianceAt(0.5)).toBeCloseTo(0.0375, 12);
    expect(12 * moments.fourthOff).toBeCloseTo(0.0369, 4);
    expectMean(off, moments.varianceAt(0));
    expectMean(on, moments.varianceAt(0.5));
    expectMean(fourth, 12 * moments.fourthOff);
  });

  it("float32 batches and float64 prompts have the same label variance, W + sigma^2", () => {
    const { tokens } = promptBatch(gaussian, { ...options, batch: 4000, n: 1, q: 0 });
    expectMean(tokens.data.filter((_, at) => at % 17 === 16).map((y) => y * y), 1.25);
    const labels = Float64Array.from(
      drawPrompts(gaussian, { n: 1 }, { seed: 2, count: 4000 }),
      ({ y }) => y[0],
    );
    expect(Math.abs(variance(labels) - 1.25)).toBeLessThan(4 * 1.25 * Math.sqrt(2.5 / 4000)); // its kurtosis is below 4.5
  });

  it.each([
    [{ ...task, s: 17 }, "s must be a whole number from 1 to d = 16, got 17"],
    [{ ...task, d: 0 }, "d must be a whole number >= 1, got 0"],
    [{ ...task, sigma: -1 }, "sigma must be >= 0 and finite, got -1"],
    [{ ...task, signal: 0 }, "signal (E||w*||^2) must be > 0 and finite, got 0"],
    [{ ...task, covariance: [1] }, "covariance must have d = 16 entries, got 1"],
    [{ ...task, prior: "cauchy" as "rad" }, 'prior must be "rad" or "gau", got "cauchy"'],
  ])("refuses a task that means nothing %#", (bad, message) => {
    expect(() => promptBatch(bad, options)).toThrow(message);
    expect(() => drawPrompt(bad, { n: 2 }, stream(1))).toThrow(message);
  });

  it("refuses counts that mean nothing", () => {
    expect(() => promptBatch(task, { ...options, n: { min: 9, max: 5 } })).toThrow("n (its maximum)");
    expect(() => promptBatch(task, { ...options, batch: 0 })).toThrow(
      "batch must be a whole number >= 1, got 0",
    );
    expect(() => drawPrompt(task, { n: 0 }, stream(1))).toThrow("n must be a whole number >= 1, got 0");
  });
});
