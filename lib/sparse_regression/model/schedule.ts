/** @module The learning rate of the trainings: up along a cosine, then down to almost nothing. */

/**
 * One-cycle schedule: from peak/25 up to the peak over the first `warm` part of the steps, then down to peak/10^4, both
 * along half a cosine.
 * @param warm fraction of the steps before the peak; default 0.3
 */
export function oneCycle(peak: number, steps: number, warm = 0.3): (step: number) => number {
  if (!(peak > 0)) throw new RangeError(`the peak learning rate must be > 0, got ${peak}`);
  if (!(warm > 0 && warm < 1)) throw new RangeError(`warm must be between 0 and 1, got ${warm}`);
  const top = warm * steps;
  const between = (from: number, to: number, part: number) =>
    to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, part)));
  return (step) =>
    step < top
      ? between(peak / 25, peak, step / top)
      : between(peak, peak / 1e4, (step - top) / Math.max(1, steps - top));
}
