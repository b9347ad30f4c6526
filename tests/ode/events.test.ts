/** @module Events, samples and steady states. */
import { describe, expect, it } from "vitest";
import { type EventSpec, logTimes, type MethodName, type RightHandSide, solve } from "../../lib/ode/mod.ts";

const methods: MethodName[] = ["tsit5", "dop853", "rodas5p"];
const circle: RightHandSide = (_t, y, dy) => {
  dy[0] = y[1];
  dy[1] = -y[0];
};
/** (sin t, cos t). */
const start = [0, 1];
const tight = { rtol: 1e-10, atol: 1e-10 };
const height: EventSpec = { name: "height", value: (_t, y) => y[0] };

describe.each(methods)("events with %s", (method) => {
  it("are found at their times, with their states, in order", () => {
    const { events, status } = solve(circle, start, { ...tight, method, t1: 10, events: [height] });
    expect(status).toBe("done");
    // The start lies on the surface and is not one of them.
    expect(events.map(({ t }) => Math.round(t / Math.PI))).toEqual([1, 2, 3]);
    events.forEach(({ t, y, name, index }, i) => {
      // A hundred tolerances: global error over three turns, slope one at the crossing.
      expect(Math.abs(t - (i + 1) * Math.PI)).toBeLessThan(1e-8);
      expect(Math.abs(y[0])).toBeLessThan(1e-13);
      expect(Math.abs(y[1] - (-1) ** (i + 1))).toBeLessThan(1e-8);
      expect([name, index]).toEqual(["height", 0]);
    });
  });

  it("respect their direction, also backward in time", () => {
    const found = (direction: -1 | 1, t1: number) =>
      solve(circle, start, { ...tight, method, t1, events: [{ ...height, direction }] })
        .events.map(({ t }) => Math.round(t / Math.PI));
    expect(found(-1, 10)).toEqual([1, 3]);
    expect(found(1, 10)).toEqual([2]);
    // Along the integration: backward from 0 the sine falls first and rises through zero at -pi.
    expect(found(1, -10)).toEqual([-1, -3]);
    expect(found(-1, -10)).toEqual([-2]);
  });

  it("a terminal one ends the solve there and leaves the solution valid up to it", () => {
    const path = solve(circle, start, { ...tight, method, t1: 10, events: [{ ...height, terminal: true }] });
    expect(path.status).toBe("event");
    expect(path.message).toContain("height");
    const { t, y } = path.end;
    expect(Math.abs(t - Math.PI)).toBeLessThan(1e-8);
    expect(path.t.at(-1)).toBe(t);
    expect(path.y.at(-1)).toEqual(y);
    expect(path.at(t)).toEqual(y);
    // The step in which the event lies is longer than the solution: its interpolant still serves.
    for (const u of [0.5 * t, 0.95 * t, 0.999 * t]) {
      expect(Math.abs(path.at(u)[0] - Math.sin(u))).toBeLessThan(1e-8);
    }
    expect(() => path.at(t + 1e-6)).toThrow(/known for t between 0 and 3\.14/);
  });

  it("several in one step come in order and those after a terminal one do not happen", () => {
    const at = (c: number, extra: Partial<EventSpec> = {}): EventSpec => ({
      name: `c = ${c}`,
      value: (t) => t - c,
      ...extra,
    });
    const slow: RightHandSide = (_t, _y, dy) => void (dy[0] = 1);
    const options = { method, t1: 1, firstStep: 1 };
    const all = solve(slow, [0], { ...options, events: [at(0.7), at(0.2), at(0.5)] });
    expect(all.stats.steps).toBe(1);
    expect(all.events.map(({ name }) => name)).toEqual(["c = 0.2", "c = 0.5", "c = 0.7"]);
    const some = solve(slow, [0], { ...options, events: [at(0.7), at(0.2), at(0.5, { terminal: true })] });
    expect(some.events.map(({ name }) => name)).toEqual(["c = 0.2", "c = 0.5"]);
    expect(some.end.t).toBeCloseTo(0.5, 12);
    expect(some.end.y[0]).toBeCloseTo(0.5, 12);
  });

  it("an event on the first step, one exactly at the end and none at all", () => {
    const slow: RightHandSide = (_t, _y, dy) => void (dy[0] = 1);
    const first = solve(slow, [0], { method, t1: 1, events: [{ value: (t) => t - 1e-7 }] });
    expect(first.events).toHaveLength(1);
    expect(first.events[0].name).toBe("event 0");
    const last = solve(slow, [0], { method, t1: 1, events: [{ value: (t) => t - 1, terminal: true }] });
    expect([last.status, last.end.t]).toEqual(["event", 1]);
    expect(solve(slow, [0], { method, t1: 1, events: [{ value: (t) => t + 1 }] }).events).toEqual([]);
  });

  it("one that falls exactly on the border of two steps happens once", () => {
    const slow: RightHandSide = (_t, _y, dy) => void (dy[0] = 1);
    const { events } = solve(slow, [0], {
      method,
      t1: 1,
      fixedStep: 0.25,
      events: [{ value: (t) => t - 0.5 }],
    });
    expect(events.map(({ t }) => t)).toEqual([0.5]);
  });

  it("samples of a step stop at the terminal event inside it", () => {
    const slow: RightHandSide = (_t, _y, dy) => void (dy[0] = 1);
    const path = solve(slow, [0], {
      method,
      t1: 1,
      firstStep: 1,
      sampleAt: [0.3, 0.8],
      events: [{ value: (t) => t - 0.5, terminal: true }],
    });
    expect([...path.t]).toEqual([0.3]);
  });

  it("a solve restarted at an event does not find it again", () => {
    const options = { ...tight, method, events: [{ ...height, terminal: true }] };
    let { t, y }: { t: number; y: ArrayLike<number> } = { t: 0, y: start };
    for (let turn = 1; turn <= 5; turn++) {
      const path = solve(circle, y, { ...options, t0: t, t1: t + 10 });
      ({ t, y } = path.end);
      expect(Math.abs(t - turn * Math.PI)).toBeLessThan(1e-7);
    }
  });
});

