import { describe, expect, it } from "vitest";
import { stream } from "../../lib/numerics/mod.ts";
import { gradientFlow, solve } from "../../lib/ode/mod.ts";
import {
  adiabaticEmergence,
  collapsedTime,
  emergenceTime,
  type Flow,
  fourGramAsymptote,
  INITIALISATIONS,
  initialState,
  jointFlow,
  logisticCollapse,
  overshoot,
  plateauGrowth,
  plateauLoss,
  slowManifold,
  stageOneFlow,
  stageOneSlope,
  stageTwoFlow,
  staircaseFlow,
  staircaseTimes,
  trajectory,
  valueRelaxation,
} from "../../lib/lazy_to_rich/theory/mod.ts";
import { constantsOf } from "../../lib/lazy_to_rich/theory/mod.ts";

const base = { alphaStar: 1, wStar: 0.5, L: 100 };
const tight = { method: "dop853", rtol: 1e-10, atol: 1e-13 } as const;

/** Largest |f + grad(total loss)|, the gradient by central differences of fourth order. */
function gradientMismatch(flow: Flow, y: number[]): number {
  const total = (z: number[]) => {
    const { fourGram, induction } = flow.losses(z);
    return fourGram + induction;
  };
  const dy = new Float64Array(y.length);
  flow.f(0, Float64Array.from(y), dy);
  const step = 1e-3;
  return Math.max(...y.map((_, i) => {
    const at = (k: number) => total(y.map((value, j) => j === i ? value + k * step : value));
    const slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step);
    return Math.abs(dy[i] + slope);
  }));
}

describe("every right-hand side is minus the gradient of its losses", () => {
  const random = stream(6, "states");
  const points = Array.from(
    { length: 4 },
    () => Array.from({ length: 6 }, () => 0.15 + 0.35 * random.uniform()),
  );
  const task = { alphaStar: 2, wStar: 0.5, L: 12 };

  // differences of fourth order with step 1e-3 are good to 1e-11
  it.each(
    [{}, { tied: true }, { moments: "corrected" }, { context: "infinite" }, {
      tied: true,
      moments: "corrected",
    }] as const,
  )(
    "stage two %j",
    (options) => {
      const flow = stageTwoFlow(task, options);
      for (const point of points) {
        expect(gradientMismatch(flow, point.slice(0, flow.names.length))).toBeLessThan(1e-9);
      }
    },
  );

  it.each([{}, { tied: true }])("joint %j", (options) => {
    const flow = jointFlow(task, options);
    for (const point of points) {
      expect(gradientMismatch(flow, point.slice(0, flow.names.length))).toBeLessThan(1e-9);
    }
  });

  it("stage one", () => {
    const flow = stageOneFlow(task, { p2: 0.3, a: 0.4, v: 0.2, wQ: 0.3, wK: 0.4 });
    for (const point of points) expect(gradientMismatch(flow, point.slice(0, 1))).toBeLessThan(1e-9);
  });

  it("the symbolic gradient flow of the typed loss is the same flow", () => {
    const { c, kappa, bStar, N } = constantsOf(task);
    const typed = gradientFlow(
      "(c^2 - 2 c a * (1 - exp(-p)) + a^2 * (1 - exp(-p)) / (1 + exp(-p))) / 2" +
        " + (v^2 * h((q k)^2) - 2 v kappa * h(q k bStar) + kappa^2 * h(bStar^2)) / (2 N)",
      ["p", "a", "v", "q", "k"],
      { constants: { c, kappa, bStar, N }, functions: { h: "1 / sqrt(1 - 2 z)" } },
    );
    const flow = stageTwoFlow(task, { context: "infinite" });
    for (const point of points) {
      const y = Float64Array.from(point.slice(0, 5)), got = new Float64Array(5), want = new Float64Array(5);
      flow.f(0, y, got);
      typed.f(0, y, want);
      got.forEach((value, i) => expect(Math.abs(value - want[i])).toBeLessThan(1e-14));
    }
  });

  it("the staircase, in (v, beta) with beta's own speed 2 beta", () => {
    const flow = staircaseFlow({ alphaStar: 1, bStar: [0.3, 0.12, 0.04], L: 50 });
    const y = Float64Array.from([0.4, 0.1, 0.05, 0.2]), dy = new Float64Array(4), step = 1e-5;
    flow.f(0, y, dy);
    for (let i = 0; i < 4; i++) {
      const at = (k: number) =>
        flow.losses(y.map((value, j) => j === i ? value + k * step : value)).induction;
      const slope = (at(1) - at(-1)) / (2 * step) * (i === 0 ? 1 : 2 * y[i]);
      expect(Math.abs(dy[i] + slope)).toBeLessThan(1e-9);
    }
  });
});

