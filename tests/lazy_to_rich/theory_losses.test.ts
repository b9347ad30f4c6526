import { describe, expect, it } from "vitest";
import { mean, standardError, stream } from "../../lib/numerics/mod.ts";
import { gaussianTokens, mixedTarget } from "../../lib/lazy_to_rich/data.ts";
import { sixScalars } from "../../lib/lazy_to_rich/forward.ts";
import {
  constantsOf,
  correctedOverlap,
  fourGramGradient,
  fourGramJointGradient,
  fourGramLoss,
  fourGramLossExact,
  h,
  inductionGradient,
  inductionJointGradient,
  inductionLoss,
  leadingOverlap,
  plateauFraction,
  productMoment,
} from "../../lib/lazy_to_rich/theory/mod.ts";

const state = { a: 0.4, p2: 0.7 };
const base = { alphaStar: 1, wStar: 0.5, L: 100 };

describe("4-gram loss", () => {
  it("has its known values at finite and infinite N and p1", () => {
    expect(fourGramLoss(state, 0.5, 6)).toBeCloseTo(0.050513670453650836, 12);
    expect(fourGramLoss(state, 0.5, Infinity)).toBeCloseTo(0.051227104305188495, 12);
    expect(fourGramJointGradient({ ...state, p1: 1.2 }, 0.5).loss).toBeCloseTo(0.07417767312763165, 12);
    expect(fourGramLossExact({ ...state, p1: 1.2 }, 0.5, 8)).toBeCloseTo(0.0737676531563732, 12);
  });

  it.each([4, 5, 8, 31])("the closed form is the exact convolution at L = %i", (L) => {
    for (const p2 of [1e-6, 0.05, 0.7, 5]) {
      for (const a of [-0.3, 0.4, 1.5]) {
        const closed = fourGramLoss({ a, p2 }, 0.6, L - 2);
        expect(Math.abs(closed - fourGramLossExact({ a, p2, p1: Infinity }, 0.6, L))).toBeLessThan(1e-13);
      }
    }
  });

  it("is continuous at p2 = 0, where attention is uniform", () => {
    const at = fourGramGradient({ a: 0.7, p2: 0 }, 0.5, 10),
      near = fourGramGradient({ a: 0.7, p2: 1e-7 }, 0.5, 10);
    expect(at.loss).toBeCloseTo(near.loss, 7);
    expect(at.p2).toBeCloseTo(near.p2, 6);
  });

  it("the long-context form at finite p1 is the limit of the exact one", () => {
    const long = fourGramJointGradient({ a: 0.4, p2: 0.5, p1: 0.3 }, 0.5).loss;
    expect(Math.abs(fourGramLossExact({ a: 0.4, p2: 0.5, p1: 0.3 }, 0.5, 200) - long)).toBeLessThan(1e-12);
    expect(Math.abs(fourGramLossExact({ a: 0.4, p2: 0.5, p1: 0.3 }, 0.5, 6) - long)).toBeGreaterThan(1e-4); // control
  });

  it("is the mean squared error of the model, by Monte Carlo", () => {
    const L = 8, random = stream(1, "four-gram"), theta = { p1: 1.2, p2: 0.7, a: 0.4, v: 0, wQ: 0, wK: 0 };
    const losses = Float64Array.from({ length: 20000 }, () => {
      const x = gaussianTokens(random, L);
      return (sixScalars(theta, x).output[0] - 0.5 * x[L - 3]) ** 2 / 2;
    });
    const exact = fourGramLossExact({ ...state, p1: 1.2 }, 0.5, L);
    expect(Math.abs(mean(losses) - exact)).toBeLessThan(4 * standardError(losses));
    expect(standardError(losses) / exact).toBeLessThan(0.02); // so the test has teeth
  });
});

