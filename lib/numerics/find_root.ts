/**
 * Brent's method: a root of a continuous function between two points where its signs differ.
 *
 * @module
 */

/** Options of {@link findRoot}. */
export interface RootOptions {
  /** Accept an x known to this absolute error (plus 2 units in the last place of x). Default 1e-14. */
  tolerance?: number;
  /** Give up after this many evaluations. Default 200. */
  maxEvaluations?: number;
}

/**
 * A root of `f` in [a, b] by Brent's method (inverse quadratic interpolation, secant, bisection; R. P. Brent,
 * *Algorithms for Minimization without Derivatives*, 1973, ch. 4). Never worse than bisection by more than a factor.
 *
 * @throws RangeError if an end or a value is not finite, or `f(a)` and `f(b)` have the same sign
 */
export function findRoot(f: (x: number) => number, a: number, b: number, options: RootOptions = {}): number {
  const { tolerance = 1e-14, maxEvaluations = 200 } = options;
  if (!Number.isFinite(a) || !Number.isFinite(b)) {
    throw new RangeError(`findRoot needs a finite bracket, got [${a}, ${b}]`);
  }
  if (!(tolerance >= 0)) throw new RangeError(`findRoot needs a tolerance >= 0, got ${tolerance}`);
  const evaluate = (x: number) => {
    const value = f(x);
    if (Number.isNaN(value)) throw new RangeError(`findRoot: the function is NaN at ${x}`);
    return value;
  };
  let fa = evaluate(a), fb = evaluate(b);
  if (fa === 0) return a;
  if (fb === 0) return b;
  if (fa > 0 === fb > 0) {
    throw new RangeError(
      `findRoot needs values of opposite sign at the ends, got f(${a}) = ${fa} and f(${b}) = ${fb}`,
    );
  }
  // b is the best point, c the other side of the bracket, a the previous best.
  let c = a, fc = fa;
  let step = b - a, stepBefore = step;
  for (let evaluations = 2; evaluations < maxEvaluations; evaluations++) {
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const enough = 2 * Number.EPSILON * Math.abs(b) + 0.5 * tolerance;
    const half = 0.5 * (c - b);
    if (Math.abs(half) <= enough || fb === 0) return b;
    if (Math.abs(stepBefore) < enough || Math.abs(fa) <= Math.abs(fb)) {
      step = stepBefore = half;
    } else {
      const s = fb / fa;
      let p: number, q: number;
      if (a === c) { // two points: secant
        p = 2 * half * s;
        q = 1 - s;
      } else { // three points: inverse quadratic
        const t = fa / fc, r = fb / fc;
        p = s * (2 * half * t * (t - r) - (b - a) * (r - 1));
        q = (t - 1) * (r - 1) * (s - 1);
      }
      if (p > 0) q = -q;
      else p = -p;
      const inside = 2 * p < Math.min(3 * half * q - Math.abs(enough * q), Math.abs(stepBefore * q));
      stepBefore = inside ? step : half;
      step = inside ? p / q : half;
    }
    a = b;
    fa = fb;
    b += Math.abs(step) > enough ? step : Math.sign(half) * enough;
    fb = evaluate(b);
    if (fb > 0 === fc > 0) {
      c = a;
      fc = fa;
      step = stepBefore = b - a;
    }
  }
  throw new RangeError(
    `findRoot did not settle within ${maxEvaluations} evaluations, last x = ${b}, f = ${fb}`,
  );
}
