import { describe, expect, it } from "vitest";
import { type Chain, sampleSequences, type Sequences } from "../../lib/markov_induction/data.ts";
import type { Loss } from "../../lib/markov_induction/loss.ts";
import {
  bayes,
  bestTemperature,
  inductionHead,
  type MatchCounts,
  matchCounts,
  oracle,
  type Predictions,
  scoreOf,
  softInductionHead,
  unigram,
} from "../../lib/markov_induction/theory.ts";
import { type Mask, maskOf } from "../../lib/markov_induction/subsets.ts";

const dirichlet = (alpha: number): Chain => ({ d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha } });
const pair = maskOf([1, 2]);
const row = (tokens: number[], d = 3): Sequences => (
  { tokens: Uint8Array.from(tokens), count: 1, L: tokens.length - 1, d }
);

describe("counts", () => {
  // positions 1..8 and a target that must not be looked at; the query is (x_8, x_7) = (1, 0)
  const data = row([0, 1, 2, 0, 1, 0, 0, 1, 2]);
  it("are of tokens after the query's context", () => {
    const counts = matchCounts(data, pair, { M: 2 });
    expect(Array.from(counts.all)).toEqual([3, 2, 1]); // x_3..x_8 = 2 0 1 0 0 1
    expect(Array.from(counts.matched)).toEqual([1, 0, 1]); // after (0, 1): x_3 = 2, x_6 = 0
  });
  it("start after the window, or where they are told to", () => {
    expect(Array.from(matchCounts(data, maskOf([1]), { M: 3 }).all)).toEqual([3, 2, 0]);
    expect(Array.from(matchCounts(data, maskOf([1]), { M: 3, first: 2 }).matched)).toEqual([1, 0, 1]);
    expect(() => matchCounts(data, pair, { M: 2, first: 2 })).toThrow(
      "must start after the longest offset 2",
    );
  });
  it("do not depend on the target, and the empty set matches everywhere", () => {
    const other = matchCounts(row([0, 1, 2, 0, 1, 0, 0, 1, 0]), pair, { M: 2 });
    expect(other.matched).toEqual(matchCounts(data, pair, { M: 2 }).matched);
    const counts = matchCounts(data, 0, { M: 2 });
    expect(counts.matched).toEqual(counts.all);
  });
});

describe("estimators", () => {
  const counts: MatchCounts = {
    d: 3,
    count: 2,
    all: Float64Array.of(5, 3, 2, 4, 4, 2),
    matched: Float64Array.of(1, 2, 0, 0, 0, 0),
  };
  it("the induction head averages what followed matches, and falls back to the unigram", () => {
    expect(Array.from(inductionHead(counts))).toEqual([1 / 3, 2 / 3, 0, 0.4, 0.4, 0.2]);
  });
  it("the soft head is between the unigram (a = 0) and the hard head (a to infinity)", () => {
    expect(softInductionHead(counts, 0)).toEqual(unigram(counts));
    expect(softInductionHead(counts, 1000)).toEqual(inductionHead(counts)); // e^1000 is not formed
    const a = 1.3, x = Math.exp(a), y = softInductionHead(counts, a);
    expect(y[0]).toBeCloseTo((4 + x) / (7 + 3 * x), 14);
    expect(softInductionHead(counts, -2)[1]).toBeCloseTo((1 + 2 * Math.exp(-2)) / (7 + 3 * Math.exp(-2)), 14);
  });
  it("Bayes adds alpha to every count", () => {
    expect(Array.from(bayes(counts, 0.5).subarray(0, 3))).toEqual([1.5 / 4.5, 2.5 / 4.5, 0.5 / 4.5]);
  });
  it("the oracle knows the kernel and needs it", () => {
    const data = sampleSequences(dirichlet(0.3), { L: 10, count: 3, seed: 1, keepKernels: true });
    const laws = oracle(data, [1, 2]), at = 2 * 11 + 10, z = data.tokens[at - 1] + 3 * data.tokens[at - 2];
    expect(laws.slice(6)).toEqual(data.kernels!.slice(2 * 27 + 3 * z, 2 * 27 + 3 * z + 3));
    expect(() => oracle({ ...data, kernels: undefined }, [1, 2])).toThrow("keepKernels");
  });
  it("a score is an expectation under the true law", () => {
    const law = Float64Array.of(0.5, 0.3, 0.2);
    const score = scoreOf(Float64Array.of(0.2, 0.7, 0.1), law, 3, { kind: "logeps", epsilon: 0 });
    expect(score.loss).toBeCloseTo(-0.5 * Math.log(0.2) - 0.3 * Math.log(0.7) - 0.2 * Math.log(0.1), 14);
    expect(score.accuracy).toBe(0.3);
    expect(score.totalVariation).toBeCloseTo(0.4, 14);
  });
});

