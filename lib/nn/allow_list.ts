/**
 * @module Which TensorFlow.js operations a model may use.
 *
 * TensorFlow.js has operations without a gradient, operations whose gradient is silently wrong, and gradients that exist on
 * some backends only. An operation is on this list when its gradient is checked against finite differences on every backend
 * (`tests/nn/gradients.test.ts` has one case for each and fails when a case is missing).
 */

/**
 * Operations with a checked gradient. `maximum` and `minimum` fail aloud when a repeated operand needs a gradient; `prod`
 * needs its axis counted from the front.
 */
export const differentiableOps = [
  ...["add", "sub", "mul", "div", "neg", "square", "sqrt", "rsqrt", "reciprocal", "pow"],
  ...[
    "exp",
    "log",
    "log1p",
    "abs",
    "maximum",
    "minimum",
    "clipByValue",
    "relu",
    "sigmoid",
    "tanh",
    "softplus",
  ],
  ...[
    "erf",
    "sin",
    "cos",
    "softmax",
    "logSoftmax",
    "logSumExp",
    "sum",
    "mean",
    "max",
    "prod",
    "addN",
    "where",
  ],
  ...[
    "reshape",
    "transpose",
    "slice",
    "concat",
    "stack",
    "unstack",
    "split",
    "tile",
    "expandDims",
    "squeeze",
  ],
  ...["broadcastTo", "pad", "reverse"],
] as const;

/**
 * Operations through which no gradient flows: they make constants and masks, read metrics, or run code. `customGrad` is as
 * right as the gradient given to it, which needs its own test.
 */
export const constantOps = [
  ...[
    "tensor",
    "tensor1d",
    "tensor2d",
    "tensor3d",
    "tensor4d",
    "scalar",
    "zeros",
    "zerosLike",
    "ones",
    "onesLike",
  ],
  ...["fill", "eye", "tidy", "keep", "dispose", "memory"],
  ...["greater", "greaterEqual", "less", "lessEqual", "equal", "logicalAnd", "logicalOr", "argMax", "cast"],
  ...["customGrad"],
] as const;

/** Operations that look right and are not, each with what to use instead. */
export const refusedOps: Readonly<Record<string, string>> = {
  matMul: "slow gradients on WebAssembly, wrong for some broadcasts: use matMul of lib/nn",
  squaredDifference: "its gradient fails for a repeated operand: use square of sub",
  dot: "is tf.matMul in disguise: use matMul of lib/nn",
  layers: "has parameters and random numbers of its own: use the layers of lib/nn",
  cumsum: "its gradient is wrong off the last axis: multiply by a triangular matrix",
  cumprod: "has no gradient: sum logarithms with a triangular matrix",
  gather: "has no gradient on WebAssembly: multiply by one-hot rows (oneHot, linear)",
  gatherND: "has no gradient: multiply by one-hot rows",
  einsum: "has no gradient: use matMul and transpose",
  topk: "has no gradient",
  stridedSlice: "has no gradient: use slice",
  diag: "has no gradient: multiply by eye",
  linalg: "has no gradient on every backend",
  moments: "use layerNorm",
  oneHot: "use the host's oneHot: the batch carries it",
  isNaN: "shader compilers may assume that NaN does not occur: the trainer checks on the host",
  randomNormal: "seed 0 means unseeded and the numbers are not ours: use lib/numerics",
  randomUniform: "the numbers are not ours: use lib/numerics",
  variable: "parameters are pure values: return them from initial()",
  train: "use sgd and adam of lib/nn",
};
