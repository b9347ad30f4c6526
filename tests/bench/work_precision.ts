/** @module Comparing two solvers where it counts: the time each needs for the same achieved error. */

/** One run of one method at one tolerance. */
export interface Point {
  readonly method: string;
  readonly error: number;
  readonly ms: number;
}

/**
 * The least time in which any method reaches `error`: along each method's curve log(time) is interpolated linearly in
 * log(error); a run that is more accurate than asked counts as it is. Both sides are read by this one function.
 *
 * @returns null when no run is that accurate.
 */
export function timeAtError(points: readonly Point[], error: number): { ms: number; method: string } | null {
  let best: { ms: number; method: string } | null = null;
  const offer = (ms: number, method: string) => {
    if (best === null || ms < best.ms) best = { ms, method };
  };
  for (const method of new Set(points.map((point) => point.method))) {
    const curve = points.filter((point) => point.method === method).sort((a, b) => b.error - a.error);
    curve.filter((point) => point.error <= error).forEach((point) => offer(point.ms, method));
    for (let i = 1; i < curve.length; i++) {
      const [loose, tight] = [curve[i - 1], curve[i]];
      if (!(loose.error > error && error > tight.error)) continue;
      const part = Math.log(loose.error / error) / Math.log(loose.error / tight.error);
      offer(Math.exp((1 - part) * Math.log(loose.ms) + part * Math.log(tight.ms)), method);
    }
  }
  return best;
}

/**
 * Milliseconds a call takes: of 15 samples, each the mean over about 3 ms of calls, the fastest. Noise only adds, and the
 * peers' times are likewise the fastest of several means.
 */
export function fastestMs(call: () => unknown, samples = 15): number {
  const begin = performance.now();
  let calls = 0;
  while (performance.now() < begin + 60) {
    call();
    calls++;
  }
  const repeats = Math.max(1, Math.round(3 * calls / (performance.now() - begin)));
  const times = Array.from({ length: samples }, () => {
    const from = performance.now();
    for (let i = 0; i < repeats; i++) call();
    return (performance.now() - from) / repeats;
  });
  return Math.min(...times);
}