/** What a sample of its own gives for the reference table. */
function ladder(alpha: number, L: number, count: number) {
  const data = sampleSequences(dirichlet(alpha), { L, count, seed: 3, keepKernels: true });
  const laws = oracle(data, [1, 2]), counts = matchCounts(data, pair, { M: 3 });
  const log: Loss = { kind: "logeps", epsilon: 0 }, clipped: Loss = { kind: "logeps", epsilon: 0.01 };
  const of = (y: Predictions, loss: Loss = clipped) => scoreOf(y, laws, 3, loss);
  const posterior = bayes(matchCounts(data, pair, { M: 2 }), alpha);
  const best = (mask: Mask) => {
    const some = matchCounts(data, mask, { M: 3 });
    return of(softInductionHead(some, bestTemperature(some, laws, clipped).a));
  };
  return { laws, counts, log, of, posterior, best };
}

/**
 * Reference samples have standard errors up to .003 in loss and accuracy at (.1, 100); the samples here add their own. The band is four
 * sigma of both, with the same sigma assumed for the reference.
 */
const near = (got: { value: number; error: number }, want: number) =>
  expect(Math.abs(got.value - want)).toBeLessThan(4 * Math.SQRT2 * Math.max(got.error, 1e-3) + 5e-4);

describe("the generalised induction head beside baselines", () => {
  const rows = [ // alpha, L, count; oracle and Bayes NLL, Bayes accuracy; GIH clipped loss and TV; {2}, {23}, {123}, unigram
    [0.1, 100, 5000, 0.192, 0.221, 0.915, 0.2016, 0.033, [0.407, 0.299, 0.216, 0.663]],
    [1, 100, 5000, 0.819, 0.883, 0.589, 0.9291, 0.144, [0.975, 0.975, 0.908, 1.031]],
    [0.5, 1000, 1000, 0.624, 0.631, 0.723, 0.6039, 0.033, [0.823, 0.77, 0.615, 0.948]],
    [0.1, 1000, 800, 0.185, 0.189, 0.923, 0.1717, 0.01, [0.388, 0.263, 0.174, 0.658]],
  ] as const;
  it.each(rows)(
    "alpha = %f, L = %i: losses, accuracies and distances are those of the reference table",
    (alpha, L, count, oracleLoss, bayesLoss, bayesAccuracy, headLoss, headDistance, others) => {
      const { laws, counts, log, of, posterior, best } = ladder(alpha, L, count);
      const truth = of(laws, log), bay = of(posterior, log), head = of(inductionHead(counts));
      near({ value: truth.loss, error: truth.lossStandardError }, oracleLoss);
      near({ value: bay.loss, error: bay.lossStandardError }, bayesLoss);
      near({ value: bay.accuracy, error: bay.accuracyStandardError }, bayesAccuracy);
      near({ value: head.loss, error: head.lossStandardError }, headLoss);
      near({ value: head.totalVariation, error: 0.001 }, headDistance);
      [maskOf([2]), maskOf([2, 3]), maskOf([1, 2, 3])].forEach((mask, i) => {
        const score = best(mask);
        near({ value: score.loss, error: score.lossStandardError }, others[i]);
      });
      const uni = of(unigram(counts));
      near({ value: uni.loss, error: uni.lossStandardError }, others[3]);
      // Orderings on one sample: nobody beats the oracle, S* beats other sets, and Bayes is best among those who count. The
      // last is said of the log loss: clipping it at .01 is improper, and there the soft head may come out ahead.
      expect(truth.loss).toBeLessThan(bay.loss);
      for (const mask of [2, 6, 7]) expect(best(pair).loss).toBeLessThan(best(mask).loss);
      const sharp: Loss = { kind: "logeps", epsilon: 1e-6 };
      expect(of(posterior, sharp).loss).toBeLessThan(bestTemperature(counts, laws, sharp).loss);
    },
  );
  it("the hard head predicts as well as Bayes: accuracies agree to .002", () => {
    const { counts, of, posterior } = ladder(0.1, 100, 5000);
    expect(Math.abs(of(inductionHead(counts)).accuracy - of(posterior).accuracy)).toBeLessThan(0.002);
  });
  it("in the published loss, which is improper, the hard head beats Bayes", () => {
    const { counts, of, posterior } = ladder(0.1, 100, 5000), code: Loss = { kind: "cesoft" };
    expect(of(inductionHead(counts), code).loss).toBeLessThan(of(posterior, code).loss);
    near({ value: of(inductionHead(counts), code).loss, error: 0.0015 }, 0.6472);
    near({ value: of(posterior, code).loss, error: 0.0015 }, 0.6519);
  });
  it.each([[20, 0.671], [100, 0.648], [400, 0.646]])(
    "at a = 8.95 the published loss at L = %i is %f",
    (L, want) => {
      const { counts, of } = ladder(0.1, L, 2500);
      const score = of(softInductionHead(counts, 8.95), { kind: "cesoft" });
      near({ value: score.loss, error: Math.max(0.002, score.lossStandardError) }, want);
    },
  );
});
