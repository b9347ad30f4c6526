/** @module The L-stable method on stiff problems, and its stability proved from the tableau. */
import { describe, expect, it } from "vitest";
import { type JacobianFunction, type RightHandSide, rodas5p, solve } from "../../lib/ode/mod.ts";
import { rosenbrockClassical } from "./classical.ts";

const { beta, b } = rosenbrockClassical(rodas5p);

/** The stability function $R(z) = 1 + z\, b^T (I - z\beta)^{-1} 1$ at a complex z, by forward substitution. */
function stability(re: number, im: number): [number, number] {
  const x: [number, number][] = [];
  let [sumRe, sumIm] = [0, 0];
  beta.forEach((row, i) => {
    let [pRe, pIm] = [0, 0];
    for (let j = 0; j < i; j++) [pRe, pIm] = [pRe + row[j] * x[j][0], pIm + row[j] * x[j][1]];
    const [nRe, nIm] = [1 + re * pRe - im * pIm, re * pIm + im * pRe];
    const [dRe, dIm] = [1 - re * row[i], -im * row[i]];
    const size = dRe * dRe + dIm * dIm;
    x.push([(nRe * dRe + nIm * dIm) / size, (nIm * dRe - nRe * dIm) / size]);
    [sumRe, sumIm] = [sumRe + b[i] * x[i][0], sumIm + b[i] * x[i][1]];
  });
  return [1 + re * sumRe - im * sumIm, re * sumIm + im * sumRe];
}

/** Three species whose rates span nine decades; the sum is conserved. */
const robertson: RightHandSide = (_t, y, dy) => {
  const slow = -0.04 * y[0] + 1e4 * y[1] * y[2];
  const fast = 3e7 * y[1] * y[1];
  dy[0] = slow;
  dy[1] = -slow - fast;
  dy[2] = fast;
};
const robertsonJacobian: JacobianFunction = (_t, y, jacobian) => {
  jacobian.set([-0.04, 1e4 * y[2], 1e4 * y[1]], 0);
  jacobian.set([0.04, -1e4 * y[2] - 6e7 * y[1], -1e4 * y[1]], 3);
  jacobian.set([0, 6e7 * y[1], 0], 6);
};
const vanDerPol: RightHandSide = (_t, y, dy) => {
  dy[0] = y[1];
  dy[1] = 1000 * (1 - y[0] * y[0]) * y[1] - y[0];
};

describe("the stability function of rodas5p", () => {
  it("is zero at infinity", () => {
    // 1 - b^T beta^-1 1: forward substitution of beta x = 1.
    const x: number[] = [];
    beta.forEach((row, i) => x.push((1 - x.reduce((sum, xj, j) => sum + row[j] * xj, 0)) / row[i]));
    const atInfinity = 1 - b.reduce((sum, bi, i) => sum + bi * x[i], 0);
    // Entries of 1e2 with 16 digits, eight substitutions.
    expect(Math.abs(atInfinity)).toBeLessThan(1e-11);
    expect(Math.hypot(...stability(-1e8, 0))).toBeLessThan(1e-6);
  });

  it("is at most one on the whole imaginary axis", () => {
    for (let i = 0; i <= 400; i++) {
      const y = 10 ** (-2 + i / 50);
      expect(Math.hypot(...stability(0, y)), `at ${y} i`).toBeLessThan(1 + 1e-12);
    }
  });

  it("agrees with exp up to the sixth power and not the seventh", () => {
    let powers = b.map(() => 1);
    let factorial = 1;
    const defects = [1, 2, 3, 4, 5, 6, 7].map((power) => {
      factorial *= power;
      const coefficient = b.reduce((sum, bi, i) => sum + bi * powers[i], 0);
      powers = beta.map((row) => row.reduce((sum, value, j) => sum + value * powers[j], 0));
      return Math.abs(coefficient - 1 / factorial);
    });
    expect(Math.max(...defects.slice(0, 6))).toBeLessThan(1e-12);
    expect(defects[6]).toBeGreaterThan(1e-6);
  });
});

it("a decay with rate a million is followed in a handful of steps", () => {
  // y' = -1e6 (y - cos t) - sin t, y(0) = 2: a boundary layer, then y = cos t.
  const f: RightHandSide = (t, y, dy) => dy[0] = -1e6 * (y[0] - Math.cos(t)) - Math.sin(t);
  const stiff = solve(f, [2], { t1: 10, method: "rodas5p", rtol: 1e-6, atol: 1e-8 });
  expect(stiff.status).toBe("done");
  // Ten times the tolerance: the layer has long decayed and the last steps' errors are damped.
  expect(Math.abs(stiff.end.y[0] - Math.cos(10))).toBeLessThan(1e-5);
  expect(stiff.stats.steps).toBeLessThan(300);
  // The control: an explicit method is held to steps of 3e-6 by stability and runs out of them.
  const explicit = solve(f, [2], { t1: 10, method: "tsit5", rtol: 1e-6, atol: 1e-8, maxSteps: 3000 });
  expect(explicit.status).toBe("max-steps");
});

