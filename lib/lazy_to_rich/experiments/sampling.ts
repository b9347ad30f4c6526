/** @module When a training is looked at, and what is read off the samples: crossing times, rounded series. */

/** About `count` update counts from 0 to `steps`: a third equally spaced in log step, the rest in step. */
export function sampleSteps(steps: number, count: number): number[] {
  const logarithmic = Math.round(count / 3), linear = count - logarithmic;
  const at = new Set([0, steps]);
  for (let i = 0; i < logarithmic; i++) at.add(Math.round(steps ** (i / logarithmic)));
  for (let i = 1; i < linear; i++) at.add(Math.round(steps * i / linear));
  return [...at].sort((a, b) => a - b);
}

/**
 * The first time at which `values` crosses `level`, linear in between; null when it never does.
 * @param direction +1 upwards, -1 downwards
 */
export function crossing(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  level: number,
  direction: 1 | -1 = 1,
): number | null {
  for (let i = 1; i < times.length; i++) {
    const before = direction * (values[i - 1] - level), after = direction * (values[i] - level);
    if (before < 0 && after >= 0) {
      return times[i - 1] + (times[i] - times[i - 1]) * before / (before - after);
    }
  }
  return null;
}
