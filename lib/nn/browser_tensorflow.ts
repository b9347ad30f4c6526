/**
 * @module TensorFlow.js as a page carries it: the core with its gradients, two backends, and of its operations those that a model may use
 * (`allow_list.ts`) and this room does. Stands in for the union package, of which a page would carry most unused.
 */
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgpu";

// Operations with a gradient.
export { add, div, mul, neg, pow, reciprocal, rsqrt, sqrt, square, sub } from "@tensorflow/tfjs-core";
export { abs, clipByValue, exp, log, log1p, maximum, minimum, relu, sigmoid } from "@tensorflow/tfjs-core";
export { addN, cos, erf, max, mean, prod, sin, softplus, sum, tanh, where } from "@tensorflow/tfjs-core";
export { logSoftmax, logSumExp, matMul, softmax } from "@tensorflow/tfjs-core";
export { broadcastTo, concat, expandDims, pad, reshape, reverse, slice, split } from "@tensorflow/tfjs-core";
export { squeeze, stack, tile, transpose, unstack } from "@tensorflow/tfjs-core";
// Constants, masks, what reads metrics.
export { eye, fill, ones, onesLike, scalar, zeros, zerosLike } from "@tensorflow/tfjs-core";
export { Tensor, tensor, tensor1d, tensor2d, tensor3d, tensor4d } from "@tensorflow/tfjs-core";
export { argMax, cast, equal, greater, greaterEqual, less, lessEqual } from "@tensorflow/tfjs-core";
export { gather, logicalAnd, logicalOr } from "@tensorflow/tfjs-core";
// The machine under them.
export { customGrad, dispose, grad, keep, memory, tidy, valueAndGrads } from "@tensorflow/tfjs-core";
export { backend, enableProdMode, engine, env, getBackend, ready, setBackend } from "@tensorflow/tfjs-core";
export { findBackend, findBackendFactory, registerBackend, removeBackend } from "@tensorflow/tfjs-core";
export { getKernel, Identity, registerKernel, unregisterKernel } from "@tensorflow/tfjs-core";
