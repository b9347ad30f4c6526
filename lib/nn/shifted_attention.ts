/**
 * @module One query a row, attending to the tokens of the row by what stands before them: the induction head in its smallest
 * form. One pass over the data on WebAssembly, the usual operations elsewhere.
 */
import { withGradient } from "./custom_gradient.ts";
import { tf } from "./tf.ts";
import { wasmShiftedAttention } from "./wasm_shifted_attention.ts";

/**
 * $y_b = \sum_{s<S} \mathrm{softmax}_s(\beta\, x_{b,L}\, x_{b,s})\, x_{b,s+1}$: the last token of a row asks, the first S are keys, their
 * successors values. On WebAssembly the gradient is in closed form,
 * $\partial y_b/\partial\beta = x_{b,L}\,\mathrm{Cov}_s(x_s, x_{s+1})$ under the softmax weights; first order only.
 *
 * @param scale beta of each run, [run, 1]
 * @param x tokens [run, batch, L]: data, to which no gradient flows
 * @param keys S < L
 * @returns y, [run, batch]
 */
export function shiftedAttention(scale: tf.Tensor, x: tf.Tensor, keys: number): tf.Tensor {
  const [R, B, L] = x.shape as number[];
  if (x.rank !== 3 || `${scale.shape}` !== `${[R, 1]}`) {
    throw new Error(
      `shiftedAttention needs x [run, batch, L] and a scale [run, 1], got [${x.shape}] and [${scale.shape}]`,
    );
  }
  if (!(keys >= 1 && keys < L)) throw new Error(`shiftedAttention needs 1 <= keys < L = ${L}, got ${keys}`);
  // The kernel works on four tokens at a time.
  if (tf.getBackend() !== "wasm" || keys < 4 || !tf.getKernel(wasmShiftedAttention, "wasm")) {
    const part = (from: number, count: number) => tf.slice(x, [0, 0, from], [R, B, count]);
    const scores = tf.mul(tf.mul(tf.reshape(scale, [R, 1, 1]), part(L - 1, 1)), part(0, keys));
    return tf.sum(tf.mul(tf.softmax(scores), part(1, keys)), 2);
  }
  return withGradient({ scale }, (save) => {
    const outputs = tf.engine().runKernel(wasmShiftedAttention, { scale, x }, { keys });
    const [y, slope] = outputs as unknown as tf.Tensor[];
    save([slope]);
    return y;
  }, (dy, [slope]) => ({ scale: () => tf.sum(tf.mul(dy, slope), 1, true) }));
}
