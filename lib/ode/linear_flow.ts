/** @module What `chebyshev` finds out about a right-hand side before it trusts it: offset, spectrum, linearity, symmetry. */
import { lanczos } from "./lanczos.ts";
import { allFinite, type StepperProblem } from "./stepper.ts";
import { OdeError } from "./types.ts";
import { dot, norm } from "./vectors.ts";

/** $f(v) = A v + b$ with every eigenvalue of A between `low` and `high`, as far as is known. */
export interface LinearFlow {
  /** $b = f(0)$. */
  readonly offset: Float64Array;
  /** Whether b is not zero. */
  readonly forced: boolean;
  low: number;
  high: number;
  /** A size of state at which products are not drowned by the rounding of b. */
  readonly scale: number;
  /** A random unit vector u and A u: $u^T (f(y) - b) = (A u)^T y$ checks any later f(y) for nothing. */
  readonly witness: Float64Array;
  readonly image: Float64Array;
}

/** Products spent on the spectrum; more would shrink the interval by less than they cost. */
export const lanczosSteps = 6;

/** Relative deviations up to this pass as rounding. */
export const promise = (rtol: number): number => Math.max(1e-10, 1e-3 * rtol);

/** Buffers of the inspection. */
export interface Scratch {
  /** A unit vector that is never written to. */
  readonly random: Float64Array;
  readonly start: Float64Array;
  readonly work: readonly [Float64Array, Float64Array];
  readonly sum: Float64Array;
}

/** Refuses with the method to use instead. */
export function refuse(why: string): never {
  throw new OdeError(
    `method "chebyshev" solves f(y) = A y + b with A symmetric, but ${why}: use "dop853", or "rodas5p" when stiff`,
  );
}

/**
 * Learns b, an interval for the spectrum and whether f keeps its promises, in `lanczosSteps + 2` evaluations.
 *
 * Linearity and autonomy: $f(t', y_0 + v)$ must be $f(t_0, y_0) + A v$ for a random v at another time t'. Symmetry:
 * $v_1^T A v_j = v_j^T A v_1$ for every Lanczos vector, without further products; a random $v_1$ satisfies it for j = 2 with
 * probability zero when A is not symmetric (derived: the difference is a quadratic form in $v_1$ of trace
 * $-\tfrac12 \lVert A - A^T \rVert_F^2$). Deviations up to 1e-10, or rtol / 1000 if larger, pass as rounding.
 *
 * @param y State at t.
 * @param g f(t, y).
 */
export function inspectFlow(
  { rhs, rtol, stats }: StepperProblem,
  t: number,
  t1: number,
  y: Float64Array,
  g: Float64Array,
  { random, start, work, sum }: Scratch,
): LinearFlow {
  const n = y.length;
  const offset = new Float64Array(n);
  start.fill(0);
  rhs(t, start, offset);
  stats.evaluations++;
  if (!allFinite(offset)) refuse("f is not finite at y = 0");
  const [sizeY, sizeB, sizeG] = [norm(y), norm(offset), norm(g)];
  const span = Math.abs(t1 - t);
  const scale = Math.max(sizeY, span * sizeB) || 1;
  const tolerance = promise(rtol);

  const multiply = (v: Float64Array, out: Float64Array) => {
    for (let i = 0; i < n; i++) sum[i] = scale * v[i];
    rhs(t, sum, out);
    stats.evaluations++;
    for (let i = 0; i < n; i++) out[i] = (out[i] - offset[i]) / scale;
  };
  // What the rounding of f(v) - b may do to a product.
  const noise = 100 * Number.EPSILON * sizeB / scale;
  const image = new Float64Array(n);
  let products = 0;
  let sizeOfImage = 0;
  let asymmetry = 0;
  start.set(random);
  const ritz = lanczos(multiply, start, lanczosSteps, work, 0.25 / span, (v, product) => {
    if (products++ === 0) {
      image.set(product);
      sizeOfImage = norm(image);
      if (!allFinite(image)) refuse("f is not finite at a random state of the size of y0");
      return;
    }
    const gap = Math.abs(dot(random, product) - dot(image, v));
    const whole = sizeOfImage + norm(product);
    if (whole > 0) asymmetry = Math.max(asymmetry, (gap - noise) / whole);
  });

  // One sum of y0 and the random vector, elsewhere in time: 0.7 because f(-v) = f(v) and the like must not pass.
  const later = t + 0.6180339887498949 * (t1 - t);
  for (let i = 0; i < n; i++) start[i] = y[i] + 0.7 * scale * random[i];
  const deviation = (at: number) => {
    rhs(at, start, sum);
    stats.evaluations++;
    let [gap, size] = [0, 0];
    const factor = 0.7 * scale;
    for (let i = 0; i < n; i++) {
      gap += (sum[i] - g[i] - factor * image[i]) ** 2;
      size += (factor * image[i]) ** 2;
    }
    const whole = Math.sqrt(size) + sizeG + sizeB;
    return whole > 0 ? Math.sqrt(gap) / whole : Math.sqrt(gap);
  };
  const wrong = deviation(later);
  if (!(wrong <= tolerance)) {
    const still = deviation(t);
    if (still <= tolerance) {
      refuse(
        `f depends on t: between t = ${t} and ${later} it changes by ${wrong.toPrecision(2)} of its size`,
      );
    }
    refuse(`f is not linear: superposition fails by ${still.toPrecision(2)} of its size`);
  }
  if (asymmetry > tolerance) {
    refuse(`A is not symmetric: u.Av and v.Au differ by ${asymmetry.toPrecision(2)} of their size`);
  }
  const flow: LinearFlow = {
    offset,
    forced: sizeB > 0,
    low: ritz.low,
    high: ritz.high,
    scale,
    witness: random,
    image,
  };
  widen(flow, ritz, t1 - t);
  return flow;
}

/**
 * Sets the interval around Ritz values. The end that decays gets the whole residual and a hundredth of the width: an
 * interval too wide costs only terms. The end that grows (or decays least) is where the expansion loses digits like
 * $e^{t\delta}$, so its margin is at most 2 / t, and zero when all Ritz values say that the flow decays; what lies beyond
 * shows in the expansion and is repaired there.
 */
export function widen(
  flow: LinearFlow,
  { low, high, lowResidual, highResidual }: {
    low: number;
    high: number;
    lowResidual: number;
    highResidual: number;
  },
  span: number,
): void {
  const width = high - low;
  const generous = (residual: number) => residual + 0.01 * width;
  const careful = (end: number, residual: number) => {
    if (end > 0) return end + Math.min(residual, 2 / Math.abs(span));
    return Math.min(0, end + generous(residual));
  };
  if (span > 0) {
    flow.low = low - generous(lowResidual);
    flow.high = careful(high, highResidual);
  } else {
    flow.high = high + generous(highResidual);
    flow.low = -careful(-low, lowResidual);
  }
}
