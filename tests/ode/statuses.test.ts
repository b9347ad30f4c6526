/** @module How a solve can end, and which requests are refused. */
import { describe, expect, it } from "vitest";
import {
  type MethodName,
  OdeError,
  type RightHandSide,
  solve,
  type SolveOptions,
} from "../../lib/ode/mod.ts";

const methods: MethodName[] = ["tsit5", "dop853", "rodas5p"];
const decay: RightHandSide = (_t, y, dy) => void (dy[0] = -y[0]);

describe.each(methods)("statuses with %s", (method) => {
  it("done: reaches t1 exactly", () => {
    const path = solve(decay, [1], { method, t0: 0.1, t1: 0.7 });
    expect([path.status, path.end.t, path.t[0], path.t.at(-1)]).toEqual(["done", 0.7, 0.1, 0.7]);
    expect(path.message).toMatch(/reached t1 = 0.7 in \d+ steps/);
  });

  it("max-steps: says where it stopped, and the solution is valid up to there", () => {
    const path = solve(decay, [1], { method, t1: 100, maxSteps: 5, firstStep: 1e-3 });
    expect(path.status).toBe("max-steps");
    expect(path.message).toContain("5 steps were not enough");
    expect(path.stats.steps + path.stats.rejected).toBe(5);
    expect(path.end.t).toBeLessThan(100);
    expect(Math.abs(path.end.y[0] - Math.exp(-path.end.t))).toBeLessThan(1e-5);
  });

  it("not-finite: a solution that explodes is stopped at its pole", () => {
    const path = solve((_t, y, dy) => void (dy[0] = y[0] ** 2), [1], { method, t1: 2 });
    expect(["not-finite", "min-step"]).toContain(path.status);
    // y = 1 / (1 - t); the global error moves the pole by about the tolerance.
    expect(Math.abs(path.end.t - 1)).toBeLessThan(1e-4);
    expect(Number.isFinite(path.end.y[0])).toBe(true);
    expect(Number.isFinite(path.at(0.5)[0])).toBe(true);
  });

  it("not-finite: a right-hand side that ends is approached and never accepted", () => {
    // NaN beyond y = 1/2, reached at t = ln 2.
    const path = solve((_t, y, dy) => void (dy[0] = y[0] < 0.5 ? NaN : -y[0]), [1], { method, t1: 5 });
    expect(path.status).toBe("not-finite");
    expect(path.message).toContain("finite");
    path.y.forEach((y) => expect(y[0]).toBeGreaterThanOrEqual(0.5));
    expect(path.end.t).toBeGreaterThan(0.6);
    expect(path.stats.rejected).toBeGreaterThan(0);
  });

  it("a candidate that is not a number is a rejection, not an end", () => {
    // The first step leaps out of the domain y > 0; smaller ones stay inside.
    const path = solve((_t, y, dy) => void (dy[0] = -Math.sqrt(y[0])), [1], { method, t1: 1, firstStep: 1 });
    expect(path.status).toBe("done");
    expect(Math.abs(path.end.y[0] - 0.25)).toBeLessThan(1e-5);
  });

  it("min-step: a step below the smallest allowed one is refused", () => {
    const kick: RightHandSide = (t, _y, dy) => void (dy[0] = t < 0.5 ? 0 : 1e6 * Math.cos(1e6 * t));
    const path = solve(kick, [0], { method, t1: 1, minStep: 1e-4, maxStep: 0.1 });
    expect(path.status).toBe("min-step");
    expect(path.message).toContain("below the smallest allowed");
    expect(path.end.t).toBeLessThanOrEqual(0.6);
  });

  it("f is never evaluated outside the interval", () => {
    for (const [t0, t1] of [[0.1, 0.7], [0.7, 0.1], [0, 1e-9], [1e8, 1e8 + 1]]) {
      const watched: RightHandSide = (t, y, dy) => {
        if ((t - t0) * (t1 - t) < 0) throw new Error(`evaluated at ${t}`);
        dy[0] = Math.cos(t) * y[0];
      };
      const path = solve(watched, [1], { t0, t1, method, sampleAt: [t0, t0 + (t1 - t0) / 3, t1] });
      expect(path.status).toBe("done");
      path.at(t0 + 0.77 * (t1 - t0));
      expect(solve(watched, [1], { t0, t1, method, firstStep: 1e3 }).status).toBe("done");
    }
  });

  it("a right-hand side of zeros is solved in a few steps, and stays exact", () => {
    const path = solve((_t, _y, dy) => void dy.fill(0), [3, -4], { method, t1: 1e3 });
    expect([...path.end.y]).toEqual([3, -4]);
    expect(path.stats.steps).toBeLessThan(15);
  });

  it("a step that is exact by luck leaves no trace in the controller", () => {
    // Zero error until t = 1, then an oscillation: the error memory must not be zero, infinite or NaN.
    const late: RightHandSide = (t, _y, dy) => void (dy[0] = t < 1 ? 0 : 10 * Math.sin(10 * (t - 1)));
    const path = solve(late, [0], { method, t1: 3, rtol: 1e-7, atol: 1e-7 });
    expect(path.status).toBe("done");
    // A kink in f at t = 1 costs an accepted step or two of tolerance size.
    expect(Math.abs(path.end.y[0] - (1 - Math.cos(20)))).toBeLessThan(1e-5);
  });

  it("the request is not written to, and the answers are the caller's own", () => {
    const y0 = Float64Array.of(1);
    const path = solve(decay, y0, { method, t1: 1 });
    expect([...y0]).toEqual([1]);
    const before = path.at(0.5)[0];
    path.y[0][0] = 99;
    path.at(0.5)[0] = 99;
    expect(path.at(0.5)[0]).toBe(before);
    expect(path.stats).toEqual(solve(decay, y0, { method, t1: 1 }).stats);
  });
});

