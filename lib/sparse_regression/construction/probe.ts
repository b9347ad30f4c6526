/** @module The best linear probe: least squares on one half of the samples, judged on the other. */
import { Matrix, pseudoInverse } from "../../numerics/mod.ts";

/**
 * R^2 of predicting each target linearly (with intercept) from the features: fit on the first half of the rows, measured on
 * the second, $1 - \mathrm{RSS}/\mathrm{TSS}$ with the total about zero error of the fitting half's mean.
 * @param features rows of D numbers
 * @param targets rows of K numbers
 * @returns [K]
 * @throws {RangeError} with fewer rows than twice the features
 */
export function linearProbe(
  features: readonly ArrayLike<number>[],
  targets: readonly ArrayLike<number>[],
): Float64Array {
  const half = features.length >> 1, D = features[0].length + 1, K = targets[0].length;
  if (half < 2 * D) {
    throw new RangeError(`a probe of ${D} features needs at least ${4 * D} rows, got ${features.length}`);
  }
  // Normal equations: features may be dependent (unused rows of the stream), the pseudo-inverse drops those.
  const gram = new Float64Array(D * D), cross = new Float64Array(D * K), row = new Float64Array(D);
  const read = (i: number) => {
    for (let a = 0; a < D - 1; a++) row[a] = features[i][a];
    row[D - 1] = 1;
  };
  for (let i = 0; i < half; i++) {
    read(i);
    for (let a = 0; a < D; a++) {
      for (let b = 0; b <= a; b++) gram[a * D + b] += row[a] * row[b];
      for (let k = 0; k < K; k++) cross[a * K + k] += row[a] * targets[i][k];
    }
  }
  for (let a = 0; a < D; a++) for (let b = a + 1; b < D; b++) gram[a * D + b] = gram[b * D + a];
  const weights = pseudoInverse(Matrix.from1DArray(D, D, Array.from(gram)))
    .mmul(Matrix.from1DArray(D, K, Array.from(cross)));
  const centre = new Float64Array(K), left = new Float64Array(K), total = new Float64Array(K);
  for (let i = 0; i < half; i++) for (let k = 0; k < K; k++) centre[k] += targets[i][k] / half;
  for (let i = half; i < features.length; i++) {
    read(i);
    for (let k = 0; k < K; k++) {
      let predicted = 0;
      for (let a = 0; a < D; a++) predicted += row[a] * weights.get(a, k);
      left[k] += (targets[i][k] - predicted) ** 2;
      total[k] += (targets[i][k] - centre[k]) ** 2;
    }
  }
  return left.map((value, k) => 1 - value / total[k]);
}
