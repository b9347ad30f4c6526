/** @module DETEST problems: every method, forward and backward, within the tolerance and within a work budget. */
import { describe, expect, it } from "vitest";
import { type MethodName, solve } from "../../lib/ode/mod.ts";
import { detest, end, type Problem } from "./problems.ts";

const methods: MethodName[] = ["tsit5", "dop853", "rodas5p"];

/**
 * Global error per unit of tolerance: local errors near the tolerance, times how many steps there are and how far the
 * problem spreads neighbours apart by t = 20: contraction or mild growth for most, the period of an orbit (a phase
 * error that grows like t times the energy error, amplified by the speed at the perihelion) for class D.
 */
const amplification = (problem: Problem) => problem.name.startsWith("D") ? 1000 : 100;

const references = new Map(detest.map(({ name, f, y0, exact }) => [
  name,
  exact?.(end) ?? [...solve(f, y0, { t1: end, method: "dop853", rtol: 1e-13, atol: 1e-15 }).end.y],
]));

function errorInTolerances(y: ArrayLike<number>, reference: readonly number[], tolerance: number): number {
  return Math.max(...reference.map((r, i) => Math.abs(y[i] - r) / (tolerance * (1 + Math.abs(r)))));
}

it("the reference solutions agree with a second method", () => {
  for (const { name, f, y0, exact } of detest) {
    if (exact) continue;
    const { y } = solve(f, y0, { t1: end, method: "tsit5", rtol: 1e-12, atol: 1e-13 }).end;
    expect(errorInTolerances(y, references.get(name)!, 1e-10), name).toBeLessThan(1);
  }
});

describe.each(methods)("%s", (method) => {
  it.each(detest)("$name: the error follows the tolerance", (problem) => {
    const reference = references.get(problem.name)!;
    const errors = [1e-5, 1e-8].map((rtol) => {
      const path = solve(problem.f, problem.y0, { t1: end, method, rtol, atol: rtol });
      expect(path.status).toBe("done");
      const error = errorInTolerances(path.end.y, reference, rtol);
      expect(error).toBeLessThan(amplification(problem));
      return error * rtol;
    });
    // A thousandfold tighter tolerance; a factor of 100 leaves room for luck at the loose one.
    expect(errors[1]).toBeLessThan(Math.max(errors[0] / 100, 1e-9));
  });

  it.each(detest)("$name: the mirrored problem backward takes the very same steps", ({ f, y0 }) => {
    const forward = solve(f, y0, { t1: end, method });
    const mirrored = solve(
      (t, y, dy) => {
        f(-t, y, dy);
        for (let i = 0; i < dy.length; i++) dy[i] = -dy[i];
      },
      y0,
      { t1: -end, method },
    );
    // Every operation changes only its sign, so not one bit of the states may differ.
    expect(mirrored.t.map((t) => 0 - t)).toEqual(forward.t);
    expect(mirrored.end.y).toEqual(forward.end.y);
  });

  it.each(detest.filter(({ reversible, name }) => reversible && !name.startsWith("D")))(
    "$name: there and back again",
    (problem) => {
      const { f, y0 } = problem;
      const rtol = 1e-8;
      const there = solve(f, y0, { t1: end, method, rtol, atol: rtol });
      const back = solve(f, there.end.y, { t0: end, t1: 0, method, rtol, atol: rtol });
      expect(back.status).toBe("done");
      expect([...back.t]).toEqual([...back.t].sort((a, b) => b - a));
      // Both journeys' errors, the first one amplified by the second.
      expect(errorInTolerances(back.end.y, [...y0], rtol)).toBeLessThan(10 * amplification(problem));
    },
  );
});

/**
 * Evaluations at rtol = atol = 1e-6, a quarter above what is measured today: a broken controller, error estimate or
 * initial step shows here long before it shows in an error.
 */
const budgets: Record<string, [tsit5: number, dop853: number, rodas5p: number]> = {
  "A3 oscillating rate": [618, 538, 2028],
  "B1 predator and prey": [1098, 1014, 4096],
  "C3 diffusion": [333, 333, 1240],
  "D3 orbit, eccentricity 0.5": [1060, 894, 4908],
  "E2 van der Pol, mu = 1": [1300, 1279, 4645],
};

it.each(Object.entries(budgets))("%s stays within its budget of evaluations", (name, budget) => {
  const { f, y0 } = detest.find((problem) => problem.name === name)!;
  methods.forEach((method, i) => {
    const { stats } = solve(f, y0, { t1: end, method, rtol: 1e-6, atol: 1e-6 });
    expect(stats.evaluations, method).toBeLessThanOrEqual(budget[i]);
    // And far from free: a count below half the budget means evaluations are not counted.
    expect(stats.evaluations, method).toBeGreaterThan(budget[i] / 2);
  });
});

it.each(methods)("%s rejects few attempts", (method) => {
  const total = { steps: 0, rejected: 0 };
  for (const { f, y0 } of detest) {
    const { stats } = solve(f, y0, { t1: end, method, rtol: 1e-6, atol: 1e-6 });
    total.steps += stats.steps;
    total.rejected += stats.rejected;
  }
  // 3 to 9 % today; the elementary controller, without memory, rejects 9 to 22 %.
  expect(total.rejected / (total.steps + total.rejected)).toBeLessThan(0.12);
});
