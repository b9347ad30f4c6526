/** @module Curves as lists of points: joining arrays, thinning long ones, their extent. */
import { theme } from "./theme.ts";

/** One point of a curve. */
export interface Point {
  /** Position along the x axis. */
  readonly x: number;
  /** Value. */
  readonly y: number;
}

/** A measured point. */
export interface Estimate extends Point {
  /** One standard error of `y`. */
  readonly se?: number;
}

/** Joins arrays of equal length into points: `points(times, losses)`, `points(widths, means, standardErrors)`. */
export function points(x: ArrayLike<number>, y: ArrayLike<number>, se?: ArrayLike<number>): Estimate[] {
  if (x.length !== y.length || (se !== undefined && se.length !== x.length)) {
    throw new RangeError(
      `points needs arrays of one length, got ${x.length} x, ${y.length} y${
        se === undefined ? "" : `, ${se.length} se`
      }`,
    );
  }
  return Array.from(
    x,
    (value, i) => se === undefined ? { x: value, y: y[i] } : { x: value, y: y[i], se: se[i] },
  );
}

/**
 * At most `count` points of a curve, never losing its ends, peaks or valleys.
 *
 * The x range is cut into equal cells, equal in log x when all x are positive and span more than two powers of ten
 * (or as `log` says); each cell keeps its lowest and its highest point. A curve that is short enough is returned
 * unchanged.
 *
 * @param curve points in ascending order of x.
 * @throws RangeError when x is not ascending or `count` is below 4.
 */
export function thin<P extends Point>(
  curve: readonly P[],
  count: number = theme.maxPoints,
  options: { log?: boolean } = {},
): P[] {
  if (!(count >= 4)) throw new RangeError(`thin keeps at least 4 points, got count ${count}`);
  for (let i = 1; i < curve.length; i++) {
    if (!(curve[i].x >= curve[i - 1].x)) {
      throw new RangeError(
        `thin needs x in ascending order, got ${curve[i - 1].x} before ${curve[i].x}; sort the curve first`,
      );
    }
  }
  if (curve.length <= count) return [...curve];
  const first = curve[0].x;
  const last = curve[curve.length - 1].x;
  const log = options.log ?? (first > 0 && last / first > 100);
  const scale = log ? (x: number) => Math.log(Math.max(x, Number.MIN_VALUE)) : (x: number) => x;
  // Zero has no logarithm: the cells start at the first positive x, and everything before falls into the first.
  const low = scale(log ? curve.find((p) => p.x > 0)?.x ?? 1 : first);
  const cells = Math.floor((count - 2) / 2);
  const cellOf = (x: number) =>
    Math.max(0, Math.min(cells - 1, Math.floor(((scale(x) - low) / (scale(last) - low || 1)) * cells)));
  const kept = new Set([0, curve.length - 1]);
  for (let start = 0, end; start < curve.length; start = end) {
    const cell = cellOf(curve[start].x);
    let lowest = start;
    let highest = start;
    for (end = start; end < curve.length && cellOf(curve[end].x) === cell; end++) {
      // Comparisons with NaN are false: a hole is kept only where its cell starts with one, and then seen.
      if (curve[end].y < curve[lowest].y) lowest = end;
      if (curve[end].y > curve[highest].y) highest = end;
    }
    kept.add(lowest).add(highest);
  }
  return [...kept].sort((a, b) => a - b).map((i) => curve[i]);
}

/**
 * Lowest and highest finite value, e.g. for a domain shared by several panels.
 *
 * @param options.log ignores values that are not positive; `pad` widens by that fraction of the (log) range.
 * @throws RangeError when nothing finite is left.
 */
export function extent(
  values: Iterable<number>,
  options: { log?: boolean; pad?: number } = {},
): [number, number] {
  const { log = false, pad = 0 } = options;
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value) || (log && value <= 0)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) {
    throw new RangeError(`extent found no ${log ? "positive " : ""}finite value; the series is empty`);
  }
  if (log) return [low * (low / high) ** pad, high * (high / low) ** pad];
  return [low - pad * (high - low), high + pad * (high - low)];
}
