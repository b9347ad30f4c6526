/** @module Laws that hold for every solve: translation in time, superposition, pieces and wholes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type MethodName, type RightHandSide, solve } from "../../lib/ode/mod.ts";

const methods: MethodName[] = ["tsit5", "dop853", "rodas5p"];
const lotka: RightHandSide = (_t, y, dy) => {
  dy[0] = y[0] - y[0] * y[1];
  dy[1] = y[0] * y[1] - y[1];
};
const linear: RightHandSide = (_t, y, dy) => {
  dy[0] = -0.2 * y[0] + 2 * y[1];
  dy[1] = -2 * y[0] - 0.2 * y[1];
};
const value = fc.double({ min: 0.2, max: 3, noNaN: true });
const runs = { numRuns: 30, seed: 7 };

describe.each(methods)("%s", (method) => {
  it("an autonomous flow does not know what time it is", () => {
    fc.assert(
      fc.property(value, value, fc.integer({ min: -64, max: 64 }), (a, b, shift) => {
        const here = solve(lotka, [a, b], { method, t0: 0, t1: 4 });
        const there = solve(lotka, [a, b], { method, t0: shift, t1: shift + 4 });
        expect(there.stats.steps).toBe(here.stats.steps);
        // Only the rounding of t + h differs: 64 units of 1e-16, spread by a factor of e^4 at most.
        there.end.y.forEach((y, i) => expect(Math.abs(y - here.end.y[i])).toBeLessThan(1e-11));
      }),
      runs,
    );
  });

  it("solutions of a linear system superpose when the steps are the same", () => {
    const pair = fc.tuple(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
    );
    fc.assert(
      fc.property(pair, pair, value, (a, b, c) => {
        const end = (y0: number[]) => solve(linear, y0, { method, t1: 3, fixedStep: 0.2 }).end.y;
        const [fromA, fromB] = [end(a), end(b)];
        const sum = end([a[0] + c * b[0], a[1] + c * b[1]]);
        // The difference quotients of rodas5p round relative to the state; explicit methods only round.
        const tolerance = method === "rodas5p" ? 1e-9 : 1e-13;
        sum.forEach((y, i) => expect(Math.abs(y - fromA[i] - c * fromB[i])).toBeLessThan(20 * tolerance));
      }),
      runs,
    );
  });

  it("two pieces make the whole", () => {
    fc.assert(
      fc.property(value, value, fc.double({ min: 0.5, max: 3.5, noNaN: true }), (a, b, middle) => {
        const options = { method, rtol: 1e-9, atol: 1e-9 } as const;
        const whole = solve(lotka, [a, b], { ...options, t1: 4 });
        const first = solve(lotka, [a, b], { ...options, t1: middle });
        const second = solve(lotka, first.end.y, { ...options, t0: middle, t1: 4 });
        // A hundred tolerances, times states up to 10.
        second.end.y.forEach((y, i) => expect(Math.abs(y - whole.end.y[i])).toBeLessThan(1e-6));
        whole.at(middle).forEach((y, i) => expect(Math.abs(y - first.end.y[i])).toBeLessThan(1e-6));
      }),
      runs,
    );
  });

  it("copies of a problem side by side behave as one", () => {
    // The RMS norm, unlike a sum, does not see how many copies there are: the steps are the same.
    const copies = 20;
    const many: RightHandSide = (t, y, dy) => {
      for (let i = 0; i < copies; i++) lotka(t, y.subarray(2 * i, 2 * i + 2), dy.subarray(2 * i, 2 * i + 2));
    };
    const one = solve(lotka, [2, 0.7], { method, t1: 4 });
    const all = solve(many, Array.from({ length: 2 * copies }, (_, i) => i % 2 ? 0.7 : 2), { method, t1: 4 });
    expect(all.stats.steps).toBe(one.stats.steps);
    for (let i = 0; i < 2 * copies; i++) {
      expect(Math.abs(all.end.y[i] - one.end.y[i % 2])).toBeLessThan(1e-10);
    }
  });

  it("asked again, every answer is the same to the last bit", () => {
    const [first, second] = [0, 1].map(() => solve(lotka, [2, 0.7], { method, t1: 4 }));
    expect(second.y).toEqual(first.y);
    const times = [3.3, 0.2, 1.7, 3.3, 3.4];
    expect(times.map((t) => second.at(t))).toEqual(times.map((t) => first.at(t)));
  });
});
