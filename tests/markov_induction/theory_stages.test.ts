import { describe, expect, it } from "vitest";
import { logLogFit, stream } from "../../lib/numerics/mod.ts";
import { logTimes, solve } from "../../lib/ode/mod.ts";
import { type Chain, sampleSequences } from "../../lib/markov_induction/data.ts";
import { batchGradient, initialParameters, sharesOf } from "../../lib/markov_induction/forward.ts";
import {
  bestTemperature,
  coefficientFlow,
  contextSample,
  copyingCurvature,
  copyingFlow,
  copyingOdds,
  copyingRemainder,
  copyingTime,
  countedDrive,
  countedLoss,
  countedTailConstant,
  criticalGap,
  descentGrowth,
  drivesOf,
  earlyTemperature,
  informationSet,
  initialAttention,
  initialRows,
  lateTemperature,
  matchCounts,
  oracle,
  priorInformation,
  replicatorAt,
  replicatorFlow,
  selectionRate,
  selectionTime,
  settledTemperature,
  sharpTailConstant,
  softBounds,
  softDrives,
  sufficientGap,
  tailConstant,
  temperatureDrive,
  temperatureFlow,
  winnerOf,
} from "../../lib/markov_induction/theory.ts";
import { type Mask, maskOf, subsets } from "../../lib/markov_induction/subsets.ts";

const dirichlet = (alpha: number): Chain => ({ d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha } });
const pair = maskOf([1, 2]);
const code = { kind: "cesoft" } as const;
const finite = { kind: "logeps", epsilon: 0.1 } as const;
const sets = subsets(3, 2);
const J = [0, 0.1467, 0.1639, 0.146, 0.1971, 0.158, 0.1664]; // alpha = .1, order of `sets`
const sum = (x: ArrayLike<number>) => Array.from(x).reduce((a, b) => a + b, 0);

describe("Stage I, the replicator", () => {
  const rate = selectionRate(0.01, 7e-4), p0 = new Float64Array(7).fill(1 / 7);
  it("has the closed form as its solution, on the simplex at all times", () => {
    const times = [0.1, 0.5, 1, 2];
    const solution = solve(replicatorFlow(J, rate), p0, { t1: 2, sampleAt: times, rtol: 1e-10, atol: 1e-13 });
    times.forEach((t, i) => {
      const want = replicatorAt(p0, J, rate, t);
      expect(Math.abs(sum(solution.y[i]) - 1)).toBeLessThan(1e-9); // integrator at 1e-10
      want.forEach((p, s) => expect(Math.abs(solution.y[i][s] - p)).toBeLessThan(1e-9));
    });
  });
  it("separates sets exponentially, with slope (4a/C)(J_S* - J_S)", () => {
    for (const t of [1, 7, 40]) {
      const p = replicatorAt(p0, J, rate, t);
      expect(Math.log(p[4] / p[6])).toBeCloseTo(rate * (J[4] - J[6]) * t, 10);
    }
  });
  it("is the flow of the coefficients, which conserves C", () => {
    const c0 = new Float64Array(7).fill(0.01), t = 1.5;
    const solution = solve(coefficientFlow(J, 0.01), c0, { t1: t, rtol: 1e-10, atol: 1e-14 });
    const { p, C } = sharesOf(solution.end.y);
    expect(Math.abs(C / 7e-4 - 1)).toBeLessThan(1e-8); // integrator at 1e-10 a step
    replicatorAt(p0, J, rate, t).forEach((want, s) => expect(Math.abs(p[s] - want)).toBeLessThan(1e-8));
  });
  it("has selected the winner by the selection time, and not long before", () => {
    const delta = 0.01, t = selectionTime({ a: 0.01, C: 7e-4, gap: J[4] - J[6], sets: 7, delta });
    expect(replicatorAt(p0, J, rate, t)[4]).toBeGreaterThan(1 - delta);
    expect(replicatorAt(p0, J, rate, t / 2)[4]).toBeLessThan(1 - delta);
    expect(() => selectionTime({ a: 0.01, C: 7e-4, gap: 0, sets: 7, delta })).toThrow("gap of the drives");
  });
  it("descent lets C grow by the variance of the drives, step by step", () => {
    const eta = 1, a = 0.01, c = new Float64Array(7).fill(0.01), dc = new Float64Array(7);
    coefficientFlow(J, a)(0, c, dc);
    const next = c.map((x, s) => x + eta * dc[s]);
    const growth = descentGrowth({ eta, a, C: 7e-4, p: p0, J });
    expect(sum(next.map((x) => x * x)) / 7e-4).toBeCloseTo(growth, 12);
    expect(growth).toBeGreaterThan(1.5); // a step of 1 is far from the flow
    expect(descentGrowth({ eta: 0.01, a, C: 7e-4, p: p0, J })).toBeLessThan(1.001);
  });
  it("is followed by gradient descent on the network to .002 in p at a step of .005", () => {
    const data = sampleSequences(dirichlet(0.1), { L: 60, count: 150, seed: 21 });
    const architecture = { variant: "paper", d: 3, H: 3, M: 3, D: 2 } as const;
    let parameters = initialParameters(architecture, { plus: 800, minus: 0 });
    const { drives } = batchGradient(architecture, parameters, data, finite), eta = 0.005, steps = 300;
    for (let k = 0; k < steps; k++) {
      const { c } = batchGradient(architecture, parameters, data, finite);
      parameters = { ...parameters, c: parameters.c.map((x, s) => x - eta * c[s]) };
    }
    const { p, C } = sharesOf(parameters.c), want = replicatorAt(p0, drives, rate, eta * steps);
    // .0045, .0021, .0009 were seen at steps .02, .01, .005: first order
    p.forEach((share, s) => expect(Math.abs(share - want[s])).toBeLessThan(0.002));
    expect(Math.abs(C / 7e-4 - 1)).toBeLessThan(0.01); // grows by eta^2 a step
    expect(Math.max(...want)).toBeGreaterThan(0.3); // something has happened
  });
});

