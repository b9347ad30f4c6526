import { describe, expect, it } from "vitest";
import { mean, standardError, stream, variance } from "../../lib/numerics/mod.ts";
import {
  bilinear,
  gaussianTokens,
  generalInductionHead,
  inductionHead,
  mixedBatch,
  mixedTarget,
} from "../../lib/lazy_to_rich/data.ts";

const X = [0.5, -1, 0.25, 0.8, -0.3, 0.6, -0.7, 0.9];
const exact = 9; // deterministic vectors, given to 1e-9

describe("targets", () => {
  it("the mixed target of the reference sequence is (0.3, -0.0892)", () => {
    const target = mixedTarget(X, { alphaStar: 1, wStar: 0.8 });
    expect(target[0]).toBeCloseTo(0.3, exact);
    expect(target[1]).toBeCloseTo(-0.08919242503996669, exact);
  });

  it("IH_2 and IH_3 of the reference sequence have their known values", () => {
    expect(inductionHead(X, [[2]], 2)[0]).toBeCloseTo(-0.3468174326573417, exact);
    expect(inductionHead(X, [[1.5, -0.5], [0.25, 1]], 3)[0]).toBeCloseTo(0.10818121052951155, exact);
  });

  it("GIH_2 and GIH_3 with Gaussian similarities have their known values", () => {
    const g2 = (u: ArrayLike<number>, v: ArrayLike<number>) =>
      4 * Math.exp(-((u[0] - v[0]) ** 2) / (2 * 0.3 ** 2));
    const g3 = (u: ArrayLike<number>, v: ArrayLike<number>) =>
      4 * Math.exp(-((u[0] - v[0]) ** 2 + (u[1] - v[1]) ** 2) / (2 * 0.6 ** 2));
    expect(generalInductionHead(X, g2, 2)[0]).toBeCloseTo(-0.37955078449006596, exact);
    expect(generalInductionHead(X, g3, 3)[0]).toBeCloseTo(-0.21238271650940424, exact);
  });

  it("a zero score matrix averages x_n .. x_{L-1}", () => {
    expect(inductionHead([1, 2, 3, 4, 5, 6], [[0, 0], [0, 0]], 3)[0]).toBeCloseTo((3 + 4 + 5) / 3, 12);
  });

  it("a hot score retrieves the token after the best match", () => {
    const hot = inductionHead([1, -1, 0.7, -1, 0.9, 1], [[200]], 2); // x_1 = x_L = 1 is followed by -1
    expect(hot[0]).toBeCloseTo(-1, 6);
  });

  it("patches are stacked newest first", () => {
    // W = e_1 e_1^T scores only the newest token of each patch, which is IH_2 without the first candidate
    const tokens = [0.3, 9, 0.5, -0.4, 0.8, 0.2];
    const newest = inductionHead(tokens, [[3, 0], [0, 0]], 3)[0];
    expect(newest).toBeCloseTo(inductionHead(tokens.slice(1), [[3]], 2)[0], 12);
  });

  it("the diagonal score of d > 1 tokens is the bilinear one", () => {
    const tokens = gaussianTokens(stream(3, "diagonal"), 12, 2);
    const task = { alphaStar: 3, bStar: [0.3, 0.1], d: 2 };
    const want = generalInductionHead(tokens, bilinear([[0.3, 0], [0, 0.1]]), 2, 2);
    const target = mixedTarget(tokens, task);
    for (let i = 0; i < 2; i++) {
      expect(target[i]).toBeCloseTo(0.75 * tokens[(12 - 3) * 2 + i], 12); // c x_{L-2}
      expect(target[2 + i]).toBeCloseTo(0.25 * want[i], 12); // kappa IH_2
    }
  });

  it.each([
    [() => inductionHead([1, 2], [[1]], 2), "IH_2 needs at least 3 tokens"],
    [() => inductionHead([1, 2, 3], [[1, 2]], 2), "W must be 1 x 1, got 1 x 2"],
    [() => mixedTarget(X, { alphaStar: -1, wStar: 0.5 }), "alphaStar must be > 0, got -1"],
    [() => mixedTarget(X, { alphaStar: 1 }), "exactly one of wStar"],
    [() => mixedTarget(X, { alphaStar: 1, bStar: [0.1, 0.2] }), "bStar must have d = 1 entries, got 2"],
  ])("refuses bad input %#", (call, message) => {
    expect(call).toThrow(message);
  });
});

describe("batches", () => {
  const task = { alphaStar: 1, wStar: 0.5, L: 20 };

  it("a batch depends on seed and step alone", () => {
    const one = mixedBatch(task, { seed: 1, step: 7, batch: 4 });
    expect(mixedBatch(task, { seed: 1, step: 7, batch: 4 })).toEqual(one);
    expect(mixedBatch(task, { seed: 1, step: 8, batch: 4 }).tokens.data).not.toEqual(one.tokens.data);
    expect(mixedBatch(task, { seed: 2, step: 7, batch: 4 }).tokens.data).not.toEqual(one.tokens.data);
  });

  it("targets belong to the float32 tokens they come with", () => {
    const { tokens, targets } = mixedBatch({ ...task, d: 2 }, { seed: 5, step: 0, batch: 3 });
    expect(tokens.shape).toEqual([3, 20, 2]);
    expect(targets.shape).toEqual([3, 4]);
    const last = mixedTarget(tokens.data.subarray(2 * 40), { ...task, d: 2 });
    expect(Array.from(targets.data.subarray(8))).toEqual(Array.from(Float32Array.from(last))); // one rounding
  });

  it("tokens are standard normal", () => {
    const { data } = mixedBatch({ ...task, L: 50 }, { seed: 11, step: 0, batch: 400 }).tokens;
    const n = data.length;
    expect(Math.abs(mean(data))).toBeLessThan(4 * standardError(data)); // 4 standard errors
    expect(Math.abs(variance(data) - 1)).toBeLessThan(4 * Math.sqrt(2 / n)); // sd of a sample variance
  });
});
