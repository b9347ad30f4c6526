/** @module The Chebyshev propagator against exact solutions, its own laws, and everything it must refuse. */
import { describe, expect, it } from "vitest";
import { stream } from "../../lib/numerics/mod.ts";
import { OdeError, type RightHandSide, solve, type SolveOptions } from "../../lib/ode/mod.ts";
import { errorInTolerances, evenly, linearProblem, relativeToNorm } from "./linear_flows.ts";

const method = "chebyshev" as const;
const spectra: [string, number[], number, number][] = [
  ["decay", evenly(64, -4, -0.05), 0, 20],
  ["mixed signs", evenly(30, -4, 0.5), 0, 10],
  ["clusters", [...Array(10).fill(-3), ...Array(10).fill(-1), -0.01], 0, 30],
  ["half the directions at rest", [...Array(20).fill(0), ...evenly(20, -5, -1)], 0, 20],
  ["one unknown that decays", [-2], 0, 3],
  ["one unknown that grows", [2], 0, 3],
  ["no matrix at all", [0, 0, 0], 0, 3],
  ["two rates, a factor of 500 apart", [-2, -1000], 0, 3],
  ["seven decades of rates", evenly(40, -4, 3).map((x) => -(10 ** x)), 0, 10],
  ["an outlier", [-100, ...evenly(60, -1, -0.01)], 0, 20],
  ["growth by e^60, in several steps", evenly(20, -2, 5), 0, 12],
  ["an outlier that grows", [4, ...evenly(60, -1, -0.01)], 0, 20],
  ["backward in time", evenly(20, -2, 0.3), 3, -2],
  ["200 unknowns", evenly(200, -1, -0.001), 1, 300],
];

describe.each([false, true])("with a constant force: %s", (forced) => {
  describe.each(spectra)("%s", (_name, values, t0, t1) => {
    it.each([1e-3, 1e-6, 1e-9])("the error is within the tolerance at rtol = %s", (rtol) => {
      const { f, y0, exact } = linearProblem(values, forced);
      const atol = rtol * 1e-3;
      const path = solve(f, y0, { t0, t1, method, rtol, atol });
      expect(path.status).toBe("done");
      // The bound holds at the end for all that is left out; rounding is far below 1e-9 for these spans.
      expect(errorInTolerances(path.end.y, exact(t1 - t0), rtol, atol)).toBeLessThan(1);
      // Inside a step the tolerance holds for the vector, not for a component that just crosses zero.
      for (const part of [0.001, 0.1, 0.37, 0.8]) {
        const t = part * (t1 - t0);
        expect(relativeToNorm(path.at(t0 + t), exact(t), rtol, atol)).toBeLessThan(1);
      }
    });
  });
});

describe("work", () => {
  const values = evenly(64, -4, -0.05);
  const products = (t1: number, name: "chebyshev" | "dop853") => {
    const problem = linearProblem(values, false);
    const path = solve(problem.f, problem.y0, { t1, method: name, rtol: 1e-6, atol: 1e-9 });
    // Every evaluation is counted, probes and all.
    expect(path.stats.evaluations).toBe(problem.evaluations);
    return problem.evaluations;
  };

  it("sixteen times the time takes four times the products; explicit steps grow twice as fast and more", () => {
    const [short, long] = [products(50, method), products(800, method)];
    // A dozen probes and terms do not scale: the ratio stays a little under 4.
    expect(long / short).toBeGreaterThan(3);
    expect(long / short).toBeLessThan(4.2);
    // Sixteen times, less the first steps, which accuracy and not stability keeps short.
    expect(products(800, "dop853") / products(50, "dop853")).toBeGreaterThan(8);
  });

  it("T = 20 at rtol = 1e-6 costs at most 60 products, where dop853 needs four times as many", () => {
    expect(products(20, method)).toBeLessThan(60);
    expect(products(20, "dop853")).toBeGreaterThan(4 * products(20, method));
  });

  it("each digit costs few products", () => {
    const count = (rtol: number) => {
      const { f, y0 } = linearProblem(values, false);
      return solve(f, y0, { t1: 20, method, rtol, atol: rtol * 1e-3 }).stats.evaluations;
    };
    // Coefficients fall faster than geometrically.
    expect(count(1e-11) - count(1e-3)).toBeLessThan(4 * 8);
    expect(count(1e-11)).toBeGreaterThan(count(1e-7));
    expect(count(1e-7)).toBeGreaterThan(count(1e-3));
  });
});