describe("Stage I under soft attention", () => {
  const drives = softDrives(dirichlet(0.1), { M: 3, D: 2, kernels: 1500, seed: 22 });
  const [estimate] = priorInformation(dirichlet(0.1), { M: 3, D: 2, kernels: 1500, seed: 22 });
  const value = (mask: Mask) => estimate.mean[estimate.subsets.indexOf(mask)];
  const best = informationSet(estimate);

  it("one-hot attention gives back the information of every set, over the same kernels", () => {
    const sigma = initialAttention(3, 3, 800);
    for (const mask of sets) expect(Math.abs(drives.drive(sigma, mask) - value(mask))).toBeLessThan(1e-12); // round-off
  });
  it("heads on one offset collapse to it", () => {
    for (const offset of [1, 2, 3]) {
      expect(Math.abs(drives.entry([offset, offset], [offset, offset]) - value(maskOf([offset]))))
        .toBeLessThan(1e-12);
    }
  });
  it("is the exact drive of the other losses too", () => {
    for (const loss of [finite, code]) {
      const soft = softDrives(dirichlet(1), { M: 3, D: 2, loss, kernels: 200, seed: 1 });
      const [hard] = priorInformation(dirichlet(1), { M: 3, D: 2, measures: [loss], kernels: 200, seed: 1 });
      hard.subsets.forEach((mask, s) => {
        expect(Math.abs(soft.drive(initialAttention(3, 3, 800), mask) - hard.mean[s])).toBeLessThan(1e-12);
      });
    }
  });
  it("its gradient is that of finite differences", () => {
    const random = stream(23, "sigma"), h = 1e-6;
    const sigma = [0, 1, 2].map(() => random.dirichlet([1, 1, 1]));
    for (const mask of [1, 3, 6]) {
      drives.gradient(sigma, mask).forEach((row, k) => {
        const head = [...Array(3).keys()].filter((i) => mask >> i & 1)[k];
        row.forEach((slope, j) => {
          const at = (step: number) =>
            drives.drive(sigma.map((r, i) => i === head ? r.map((x, m) => m === j ? x + step : x) : r), mask);
          expect(Math.abs((at(h) - at(-h)) / (2 * h) - slope)).toBeLessThan(1e-8); // central differences, h^2
        });
      });
    }
  });
  it("the two bounds behind the sufficient gap hold for every soft attention", () => {
    const random = stream(24, "sigma");
    for (let i = 0; i < 2000; i++) {
      const sharp = 10 ** (-2 * random.uniform());
      const sigma = [0, 1, 2].map((h) => random.dirichlet([0, 1, 2].map((j) => j === h ? 1 : sharp)));
      const { winnerAtLeast, othersAtMost } = softBounds(sigma, { D: 2, gap: best.gap, best: best.value });
      expect(drives.drive(sigma, best.mask)).toBeGreaterThanOrEqual(winnerAtLeast - 1e-12);
      for (const mask of sets.filter((s) => s !== best.mask)) {
        expect(drives.drive(sigma, mask)).toBeLessThanOrEqual(othersAtMost + 1e-12);
      }
    }
  });
  it("the sufficient gap is 4.6 at alpha = .1 and 4.15 at alpha = 1, and suffices", () => {
    expect(sufficientGap({ M: 3, D: 2, gap: 0.0307, best: 0.1971 })).toBeCloseTo(4.6, 1);
    expect(sufficientGap({ M: 3, D: 2, gap: 0.0146, best: 0.0608 })).toBeCloseTo(4.15, 1);
    const gap = sufficientGap({ M: 3, D: 2, gap: best.gap, best: best.value });
    const winnerAt = (g: number) =>
      winnerOf(sets, sets.map((mask) => drives.drive(initialAttention(3, 3, g), mask)));
    const critical = criticalGap(winnerAt, pair, Array.from({ length: 21 }, (_, i) => i / 4));
    expect(critical).toBeLessThan(gap); // sufficient, not necessary
    expect(critical).toBeGreaterThan(0);
    expect(winnerAt(gap)).toBe(pair);
    expect(winnerAt(0.5)).not.toBe(pair); // without a gap the pair loses
  });
  it("is refused for sets beyond the degree", () => {
    expect(() => drives.drive(initialAttention(3, 3, 1), 7)).toThrow("exceeds the degree 2");
    expect(() => drives.entry([1], [1, 2])).toThrow("two tuples of one length");
  });
});

