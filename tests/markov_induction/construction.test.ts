import { describe, expect, it } from "vitest";
import { linearFit } from "../../lib/numerics/mod.ts";
import { limitBound, limitingParameters, sharpness } from "../../lib/markov_induction/construction.ts";
import { type Chain, sampleSequences } from "../../lib/markov_induction/data.ts";
import { type Architecture, forward, predictions, sharesOf } from "../../lib/markov_induction/forward.ts";
import { inductionHead, matchCounts } from "../../lib/markov_induction/theory.ts";
import { maskOf } from "../../lib/markov_induction/subsets.ts";

const paper: Architecture = { variant: "paper", d: 3, H: 3, M: 3, D: 2 };
const chain: Chain = { d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha: 0.5 } };
const L = 60, data = sampleSequences(chain, { L, count: 300, seed: 1 });
const pair = maskOf([1, 2]);

/** Largest total variation distance to the hard head on `target` over the data. */
function distance(
  architecture: Architecture,
  mask: number,
  options: Parameters<typeof limitingParameters>[2],
  target = mask,
) {
  const y = predictions(architecture, limitingParameters(architecture, mask, options), data);
  const first = architecture.variant === "paper" ? architecture.M + 1 : architecture.firstKey!;
  const want = inductionHead(matchCounts(data, target, { M: architecture.M, first }));
  let worst = 0;
  for (let i = 0; i < data.count; i++) {
    let away = 0;
    for (let e = 0; e < 3; e++) away += Math.abs(y[3 * i + e] - want[3 * i + e]) / 2;
    worst = Math.max(worst, away);
  }
  return worst;
}

describe("limiting weights", () => {
  it.each([[1], [2], [1, 2], [1, 3], [2, 3]])(
    "on offsets %j, %j are the generalised induction head at a = 60",
    (...offsets) => {
      // e^-60 L is below round-off
      expect(distance(paper, maskOf(offsets), { a: 60 })).toBeLessThan(1e-12);
    },
  );
  it("are it in the published variant too, where norms of one-hot vectors are one", () => {
    const repo: Architecture = { variant: "repo", d: 3, H: 3, M: 3, D: 2, firstKey: 6 };
    expect(distance(repo, pair, { a: 60 })).toBeLessThan(1e-5); // 1e-7 is added to the norms: a factor e^(60 * 4e-7)
  });
  it("are it for other sizes: d = 4, one parent far away", () => {
    const architecture: Architecture = { variant: "paper", d: 4, H: 5, M: 6, D: 1 }, mask = maskOf([5]);
    const far = sampleSequences({ d: 4, parents: [5], prior: { kind: "dirichlet", alpha: 0.3 } }, {
      L,
      count: 50,
      seed: 2,
    });
    const y = predictions(architecture, limitingParameters(architecture, mask, { a: 60 }), far);
    const want = inductionHead(matchCounts(far, mask, { M: 6 }));
    y.forEach((p, i) => expect(Math.abs(p - want[i])).toBeLessThan(1e-12));
  });
  it("with another set of heads are another estimator", () => {
    expect(distance(paper, maskOf([1, 3]), { a: 60 }, pair)).toBeGreaterThan(0.5);
    expect(distance(paper, pair, { a: 60, gap: 0 })).toBeGreaterThan(0.5); // heads that copy nothing in particular
  });
  it("put the asked share on the set", () => {
    const { c, w } = limitingParameters(paper, pair, { a: 1, share: 0.9, gap: 4 });
    const { p, C } = sharesOf(c);
    expect(C).toBeCloseTo(1, 14);
    expect(p[4]).toBeCloseTo(0.9, 14);
    expect(Array.from(w)).toEqual([4, 0, 0, 0, 4, 0, 0, 0, 4]);
  });
  it("are refused where they do not exist", () => {
    expect(() => limitingParameters(paper, 7, { a: 1 })).toThrow("{1,2,3} is no set of at most 2 of 3 heads");
    expect(() => limitingParameters({ ...paper, M: 2 }, pair, { a: 1 })).toThrow(
      "head 3 cannot copy offset 3",
    );
    expect(() => limitingParameters(paper, pair, { a: 1, share: 0 })).toThrow("share must lie in (0, 1]");
  });
});

describe("the bound", () => {
  const grid = [2, 5, 8, 12, 20].flatMap((a) =>
    [1.5, 3, 6, 10, 800].flatMap((gap) => [0.6, 0.9, 0.999, 1].map((share) => ({ a, gap, share })))
  );
  it.each([pair, maskOf([2])])("holds for every temperature, gap and share (set %i)", (mask) => {
    let informative = 0;
    for (const options of grid) {
      const bound = limitBound(paper, limitingParameters(paper, mask, options), mask, L);
      expect(distance(paper, mask, options)).toBeLessThanOrEqual(bound + 1e-12); // round-off
      if (bound < 0.5) informative++;
    }
    expect(informative).toBeGreaterThan(5);
  });
  it("of scores holds for matches and for mismatches", () => {
    for (const options of grid) {
      const parameters = limitingParameters(paper, pair, options),
        { matchAtLeast, otherAtMost } = sharpness(paper, parameters, pair);
      for (let i = 0; i < 5; i++) {
        const context = data.tokens.subarray(i * (L + 1), i * (L + 1) + L),
          { scores, firstKey } = forward(paper, parameters, context);
        scores.forEach((score, k) => {
          const l = firstKey + k, value = score / options.a; // position l is context[l - 1], the query follows position L
          const match = context[l - 2] === context[L - 1] && context[l - 3] === context[L - 2];
          if (match) expect(value).toBeGreaterThanOrEqual(matchAtLeast - 1e-12);
          else expect(value).toBeLessThanOrEqual(otherAtMost + 1e-12);
        });
      }
    }
  });
  it("is exponentially small in a for one-hot weights, and so is the error: slope -1 of its logarithm", () => {
    const temperatures = [8, 10, 12, 14, 16];
    const bounds = temperatures.map((a) =>
      limitBound(paper, limitingParameters(paper, pair, { a }), pair, L)
    );
    const errors = temperatures.map((a) => distance(paper, pair, { a }));
    expect(linearFit(temperatures, bounds.map(Math.log)).slope).toBeCloseTo(-1, 2); // e^a = 3000 against n = 57 at the start
    expect(linearFit(temperatures, errors.map(Math.log)).slope).toBeCloseTo(-1, 2);
    expect(bounds[4]).toBeLessThan(1e-4);
  });
  it("is tight: one match among mismatches attains it", () => {
    // The query follows (1, 2), which occurs once before, followed by 0; everything else is 1, 1, 1, ...
    const context = [1, 1, 1, 1, 1, 1, 2, 0, 1, 1, 1, 1, 1, 2], a = 6;
    const parameters = limitingParameters(paper, pair, { a }), y = forward(paper, parameters, context).y;
    const bound = limitBound(paper, parameters, pair, context.length);
    expect(1 - y[0]).toBeCloseTo(bound, 12);
  });
  it("needs full windows and the variant without norms", () => {
    const parameters = limitingParameters(paper, pair, { a: 1 });
    expect(() => limitBound({ ...paper, variant: "repo" }, parameters, pair, L)).toThrow("full windows");
    expect(() => sharpness({ ...paper, variant: "repo" }, parameters, pair)).toThrow("paper variant");
    expect(() => limitBound(paper, { ...parameters, a: -1 }, pair, L)).toThrow("a >= 0");
  });
});
