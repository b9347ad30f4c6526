/** @module Thinning keeps what the eye would miss; extents ignore what cannot be drawn. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { extent, points, thin } from "../../lib/figure/mod.ts";

const curve = (n: number, f: (x: number) => number) =>
  points(
    Float64Array.from({ length: n }, (_, i) => i + 1),
    Float64Array.from({ length: n }, (_, i) => f(i + 1)),
  );

test("thin keeps at most the wished number of points, its ends, and its highest and lowest", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 5, maxLength: 800 }),
    fc.integer({ min: 4, max: 500 }),
    fc.boolean(),
    (ys, count, log) => {
      const all = curve(ys.length, (x) => ys[x - 1]);
      const kept = thin(all, count, { log });
      expect(kept.length).toBeLessThanOrEqual(count);
      expect(kept[0]).toBe(all[0]);
      expect(kept.at(-1)).toBe(all.at(-1));
      expect(extent(kept.map(({ y }) => y))).toEqual(extent(ys));
      for (let i = 1; i < kept.length; i++) expect(kept[i].x).toBeGreaterThan(kept[i - 1].x);
    },
  ));
});

test("thin keeps a single spike among ten thousand points", () => {
  const kept = thin(curve(10_000, (x) => (x === 7321 ? 100 : 0)));
  expect(kept.filter(({ y }) => y === 100)).toHaveLength(1);
});

test("thin spreads points over powers of ten when x spans several", () => {
  const kept = thin(curve(100_000, (x) => 1 / x), 200);
  const early = kept.filter(({ x }) => x <= 1000).length;
  // Three of five powers of ten; a linear thinning would keep only one or two of them.
  expect(early).toBeGreaterThan(60);
  expect(thin(curve(100_000, (x) => 1 / x), 200, { log: false }).filter(({ x }) => x <= 1000).length)
    .toBeLessThan(6);
});

test("thin starts at time zero without losing the rest of a logarithmic axis", () => {
  const kept = thin(
    points(Float64Array.from({ length: 5000 }, (_, i) => i), new Float64Array(5000).fill(1)),
    100,
    { log: true },
  );
  expect(kept[0].x).toBe(0);
  expect(kept.length).toBeGreaterThan(40);
});

test("a short curve is left alone, a disordered one refused", () => {
  const short = curve(10, (x) => x);
  expect(thin(short)).toEqual(short);
  expect(() => thin(points([2, 1], [0, 0]))).toThrow(/ascending order, got 2 before 1/);
});

test("points refuses arrays of different lengths", () => {
  expect(() => points([1, 2], [1])).toThrow(/got 2 x, 1 y/);
  expect(() => points([1], [1], [])).toThrow(/0 se/);
});

test("extent ignores what has no place on the axis and refuses nothing at all", () => {
  expect(extent([3, NaN, -1, Infinity])).toEqual([-1, 3]);
  expect(extent([3, 0, -1, 0.5], { log: true })).toEqual([0.5, 3]);
  expect(extent([0, 10], { pad: 0.1 })).toEqual([-1, 11]);
  expect(() => extent([0, -1], { log: true })).toThrow(/no positive finite value/);
});
