import { describe, expect, it } from "vitest";
import { stream } from "../../lib/numerics/mod.ts";
import {
  type Chain,
  drawKernel,
  kernelSampler,
  type Prior,
  windowLaws,
} from "../../lib/markov_induction/data.ts";
import {
  CHI2,
  dirichletInformation,
  informationMeter,
  informationSet,
  kernelInformation,
  lazyCopyInformation,
  type Measure,
  MODIFIED,
  modularSumInformation,
  priorInformation,
} from "../../lib/markov_induction/theory.ts";
import { bestPrediction, expectedLoss } from "../../lib/markov_induction/loss.ts";
import { labelOf, type Mask, maskOf, membersOf } from "../../lib/markov_induction/subsets.ts";

const chain = (prior: Prior, d = 3, parents = [1, 2]): Chain => ({ d, parents, prior });
const dirichlet = (alpha: number, d = 3, parents = [1, 2]) => chain({ kind: "dirichlet", alpha }, d, parents);
const exact = 1e-12; // float64 round-off of sums of at most a few hundred terms below one

/** Information of a fixed prior, by set. */
function ofFixed(fixed: Chain, M: number, measure: Measure = MODIFIED): (mask: Mask) => number {
  const [estimate] = priorInformation(fixed, { M, kernels: 1, seed: 0, measures: [measure] });
  return (mask) => estimate.mean[estimate.subsets.indexOf(mask)];
}

describe("closed forms of the modified information", () => {
  it.each([[3, 0.6], [3, 0.25], [5, 0.7], [4, 0.5]])("of the lazy copy, d = %i, lambda = %f", (d, lambda) => {
    const value = ofFixed(chain({ kind: "additive", lambdas: [lambda] }, d, [1]), 2);
    const want = lazyCopyInformation(d, lambda);
    expect(Math.abs(value(1) - want.one)).toBeLessThan(exact);
    expect(Math.abs(value(2) - want.two)).toBeLessThan(exact);
    expect(Math.abs(value(3) - want.both)).toBeLessThan(exact);
  });
  it("give .24, .0864 and .1376 for three symbols copied six times in ten", () => {
    const want = lazyCopyInformation(3, 0.6);
    for (const [got, value] of [[want.one, 0.24], [want.two, 0.0864], [want.both, 0.1376]]) {
      expect(Math.abs(got - value)).toBeLessThan(exact);
    }
  });
  it.each([[3, 0.8], [5, 0.5]])("of the modular sum, d = %i, lambda = %f", (d, lambda) => {
    const value = ofFixed(chain({ kind: "modular-sum", lambda }, d), 3);
    const want = modularSumInformation(d, lambda);
    for (const single of [1, 2, 4]) expect(Math.abs(value(single))).toBeLessThan(exact);
    expect(Math.abs(value(maskOf([1, 2])) - want.parents)).toBeLessThan(exact);
    expect(Math.abs(value(maskOf([1, 3])) - want.otherPairs)).toBeLessThan(exact);
    expect(Math.abs(value(maskOf([2, 3])) - want.otherPairs)).toBeLessThan(exact);
    expect(Math.abs(value(7) - want.all)).toBeLessThan(exact);
  });
  it("of an additive copy whose second parent is idle", () => {
    const value = ofFixed(chain({ kind: "additive", lambdas: [0.3, 0] }), 2);
    for (const [mask, want] of [[1, 0.06], [2, 0.0054], [3, 0.0236]]) {
      expect(Math.abs(value(mask) - want)).toBeLessThan(exact);
    }
  });
  it("of nearly uniform Dirichlet rows, to first order in 1/alpha", () => {
    const alpha = 20;
    const [estimate] = priorInformation(dirichlet(alpha), { M: 3, kernels: 4000, seed: 1 });
    estimate.subsets.forEach((mask, s) => {
      const k = membersOf(mask).filter((i) => i <= 2).length, r = membersOf(mask).length - k;
      const want = dirichletInformation(3, alpha, 2, k, r);
      // relative corrections are of order 1/alpha; {3} has no first-order term at all
      expect(Math.abs(estimate.mean[s] - want)).toBeLessThan(k > 0 ? 2 * want / alpha : 5 / alpha ** 3);
    });
  });
});

