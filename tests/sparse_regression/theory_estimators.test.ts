import { describe, expect, it } from "vitest";
import { Matrix, pseudoInverse, solveLinear, stream, symmetricEigen } from "../../lib/numerics/mod.ts";
import { drawPrompt, type SparseTask } from "../../lib/sparse_regression/data.ts";
import {
  bayes,
  bayesInReach,
  bfgs,
  descend,
  descentFilter,
  descentSteps,
  drawStatistics,
  dualityGap,
  excessRisk,
  flowFilter,
  hypotheses,
  lasso,
  logGrid,
  oracle,
  plainPath,
  preprocessedPath,
  preprocessedSteps,
  ridgeFilter,
  riskRow,
  smallEigen,
  splitRisk,
  statisticsOf,
  tune,
} from "../../lib/sparse_regression/theory.ts";

const d = 6, task: SparseTask = { d, s: 2, sigma: 0.5, prior: "gau" };
const prompt = (n: number, given = task, seed = 1) => drawPrompt(given, { n }, stream(seed, "estimators", n));
const statistics = (n: number, given = task, seed = 1) => statisticsOf(prompt(n, given, seed));
const gap = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
const matrixOf = (values: ArrayLike<number>, columns: number) =>
  Matrix.from1DArray(values.length / columns, columns, Array.from(values));

describe("the small eigensolver", () => {
  it.each([1, 2, 5, 16, 40])("rebuilds a matrix of size %i from orthonormal vectors", (size) => {
    for (const examples of [size * 3, Math.ceil(size / 3)]) { // full rank, and a third of it
      const { gram } = statistics(examples, { ...task, d: size, s: 1 });
      const { values, vectors } = smallEigen(gram, size), V = matrixOf(vectors, size);
      const norm = Math.max(...values), tolerance = 1e-14 * size * Math.max(1, norm); // rounding grows with the size
      expect(gap(V.transpose().mmul(Matrix.diag(Array.from(values))).mmul(V).to1DArray(), gram)).toBeLessThan(
        tolerance,
      );
      expect(gap(V.mmul(V.transpose()).to1DArray(), Matrix.eye(size).to1DArray())).toBeLessThan(tolerance);
      const reference = symmetricEigen(matrixOf(gram, size)).values;
      expect(gap(values.slice().sort(), reference)).toBeLessThan(tolerance);
    }
  });

  it("takes matrices that are diagonal, repeated, graded or zero, and refuses one that is not finite", () => {
    for (const diagonal of [[3, 1, 2], [1, 1, 1], [1, 1e-9, 1e-18], [0, 0, 0], [-2, 5, -2]]) {
      const { values } = smallEigen(Float64Array.from(Matrix.diag(diagonal).to1DArray()), 3);
      expect([...values].sort((a, b) => a - b)).toEqual([...diagonal].sort((a, b) => a - b));
    }
    expect(() => smallEigen(new Float64Array([1, NaN, NaN, 1]), 2)).toThrow("finite");
  });
});