/**
 * Critical gaps on a grid of .25 of the `paper` network with epsilon .1 at L = 100, the same for D = 2 and 3. Drives at the grid
 * points next to it differ by less than their noise, so one grid step either way is agreement.
 */
describe("critical initial gaps on data", () => {
  it.each([[0.01, 3.75], [0.1, 1.5], [1, 1.5]] as const)(
    "at alpha = %f the pair wins from a gap of %f on; below it a single head does",
    (alpha, want) => {
      const data = sampleSequences(dirichlet(alpha), { L: 100, count: 2000, seed: 8, keepKernels: true });
      const laws = oracle(data, [1, 2]), D = 3, family = subsets(3, D);
      const architecture = { variant: "paper", d: 3, H: 3, M: 3, D } as const;
      const winnerAt = (gap: number) =>
        winnerOf(
          family,
          batchGradient(
            architecture,
            initialParameters(architecture, { plus: gap, minus: 0 }),
            data,
            finite,
            { laws },
          ).drives,
        );
      const grid = Array.from({ length: 6 }, (_, i) => want - 0.75 + i * 0.25);
      expect(Math.abs(criticalGap(winnerAt, pair, grid) - want)).toBeLessThanOrEqual(0.25);
      expect([1, 2, 4]).toContain(winnerAt(want - 0.75));
    },
    60_000,
  );
});