describe("a spectrum that Lanczos did not see", () => {
  // 2000 eigenvalues in [-1, 0] and one beyond, whose eigenvector the random vector hardly touches but y0 is full of.
  const n = 2000;
  const random = stream(2, "hidden").fillNormal(new Float64Array(n));
  const edge = (outlier: number): RightHandSide => (_t, y, dy) => {
    for (let i = 0; i < n; i++) dy[i] = -(i / n) * y[i];
    dy[0] = outlier * y[0];
  };
  it.each([-1.3, 0.2])("is noticed by the growth of the vectors and repaired: outlier %s", (outlier) => {
    const y0 = random.map((x) => 1e-3 * x);
    y0[0] = 1;
    const path = solve(edge(outlier), y0, { t1: 60, method, rtol: 1e-8, atol: 1e-11 });
    expect(path.status).toBe("done");
    const exact = y0.map((y, i) => y * Math.exp((i === 0 ? outlier : -i / n) * 60));
    expect(errorInTolerances(path.end.y, exact, 1e-8, 1e-11)).toBeLessThan(1);
    // Square-root law of one expansion: about 60 products. Repairs may cost two more.
    expect(path.stats.evaluations).toBeLessThan(400);
  });
});

describe("reports", () => {
  const problem = linearProblem(evenly(12, -3, 0.2), true);
  const options: SolveOptions = { t0: 1, t1: 9, method, rtol: 1e-10, atol: 1e-12 };

  it("samples and the dense solution are the same numbers, and cost no product", () => {
    const sampleAt = [1, 1.001, 2, 5.5, 8.999, 9];
    const plain = solve(problem.f, problem.y0, options);
    const path = solve(problem.f, problem.y0, { ...options, sampleAt });
    expect(path.stats).toEqual(plain.stats);
    expect([...path.t]).toEqual(sampleAt);
    sampleAt.forEach((t, i) => expect([...path.at(t)]).toEqual([...path.y[i]]));
    expect([...plain.t]).toEqual([1, 9]);
    expect([...path.y[0]]).toEqual([...problem.y0]);
  });

  it("the dense solution obeys the differential equation", () => {
    const path = solve(problem.f, problem.y0, options);
    const [slope, h] = [new Float64Array(12), 1e-3];
    for (const t of [1.5, 4, 8.5]) {
      problem.f(t, path.at(t), slope);
      const [before, after] = [path.at(t - h), path.at(t + h)];
      // Central difference: h^2 / 6 times the third derivative (below 27 * 30), plus rounding over h.
      slope.forEach((s, i) => expect(Math.abs((after[i] - before[i]) / (2 * h) - s)).toBeLessThan(2e-4));
    }
  });

  it("shorter steps tell the same story", () => {
    const whole = solve(problem.f, problem.y0, options);
    const pieces = solve(problem.f, problem.y0, { ...options, maxStep: 0.7 });
    expect(pieces.stats.steps).toBe(12);
    for (const t of [1.3, 4.2, 9]) {
      const [p, w] = [pieces.at(t), whole.at(t)];
      // Twelve steps may each err by their tolerance of 1e-10, and states of up to 30 grow by e^1.6.
      p.forEach((y, i) => expect(Math.abs(y - w[i])).toBeLessThan(1e-7));
    }
  });

  it("there and back again", () => {
    const there = solve(problem.f, problem.y0, options);
    const back = solve(problem.f, there.end.y, { ...options, t0: 9, t1: 5 });
    const middle = there.at(5);
    // Backward, errors of 1e-10 grow by e^(3 * 4) = 2e5.
    back.end.y.forEach((y, i) => expect(Math.abs(y - middle[i])).toBeLessThan(2e-4));
  });

  it("solutions superpose", () => {
    const { f, y0 } = linearProblem(evenly(20, -5, 0.1), false);
    const other = stream(3, "other").fillNormal(new Float64Array(20));
    const end = (y: Float64Array) => solve(f, y, { t1: 7, method, rtol: 1e-10, atol: 1e-12 }).end.y;
    const [one, two] = [end(y0), end(other)];
    // Tolerances of 1e-10 times states of order one, three times.
    end(y0.map((y, i) => y - 2 * other[i])).forEach((y, i) => {
      expect(Math.abs(y - one[i] + 2 * two[i])).toBeLessThan(1e-9);
    });
  });

  it("a state at rest and a state of zeros stay where they are", () => {
    const { f, y0 } = linearProblem([-1, -2], false);
    expect([...solve(f, [0, 0], { t1: 5, method }).end.y]).toEqual([0, 0]);
    const still: RightHandSide = (_t, y, dy) => y.forEach((x, i) => dy[i] = y0[i] - x);
    expect([...solve(still, y0, { t1: 5, method }).end.y]).toEqual([...y0]);
  });

  it("from zero under a force, with a small start, and near a steady state, digits are kept", () => {
    const target = Float64Array.of(1, -2, 3);
    const rates = [0.5, 1, 4];
    const pull: RightHandSide = (_t, y, dy) => target.forEach((x, i) => dy[i] = rates[i] * (x - y[i]));
    for (const distance of [target.map((x) => -x), target.map((x) => 1e-9 - x), target.map(() => 1e-7)]) {
      const y0 = target.map((x, i) => x + distance[i]);
      const { y } = solve(pull, y0, { t1: 2, method, rtol: 1e-12, atol: 1e-14 }).end;
      // |t f| = 24 is rounded a hundred times on the way.
      y.forEach((v, i) =>
        expect(Math.abs(v - target[i] - distance[i] * Math.exp(-2 * rates[i]))).toBeLessThan(5e-13)
      );
    }
  });

  it("tiny and huge units of time and state change nothing", () => {
    const { f, y0, exact } = linearProblem(evenly(10, -3, -0.1), true);
    for (const [time, size] of [[1e-9, 1], [1e9, 1], [1, 1e-12], [1, 1e12]]) {
      const scaled: RightHandSide = (t, y, dy) => {
        f(t, y.map((x) => x / size), dy);
        dy.forEach((x, i) => dy[i] = x * size / time);
      };
      const { end } = solve(scaled, y0.map((x) => x * size), {
        t1: 5 * time,
        method,
        rtol: 1e-8,
        atol: 1e-11 * size,
      });
      expect(errorInTolerances(end.y.map((x) => x / size), exact(5), 1e-8, 1e-11)).toBeLessThan(1);
    }
  });
});