describe("induction loss", () => {
  const at = { c: 0.5, kappa: 0.5, bStar: 0.25, N: 98 };

  it("has its known values", () => {
    expect(inductionLoss({ v: 0.3, beta: 0.1225 }, at)).toBeCloseTo(0.00025005444215090317, 14);
    expect(inductionJointGradient({ v: 0.3, beta: 0.1225, p1: -Math.log(0.3) }, at).loss)
      .toBeCloseTo(0.0002619983183112343, 14);
    expect(correctedOverlap(98).value(0.25, 0.25)).toBeCloseTo(1.0661114350955048, 12);
    expect(correctedOverlap(98).value(0.1, 0.25)).toBeCloseTo(1.0248130874215482, 12);
  });

  it.each([
    [0.5, 0.01, 50, 0.5, 0.00802, 0.00761],
    [0.5, 0.01, 100, 0.5, 0.00802, 0.00782],
    [0.5, 0.1225, 50, 0.5, 0.00252, 0.00233],
    [0.5, 0.1225, 100, 0.5, 0.00252, 0.00243],
    [0.45, 0.36, 100, 0.5, 0.00280, 0.00225],
    [0.45, 0.36, 400, 0.5, 0.00280, 0.00266],
  ])(
    "N times the loss at v = %d, beta = %d, L = %i is known at both orders",
    (v, beta, L, wStar, leading, corrected) => {
      const constants = constantsOf({ ...base, wStar, L });
      // printed to 1e-5
      expect(Math.abs(constants.N * inductionLoss({ v, beta }, constants) - leading)).toBeLessThan(6e-6);
      expect(Math.abs(constants.N * inductionLoss({ v, beta }, constants, "corrected") - corrected))
        .toBeLessThan(6e-6);
    },
  );

  it("at p1 = Infinity the finite-p1 form is the plain one", () => {
    const joint = inductionJointGradient({ p1: Infinity, v: 0.3, beta: 0.1 }, at);
    const plain = inductionGradient({ v: 0.3, beta: 0.1 }, at);
    expect(joint.loss).toBeCloseTo(plain.loss, 15);
    expect(joint.beta).toBeCloseTo(plain.beta, 15);
    expect(joint.p1).toBe(0);
  });

  it.each([[0.3, 0.0081], [0.4, 0.0259], [0.5, 0.0646], [0.6, 0.139], [0.7, 0.279], [0.8, 0.575]])(
    "the plateau fraction at w* = %d is %d",
    (wStar, want) => {
      expect(Math.abs(plateauFraction(constantsOf({ ...base, wStar })) / want - 1)).toBeLessThan(5e-3);
    },
  );

  it("both overlaps have the slopes they claim", () => {
    for (const overlap of [leadingOverlap, correctedOverlap(48)]) {
      for (const [b, other] of [[0.1, 0.25], [0.25, 0.25], [0.3, 0.05]]) {
        const step = 1e-6;
        const slope = (overlap.value(b + step, other) - overlap.value(b - step, other)) / (2 * step);
        expect(Math.abs(slope - overlap.slope(b, other))).toBeLessThan(1e-8); // cancellation 1e-16 / 1e-6
      }
    }
  });

  it("diverging moments are not numbers", () => {
    expect(h(0.5)).toBeNaN();
    expect(inductionLoss({ v: 0.3, beta: 0.71 }, at)).toBeNaN();
  });
});