describe("laws along the flow", () => {
  it("w_Q^2 - w_K^2 is conserved", () => {
    const flow = stageTwoFlow(base);
    const solution = solve(flow.f, [0.01, 0.01, 0.01, 0.3, 0.05], { t1: 5000, ...tight });
    const invariant = (y: ArrayLike<number>) => y[3] ** 2 - y[4] ** 2;
    for (const y of solution.y) expect(Math.abs(invariant(y) - invariant(solution.y[0]))).toBeLessThan(1e-9);
    expect(solution.y.at(-1)![4]).toBeGreaterThan(0.3); // while the weights themselves moved
  });

  it("the induction loss only falls, and every start with beta > 0 finds b*", () => {
    const random = stream(7, "starts"), flow = stageTwoFlow(base);
    for (let run = 0; run < 5; run++) {
      const w = 0.05 + 0.7 * random.uniform(); // beta up to 0.56, beyond b* and below 1/sqrt 2
      const start = [0.1, 0.1, 2 * random.uniform() - 0.5, w, w];
      const { t, y } = solve(flow.f, start, { t1: 60000, ...tight });
      const losses = y.map((state) => flow.losses(state).induction);
      for (let k = 1; k < t.length; k++) expect(losses[k]).toBeLessThanOrEqual(losses[k - 1] + 1e-15);
      expect(flow.beta(y.at(-1)!)).toBeCloseTo(0.25, 5);
      expect(y.at(-1)![2]).toBeCloseTo(0.5, 5);
    }
  });

  it("without anything to match (w* = 0) there is no transition (control)", () => {
    const { times, solution, flow } = trajectory({ ...base, wStar: 0 }, { sigma: 0.1 });
    expect(times.t50).toBeNaN();
    for (const y of solution.y) expect(flow.beta(y)).toBeLessThanOrEqual(0.01 + 1e-12);
    expect(() => emergenceTime({ ...base, wStar: 0 }, 0.5, { sigma: 0.1 })).toThrow(
      "w* = 0 has no transition",
    );
  });

  it("from beta = 0 the plateau is never left (control)", () => {
    const flow = stageTwoFlow(base);
    const { y } = solve(flow.f, [0.01, 0.01, 0.01, 0, 0], { t1: 20000, ...tight });
    expect(flow.losses(y.at(-1)!).induction).toBeCloseTo(plateauLoss(constantsOf(base)), 12);
  });
});

describe("4-gram block", () => {
  const run = trajectory(base, { sigma: 0.01, context: "infinite", t1: 20000 });

  it("4 t L_G4 tends to 1, whatever alpha*", () => {
    // printed to four decimals
    expect(Math.abs(4e3 * run.lossesAt(1e3).fourGram - 1.0064)).toBeLessThan(2e-4);
    expect(Math.abs(4e4 * run.lossesAt(1e4).fourGram - 1.0008)).toBeLessThan(2e-4);
    const other = trajectory({ ...base, alphaStar: 4 }, { sigma: 0.01, t1: 1e4 });
    expect(Math.abs(other.lossesAt(1e4).fourGram / fourGramAsymptote(1e4) - 1)).toBeLessThan(2e-3);
  });

  it("on the slow manifold u^-2 - 2 c^2 t is constant and a = c (1 + u)", () => {
    const invariant = (t: number) => Math.exp(2 * run.solution.at(t)[0]) - 0.5 * t;
    expect(Math.abs(invariant(2e4) - invariant(1e4))).toBeLessThan(0.005 * 1e4); // of the 5000 each term moves
    const y = run.solution.at(1e4), slow = slowManifold(base, 1e4);
    expect(Math.abs(y[1] / slow.a - 1)).toBeLessThan(1e-3);
    expect(Math.abs(y[0] / slow.p2 - 1)).toBeLessThan(1e-3);
  });

  it.each([[0.5, 1.488], [1, 1.395], [2, 1.330], [4, 1.291]])(
    "at alpha* = %d a overshoots to %d c",
    (alphaStar, want) => {
      expect(Math.abs(overshoot({ ...base, alphaStar }, 1e-4).ratio - want)).toBeLessThan(6e-4); // printed to three decimals
    },
  );

  it("the base run has its known values", () => {
    const y = run.solution.at(205.6);
    expect(y[1]).toBeCloseTo(0.550, 3);
    expect(y[0]).toBeCloseTo(2.303, 3);
    const later = run.solution.at(1e3);
    expect(later[1]).toBeCloseTo(0.5224, 3);
    expect(later[0]).toBeCloseTo(3.104, 3);
    const top = overshoot(base, 0.01);
    expect(top.ratio * 0.5).toBeCloseTo(0.6975, 3);
    expect(Math.abs(top.t - 17.0)).toBeLessThan(0.06);
    expect(run.lossesAt(0).fourGram).toBeCloseTo(0.12495, 5);
  });
});

