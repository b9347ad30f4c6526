/** @module When a training is looked at, and what is read off the samples: crossing times, rounded series. */
export { crossing } from "../crossing.ts";

/** About `count` update counts from 0 to `steps`: a third equally spaced in log step, the rest in step. */
export function sampleSteps(steps: number, count: number): number[] {
  const logarithmic = Math.round(count / 3), linear = count - logarithmic;
  const at = new Set([0, steps]);
  for (let i = 0; i < logarithmic; i++) at.add(Math.round(steps ** (i / logarithmic)));
  for (let i = 1; i < linear; i++) at.add(Math.round(steps * i / linear));
  return [...at].sort((a, b) => a - b);
}