it("under a force, steps are shortened while its rounding would exceed the tolerance", () => {
  // Rates up to 1e4 over t = 100: products of size |t f| = 1e7 round to 1e-9 times their number.
  const { f, y0, exact } = linearProblem(evenly(30, -1e4, -1e-2), true);
  const end = (t1: number, rtol: number) => {
    const path = solve(f, y0, { t1, method, rtol, atol: 1e-3 * rtol });
    return { steps: path.stats.steps, error: relativeToNorm(path.end.y, exact(t1), rtol, 1e-3 * rtol) };
  };
  expect(end(100, 1e-4).steps).toBe(1);
  expect(end(100, 1e-4).error).toBeLessThan(1);
  const tight = end(100, 1e-10);
  expect(tight.steps).toBeGreaterThan(1);
  // A itself is rounded by 1e4 * 2e-16, which moves the slow eigenvalues times t by some 2e-10: a few tolerances.
  expect(tight.error).toBeLessThan(20);
});

describe("events and steady states", () => {
  // y = 3 e^-4t - 2 e^-t: crosses zero at t = ln(3/2) / 3; e^-40t plays along.
  const modes: RightHandSide = (_t, y, dy) => [4, 1, 40].forEach((rate, i) => dy[i] = -rate * y[i]);

  it("sign changes inside the one long step are found", () => {
    const value = (_t: number, y: Float64Array) => y[0] + y[1] + y[2];
    // 3 e^-4t - 2 e^-t - 4 e^-40t starts below zero, rises above it and falls again.
    const path = solve(modes, [3, -2, -4], {
      t1: 20,
      method,
      rtol: 1e-11,
      atol: 1e-13,
      events: [{ value }],
    });
    expect(path.stats.steps).toBe(1);
    expect(path.events).toHaveLength(2);
    for (const { t } of path.events) {
      const exact = 3 * Math.exp(-4 * t) - 2 * Math.exp(-t) - 4 * Math.exp(-40 * t);
      expect(Math.abs(exact)).toBeLessThan(1e-10);
    }
    // The third mode, 4 e^-5.4 = 0.018 by then, moves the root of the other two by 0.004.
    expect(Math.abs(path.events[1].t - Math.log(1.5) / 3)).toBeLessThan(0.01);
  });

  it("a terminal event stops the solve, and the solution ends there", () => {
    const events = [{ name: "half", value: (_t: number, y: Float64Array) => y[1] - 0.5, terminal: true }];
    const path = solve(modes, [1, 1, 1], {
      t1: 20,
      method,
      rtol: 1e-10,
      atol: 1e-12,
      events,
      sampleAt: [0.5, 1],
    });
    expect(path.status).toBe("event");
    expect(Math.abs(path.end.t - Math.LN2)).toBeLessThan(1e-9);
    expect([...path.t]).toEqual([0.5]);
    expect(() => path.at(1)).toThrow(/known for t between 0 and/);
  });

  it("a steady state is found long before the end", () => {
    const path = solve(modes, [1, 1, 1], { t1: 1e4, method, steadyState: true, rtol: 1e-6, atol: 1e-6 });
    expect(path.status).toBe("steady");
    // e^-t < 1e-6 at t = 13.8; steps double.
    expect(path.end.t).toBeGreaterThan(13);
    expect(path.end.t).toBeLessThan(40);
  });
});