describe("induction loss, by Monte Carlo", () => {
  const L = 100, sequences = 120_000;
  const points = [{ v: 0.5, beta: 0.01 }, { v: 0.5, beta: 0.1225 }];
  const samples = points.map(() => new Float64Array(sequences));
  const random = stream(2, "induction loss");
  const tokens = new Float64Array(L), weights = new Float64Array(L);
  const head = (beta: number) => { // sum_s softmax(beta x_L x_{s-1}) x_s, s = 2..L-1
    let total = 0, sum = 0;
    for (let s = 1; s < L - 1; s++) {
      weights[s] = Math.exp(beta * tokens[L - 1] * tokens[s - 1]);
      total += weights[s];
      sum += weights[s] * tokens[s];
    }
    return sum / total;
  };
  for (let b = 0; b < sequences; b++) {
    random.fillNormal(tokens);
    const target = 0.5 * head(0.25);
    points.forEach(({ v, beta }, k) => samples[k][b] = (target - v * head(beta)) ** 2 / 2);
  }

  it("the sampler is the target and the model", () => {
    const theta = { p1: Infinity, p2: 1, a: 0, v: 0.5, wQ: 0.35, wK: 0.35 };
    expect(0.5 * head(0.25)).toBeCloseTo(mixedTarget(tokens, { alphaStar: 1, wStar: 0.5 })[1], 13);
    expect(0.5 * head(0.1225)).toBeCloseTo(sixScalars(theta, tokens).output[1], 13);
  });

  it.each([0, 1])("agrees with the 1/N-corrected formula at point %i", (k) => {
    const formula = inductionLoss(points[k], constantsOf(base), "corrected");
    const error = standardError(samples[k]);
    // 3 standard errors, and 1 % for the next order in 1/N
    expect(Math.abs(mean(samples[k]) - formula)).toBeLessThan(3 * error + 0.01 * formula);
    expect(error / formula).toBeLessThan(0.015);
  });

  it("at L = 30 the leading order is refuted, the corrected one is closer (control)", () => {
    const short = 30, random = stream(3, "short"), constants = constantsOf({ ...base, L: short });
    const losses = Float64Array.from({ length: 60_000 }, () => {
      const x = gaussianTokens(random, short);
      const target = mixedTarget(x, { alphaStar: 1, wStar: 0.5 })[1];
      return (target - sixScalars({ p1: Infinity, p2: 1, a: 0, v: 0.5, wQ: 0.1, wK: 0.1 }, x).output[1]) **
          2 / 2;
    });
    const leading = inductionLoss(points[0], constants),
      corrected = inductionLoss(points[0], constants, "corrected");
    expect(Math.abs(mean(losses) - leading)).toBeGreaterThan(4 * standardError(losses));
    expect(Math.abs(mean(losses) - corrected)).toBeLessThan(Math.abs(mean(losses) - leading) / 2);
  });

  it("d = 3 tokens multiply it by d and replace h by the product moment", () => {
    const d = 3, bStar = [0.3, 0.12, 0.04], short = 100, random = stream(4, "wide");
    const losses = Float64Array.from({ length: 6000 }, () => {
      const x = gaussianTokens(random, short, d);
      const target = mixedTarget(x, { alphaStar: 1, bStar, d });
      const uniform = sixScalars({ p1: Infinity, p2: 1, a: 0, v: 0.5, wQ: 0, wK: 0 }, x, d).output;
      let sum = 0;
      for (let i = d; i < 2 * d; i++) sum += (target[i] - uniform[i]) ** 2 / 2;
      return sum;
    });
    const formula = d / (2 * 98) * 0.25 * (productMoment(bStar, bStar) - 1);
    // 1/N corrections are 4 % at N = 98 for d = 1 and b = 0.25
    expect(Math.abs(mean(losses) - formula)).toBeLessThan(3 * standardError(losses) + 0.06 * formula);
    expect(standardError(losses) / formula).toBeLessThan(0.04);
  });
});

describe("domain", () => {
  it.each([
    [
      () => constantsOf({ ...base, wStar: 0.9 }),
      "w* must be >= 0 and < 0.84 (beyond 2^(-1/4) the moment diverges), got 0.9",
    ],
    [() => constantsOf({ ...base, wStar: 0.7 }, "corrected"), "the 1/N-corrected formula needs w* < 0.64"],
    [() => constantsOf({ ...base, alphaStar: 0 }), "alphaStar must be > 0 and finite, got 0"],
    [() => constantsOf({ ...base, L: 3 }), "L must be an integer >= 4, got 3"],
  ])("a task outside it is refused %#", (call, message) => {
    expect(call).toThrow(message);
  });
});