describe("closed forms", () => {
  it("statistics are X^T X / n, X^T y / n and y^T y / n", () => {
    const given = prompt(7), X = matrixOf(given.x, d), y = Matrix.columnVector(Array.from(given.y));
    const { gram, correlation, labelPower } = statisticsOf(given);
    expect(gap(gram, X.transpose().mmul(X).div(7).to1DArray())).toBeLessThan(1e-14);
    expect(gap(correlation, X.transpose().mmul(y).div(7).to1DArray())).toBeLessThan(1e-14);
    expect(labelPower).toBeCloseTo(y.dot(y) / 7, 13);
  });

  it.each([4, 20])(
    "with n = %i, ridge solves its normal equations and least squares is the pseudo-inverse",
    (n) => {
      const given = prompt(n), moments = statisticsOf(given), path = plainPath(moments);
      const shifted = matrixOf(moments.gram, d).add(Matrix.eye(d).mul(0.3));
      const ridge = solveLinear(shifted, moments.correlation).to1DArray();
      expect(gap(path.weights(ridgeFilter(0.3)), ridge)).toBeLessThan(1e-13);
      const X = matrixOf(given.x, d), least = pseudoInverse(X).mmul(Matrix.columnVector(Array.from(given.y)));
      expect(gap(path.leastSquares(), least.to1DArray())).toBeLessThan(1e-10); // n < d: the condition of X, squared
    },
  );

  it.each([4, 20])(
    "with n = %i, filters equal the iterations they stand for, plain and preprocessed",
    (n) => {
      const moments = statistics(n), plain = plainPath(moments), pre = preprocessedPath(moments);
      const eta = 0.9 / plain.largest, etaPre = 1.9 / pre.largest; // the second overshoots without diverging
      for (const t of [1, 2, 7, 60]) {
        const steps = (rate: number) => new Array<number>(t).fill(rate);
        const gd = descend(moments, descentSteps(steps(eta))).at(-1)!;
        expect(gap(plain.weights(descentFilter(eta, t)), gd)).toBeLessThan(1e-12);
        const preprocessed = descend(moments, preprocessedSteps(steps(etaPre))).at(-1)!;
        expect(gap(pre.weights(descentFilter(etaPre, t)), preprocessed)).toBeLessThan(1e-12);
      }
    },
  );

  it("gradient flow is descent with steps going to zero, to first order in the step", () => {
    const moments = statistics(20), path = preprocessedPath(moments), flow = path.weights(flowFilter(3));
    const errors = [100, 1000, 10_000].map((t) => gap(path.weights(descentFilter(3 / t, t)), flow));
    expect(errors[0] / errors[1]).toBeCloseTo(10, 0);
    expect(errors[1] / errors[2]).toBeCloseTo(10, 0);
  });

  it("both flows end at least squares, and the preprocessed one does so with n < d only without noise off its span", () => {
    const moments = statistics(20), least = plainPath(moments).leastSquares();
    expect(gap(plainPath(moments).weights(flowFilter(1e5)), least)).toBeLessThan(1e-10);
    expect(gap(preprocessedPath(moments).weights(flowFilter(1e12)), least)).toBeLessThan(1e-8);
    const few = statistics(4), interpolating = preprocessedPath(few).leastSquares();
    const fit = few.correlation.map((r, j) =>
      r - interpolating.reduce((sum, w, l) => sum + few.gram[j * d + l] * w, 0)
    );
    expect(Math.max(...fit.map(Math.abs))).toBeLessThan(1e-9); // it interpolates
    expect(gap(interpolating, plainPath(few).leastSquares())).toBeGreaterThan(1e-2); // another interpolator
  });

  it("the risk of a vector splits into on and off the support, and weighs coordinates by Sigma", () => {
    const moments = statistics(20), w = plainPath(moments).leastSquares(), covariance = [1, 2, 3, 4, 5, 6];
    const { on, off } = splitRisk(w, moments, covariance);
    expect(on + off).toBeCloseTo(excessRisk(w, moments.weights, covariance), 13);
    expect(on).toBeCloseTo(
      moments.support.reduce((sum, j) => sum + covariance[j] * (w[j] - moments.weights[j]) ** 2, 0),
      13,
    );
  });

  it("knowing the support, least squares solves the small system", () => {
    const moments = statistics(20), { support, gram, correlation } = moments;
    const block = Array.from(support, (j) => Array.from(support, (k) => gram[j * d + k]));
    const small = solveLinear(block, Array.from(support, (j) => correlation[j])).to1DArray();
    const w = oracle(moments);
    support.forEach((j, a) => expect(w[j]).toBeCloseTo(small[a], 12));
    expect(w.filter((v) => v !== 0)).toHaveLength(2);
  });

  it("parameters that mean nothing are refused", () => {
    expect(() => ridgeFilter(0)).toThrow("lambda > 0, got 0");
    expect(() => flowFilter(-1)).toThrow("time >= 0, got -1");
    expect(() => descentFilter(0.1, 1.5)).toThrow("whole and >= 0, got 1.5");
    expect(() => lasso(statistics(4), 0)).toThrow("lambda > 0, got 0");
    expect(() => logGrid({ low: 1, high: 1 })).toThrow("0 < low < high");
  });
});