describe("refused with the method to use instead", () => {
  const a = linearProblem(evenly(8, -3, -0.5), false);
  const but =
    (change: (t: number, y: Float64Array, dy: Float64Array) => void): RightHandSide => (t, y, dy) => {
      a.f(t, y, dy);
      change(t, y, dy);
    };
  const refusals: [string, RightHandSide, RegExp][] = [
    ["a cubic term", but((_t, y, dy) => void (dy[2] -= 1e-4 * y[2] ** 3)), /not linear/],
    ["a rectifier", (_t, y, dy) => y.forEach((x, i) => dy[i] = -Math.max(x, 0)), /not linear/],
    ["an absolute value", (_t, y, dy) => y.forEach((x, i) => dy[i] = -Math.abs(x)), /not linear/],
    ["a saturation", (_t, y, dy) => y.forEach((x, i) => dy[i] = -Math.tanh(x)), /not linear/],
    ["a force that depends on t", but((t, _y, dy) => void (dy[0] += 1e-3 * Math.sin(t))), /depends on t/],
    ["a rate that depends on t", (t, y, dy) => y.forEach((x, i) => dy[i] = -x * (1 + t)), /depends on t/],
    [
      "a rotation",
      (_t, y, dy) => y.forEach((_x, i) => dy[i] = i % 2 ? y[i - 1] : -y[i + 1]),
      /not symmetric/,
    ],
    [
      "a skew part of a millionth",
      but((_t, y, dy) => {
        dy[0] += 1e-6 * y[5];
        dy[5] -= 1e-6 * y[0];
      }),
      /not symmetric/,
    ],
    ["a Jordan block", (_t, y, dy) => y.forEach((x, i) => dy[i] = -x + (y[i + 1] ?? 0)), /not symmetric/],
    ["a pole at zero", (_t, y, dy) => y.forEach((x, i) => dy[i] = 1 / x), /not finite at y = 0/],
  ];

  it.each(refusals)("%s", (_name, f, sentence) => {
    for (const y0 of [a.y0, a.y0.map((x) => 3 * x)]) {
      const call = () => solve(f, y0, { t1: 5, method, rtol: 1e-8 });
      expect(call).toThrow(OdeError);
      expect(call).toThrow(sentence);
      expect(call).toThrow(/use "dop853"/);
    }
  });

  it("the flow without the change is solved: the probes are not trigger-happy", () => {
    expect(solve(but(() => {}), a.y0, { t1: 5, method, rtol: 1e-8 }).status).toBe("done");
  });

  it("a wall that only the solution runs into is found at its end", () => {
    const wall: RightHandSide = (_t, y, dy) => y.forEach((x, i) => dy[i] = (1 + i) / 8 * Math.min(x, 1e3));
    const call = () => solve(wall, a.y0.map(Math.abs), { t1: 15, method });
    expect(call).toThrow(/at t = 15 .* not linear or depends on t/);
  });

  it("a skew part hidden from y0 is found by the random vectors", () => {
    // y0 lies in the symmetric half.
    const half: RightHandSide = (_t, y, dy) => {
      for (let i = 0; i < 6; i++) dy[i] = -y[i];
      [dy[6], dy[7]] = [y[7], -y[6]];
    };
    expect(() => solve(half, [1, 1, 1, 1, 1, 1, 0, 0], { t1: 5, method })).toThrow(/not symmetric/);
  });

  it("a drive that both ends of the interval do not feel", () => {
    const hum = but((t, _y, dy) => void (dy[0] += Math.sin(2 * Math.PI * t / 5)));
    expect(() => solve(hum, a.y0, { t1: 5, method })).toThrow(/f depends on t: between t = 0 and 3.09/);
  });

  it("a skew part beside a force and a start that is almost zero", () => {
    const skew = but((_t, y, dy) => {
      dy.forEach((x, i) => dy[i] = 1 + x);
      dy[0] += 1e-6 * y[5];
      dy[5] -= 1e-6 * y[0];
    });
    expect(() => solve(skew, a.y0.map((x) => 1e-12 * x), { t1: 5, method })).toThrow(/not symmetric/);
  });

  it("but not a matrix that is a multiple of one up to rounding", () => {
    for (const spread of [0, 1e-15, 1e-13, 1e-12, 1e-9, 1e-6]) {
      const { f, y0, exact } = linearProblem(evenly(30, -1 - spread, -1 + spread), false);
      const path = solve(f, y0, { t1: 3, method, rtol: 1e-9, atol: 1e-12 });
      expect(errorInTolerances(path.end.y, exact(3), 1e-9, 1e-12)).toBeLessThan(1);
    }
  });

  it("a fixed step", () => {
    expect(() => solve(a.f, a.y0, { t1: 5, method, fixedStep: 1 })).toThrow(/has no fixedStep.*use maxStep/);
  });
});

