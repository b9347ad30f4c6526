/**
 * Adaptive integration of one function over a finite or infinite interval.
 *
 * @module
 */

import { type Estimate, gaussKronrod21 } from "./gauss_kronrod.ts";

/** Options of {@link integrate}. */
export interface IntegrateOptions {
  /** Relative tolerance. Default 1e-10. */
  rtol?: number;
  /** Absolute tolerance. Default 1e-14. */
  atol?: number;
  /** Give up after this many intervals. Default 1000. */
  maxIntervals?: number;
}

/** x and dx/du for u in (0, 1]; u is the distance from one end, so that end is resolved down to 1e-308. */
type Path = (u: number) => [x: number, speed: number];

type Piece = Estimate & { path: Path; from: number; to: number };

/**
 * Smooth maps from (0, 1] to either half of the interval, u = 0 being the end. They start as $u^2$, which flattens
 * an integrable singularity there: $x^{-1/2}$ becomes a constant, $\log x$ a bounded function.
 */
function pathsTo(a: number, b: number): [fromA: Path, fromB: Path] {
  const near = (u: number) => 0.5 * u * u * (3 - u); // g: 0 -> 0 and 1 -> 1, with slope 0 and 3/2
  const slope = (u: number) => 1.5 * u * (2 - u);
  if (Number.isFinite(a) && Number.isFinite(b)) {
    const half = 0.5 * (b - a);
    return [(u) => [a + half * near(u), half * slope(u)], (u) => [b - half * near(u), half * slope(u)]];
  }
  if (Number.isFinite(a)) { // x = a + g / (2 - g), then a + (2 - g) / g
    return [
      (u) => [a + near(u) / (2 - near(u)), (2 * slope(u)) / (2 - near(u)) ** 2],
      (u) => [a + (2 - near(u)) / near(u), (2 * slope(u)) / near(u) ** 2],
    ];
  }
  if (Number.isFinite(b)) {
    const mirror = (path: Path): Path => (u) => {
      const [x, speed] = path(u);
      return [-x, speed];
    };
    const [finite, infinite] = pathsTo(-b, Infinity);
    return [mirror(infinite), mirror(finite)];
  }
  // x = -+ (1 - g) / (g (2 - g)), that is s / (1 - s^2) with s = 1 - g
  const far = (sign: number): Path => (u) => {
    const g = near(u), gap = g * (2 - g);
    return [sign * (1 - g) / gap, (slope(u) * (1 + (1 - g) ** 2)) / gap ** 2];
  };
  return [far(-1), far(1)];
}

/**
 * $\int_a^b f(x)\,dx$ by adaptive 21-point Gauss-Kronrod quadrature, always splitting the worst interval.
 *
 * Either end may be infinite, and f may have an integrable singularity at a finite end. At the end 0 any
 * $x^{-p}$ with p up to 0.9 keeps full accuracy; at another end float64 cannot come closer than its spacing, which
 * is enough for $p \le 1/2$ and for logarithms, and refused beyond. Split at a singularity inside the interval. A
 * narrow peak may be missed, as by every sampling rule.
 *
 * @throws RangeError if f is not finite inside the interval, if the tolerance is not reached (the integral may
 * diverge), or if an end is NaN
 */
export function integrate(
  f: (x: number) => number,
  a: number,
  b: number,
  options: IntegrateOptions = {},
): number {
  const { rtol = 1e-10, atol = 1e-14, maxIntervals = 1000 } = options;
  if (Number.isNaN(a) || Number.isNaN(b)) throw new RangeError(`integrate needs two ends, got ${a} and ${b}`);
  if (!(rtol >= 0 && atol >= 0)) {
    throw new RangeError(`tolerances must be >= 0, got rtol ${rtol}, atol ${atol}`);
  }
  if (a === b) return 0;
  if (a > b) return -integrate(f, b, a, options);
  const [fromA, fromB] = pathsTo(a, b);
  const measure = (path: Path, from: number, to: number): Piece => {
    const along = (u: number): number => {
      const [x, speed] = path(u);
      const value = f(x);
      if (!Number.isFinite(value)) {
        const hint = x === a || x === b ? " (the end itself: shift the variable so that this end is 0)" : "";
        throw new RangeError(`integrate: the function is ${value} at ${x}${hint}`);
      }
      const weighted = value === 0 ? 0 : value * speed;
      if (!Number.isFinite(weighted)) {
        throw new RangeError(`integrate: the integral seems to diverge near ${x}`);
      }
      return weighted;
    };
    return { path, from, to, ...gaussKronrod21(along, from, to) };
  };
  const pieces = [measure(fromA, 0, 1), measure(fromB, 0, 1)];
  for (;;) {
    let value = 0, error = 0, magnitude = 0, worst = 0;
    pieces.forEach((piece, i) => {
      value += piece.value;
      error += piece.error;
      magnitude += piece.magnitude;
      if (piece.error > pieces[worst].error) worst = i;
    });
    // Below 50 roundings of the integral of |f| no further split can help.
    if (error <= Math.max(atol, rtol * Math.abs(value), 50 * Number.EPSILON * magnitude)) return value;
    const { path, from, to } = pieces[worst];
    const middle = 0.5 * (from + to);
    if (pieces.length >= maxIntervals || middle <= from || middle >= to) {
      throw new RangeError(
        `integrate did not reach its tolerance on [${a}, ${b}] (value ${value}, error estimate ${error} after ` +
          `${pieces.length} intervals): the integral may diverge, or needs splitting at a singularity`,
      );
    }
    pieces[worst] = measure(path, from, middle);
    pieces.push(measure(path, middle, to));
  }
}