describe("induction head of the base run", () => {
  const run = trajectory(base, { sigma: 0.01, t1: 12000 });
  const relative = (t: number) => run.lossesAt(t).induction / run.lossesAt(0).induction;

  it("starts at 0.12868 / N and has its plateau at 0.008631 / N", () => {
    expect(98 * run.lossesAt(0).induction).toBeCloseTo(0.12868, 5);
    expect(98 * plateauLoss(constantsOf(base))).toBeCloseTo(0.008631, 6);
  });

  it.each([
    [10, 0.828],
    [49, 0.410],
    [98, 0.193],
    [196, 0.084],
    [400, 0.0673],
    [3000, 0.0651],
    [5000, 0.0468],
    [6000, 0.0210],
    [7000, 0.0030],
  ])("at t = %i its loss is %d of the start", (t, want) => {
    expect(Math.abs(relative(t) - want)).toBeLessThan(want < 0.08 ? 6e-5 : 6e-4); // printed to 3 or 4 decimals
  });

  it("w grows through its known values", () => {
    [0.0178, 0.0336, 0.0633, 0.118, 0.212, 0.342, 0.449, 0.489].forEach((want, k) => {
      expect(Math.abs(run.solution.at((k + 1) * 1000)[3] - want)).toBeLessThan(5.1e-4);
    });
  });

  it("reaches 1 % of its start at 6469 and 1 % of its plateau at 7532", () => {
    expect(relative(6469)).toBeCloseTo(0.01, 4);
    expect(run.lossesAt(7532).induction / plateauLoss(constantsOf(base))).toBeCloseTo(0.01, 4);
  });

  it("before the plateau the value relaxes in time N, on it w grows like exp(kappa^2 w*^2 t / N)", () => {
    for (const t of [10, 49, 98]) expect(Math.abs(relative(t) - valueRelaxation(base, t))).toBeLessThan(0.04); // v(0) = 0.01, not 0
    for (const t of [1000, 2000]) { // the formula, delayed by the relaxation time N
      expect(Math.abs(run.solution.at(t)[3] / plateauGrowth(base, 0.01, t - 98) - 1)).toBeLessThan(0.02);
    }
  });

  it("during the emergence v and the loss follow beta adiabatically", () => {
    const reduced = adiabaticEmergence(base);
    for (const t of [4500, 6000, 7000]) {
      const y = run.solution.at(t), beta = run.flow.beta(y);
      expect(Math.abs(y[2] / 0.5 / reduced.value(beta) - 1)).toBeLessThan(0.005); // lag N / width = 3 % of a 10 % change
      expect(Math.abs(run.lossesAt(t).induction / reduced.loss(beta) - 1)).toBeLessThan(0.02);
    }
  });

  it("small w* collapses onto the logistic curve, w* = 0.7 does not (control)", () => {
    const worst = (wStar: number) => {
      const task = { ...base, wStar }, { times, solution, flow } = trajectory(task, { sigma: 0.01 });
      const span = 4 * 98 / (2 * 0.25 * wStar ** 2);
      return Math.max(...[-1, -0.5, 0.25, 0.5, 0.75].map((x) => {
        const t = times.t50 + x * span;
        const beta = flow.beta(solution.at(t)) / wStar ** 2;
        return Math.abs(beta - logisticCollapse(collapsedTime(task, t, times.t50)));
      }));
    };
    expect(worst(0.3)).toBeLessThan(0.02); // corrections O(w*^4)
    expect(worst(0.7)).toBeGreaterThan(0.05);
  });
});

describe("stage one", () => {
  it.each([[0.1, [1.754, 6.158, 10.76], [1.769, 6.167, 10.77]], [0.01, [0.056, 1.789, 6.212], [
    0.058,
    1.789,
    6.212,
  ]]])(
    "p1 grows logarithmically from sigma = %d",
    (sigma, ode, formula) => {
      const flow = stageOneFlow(base, { p2: sigma, a: sigma, v: sigma, wQ: sigma, wK: sigma });
      const solution = solve(flow.f, [sigma], { t1: 1e7, ...tight });
      [1e3, 1e5, 1e7].forEach((t, k) => {
        expect(Math.abs(solution.at(t)[0] - ode[k])).toBeLessThan(ode[k] > 10 ? 5.1e-3 : 5.1e-4); // as printed
        expect(Math.abs(stageOneSlope(base, sigma, t) - formula[k])).toBeLessThan(
          formula[k] > 10 ? 5.1e-3 : 5.1e-4,
        );
      });
    },
  );
});