it("a flow that grows beyond all numbers ends as not finite, valid up to there", () => {
  const path = solve((_t, y, dy) => void (dy[0] = y[0]), [1], { t1: 2000, method, rtol: 1e-6 });
  expect(path.status).toBe("not-finite");
  expect(path.end.t).toBeGreaterThan(600);
  expect(Math.abs(Math.log(path.end.y[0]) - path.end.t)).toBeLessThan(1e-4);
});

it("one solve leaves nothing behind for another of the same size", () => {
  const [p, q] = [linearProblem(evenly(8, -3, -1), true), linearProblem(evenly(8, -30, 2), false, 9)];
  const once = solve(p.f, p.y0, { t1: 4, method });
  const middle = [...once.at(1.7)];
  const other = solve(q.f, q.y0, { t1: 4, method });
  other.at(0.3);
  expect([...once.at(1.7)]).toEqual(middle);
  expect([...solve(p.f, p.y0, { t1: 4, method }).end.y]).toEqual([...once.end.y]);
});

it("a solve inside the right-hand side of another does not disturb it", () => {
  const [outer, inner] = [linearProblem(evenly(8, -3, -1), true), linearProblem(evenly(8, -30, 2), false, 9)];
  const plain = solve(outer.f, outer.y0, { t1: 4, method });
  const nested = solve(
    (t, y, dy) => {
      solve(inner.f, inner.y0, { t1: 0.1, method });
      outer.f(t, y, dy);
    },
    outer.y0,
    { t1: 4, method },
  );
  expect(nested.y).toEqual(plain.y);
  expect(nested.stats).toEqual(plain.stats);
});
