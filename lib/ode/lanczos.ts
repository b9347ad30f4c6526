/** @module Where the eigenvalues of a symmetric operator lie, from a few products. */
import { dot, norm } from "./vectors.ts";

/** What a few Lanczos steps know about a spectrum. */
export interface RitzInterval {
  /** Smallest and largest Ritz value: inside the spectrum. */
  readonly low: number;
  readonly high: number;
  /** Residual norms: some eigenvalue lies this close to `low`, and to `high`. */
  readonly lowResidual: number;
  readonly highResidual: number;
}

/** The tridiagonal matrix of the steps so far: diagonal, and what stands beside it. */
interface Tridiagonal {
  readonly alpha: Float64Array;
  readonly beta: Float64Array;
  readonly count: number;
}

/**
 * Runs the Lanczos recurrence without reorthogonalisation, which so few steps do not need.
 *
 * @param product Writes A v into `out`, as a function (v, out).
 * @param start Any vector but zero; destroyed. A random one touches the whole spectrum.
 * @param limit Most products; fewer when an invariant subspace is found.
 * @param work Two vectors of the same length.
 * @param precision How exactly Ritz values are needed; they are at least this close, on the outer side.
 * @param inspect Called with every unit vector and its product, before they are overwritten.
 */
export function lanczos(
  product: (v: Float64Array, out: Float64Array) => void,
  start: Float64Array,
  limit: number,
  work: readonly [Float64Array, Float64Array],
  precision: number,
  inspect?: (v: Float64Array, product: Float64Array) => void,
): RitzInterval {
  const n = start.length;
  const steps = Math.min(limit, n);
  // Own arrays: a product may itself solve something.
  const alpha = new Float64Array(steps), beta = new Float64Array(steps);
  let [v, next, previous] = [start, work[0], work[1]];
  let size = norm(v);
  for (let i = 0; i < n; i++) v[i] /= size;
  let count = 0;
  let scale = 0;
  for (let j = 0; j < steps; j++) {
    // `next` holds the vector before `v` until here, `previous` is free.
    product(v, previous);
    inspect?.(v, previous);
    const w = previous;
    previous = next;
    scale = Math.max(scale, norm(w));
    const a = alpha[j] = dot(v, w);
    const b = j > 0 ? beta[j - 1] : 0;
    // The first step has no vector before it; its buffer holds leftovers.
    if (j === 0) previous.fill(0);
    for (let i = 0; i < n; i++) w[i] -= a * v[i] + b * previous[i];
    beta[j] = size = norm(w);
    count = j + 1;
    if (!(size > 1e-13 * scale)) break;
    for (let i = 0; i < n; i++) w[i] /= size;
    next = v;
    v = w;
    // `previous` is overwritten by the next product.
  }
  const matrix = { alpha, beta, count };
  const [low, high] = [extreme(matrix, -1, precision), extreme(matrix, 1, precision)];
  return {
    low,
    high,
    lowResidual: residual(matrix, low),
    highResidual: residual(matrix, high),
  };
}

/** The extreme eigenvalue of the tridiagonal matrix at hand by bisection on Sturm's count: two dozen flops a halving. */
function extreme(matrix: Tridiagonal, side: -1 | 1, precision: number): number {
  const { alpha, beta, count } = matrix;
  let [inside, outside] = [alpha[0], alpha[0]];
  for (let j = 0; j < count; j++) {
    const spread = (j > 0 ? beta[j - 1] : 0) + (j < count - 1 ? beta[j] : 0);
    inside = side * Math.max(side * inside, side * alpha[j]);
    outside = side * Math.max(side * outside, side * alpha[j] + spread);
  }
  for (let i = 0; i < 50 && Math.abs(outside - inside) > precision; i++) {
    const middle = (inside + outside) / 2;
    if (beyond(matrix, middle, side)) inside = middle;
    else outside = middle;
  }
  return outside;
}

/** Whether an eigenvalue of the tridiagonal matrix lies on the given side of x. */
function beyond({ alpha, beta, count }: Tridiagonal, x: number, side: -1 | 1): boolean {
  let pivot = 1;
  for (let j = 0; j < count; j++) {
    const b = j > 0 ? beta[j - 1] : 0;
    pivot = side * (x - alpha[j]) - b * b / pivot;
    if (!(pivot > 0)) return true;
  }
  return false;
}

/** $\beta_m |s_m|$ for the eigenvector s of the tridiagonal matrix: the norm of the residual of the Ritz vector. */
function residual({ alpha, beta, count }: Tridiagonal, value: number): number {
  let [before, s, sum] = [0, 1, 1];
  for (let j = 0; j < count - 1; j++) {
    const after = ((value - alpha[j]) * s - (j > 0 ? beta[j - 1] : 0) * before) / beta[j];
    before = s;
    s = after;
    sum += s * s;
  }
  return beta[count - 1] * Math.abs(s) / Math.sqrt(sum);
}
