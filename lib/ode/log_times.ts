/** @module Times spaced evenly in their logarithm, for plateaus that end decades later. */
import { OdeError } from "./types.ts";

/**
 * `count` times from `first` to `last` with a constant ratio; both ends are exact.
 *
 * @throws {OdeError} When an end is not positive and finite, or count is not an integer of at least 2.
 */
export function logTimes(first: number, last: number, count: number): Float64Array {
  for (const [name, value] of Object.entries({ first, last })) {
    if (!(value > 0 && value < Infinity)) {
      throw new OdeError(`logTimes: ${name} must be positive and finite, got ${value}`);
    }
  }
  if (!(Number.isInteger(count) && count >= 2)) {
    throw new OdeError(`logTimes: count must be an integer of at least 2, got ${count}`);
  }
  const ratio = Math.log(last / first) / (count - 1);
  const times = Float64Array.from({ length: count }, (_, i) => first * Math.exp(ratio * i));
  times[count - 1] = last;
  return times;
}
