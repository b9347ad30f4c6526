/**
 * Float64 numerics, pure: random streams, linear algebra, quadrature, special functions, statistics, formulas.
 *
 * Nothing here touches Deno, Node or TensorFlow.js, so it runs unchanged in a browser.
 *
 * @module
 */

export { philox } from "./philox.ts";
export type { PathPart, StreamIdentity } from "./stream_identity.ts";
export { type RandomState, RandomStream, stream } from "./random.ts";
export {
  cholesky,
  determinant,
  Matrix,
  type MatrixLike,
  pseudoInverse,
  rank,
  solveLinear,
  type Svd,
  svd,
  type SymmetricEigen,
  symmetricEigen,
  toMatrix,
} from "./linalg.ts";
export { gaussLegendre, type Quadrature } from "./gauss_legendre.ts";
export { integrate, type IntegrateOptions } from "./integrate.ts";
export { kurtosis, mean, median, quantile, standardDeviation, standardError, variance } from "./stats.ts";
export { type LinearFit, linearFit, logLogFit } from "./linear_fit.ts";
export { kolmogorovTail, type KsResult, ksTest } from "./kolmogorov.ts";
export { bootstrapStandardError } from "./bootstrap.ts";
export { logSumExp, softmax } from "./softmax.ts";
export { erf, erfc, logGamma, normalCdf, normalDensity, normalQuantile } from "./special.ts";
export { rounded } from "./rounded.ts";
export { type BatchArray, stacked } from "./batch_array.ts";
export { findRoot, type RootOptions } from "./find_root.ts";
export { compileFormula, type Formula, FormulaError, type FormulaOptions } from "./formula.ts";
/** A small assembler of WebAssembly, for kernels that JavaScript cannot express well. */
export * as wasmCode from "./wasm_code.ts";
