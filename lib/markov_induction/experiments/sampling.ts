/** @module When a training is looked at, and how numbers are rounded for records. */

/** About `count` update counts from 0 to `steps`: half equally spaced in log step, half in step. */
export function sampleSteps(steps: number, count: number, also: readonly number[] = []): number[] {
  const at = new Set([0, steps, ...also.filter((step) => step <= steps)]), half = Math.ceil(count / 2);
  for (let i = 0; i < half; i++) {
    at.add(Math.round(steps ** (i / half)));
    at.add(Math.round(steps * i / half));
  }
  return [...at].sort((a, b) => a - b);
}

/** Seeds 1..count. */
export function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