describe("Stage II, copying", () => {
  const drives = softDrives(dirichlet(1), { M: 3, D: 2, kernels: 8000, seed: 1 }), a = 0.01;
  const flow = copyingFlow(drives, pair, a),
    start = initialRows(pair, 3, 3, 0),
    gamma = copyingCurvature(drives, pair);

  it("has curvatures .0419 .0390; .0420 .0421 at alpha = 1", () => {
    const want = [[0.0419, 0.039], [0.042, 0.0421]];
    const got = [[gamma[0][1], gamma[0][2]], [gamma[1][0], gamma[1][2]]];
    // The table's own sample is of unknown size; over seeds the spread of 8000 kernels is .0004
    want.forEach((row, h) =>
      row.forEach((value, j) => expect(Math.abs(got[h][j] - value)).toBeLessThan(4 * 0.0004))
    );
  });
  it("curvatures are at least half the loss of information", () => {
    const own = drives.entry([1, 2], [1, 2]);
    for (
      const [h, j, replaced] of [[0, 2, [3, 2]], [1, 2, [1, 3]], [0, 1, [2, 2]], [1, 0, [1, 1]]] as const
    ) {
      expect(gamma[h][j]).toBeGreaterThanOrEqual((own - drives.entry(replaced, replaced)) / 2 - 1e-12);
    }
  });
  it("conserves the sum of every row and ascends", () => {
    const solution = solve(flow.f, start, {
      t1: 1e6,
      sampleAt: logTimes(1, 1e6, 25),
      rtol: 1e-9,
      atol: 1e-12,
    });
    let before = flow.objective(start);
    for (const y of solution.y) {
      for (const row of [y.subarray(0, 3), y.subarray(3)]) expect(Math.abs(sum(row) - 3)).toBeLessThan(1e-7); // integrator
      const now = flow.objective(y);
      expect(now).toBeGreaterThanOrEqual(before - 1e-12);
      before = now;
    }
    expect(before).toBeCloseTo(drives.entry([1, 2], [1, 2]), 3);
  });
  it("odds grow linearly in time: e^Delta is 2000 within a tenth at t = 8e5, as the law says", () => {
    const t = 8e5, { y } = solve(flow.f, start, { t1: t, rtol: 1e-9, atol: 1e-12 }).end;
    const odds = [y[0] - y[1], y[0] - y[2], y[4] - y[3], y[4] - y[5]].map(Math.exp);
    const average = sum(odds) / 4, Gamma = (gamma[0][1] + gamma[0][2] + gamma[1][0] + gamma[1][2]) / 4;
    const law = copyingOdds({ gap: 3, a, M: 3, gamma: Gamma }, t);
    expect(Math.abs(average / law - 1)).toBeLessThan(0.05); // rows are unequal: relative corrections of order 1/20 at the start
    expect(Math.abs(average / 2000 - 1)).toBeLessThan(0.1); // 1968 from an independent integration, 2055 from descent
  });
  it("what is left off the own offset falls like 1/t", () => {
    const times = logTimes(1e6, 1e8, 12);
    const solution = solve(flow.f, start, { t1: 1e8, sampleAt: times, rtol: 1e-9, atol: 1e-12 });
    const left = solution.y.map((y) => 1 - flow.attention(y)[0][0]);
    expect(logLogFit(times, left).slope).toBeCloseTo(-1, 2); // corrections e^{Delta(0)} / e^{Delta(t)}, a percent
    left.forEach((rest, i) => {
      const options = { gap: 3, a, M: 3, gamma: (gamma[0][1] + gamma[0][2]) / 2 };
      expect(Math.abs(rest / copyingRemainder(options, times[i]) - 1)).toBeLessThan(0.1);
    });
  });
  it("is done by the copying time", () => {
    const delta = 0.01, gap = 0.0146, t = copyingTime({ a, M: 3, gap, delta });
    const rows = flow.attention(solve(flow.f, start, { t1: t, rtol: 1e-8 }).end.y);
    expect(1 - rows[0][0]).toBeLessThan(delta);
    expect(1 - rows[1][1]).toBeLessThan(delta);
  });
  it("negative control: from equal logits a symmetric task does not tell its heads apart", () => {
    const equal = drivesOf(2, 2, [
      new Float64Array(1),
      Float64Array.of(1, 0, 0, 1),
      new Float64Array(16).fill(0.5),
    ]);
    const dy = new Float64Array(4);
    copyingFlow(equal, pair, 1).f(0, new Float64Array(4), dy);
    for (const v of dy) expect(Math.abs(v)).toBeLessThan(1e-15);
  });
});