describe("Robertson's reaction", () => {
  // rtol 1e-11 and the exact Jacobian.
  const tight = solve(robertson, [1, 0, 0], {
    t1: 1e5,
    method: "rodas5p",
    rtol: 1e-11,
    atol: 1e-15,
    jacobian: robertsonJacobian,
    autonomous: true,
  }).end.y;

  it("agrees with the published values at t = 40 and conserves mass", () => {
    // Hairer, Wanner II, section IV.10 (test set for IVP solvers, ROBER).
    const path = solve(robertson, [1, 0, 0], { t1: 40, method: "rodas5p", rtol: 1e-10, atol: 1e-14 });
    const published = [0.7158270687, 0.9185534764e-5, 0.2841637457];
    published.forEach((y, i) => expect(Math.abs(path.end.y[i] / y - 1)).toBeLessThan(1e-8));

    expect(Math.abs(tight[0] + tight[1] + tight[2] - 1)).toBeLessThan(1e-12);
  });

  it.each([1e-4, 1e-6, 1e-8])("at rtol %d the error is within a hundred tolerances", (rtol) => {
    const { end, stats, status } = solve(robertson, [1, 0, 0], {
      t1: 1e5,
      method: "rodas5p",
      rtol,
      atol: rtol * 1e-6,
    });
    expect(status).toBe("done");
    end.y.forEach((y, i) => expect(Math.abs(y / tight[i] - 1)).toBeLessThan(100 * rtol));
    // Eleven decades of time: the work grows with the tolerance (500 steps at 1e-8), not with t1.
    expect(stats.steps).toBeLessThan(650);
  });

  it("a given Jacobian and difference quotients take the same path", () => {
    const common = { t1: 1e5, method: "rodas5p", rtol: 1e-8, atol: 1e-12, autonomous: true } as const;
    const given = solve(robertson, [1, 0, 0], { ...common, jacobian: robertsonJacobian });
    const differences = solve(robertson, [1, 0, 0], common);
    expect(differences.stats.steps).toBeLessThan(1.02 * given.stats.steps + 2);
    expect(given.stats.steps).toBeLessThan(1.02 * differences.stats.steps + 2);
    given.end.y.forEach((y, i) => expect(Math.abs(differences.end.y[i] / y - 1)).toBeLessThan(1e-8));
    // Two evaluations a component and step are what the Jacobian saves.
    expect(differences.stats.evaluations - given.stats.evaluations).toBeGreaterThan(5 * given.stats.steps);
  });

  it("a wrong Jacobian is paid for in steps, not in accuracy", () => {
    const zero: JacobianFunction = (_t, _y, jacobian) => jacobian.fill(0);
    const wrong = solve(robertson, [1, 0, 0], {
      t1: 0.1,
      method: "rodas5p",
      rtol: 1e-6,
      atol: 1e-10,
      jacobian: zero,
    });
    const right = solve(robertson, [1, 0, 0], { t1: 0.1, method: "rodas5p", rtol: 1e-6, atol: 1e-10 });
    expect(wrong.stats.steps).toBeGreaterThan(2 * right.stats.steps);
    expect(Math.abs(wrong.end.y[0] - right.end.y[0])).toBeLessThan(1e-4);
  });
});

it("van der Pol's oscillator with mu = 1000 jumps where it should", () => {
  const common = { t1: 2000, method: "rodas5p", autonomous: true } as const;
  const reference = solve(vanDerPol, [2, 0], { ...common, rtol: 1e-11, atol: 1e-12 });
  const path = solve(vanDerPol, [2, 0], { ...common, rtol: 1e-6, atol: 1e-6 });
  expect(path.status).toBe("done");
  // y(2000) as published for this initial value in the test set for IVP solvers (VDPOL).
  expect(Math.abs(reference.end.y[0] / 0.1706167732170469e1 - 1)).toBeLessThan(1e-7);
  // The second jump lies at t = 1614; slopes of 1e-3 afterwards leave the error at a few tolerances.
  expect(Math.abs(path.end.y[0] - reference.end.y[0])).toBeLessThan(1e-4);
  expect(path.stats.steps).toBeLessThan(800);
});

it("an equation that depends on time keeps its order when f_t is differenced", () => {
  // Prothero and Robinson's problem, moderately stiff; exact solution sin(7 t).
  const f: RightHandSide = (t, y, dy) => dy[0] = -50 * (y[0] - Math.sin(7 * t)) + 7 * Math.cos(7 * t);
  const errors = [40, 80].map((count) => {
    const { end } = solve(f, [0], { t1: 1, method: "rodas5p", fixedStep: 1 / count });
    return Math.abs(end.y[0] - Math.sin(7));
  });
  // At least 2^3.5: order 5, less what stiffness reduces. Promising "autonomous" falsely must show.
  expect(errors[0] / errors[1]).toBeGreaterThan(11);
  const lie = solve(f, [0], { t1: 1, method: "rodas5p", fixedStep: 1 / 80, autonomous: true });
  expect(Math.abs(lie.end.y[0] - Math.sin(7))).toBeGreaterThan(100 * errors[1]);
});