describe("definitions", () => {
  /** By the definitions, from conditional probabilities, without sharing code with the meter. */
  function byDefinition(c: Chain, kernel: Float64Array, mask: Mask, M: number, epsilon: number) {
    const joint = windowLaws(c, M).of(kernel), { d } = c, offsets = membersOf(mask);
    const marginal = Array.from(
      { length: d },
      (_, e) => joint.filter((_, i) => i % d === e).reduce((a, b) => a + b),
    );
    const groups = new Map<string, number[]>();
    joint.forEach((p, i) => {
      const digits = Array.from({ length: M }, (_, k) => Math.floor(i / d ** (k + 1)) % d);
      const key = offsets.map((o) => digits[o - 1]).join();
      const row = groups.get(key) ?? Array(d).fill(0);
      row[i % d] += p;
      groups.set(key, row);
    });
    let [chi2, modified, finite, code] = [0, 0, 0, 0];
    const partition = marginal.reduce((a, m) => a + Math.exp(m), 0);
    for (const row of groups.values()) {
      const mass = row.reduce((a, b) => a + b), law = row.map((p) => p / mass);
      const value = law.reduce((sum, p, e) => sum + p * p / marginal[e], 0) - 1;
      chi2 += mass * value;
      modified += mass ** 2 * value;
      finite += mass ** 2 *
        law.reduce((sum, p, e) => sum + p * (p - marginal[e]) / (marginal[e] + epsilon), 0);
      code += mass ** 2 *
        law.reduce((sum, p, e) => sum + (p - Math.exp(marginal[e]) / partition) * (p - marginal[e]), 0);
    }
    return [chi2, modified, finite, code];
  }
  it("are what the meter computes, for all four measures and all sets", () => {
    const c = dirichlet(0.7, 2, [1, 3]), kernel = drawKernel(c, stream(2, "kernel")), epsilon = 0.1, M = 3;
    const measures: Measure[] = [CHI2, MODIFIED, { kind: "logeps", epsilon }, { kind: "cesoft" }];
    const { subsets: sets, values } = kernelInformation(c, kernel, { M, measures });
    sets.forEach((mask, s) => {
      byDefinition(c, kernel, mask, M, epsilon).forEach((want, m) => {
        expect(Math.abs(values[m * sets.length + s] - want)).toBeLessThan(exact);
      });
    });
  });
  it("all give the empty set nothing", () => {
    const { values } = kernelInformation(dirichlet(1), drawKernel(dirichlet(1), stream(3, "kernel")), {
      M: 3,
      D: 0,
      measures: [CHI2, MODIFIED, { kind: "logeps", epsilon: 0.1 }, { kind: "cesoft" }],
    });
    for (const value of values) expect(Math.abs(value)).toBeLessThan(exact);
  });
});

describe("laws that hold for every kernel", () => {
  it.each([0.05, 0.5, 5])(
    "an offset beyond the parents never raises the modified information (alpha = %f)",
    (alpha) => {
      const c = dirichlet(alpha, 3, [1, 3]),
        meter = informationMeter(c, { M: 4, measures: [MODIFIED, CHI2], strict: false });
      const sampler = kernelSampler(c), random = stream(4, "kernels"), n = meter.subsets.length;
      const parents = maskOf([1, 3]),
        of = (mask: Mask, m: number) => meter.values[m * n + meter.subsets.indexOf(mask)];
      for (let k = 0; k < 200; k++) {
        meter.of(sampler.draw(random));
        for (
          const larger of meter.subsets.filter((mask) => (mask & parents) === parents && mask !== parents)
        ) {
          expect(of(larger, 0)).toBeLessThanOrEqual(of(parents, 0) + exact);
          // chi-square MI does not see the difference: it is a tie
          expect(Math.abs(of(larger, 1) - of(parents, 1))).toBeLessThan(1e-9); // cancelling terms of size d^n
        }
      }
    },
  );
  it("without the factor mu(Z)^2 a larger set never tells less", () => {
    const c = dirichlet(0.3), meter = informationMeter(c, { M: 3, measures: [CHI2], strict: false });
    const sampler = kernelSampler(c), random = stream(5, "kernels");
    for (let k = 0; k < 200; k++) {
      meter.of(sampler.draw(random));
      meter.subsets.forEach((small, i) =>
        meter.subsets.forEach((large, j) => {
          if ((small & large) === small) expect(meter.values[i]).toBeLessThanOrEqual(meter.values[j] + 1e-9);
        })
      );
    }
  });
});