describe("joint training", () => {
  const run = trajectory(base, { sigma: 0.01, joint: true, t1: 60000 });

  it("layer 1 and the 4-gram head learn alike: u = r, and 2 t L_G4 tends to 1", () => {
    const y = run.solution.at(60000);
    expect(Math.abs(y[0] / y[1] - 1)).toBeLessThan(1e-3);
    expect(Math.abs(run.lossesAt(60000).fourGram / fourGramAsymptote(60000, true) - 1)).toBeLessThan(0.02);
    const early = Math.abs(run.lossesAt(6000).fourGram / fourGramAsymptote(6000, true) - 1);
    expect(early).toBeGreaterThan(0.03); // corrections fall like u ~ t^(-1/2)
  });

  it("is slower to emerge by 5 to 14 % than layer-wise training", () => {
    const rows = [[0.6, 50, 0.1, 956], [0.6, 50, 0.01, 2442], [0.5, 100, 0.01, 6413]];
    for (const [wStar, L, sigma, want] of rows) {
      const task = { alphaStar: 1, wStar, L };
      const joint = trajectory(task, { sigma, joint: true }).times;
      expect(Math.abs(joint.t50 / want - 1)).toBeLessThan(0.005);
      const ratio = joint.t50 / emergenceTime(task, 0.5, { sigma, v0: 0 });
      expect(ratio).toBeGreaterThan(1.05);
      expect(ratio).toBeLessThan(1.15);
      expect(joint.firstPhase).toBeGreaterThan(440);
      expect(joint.firstPhase).toBeLessThan(700);
    }
  });

  it("starting at p1 = 30 it is stage two", () => {
    const flow = jointFlow(base), two = stageTwoFlow(base, { context: "infinite" });
    const y = Float64Array.from([30, 0.5, 0.3, 0.2, 0.3, 0.4]),
      dy = new Float64Array(6),
      want = new Float64Array(5);
    flow.f(0, y, dy);
    two.f(0, y.subarray(1), want);
    want.forEach((value, i) => expect(Math.abs(dy[i + 1] - value)).toBeLessThan(1e-12)); // e^-30 = 1e-13
  });
});

describe("staircase of d = 3 modes", () => {
  const task = { alphaStar: 1, bStar: [0.3, 0.12, 0.04], L: 100 };

  it("modes switch on one after another, near the formula", () => {
    const flow = staircaseFlow(task);
    const { events } = solve(flow.f, [1e-3, 1e-6, 1e-6, 1e-6], {
      t1: 30000,
      ...tight,
      events: task.bStar.map((b, i) => ({
        name: `mode ${i}`,
        value: (_t, y) => y[i + 1] - b / 2,
        direction: 1 as const,
      })),
    });
    [2723, 6016, 15786].forEach((want, i) => expect(Math.abs(events[i].t / want - 1)).toBeLessThan(0.005));
    [2779, 6400, 17341].forEach((want, i) => {
      expect(Math.abs(staircaseTimes(task, 1e-3)[i] / want - 1)).toBeLessThan(1e-3);
    });
  });

  it("one mode is the scalar flow", () => {
    const flow = staircaseFlow({ ...task, bStar: [0.25] }),
      dy = new Float64Array(2),
      want = new Float64Array(4);
    flow.f(0, Float64Array.from([0.3, 0.16]), dy);
    stageTwoFlow(base, { tied: true }).f(0, Float64Array.from([1, 1, 0.3, 0.4]), want);
    expect(dy[0]).toBeCloseTo(want[2], 14);
    expect(dy[1]).toBeCloseTo(want[3] * 0.4, 14); // beta' = 2 w w', half of the tied speed 4 beta G
  });

  it("a mode beyond 0.707 is refused", () => {
    expect(() => staircaseFlow({ ...task, bStar: [0.3, 0.8] })).toThrow("every b*_i must be in (0, 0.707)");
  });
});

describe("initialisations", () => {
  it.each(INITIALISATIONS)("%s starts with every slope and w at sigma", (kind) => {
    const y = initialState(base, ["p1", "p2", "a", "v", "w"], kind, 0.02);
    expect([y[0], y[1], y[4]]).toEqual([0.02, 0.02, 0.02]);
  });

  it("with the values on the induction loss keeps 99 % of its start through the plateau", () => {
    const { lossesAt, times } = trajectory(base, { sigma: 0.001, initialisation: "values-on" });
    expect(lossesAt(times.t50 / 2).induction / lossesAt(0).induction).toBeGreaterThan(0.99);
    const small = trajectory(base, { sigma: 0.001 });
    expect(small.lossesAt(times.t50 / 2).induction / small.lossesAt(0).induction).toBeLessThan(0.1); // control
  });

  it("an unknown one is refused", () => {
    expect(() => initialState(base, ["a"], "huge" as "all-small", 0.1)).toThrow(
      "initialisation must be one of all-small",
    );
    expect(() => initialState(base, ["a"], "all-small", 0)).toThrow("sigma must be in (0, 1), got 0");
  });
});
