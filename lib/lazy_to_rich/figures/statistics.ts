/** @module Small helpers of the figures: means over runs, grids, time axes. */
import { mean, standardError } from "../../numerics/mod.ts";
import type { Estimate } from "../../figure/mod.ts";

/** `count` numbers from `low` to `high`, equally spaced. */
export function linear(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low + (high - low) * i / (count - 1));
}

/** `count` numbers from `low` to `high`, equally spaced in the logarithm. */
export function logarithmic(low: number, high: number, count: number): number[] {
  // rounding must not lead beyond the ends: a solution is not known there
  return linear(Math.log(low), Math.log(high), count).map((x) => Math.min(high, Math.max(low, Math.exp(x))));
}

/** Mean over rows and its standard error at every x; a single row has no error. */
export function overRuns(x: readonly number[], rows: readonly (readonly number[])[]): Estimate[] {
  return x.map((at, i) => estimate(at, rows.map((row) => row[i])));
}

/** Mean of repeated measurements at x; without an error when there is only one. */
export function estimate(x: number, values: readonly number[]): Estimate {
  return values.length > 1 ? { x, y: mean(values), se: standardError(values) } : { x, y: values[0] };
}

/** About `count` of the points, spread evenly along a logarithmic (or linear) axis. */
export function spread<P extends { readonly x: number }>(
  points: readonly P[],
  count: number,
  log = true,
): P[] {
  const at = (x: number) => log ? Math.log(x) : x;
  const inside = points.filter(({ x }) => !log || x > 0);
  const first = at(inside[0].x), gap = (at(inside[inside.length - 1].x) - first) / count;
  const kept: P[] = [];
  for (const point of inside) {
    if (kept.length === 0 || at(point.x) - at(kept[kept.length - 1].x) >= gap * 0.999) kept.push(point);
  }
  return kept;
}

/** The items of a list by a key, in order of first appearance. */
export function grouped<T, K>(items: readonly T[], key: (item: T) => K): [K, T[]][] {
  const groups = new Map<K, T[]>();
  for (const item of items) groups.set(key(item), [...groups.get(key(item)) ?? [], item]);
  return [...groups];
}
