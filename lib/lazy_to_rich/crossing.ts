/** @module When a series of samples first crosses a level: the times of phases, of records and of live trainings alike. */

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