/** Means over 2e5 kernels with standard errors of at most 5e-4: {1} {2} {3} {12} {13} {23} {123}; chi-square of {1} {2} {12}. */
const table: [alpha: number, modified: number[], chi2: number[]][] = [
  [0.01, [0.1606, 0.1894, 0.2083, 0.2203, 0.2027, 0.2162, 0.2175], [0.793, 0.932, 1.535]],
  [0.1, [0.1467, 0.1639, 0.1460, 0.1971, 0.1580, 0.1664, 0.1749], [0.600, 0.665, 1.284]],
  [1, [0.0462, 0.0462, 0.0145, 0.0608, 0.0280, 0.0279, 0.0333], [0.140, 0.140, 0.442]],
  [2, [0.0241, 0.0240, 0.0042, 0.0319, 0.0118, 0.0117, 0.0145], [0.0722, 0.0721, 0.253]],
];

describe("the prior average, by Monte Carlo over 2e4 kernels", () => {
  const kernels = 20_000;
  const estimates = new Map(table.map(([alpha]) => [
    alpha,
    priorInformation(dirichlet(alpha), { M: 3, kernels, seed: 12, measures: [MODIFIED, CHI2] }),
  ]));
  it.each(table)(
    "at alpha = %f is the reference table within its standard errors",
    (alpha, modified, chi2) => {
      const [mine, usual] = estimates.get(alpha)!;
      const order = [[1], [2], [3], [1, 2], [1, 3], [2, 3], [1, 2, 3]].map(maskOf);
      order.forEach((mask, i) => {
        const s = mine.subsets.indexOf(mask);
        // four sigma of the difference (the table is ten times the sample), and half a unit of its last digit
        const sigma = mine.standardError[s] * Math.sqrt(1 + kernels / 2e5);
        expect(Math.abs(mine.mean[s] - modified[i])).toBeLessThan(4 * sigma + 5e-5);
      });
      [1, 2, 3].forEach((mask, i) => {
        const s = usual.subsets.indexOf(mask), sigma = usual.standardError[s] * Math.sqrt(1 + kernels / 2e5);
        expect(Math.abs(usual.mean[s] - chi2[i])).toBeLessThan(4 * sigma + 5e-4);
      });
    },
  );
  it.each([[0.01, ["{3}", "{1,2}", "{1,2}"]], [0.1, ["{2}", "{1,2}", "{1,2}"]]] as [number, string[]][])(
    "at alpha = %f the winners for D = 1, 2, 3 are %s",
    (alpha, winners) => {
      const [mine] = estimates.get(alpha)!;
      winners.forEach((want, i) => {
        const best = informationSet(mine, i + 1);
        expect(labelOf(best.mask)).toBe(want);
        expect(best.gap).toBeGreaterThan(4 * best.gapStandardError); // no tie
      });
    },
  );
  it("paired gaps to the runner-up are known at least four times better than the means", () => {
    const at = (alpha: number, D: number) => informationSet(estimates.get(alpha)![0], D);
    const known: [number, number, number, number, string][] = [ // alpha, D, gap, its standard error, runner-up
      [0.01, 3, 0.00278, 0.00002, "{1,2,3}"],
      [0.1, 3, 0.02228, 0.00005, "{1,2,3}"],
      [0.1, 2, 0.0307, 0.00008, "{2,3}"],
    ];
    for (const [alpha, D, gap, error, runnerUp] of known) {
      const best = at(alpha, D);
      expect(labelOf(best.runnerUp)).toBe(runnerUp);
      // four sigma of both samples, and half a unit of the last digit
      expect(Math.abs(best.gap - gap)).toBeLessThan(4 * Math.hypot(best.gapStandardError, error) + 5e-5);
    }
    const [mine] = estimates.get(0.1)!;
    expect(at(0.1, 3).gapStandardError).toBeLessThan(mine.standardError[4] / 4);
  });
  it.each([1, 2])("at alpha = %i the best single is a tie, and {1,2} wins for D = 2 and 3", (alpha) => {
    const [mine] = estimates.get(alpha)!, best = informationSet(mine, 1);
    expect(best.gap).toBeLessThan(4 * best.gapStandardError);
    for (const D of [2, 3]) {
      const pair = informationSet(mine, D);
      expect(labelOf(pair.mask)).toBe("{1,2}");
      expect(pair.gap).toBeGreaterThan(4 * pair.gapStandardError);
    }
  });
  it.each([[2, 0.1], [2, 1], [4, 0.1], [4, 1], [5, 0.1], [5, 1]])(
    "the parents win for alphabets of other sizes too: d = %i, alpha = %f",
    (d, alpha) => {
      const [mine] = priorInformation(dirichlet(alpha, d), { M: 3, kernels: d > 3 ? 1500 : 4000, seed: 16 });
      const best = informationSet(mine, 3);
      expect(labelOf(best.mask)).toBe("{1,2}");
      expect(best.gap).toBeGreaterThan(3 * best.gapStandardError);
    },
  );
  it("with three parents the degree caps the set: {2,3} for D = 2, {3} for D = 1", () => {
    const [mine] = priorInformation(dirichlet(0.1, 3, [1, 2, 3]), { M: 3, kernels: 8000, seed: 13 });
    expect([3, 2, 1].map((D) => labelOf(informationSet(mine, D).mask))).toEqual(["{1,2,3}", "{2,3}", "{3}"]);
    const want = [0.108, 0.116, 0.126, 0.1425, 0.1406, 0.1447, 0.1525]; // standard errors .0006
    want.forEach((value, i) => {
      const sigma = Math.hypot(mine.standardError[i + 1], 0.0006);
      expect(Math.abs(mine.mean[i + 1] - value)).toBeLessThan(4 * sigma + 5e-4);
    });
  });
  it("with three parents and alpha = 2 every parent more is a little better", () => {
    const [mine] = priorInformation(dirichlet(2, 3, [1, 2, 3]), { M: 3, kernels: 4000, seed: 17 });
    const want = [0.0085, 0.0084, 0.0085, 0.01125, 0.01115, 0.01113, 0.0121];
    want.forEach((value, i) => {
      // twice the sample's error stands for both, and half a unit of the last digit
      expect(Math.abs(mine.mean[i + 1] - value)).toBeLessThan(4 * 2 * mine.standardError[i + 1] + 5e-5);
    });
    expect(labelOf(informationSet(mine).mask)).toBe("{1,2,3}");
  });
  it("epsilon and the published loss change the size but not the winner", () => {
    const measures: Measure[] = [{ kind: "logeps", epsilon: 0.1 }, { kind: "cesoft" }];
    const [finite, code] = priorInformation(dirichlet(0.1), { M: 3, kernels: 4000, seed: 14, measures });
    for (const estimate of [finite, code]) expect(labelOf(informationSet(estimate).mask)).toBe("{1,2}");
    const pair = finite.subsets.indexOf(3), [mine] = estimates.get(0.1)!;
    expect(code.mean[pair]).toBeLessThan(finite.mean[pair]);
    expect(finite.mean[pair]).toBeLessThan(mine.mean[pair]);
  });
});