const refusals: [string, number[], SolveOptions, RegExp][] = [
  ["an empty state", [], { t1: 1 }, /y0 is empty/],
  ["NaN in the state", [1, NaN], { t1: 1 }, /y0\[1\] must be finite, got NaN/],
  ["infinity in the state", [Infinity], { t1: 1 }, /y0\[0\] must be finite, got Infinity/],
  ["t1 = t0", [1], { t0: 2, t1: 2 }, /t1 must differ from t0, both are 2/],
  ["an infinite end", [1], { t1: Infinity }, /t1 must be finite, got Infinity/],
  ["a start that is NaN", [1], { t0: NaN, t1: 1 }, /t0 must be finite/],
  ["a negative rtol", [1], { t1: 1, rtol: -1e-6 }, /rtol must lie between 0 and 1, got -0.000001/],
  ["rtol = 0", [1], { t1: 1, rtol: 0 }, /rtol must lie between 0 and 1, got 0/],
  ["atol = 0", [1], { t1: 1, atol: 0 }, /atol must be positive and finite, got 0/],
  [
    "one NaN among the atol",
    [1, 1],
    { t1: 1, atol: [1e-6, NaN] },
    /atol must be positive and finite, got NaN/,
  ],
  ["too few atol", [1, 1], { t1: 1, atol: [1e-6] }, /atol has 1 entries for 2 components/],
  ["samples beyond the end", [1], { t1: 1, sampleAt: [0.5, 1.5] }, /sampleAt\[1\] = 1.5 lies outside/],
  ["samples before the start", [1], { t1: 1, sampleAt: [-0.5] }, /sampleAt\[0\] = -0.5 lies outside/],
  ["a sample that is NaN", [1], { t1: 1, sampleAt: [NaN] }, /sampleAt\[0\] = NaN lies outside/],
  ["unsorted samples", [1], { t1: 1, sampleAt: [0.5, 0.2] }, /must be sorted .* 0.2 comes after 0.5/],
  ["samples sorted the wrong way round", [1], { t1: -1, sampleAt: [-0.5, -0.2] }, /must be sorted/],
  ["no steps", [1], { t1: 1, maxSteps: 0 }, /maxSteps must be a positive integer, got 0/],
  ["a negative first step", [1], { t1: -1, firstStep: -0.1 }, /firstStep is a size and must be positive/],
  ["a smallest step above the largest", [1], { t1: 1, minStep: 1, maxStep: 0.1 }, /larger than maxStep/],
  [
    "a negative steady tolerance",
    [1],
    { t1: 1, steadyState: { atol: -1 } },
    /steadyState.atol must be positive/,
  ],
  ["an unknown method", [1], { t1: 1, method: "rk4" as MethodName }, /unknown method "rk4": use "tsit5"/],
];