describe("Stage III, the population", () => {
  const one = contextSample(dirichlet(1), pair, { kernels: 20_000, seed: 2 });
  const tenth = contextSample(dirichlet(0.1), pair, { kernels: 20_000, seed: 2 });

  it("starts at the information of the set", () => {
    const [estimate] = priorInformation(dirichlet(1), { M: 2, kernels: 20_000, seed: 2 });
    expect(Math.abs(temperatureDrive(one, { kind: "logeps", epsilon: 0 }, 0) - estimate.mean[3]))
      .toBeLessThan(1e-12);
  });
  it("at alpha = 1 and epsilon 1e-6 speeds up, then fades", () => {
    const want = [0.0608, 0.0774, 0.0662, 0.0367, 0.0138, 0.0039, 0.00089];
    want.forEach((value, a) => {
      const got = temperatureDrive(one, { kind: "logeps", epsilon: 1e-6 }, a);
      expect(Math.abs(got / value - 1)).toBeLessThan(0.02); // relative standard error .5 % of 2e4 kernels, and rounding
    });
  });
  it("has tail constants 2.54 (published loss) and 3.54 (epsilon .1) at alpha = .1", () => {
    expect(Math.abs(tailConstant(tenth, code) - 2.54)).toBeLessThan(0.02); // 4 standard errors, .004 each, and rounding
    expect(Math.abs(tailConstant(tenth, finite) - 3.54)).toBeLessThan(0.025);
    expect(() => tailConstant(tenth, { kind: "logeps", epsilon: 0 })).toThrow("use sharpTailConstant");
  });
  const small = contextSample(dirichlet(1), pair, { kernels: 600, seed: 3 });
  it("begins like -log(e^-a0 - J t)", () => {
    const loss = { kind: "logeps", epsilon: 0 } as const, J = temperatureDrive(small, loss, 0);
    const { y } = solve(temperatureFlow(small, loss), [0], { t1: 2 }).end;
    expect(Math.abs(y[0] - earlyTemperature(0, J, 2))).toBeLessThan(0.15 * y[0]); // e^a mu(Z) is a few tenths by then
    expect(earlyTemperature(0, 0.5, 2)).toBe(Infinity);
  });
  it.each([code, finite])("ends like log(K t) (%o)", (loss) => {
    const K = tailConstant(small, loss), t = 1e7;
    const { y } = solve(temperatureFlow(small, loss), [0.01], { t1: t, rtol: 1e-7 }).end;
    expect(Math.abs(y[0] - lateTemperature(K, t))).toBeLessThan(0.1); // next order: rare contexts, e^-a/mu(Z)
    // negative control: at epsilon 0 the same flow is far slower
    const sharp =
      solve(temperatureFlow(small, { kind: "logeps", epsilon: 0 }), [0.01], { t1: t, rtol: 1e-7 }).end.y;
    expect(sharp[0]).toBeLessThan(y[0] - 2);
  });
  it("at epsilon 0 ends like half a log: slope 1/2 in log t when no probability is tiny", () => {
    const chain: Chain = { d: 3, parents: [1], prior: { kind: "additive", lambdas: [0.5] } };
    const sample = contextSample(chain, 1, { kernels: 1, seed: 0 }),
      loss = { kind: "logeps", epsilon: 0 } as const;
    const flow = temperatureFlow(sample, loss), times = [1e6, 1e8];
    const solution = solve(flow, [0.01], { t1: 1e8, sampleAt: times, rtol: 1e-9, method: "rodas5p" });
    const slope = (solution.y[1][0] - solution.y[0][0]) / Math.log(100);
    expect(slope).toBeCloseTo(0.5, 2); // corrections of order e^-a, a = 8 here
    // the second chain is not symmetric: there chi^2 one way round is not chi^2 the other
    const lopsided: Chain = { d: 3, parents: [1, 2], prior: { kind: "additive", lambdas: [0.5, 0.3] } };
    for (const one of [sample, contextSample(lopsided, pair, { kernels: 1, seed: 0 })]) {
      const a = 12, tail = sharpTailConstant(one) * Math.exp(-2 * a);
      expect(Math.abs(temperatureDrive(one, loss, a) / tail - 1)).toBeLessThan(2e-3); // order e^-a / mu(Z) / pi
    }
  });
});

