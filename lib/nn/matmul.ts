/**
 * @module Matrix products whose gradients transpose explicitly.
 *
 * TensorFlow.js writes the gradient of a product with transpose flags, which on WebAssembly leave the fast path and make a
 * training step about three times slower. Here the products of the forward and backward pass are brought to the form each
 * backend is fast at. Differentiable to first order only: the backward pass is not itself recorded.
 */
import { withGradient } from "./custom_gradient.ts";
import { tf } from "./tf.ts";
import { wasmMatMul } from "./wasm_matmul.ts";

/**
 * Matrix product over the last two axes, $C_{ij} = \sum_k A_{ik} B_{kj}$, with the leading axes broadcast against each
 * other as in NumPy (`[n, k] x [k, m]`, `[r, 1, n, k] x [b, k, m] -> [r, b, n, m]`). Both operands need rank >= 2.
 *
 * First-order gradients only. Throws when the inner sizes differ or the leading axes do not broadcast.
 */
export function matMul(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  checkShapes(a.shape, b.shape);
  return withGradient({ a, b }, (save) => {
    save([a, b]);
    return product(a, b, false, false);
  }, (dy, [u, v]) => ({ a: () => gradientOfLeft(dy, u, v), b: () => gradientOfRight(dy, u, v) }));
}

/** $\bar A = \bar C B^\top$, summed over the axes along which A was repeated. */
function gradientOfLeft(dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return sumTo(product(dy, b, false, true), a.shape);
}

/** $\bar B = A^\top \bar C$, summed over the axes along which B was repeated. */
function gradientOfRight(dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  if (batchSize(b.shape) === 1) {
    // B was shared by every leading index: the sum over them is part of one long contraction.
    const [n, m] = lastTwo(dy.shape);
    const k = a.shape[a.rank - 1];
    const lead = dy.shape.slice(0, -2);
    const full = batchSize(a.shape) === batchSize(dy.shape) ? a : tf.broadcastTo(a, [...lead, n, k]);
    return tf.reshape(product(tf.reshape(full, [-1, k]), tf.reshape(dy, [-1, m]), true, false), b.shape);
  }
  return sumTo(product(a, dy, true, false), b.shape);
}

/** One product in the form the current backend is fast at; not differentiable by itself. */
function product(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  const wasm = tf.getBackend() === "wasm";
  if (wasm && tf.getKernel(wasmMatMul, "wasm")) {
    return tf.engine().runKernel(wasmMatMul, { a, b }, { transposeA, transposeB });
  }
  // WebAssembly is fast only for untransposed operands, so transpose before, not inside.
  if (wasm && transposeA) [a, transposeA] = [swapLastTwo(a), false];
  if (wasm && transposeB) [b, transposeB] = [swapLastTwo(b), false];
  if (batchSize(b.shape) === 1 && !transposeA) {
    // One matrix for all: stack the rows of A and multiply once.
    const flatB = tf.reshape(b, lastTwo(b.shape)) as tf.Tensor2D;
    const rows = tf.reshape(a, [-1, a.shape[a.rank - 1]]) as tf.Tensor2D;
    const flat: tf.Tensor2D = tf.matMul(rows, flatB, false, transposeB);
    const lead = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return tf.reshape(flat, [...lead, a.shape[a.rank - 2], flat.shape[1]] as number[]);
  }
  const lead = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return tf.matMul(repeated(a, lead), repeated(b, lead), transposeA, transposeB);
}

/**
 * Repeats matrices along the leading axes where TensorFlow.js would not: it handles equal leading axes and a single matrix,
 * and gives wrong products without an error for all else, such as [2, 1, n, k] x [3, k, m].
 */
function repeated(x: tf.Tensor, lead: number[]): tf.Tensor {
  const size = batchSize(x.shape);
  if (size === 1 || size === lead.reduce((product, n) => product * n, 1)) return x;
  return tf.broadcastTo(x, [...lead, ...lastTwo(x.shape)]);
}

function swapLastTwo(x: tf.Tensor): tf.Tensor {
  const order = x.shape.map((_, i) => i);
  [order[x.rank - 2], order[x.rank - 1]] = [x.rank - 1, x.rank - 2];
  return tf.transpose(x, order);
}

/** Sums the axes along which `shape` was broadcast. */
function sumTo(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const extra = x.rank - shape.length;
  const axes = x.shape.flatMap((size, i) => i < extra || (shape[i - extra] === 1 && size !== 1) ? [i] : []);
  return axes.length === 0 ? x : tf.reshape(tf.sum(x, axes), [...shape]);
}

function checkShapes(a: readonly number[], b: readonly number[]): void {
  const shown = `[${a}] x [${b}]`;
  if (a.length < 2 || b.length < 2) throw new Error(`matMul needs operands of rank 2 or more, got ${shown}`);
  if (a[a.length - 1] !== b[b.length - 2]) throw new Error(`matMul: the inner sizes differ in ${shown}`);
  broadcastShape(a.slice(0, -2), b.slice(0, -2), shown);
}

function broadcastShape(a: readonly number[], b: readonly number[], shown = `[${a}] and [${b}]`): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i, rank = Math.max(a.length, b.length)) => {
    const [x, y] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    if (x !== y && x !== 1 && y !== 1) {
      throw new Error(`matMul: the leading axes do not broadcast in ${shown}`);
    }
    return x === 1 ? y : x;
  });
}

function batchSize(shape: readonly number[]): number {
  return shape.slice(0, -2).reduce((product, size) => product * size, 1);
}

function lastTwo(shape: readonly number[]): [number, number] {
  return [shape[shape.length - 2], shape[shape.length - 1]];
}
