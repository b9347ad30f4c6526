/** @module Minimisation of a smooth function of a few variables: BFGS with a backtracking line search. */

/** A value and its gradient. */
export interface Evaluation {
  /** f(x). */
  readonly value: number;
  /** Gradient, as long as x. */
  readonly gradient: Float64Array;
}

/** What the minimiser found. */
export interface Minimum {
  /** The best point. */
  readonly x: Float64Array;
  /** f there. */
  readonly value: number;
  /** Iterations made. */
  readonly iterations: number;
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);

/**
 * Minimises f from x0. Trial points where f is not finite are stepped back from, so f may explode elsewhere.
 * Stops after `maxIterations` (default 200) or when an iteration gains less than 1e-7 of the value.
 */
export function bfgs(f: (x: Float64Array) => Evaluation, x0: Float64Array, maxIterations = 200): Minimum {
  const size = x0.length;
  let x = x0.slice(), here = f(x), iterations = 0, idle = 0;
  if (!Number.isFinite(here.value)) throw new RangeError("bfgs needs a start where f is finite");
  const inverse = new Float64Array(size * size); // of the Hessian
  const reset = (scale: number) => {
    inverse.fill(0);
    for (let i = 0; i < size; i++) inverse[i * size + i] = scale;
  };
  reset(0.1 / Math.max(1e-12, Math.sqrt(dot(here.gradient, here.gradient))));
  while (iterations < maxIterations && idle < 3) {
    iterations++;
    let direction = here.gradient.map((_, i) =>
      -here.gradient.reduce((sum, g, j) => sum + inverse[i * size + j] * g, 0)
    );
    let slope = dot(direction, here.gradient);
    if (!(slope < 0)) {
      reset(0.1 / Math.max(1e-12, Math.sqrt(dot(here.gradient, here.gradient))));
      direction = here.gradient.map((g) => -g * inverse[0]);
      slope = dot(direction, here.gradient);
    }
    let length = 1, next = x, there = here;
    for (let halving = 0; halving < 40; halving++, length /= 2) {
      next = x.map((value, i) => value + length * direction[i]);
      there = f(next);
      if (there.value <= here.value + 1e-4 * length * slope) break;
    }
    if (!(there.value < here.value)) break;
    idle = here.value - there.value < 1e-7 * Math.abs(here.value) ? idle + 1 : 0;
    const s = next.map((value, i) => value - x[i]), y = there.gradient.map((g, i) => g - here.gradient[i]);
    const curvature = dot(s, y);
    if (curvature > 1e-10 * Math.sqrt(dot(s, s) * dot(y, y))) {
      const Hy = y.map((_, i) => y.reduce((sum, value, j) => sum + inverse[i * size + j] * value, 0));
      const factor = (1 + dot(y, Hy) / curvature) / curvature;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          inverse[i * size + j] += factor * s[i] * s[j] - (Hy[i] * s[j] + s[i] * Hy[j]) / curvature;
        }
      }
    }
    [x, here] = [next, there];
  }
  return { x, value: here.value, iterations };
}
