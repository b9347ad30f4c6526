/** @module Ticks of logarithmic axes and how numbers are written. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatNumber, formatPower, superscript } from "../../lib/figure/mod.ts";
import { logTicks } from "../../lib/figure/ticks.ts";

test("numbers are written for readers", () => {
  expect([1e-3, 2e4, 1, -1e-7, 0].map(formatPower)).toEqual(["10⁻³", "2×10⁴", "10⁰", "−10⁻⁷", "0"]);
  expect([0.1 + 0.2, 512, 12345, 1e5, 1e-4, -0.5, 0].map((x) => formatNumber(x)))
    .toEqual(["0.3", "512", "12345", "10⁵", "10⁻⁴", "−0.5", "0"]);
  expect(superscript(-12)).toBe("⁻¹²");
});

describe("logTicks", () => {
  test("labels powers of ten over many of them, with power labels", () => {
    const { major, format } = logTicks(1e-5, 3);
    expect(major).toEqual([1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]);
    expect(major.map(format)).toEqual(["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"]);
  });

  test("labels every second or third power when there are too many", () => {
    const { major, minor } = logTicks(1e-12, 1, 5);
    expect(major).toEqual([1e-12, 1e-9, 1e-6, 1e-3, 1]);
    expect(minor).toHaveLength(8);
  });

  test("labels multiples on a short axis, in plain numbers, as many as are needed and fit", () => {
    const labels = (low: number, high: number, count: number) => {
      const { major, format } = logTicks(low, high, count);
      return major.map(format);
    };
    expect(labels(0.3, 4, 7)).toEqual(["0.5", "1", "2"]);
    expect(labels(0.02, 0.09, 6)).toEqual(["0.02", "0.03", "0.05", "0.07"]);
    expect(labels(20, 3000, 6)).toEqual(["30", "100", "300", "1000", "3000"]);
    expect(labels(1e5, 1e6, 4)).toEqual(["10⁵", "2×10⁵", "5×10⁵", "10⁶"]);
  });

  test("labels powers of two in base two", () => {
    const { major, format } = logTicks(4, 64, 8, 2);
    expect(major.map(format)).toEqual(["4", "8", "16", "32", "64"]);
  });

  test("never crowds, never leaves the axis, never repeats a tick, never leaves it bare", () => {
    fc.assert(fc.property(
      fc.double({ min: -12, max: 12, noNaN: true }),
      fc.double({ min: 0.01, max: 20, noNaN: true }),
      fc.integer({ min: 3, max: 9 }),
      (start, span, count) => {
        const [low, high] = [10 ** start, 10 ** (start + span)];
        const { major, minor } = logTicks(low, high, count);
        expect(major.length).toBeGreaterThanOrEqual(1);
        expect(major.length).toBeLessThanOrEqual(count + 2);
        expect(new Set([...major, ...minor]).size).toBe(major.length + minor.length);
        for (const tick of [...major, ...minor]) {
          expect(tick).toBeGreaterThanOrEqual(low * (1 - 1e-8));
          expect(tick).toBeLessThanOrEqual(high * (1 + 1e-8));
        }
      },
    ));
  });

  test("refuses an axis that reaches zero", () => {
    expect(() => logTicks(0, 1)).toThrow(/needs positive finite ends, got 0 and 1/);
  });
});
