/**
 * @module One hidden ReLU layer that computes several functions at once: f_k(x) ~ shift_k + sum_m out_{m,k} ReLU(w_m . x + b_m).
 *
 * On one coordinate it interpolates linearly at M + 1 uniform knots (error M^-2); on more coordinates the features are random
 * ridges fitted by regularised least squares (no rate is claimed).
 */
import { Matrix, type RandomStream, solveLinear } from "../../numerics/mod.ts";

/** Weights of the hidden layer; all arrays row-major. */
export interface ReluNetwork {
  /** Hidden width M. */
  readonly hidden: number;
  /** [M, P]. */
  readonly weight: readonly (readonly number[])[];
  /** [M]. */
  readonly bias: readonly number[];
  /** [M, K]. */
  readonly out: readonly (readonly number[])[];
  /** [K]. */
  readonly shift: readonly number[];
}

/**
 * Piecewise-linear interpolation of a curve on [-1, 1] at M + 1 uniform knots; to the left of -1 it stays constant.
 * @param f all K values at x
 */
export function interpolate(f: (x: number) => ArrayLike<number>, M: number): ReluNetwork {
  if (!Number.isInteger(M) || M < 1) {
    throw new RangeError(`the hidden width must be an integer >= 1, got ${M}`);
  }
  const knots = Array.from({ length: M + 1 }, (_, m) => -1 + 2 * m / M);
  const values = knots.map((x) => Array.from(f(x)));
  const slopes = knots.slice(1).map((_, m) =>
    values[m + 1].map((value, k) => (value - values[m][k]) * M / 2)
  );
  return {
    hidden: M,
    weight: slopes.map(() => [1]),
    bias: slopes.map((_, m) => -knots[m]),
    out: slopes.map((slope, m) => slope.map((value, k) => value - (m === 0 ? 0 : slopes[m - 1][k]))),
    shift: values[0],
  };
}

/**
 * Random ridge features on [-1, 1]^P, output weights by least squares at random points (4 per feature, at least 200).
 * @param f all K values at x
 */
export function fitRidges(
  f: (x: number[]) => ArrayLike<number>,
  P: number,
  M: number,
  random: RandomStream,
): ReluNetwork {
  if (!Number.isInteger(M) || M < 1) {
    throw new RangeError(`the hidden width must be an integer >= 1, got ${M}`);
  }
  const point = () => Array.from({ length: P }, () => 2 * random.uniform() - 1);
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const weight = Array.from({ length: M }, () => {
    const direction = Array.from({ length: P }, () => random.normal());
    const norm = Math.sqrt(dot(direction, direction));
    return direction.map((x) => x / norm);
  });
  const bias = weight.map((w) => -dot(w, point())); // the kink passes through a random point of the cube
  const points = Array.from({ length: Math.max(200, 4 * M) }, point);
  const values = points.map((x) => Array.from(f(x)));
  const K = values[0].length, ridge = 1e-6;
  const features = new Matrix(points.length + M + 1, M + 1), goal = new Matrix(points.length + M + 1, K);
  points.forEach((x, row) => {
    features.set(row, M, 1);
    weight.forEach((w, m) => features.set(row, m, Math.max(0, dot(w, x) + bias[m])));
    values[row].forEach((value, k) => goal.set(row, k, value));
  });
  for (let m = 0; m <= M; m++) features.set(points.length + m, m, ridge); // keeps dead features harmless
  const solution = solveLinear(features, goal);
  return {
    hidden: M,
    weight,
    bias,
    out: weight.map((_, m) => Array.from({ length: K }, (_, k) => solution.get(m, k))),
    shift: Array.from({ length: K }, (_, k) => solution.get(M, k)),
  };
}

/** The network's K outputs at x, [P]; the forward pass computes the same from the residual stream. */
export function evaluateNetwork(network: ReluNetwork, x: readonly number[]): Float64Array {
  const out = Float64Array.from(network.shift);
  network.weight.forEach((w, m) => {
    const unit = Math.max(0, w.reduce((sum, value, i) => sum + value * x[i], network.bias[m]));
    if (unit > 0) network.out[m].forEach((value, k) => out[k] += value * unit);
  });
  return out;
}