describe("the information set need not be the parents", () => {
  const winner = (c: Chain, D = 3, kernels = 2, measure: Measure = MODIFIED) =>
    informationSet(priorInformation(c, { M: 3, kernels, seed: 15, measures: [measure] })[0], D);
  it.each([2, 3, 5])(
    "additive parents give the single {1} wherever lambda_1 > lambda_2 (d = %i, grid .05)",
    (d) => {
      let points = 0;
      for (let i = 1; i < 20; i++) {
        for (let j = 1; j < i && i + j < 20; j++, points++) {
          const best = winner(chain({ kind: "additive", lambdas: [i / 20, j / 20] }, d));
          expect([i, j, labelOf(best.mask)]).toEqual([i, j, "{1}"]);
        }
      }
      expect(points).toBe(81);
    },
  );
  it("equal parents tie as singles; for two symbols, and only for two, their pair ties with them", () => {
    for (const d of [2, 3, 5]) {
      for (const lambda of [0.1, 0.25, 0.4]) {
        const value = ofFixed(chain({ kind: "additive", lambdas: [lambda, lambda] }, d), 3);
        expect(Math.abs(value(1) - value(2))).toBeLessThan(exact);
        if (d === 2) expect(Math.abs(value(1) - value(3))).toBeLessThan(exact);
        else expect(value(1) - value(3)).toBeGreaterThan(1e-5);
      }
    }
  });
  it("a modular sum gives both parents, and with degree 1 nothing can be learned", () => {
    const sum = chain({ kind: "modular-sum", lambda: 0.8 });
    expect(labelOf(winner(sum).mask)).toBe("{1,2}");
    expect(Math.abs(winner(sum, 1).value)).toBeLessThan(exact);
  });
  it("between one parent and two, the modified information switches; chi-square MI never hesitates", () => {
    const mixed = (beta: number, alpha: number) => chain({ kind: "interpolation", beta, alpha });
    for (const [alpha, below, above] of [[0.1, 0.6, 0.65], [0.5, 0.65, 0.7], [1, 0.65, 0.7]]) { // the grid of .05
      const [low, high] = [winner(mixed(below, alpha), 3, 8000), winner(mixed(above, alpha), 3, 8000)];
      expect([labelOf(low.mask), labelOf(high.mask)]).toEqual(["{1}", "{1,2}"]);
      for (const best of [low, high]) expect(best.gap).toBeGreaterThan(3 * best.gapStandardError); // 3 sigma
      // tied with its superset, so compared among pairs and singles
      expect(labelOf(winner(mixed(below, alpha), 2, 2000, CHI2).mask)).toBe("{1,2}");
    }
  });
});