describe("the Lasso", () => {
  it.each([[4, 0.3], [4, 0.003], [20, 0.1], [20, 0.001]])(
    "with n = %i and lambda = %f, satisfies the KKT conditions",
    (n, lambda) => {
      const moments = statistics(n), w = lasso(moments, lambda, { tolerance: 1e-14 });
      for (let j = 0; j < d; j++) {
        const slope = moments.correlation[j] - w.reduce((sum, v, k) => sum + moments.gram[j * d + k] * v, 0);
        // A gap of 1e-14 leaves slopes within its square root.
        if (w[j] !== 0) expect(Math.abs(slope - lambda * Math.sign(w[j]))).toBeLessThan(1e-6);
        else expect(Math.abs(slope)).toBeLessThan(lambda + 1e-6);
      }
    },
  );

  it("is zero from the largest correlation on, and not below", () => {
    const moments = statistics(20), top = Math.max(...moments.correlation.map(Math.abs));
    expect(lasso(moments, top * 1.0001).every((v) => v === 0)).toBe(true);
    expect(lasso(moments, top * 0.999).filter((v) => v !== 0)).toHaveLength(1);
  });

  it("the gap bounds the distance of any point's objective from the minimum", () => {
    const moments = statistics(20), lambda = 0.1, best = lasso(moments, lambda, { tolerance: 1e-13 });
    const objective = (w: Float64Array) => {
      let value = moments.labelPower / 2;
      for (let j = 0; j < d; j++) {
        value += lambda * Math.abs(w[j]) - moments.correlation[j] * w[j];
        for (let k = 0; k < d; k++) value += 0.5 * w[j] * moments.gram[j * d + k] * w[k];
      }
      return value;
    };
    for (let i = 0; i < 50; i++) {
      const w = stream(3, i).fillNormal(new Float64Array(d), 0.5);
      const excess = objective(w) - objective(best);
      expect(excess).toBeGreaterThanOrEqual(-1e-12);
      expect(excess).toBeLessThanOrEqual(dualityGap(moments, w, lambda) + 1e-12);
    }
  });

  it("a warm start ends where a cold one does, also where few examples make the objective flat", () => {
    for (const n of [10, 40]) {
      const moments = statistics(n, { d: 16, s: 4, sigma: 0.1, prior: "rad" }), w = new Float64Array(16);
      for (const lambda of [1, 0.3, 0.1, 0.03, 0.01, 0.003]) lasso(moments, lambda, { w, tolerance: 1e-13 });
      expect(gap(w, lasso(moments, 0.003, { tolerance: 1e-13 }))).toBeLessThan(1e-5);
    }
  });

  it("says so when it runs out of sweeps", () => {
    expect(() => lasso(statistics(20), 1e-3, { maxSweeps: 1 })).toThrow("duality gap");
  });
});