describe.each(methods)("samples with %s", (method) => {
  it("are taken at exactly the requested times, forward and backward", () => {
    const sampleAt = logTimes(1e-3, 7, 40);
    const path = solve(circle, start, { ...tight, method, t1: 7, sampleAt });
    expect(path.t).toEqual(sampleAt);
    path.y.forEach((y, i) => expect(Math.abs(y[0] - Math.sin(sampleAt[i]))).toBeLessThan(1e-7));
    const backward = sampleAt.map((t) => -t);
    const back = solve(circle, start, { ...tight, method, t1: -7, sampleAt: backward });
    expect(back.t).toEqual(backward);
    back.y.forEach((y, i) => expect(Math.abs(y[0] - Math.sin(backward[i]))).toBeLessThan(1e-7));
  });

  it("do not change the steps, and only those reached are reported", () => {
    const plain = solve(circle, start, { method, t1: 7 });
    const sampled = solve(circle, start, { method, t1: 7, sampleAt: [0, 0, 1, 2, 7] });
    expect(sampled.stats.steps).toBe(plain.stats.steps);
    expect(sampled.end.y).toEqual(plain.end.y);
    expect([...sampled.t]).toEqual([0, 0, 1, 2, 7]);
    const stopped = solve(circle, start, {
      method,
      t1: 7,
      sampleAt: [1, 3, 5],
      events: [{ ...height, terminal: true }],
    });
    expect([...stopped.t]).toEqual([1, 3]);
  });
});

it("dop853 computes the three further stages only in steps that need them", () => {
  const options = { t1: 7, method: "dop853" } as const;
  const plain = solve(circle, start, options);
  const two = solve(circle, start, { ...options, sampleAt: [3.3, 3.300001, 7] });
  expect(two.stats.evaluations).toBe(plain.stats.evaluations + 3);
  // Twelve a step after the two of the initial step; eleven for a rejected one.
  expect(plain.stats.evaluations).toBe(2 + 12 * plain.stats.steps + 11 * plain.stats.rejected);
});

describe.each(methods)("steady states with %s", (method) => {
  const relax: RightHandSide = (_t, y, dy) => {
    dy[0] = 1 - y[0];
    dy[1] = 3 * (2 - y[1]);
  };

  it("stop the solve where every component stands still", () => {
    const path = solve(relax, [0, 0], { method, t1: 1e6, steadyState: { rtol: 1e-6, atol: 1e-6 } });
    expect(path.status).toBe("steady");
    expect(path.end.t).toBeLessThan(100);
    // |1 - y| < 1e-6 + 1e-6 |y| by the definition.
    expect(Math.abs(path.end.y[0] - 1)).toBeLessThan(2.1e-6);
    expect(Math.abs(path.end.y[1] - 2)).toBeLessThan(2.1e-6);
    // It stops at the first step that qualifies, not some time later.
    expect(Math.abs(path.y.at(-2)![0] - 1)).toBeGreaterThan(1e-6);
  });

  it("are relative to the size of the state, by the rtol of the solve unless told otherwise", () => {
    // f = 1 is a thousandth of a millionth of y: steady at rtol 1e-6, not at 1e-12.
    const creep: RightHandSide = (_t, _y, dy) => void (dy[0] = 1);
    const ends = (steadyState: true | { rtol: number }) =>
      solve(creep, [1e9], { method, t1: 10, rtol: 1e-6, atol: 1e-9, steadyState }).status;
    expect(ends(true)).toBe("steady");
    expect(ends({ rtol: 1e-12 })).toBe("done");
  });

  it("are not mistaken where only one component stands still, nor without being asked for", () => {
    const drift: RightHandSide = (_t, y, dy) => [dy[0], dy[1]] = [1 - y[0], 0.1];
    expect(solve(drift, [0, 0], { method, t1: 40, steadyState: true }).status).toBe("done");
    expect(solve(relax, [1, 2], { method, t1: 40 }).status).toBe("done");
    expect(solve(relax, [1, 2], { method, t1: 40, steadyState: true }).status).toBe("steady");
  });
});