it.each<[MethodName, (y: number) => number, (y: number) => number]>([
  ["dop853", (y) => 1 + y * y, (y) => 2 * y],
  ["rodas5p", (y) => -y * y, (y) => -2 * y],
])(
  "%s does not accept a state whose own derivative is not finite, though no stage saw it",
  (method, g, slope) => {
    const seen: number[] = [];
    const options = {
      method,
      t1: 0.4,
      fixedStep: 0.4,
      autonomous: true,
      jacobian: (_t: number, y: Float64Array, jacobian: Float64Array) => void (jacobian[0] = slope(y[0])),
    };
    const f = (limit: number): RightHandSide => (_t, y, dy) => {
      seen.push(y[0]);
      dy[0] = (y[0] - limit) * Math.sign(limit - 1) > 0 ? NaN : g(y[0]);
    };
    expect(solve(f(Infinity), [1], options).status).toBe("done");
    const last = seen.pop()!;
    // The new state lies beyond all stages; a limit between it and them hides from the stages.
    const extreme = last > 1 ? Math.max(...seen) : Math.min(...seen);
    expect((last - extreme) * Math.sign(last - 1)).toBeGreaterThan(0);
    const path = solve(f((last + extreme) / 2), [1], options);
    expect([path.status, path.end.t, path.stats.steps]).toEqual(["not-finite", 0, 0]);
  },
);

it.each(methods)(
  "%s leaves nothing of one solve for the next, nor for one inside its right-hand side",
  (method) => {
    const driven: RightHandSide = (t, y, dy) => void (dy[0] = Math.cos(5 * t) - y[0]);
    const free = () => solve(decay, [1], { method, t1: 1, autonomous: true });
    const first = free();
    solve(driven, [1], { method, t1: 1 });
    expect(free().y).toEqual(first.y);
    // The inner solve has the same method and size: it must not share a buffer with the outer one.
    const nested = solve(
      (_t, y, dy) => {
        solve(driven, [3], { method, t1: 0.1 });
        dy[0] = -y[0];
      },
      [1],
      { method, t1: 1, autonomous: true },
    );
    expect(nested.y).toEqual(first.y);
    // Nor do two solutions that are asked in turn.
    const other = solve(driven, [1], { method, t1: 1 });
    const alone = first.at(0.41)[0];
    other.at(0.43);
    expect(first.at(0.41)[0]).toBe(alone);
    expect(first.at(0.42)[0]).toBeLessThan(alone);
  },
);

it.each(methods)("%s makes no step longer than maxStep", (method) => {
  const path = solve(decay, [1], { method, t1: 3, maxStep: 0.01, rtol: 1e-3 });
  const sizes = path.t.slice(1).map((t, i) => t - path.t[i]);
  // A last step may be a billionth longer rather than leave a crumb; times up to 3 round by 4e-16.
  expect(Math.max(...sizes)).toBeLessThan(0.01 * (1 + 1e-9) + 1e-15);
});

describe("refused with a sentence", () => {
  it.each(refusals)("%s", (_name, y0, options, sentence) => {
    const call = () => solve((_t, y, dy) => void dy.set(y), y0, options);
    expect(call).toThrow(OdeError);
    expect(call).toThrow(sentence);
  });

  it("a right-hand side that is not finite at the start", () => {
    const call = () => solve((_t, _y, dy) => void (dy[0] = Math.log(-1)), [1], { t1: 1 });
    expect(call).toThrow(/right-hand side is not finite at t0 = 0: got \[NaN\]/);
  });

  it("an error inside the right-hand side passes through", () => {
    const call = () =>
      solve(
        () => {
          throw new TypeError("mine");
        },
        [1],
        { t1: 1 },
      );
    expect(call).toThrow("mine");
  });
});