describe("the Bayes estimate", () => {
  const subsets = (s: number, from = 0): number[][] =>
    s === 0
      ? [[]]
      : Array.from({ length: d - from }, (_, i) => from + i).flatMap((j) =>
        subsets(s - 1, j + 1).map((rest) => [j, ...rest])
      );

  it.each(["rad", "gau"] as const)(
    "of the %s prior equals a sum over hypotheses with dense algebra",
    (prior) => {
      for (const n of [3, 12]) {
        const given: SparseTask = { d, s: 3, sigma: 0.4, prior, signal: 2 };
        const moments = statistics(n, given), { gram, correlation } = moments;
        const precision = n / 0.16, members: { log: number; w: Float64Array }[] = [];
        for (const support of subsets(3)) {
          const S = Matrix.from1DArray(3, 3, support.flatMap((j) => support.map((k) => gram[j * d + k])));
          const b = Matrix.columnVector(support.map((j) => correlation[j]));
          if (prior === "gau") {
            const A = S.mul(precision).add(Matrix.eye(3).mul(3 / 2)), right = Matrix.mul(b, precision);
            const w = solveLinear(A, right), full = new Float64Array(d);
            support.forEach((j, i) => full[j] = w.get(i, 0));
            const logDet = symmetricEigen(A).values.reduce((sum, v) => sum + Math.log(v), 0);
            members.push({ log: 0.5 * right.dot(w) - 0.5 * logDet, w: full });
          } else {
            for (let signs = 0; signs < 8; signs++) {
              const e = Matrix.columnVector(
                [0, 1, 2].map((i) => Math.sqrt(2 / 3) * (signs >> i & 1 ? 1 : -1)),
              );
              const full = new Float64Array(d);
              support.forEach((j, i) => full[j] = e.get(i, 0));
              const S = Matrix.from1DArray(3, 3, support.flatMap((j) => support.map((k) => gram[j * d + k])));
              members.push({ log: precision * (e.dot(b) - 0.5 * e.dot(S.mmul(e))), w: full });
            }
          }
        }
        const top = Math.max(...members.map(({ log }) => log));
        const total = members.reduce((sum, { log }) => sum + Math.exp(log - top), 0);
        const expected = Float64Array.from(
          { length: d },
          (_, j) => members.reduce((sum, { log, w }) => sum + Math.exp(log - top) / total * w[j], 0),
        );
        expect(gap(bayes(moments, given), expected)).toBeLessThan(1e-12);
        expect(hypotheses(given)).toBe(members.length);
      }
    },
  );

  it("with s = d and Gaussian weights is ridge at its best penalty", () => {
    const dense: SparseTask = { d, s: d, sigma: 0.5, prior: "gau" }, moments = statistics(9, dense);
    const ridge = plainPath(moments).weights(ridgeFilter(0.25 * d / 9));
    expect(gap(bayes(moments, dense), ridge)).toBeLessThan(1e-12);
  });

  it("has the lowest mean risk of all estimators on its own task", () => {
    const given: SparseTask = { d: 10, s: 2, sigma: 0.7, prior: "gau" };
    const prompts = drawStatistics(given, 15, { seed: 4, count: 400 });
    const risk = (estimate: (m: (typeof prompts)[number]) => Float64Array) =>
      prompts.reduce((sum, m) => sum + excessRisk(estimate(m), m.weights), 0);
    const best = risk((m) => bayes(m, given));
    for (const lambda of [0.05, 0.1, 0.2]) expect(best).toBeLessThan(risk((m) => lasso(m, lambda)));
    expect(best).toBeLessThan(risk((m) => plainPath(m).weights(ridgeFilter(0.33))));
    expect(best).toBeLessThan(risk((m) => bayes(m, { ...given, s: 6 }))); // a wrong prior costs
  });

  it("is left out of tables where it would take minutes or does not exist", () => {
    const task = { d: 16, s: 4, sigma: 0.5, prior: "rad" } as const;
    expect(bayesInReach(task, 4000)).toBe(true);
    expect(bayesInReach({ ...task, sigma: 0 }, 1)).toBe(false);
    const dense = { ...task, d: 28, s: 8 }; // 8e8 signed supports
    for (const prompts of [1, 2]) expect(bayesInReach(dense, prompts)).toBe(false);
    expect(riskRow({ task: dense, n: 30 }, { count: 2, seed: 1 }).risks).not.toHaveProperty("bayes");
  });

  it("refuses what it cannot enumerate, and a task without noise", () => {
    expect(() => bayes(statistics(4), { ...task, sigma: 0 })).toThrow("needs sigma > 0");
    const wide: SparseTask = { d: 64, s: 10, sigma: 1, prior: "rad" };
    expect(() => bayes({ ...statistics(4), d: 64 }, wide)).toThrow("too many to enumerate");
  });
});

describe("searches", () => {
  it("the log search finds a minimum to two per cent and says when it lies outside", () => {
    const f = (x: number) => (Math.log(x) - Math.log(0.37)) ** 2;
    const found = tune(f, { low: 1e-3, high: 1e3 });
    expect(Math.abs(Math.log(found.at / 0.37))).toBeLessThan(0.02);
    expect(found.atEdge).toBe(false);
    expect(tune(f, { low: 1, high: 100 })).toMatchObject({ at: 1, atEdge: true });
    expect(tune((x) => x > 1 ? NaN : -x, { low: 0.01, high: 100 }).at).toBeLessThanOrEqual(1);
  });

  it("BFGS solves Rosenbrock's valley and steps back from where a function is not finite", () => {
    const valley = bfgs(([x, y]) => ({
      value: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
      gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
    }), Float64Array.of(-1.2, 1));
    expect(gap(valley.x, [1, 1])).toBeLessThan(1e-3);
    const barrier = bfgs(
      ([x]) => ({ value: x - Math.log(x), gradient: Float64Array.of(1 - 1 / x) }),
      Float64Array.of(20),
    );
    expect(barrier.x[0]).toBeCloseTo(1, 3);
  });
});