describe("Stage III at finite length", () => {
  const cases = [
    [0.1, 100, 5.64],
    [0.5, 100, 4.14],
    [0.5, 1000, 6.42],
    [1, 100, 3.44],
    [1, 1000, 5.8],
  ] as const;
  it.each(cases)("at alpha = %f, L = %i the best a is %f, near log(L/(d alpha))", (alpha, L, want) => {
    const data = sampleSequences(dirichlet(alpha), {
      L,
      count: L > 500 ? 1500 : 6000,
      seed: 3,
      keepKernels: true,
    });
    const laws = oracle(data, [1, 2]), counts = matchCounts(data, pair, { M: 3 });
    const best = bestTemperature(counts, laws, { kind: "logeps", epsilon: 1e-6 });
    expect(best.interior).toBe(true);
    expect(Math.abs(best.a - want)).toBeLessThan(0.2); // the minimum is flat; spread over seeds .05
    expect(Math.abs(best.a - settledTemperature(L, 3, alpha))).toBeLessThan(0.3);
  });
  const data = sampleSequences(dirichlet(0.1), { L: 100, count: 3000, seed: 31, keepKernels: true });
  const laws = oracle(data, [1, 2]), counts = matchCounts(data, pair, { M: 3 });
  it("with epsilon .1 a grows without bound at alpha = .1 and settles near 4.96 at alpha = 1", () => {
    expect(bestTemperature(counts, laws, finite).interior).toBe(false);
    const uniform = sampleSequences(dirichlet(1), { L: 100, count: 3000, seed: 32, keepKernels: true });
    const best = bestTemperature(matchCounts(uniform, pair, { M: 3 }), oracle(uniform, [1, 2]), finite);
    expect(best.interior).toBe(true);
    expect(Math.abs(best.a - 4.96)).toBeLessThan(0.3); // flat minimum; spread over seeds .1
  });
  it.each([code, finite])("the drive is minus the slope of the loss (%o)", (loss) => {
    const h = 1e-4;
    for (const a of [0.01, 2, 5, 9]) {
      const slope = (countedLoss(counts, laws, loss, a + h) - countedLoss(counts, laws, loss, a - h)) /
        (2 * h);
      expect(Math.abs(countedDrive(counts, laws, loss, a) + slope)).toBeLessThan(1e-7); // h^2 and round-off/h
    }
  });
  it("a(t) under the published loss is 3.50, 6.92, 8.80 at t = 63, 840, 5000, and ends like log(K t)", () => {
    const late = matchCounts(data, pair, { M: 3, first: 6 });
    const flow = (_t: number, y: Float64Array, dy: Float64Array) =>
      void (dy[0] = countedDrive(late, laws, code, y[0]));
    const { y } = solve(flow, [0.01], { t1: 5000, sampleAt: [63, 840, 5000] });
    // standard deviation over samples of 9000 is .017, .034, .04; here there are a third as many
    [[3.504, 0.017], [6.919, 0.034], [8.8, 0.04]].forEach(([want, sd], i) =>
      expect(Math.abs(y[i][0] - want)).toBeLessThan(4 * sd * Math.sqrt(3))
    );
    const K = countedTailConstant(late, laws, code);
    expect(Math.abs(y[2][0] - lateTemperature(K, 5000))).toBeLessThan(0.05); // e^-a (n - N)/N is below a percent
    expect(K).toBeLessThan(2.54); // the population's: contexts never seen do not count
    // about 1.27 and 1.40 in the reference; samples of 10 000 differ by .05 and .09
    expect(Math.abs(K - 1.27)).toBeLessThan(0.2);
    expect(Math.abs(countedTailConstant(late, laws, finite) - 1.4)).toBeLessThan(0.35);
    expect(() => countedTailConstant(late, laws, { kind: "logeps", epsilon: 0 })).toThrow("give epsilon > 0");
  });
  it("ablations: matching on fewer offsets than S* loses in the order of information", () => {
    // epsilon .1, best a <= 14: {1,2} .0675, {2} .2522, {1} .2663, unigram .4812; spread over samples of 3000 is .004
    const loss = (mask: Mask) => bestTemperature(matchCounts(data, mask, { M: 3 }), laws, finite).loss;
    for (const [mask, want] of [[3, 0.0675], [2, 0.2522], [1, 0.2663], [0, 0.4812]]) {
      expect(Math.abs(loss(mask) - want)).toBeLessThan(4 * 0.004);
    }
  });
});