describe("losses", () => {
  const code = { kind: "cesoft" } as const;
  it("the published loss is improper: its best prediction is over-sharpened", () => {
    [0.905, 0.095, 0].forEach((want, e) => {
      expect(Math.abs(bestPrediction(code, [0.6, 0.3, 0.1])[e] - want)).toBeLessThan(5e-4); // three digits given
    });
    const lead = (Math.E - 1) / (Math.E + 2); // three symbols
    expect(bestPrediction(code, [0.5 + lead / 2 + 0.001, 0.5 - lead / 2 - 0.001, 0])[0]).toBeCloseTo(1, 9);
    expect(bestPrediction(code, [0.5 + lead / 2 - 0.001, 0.5 - lead / 2 + 0.001, 0])[0]).toBeLessThan(
      1 - 1e-4,
    );
  });
  it.each([code, { kind: "logeps", epsilon: 0.1 }, { kind: "logeps", epsilon: 0 }] as const)(
    "no prediction beats the best one (%o)",
    (loss) => {
      const random = stream(6, "laws");
      for (let i = 0; i < 20; i++) {
        const law = random.dirichlet([0.5, 0.5, 0.5, 0.5]), best = bestPrediction(loss, law);
        expect(Math.abs(best.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-9); // bisection
        const least = expectedLoss(loss, best, law);
        for (let k = 0; k < 50; k++) {
          const other = random.dirichlet([1, 1, 1, 1]), near = best.map((y, e) => 0.99 * y + 0.01 * other[e]);
          expect(expectedLoss(loss, other, law)).toBeGreaterThanOrEqual(least - 1e-9);
          expect(expectedLoss(loss, near, law)).toBeGreaterThanOrEqual(least - 1e-9);
        }
      }
    },
  );
  it("the log loss at epsilon 0 is proper, the published one is not", () => {
    const law = [0.5, 0.3, 0.2];
    bestPrediction(MODIFIED, law).forEach((y, e) => expect(y).toBeCloseTo(law[e], 9));
    expect(Math.abs(bestPrediction(code, law)[0] - law[0])).toBeGreaterThan(0.1);
  });
});
