/**
 * @module What the attention of a trained transformer does, as two numbers in [0, 1] a run; both are of the best head.
 *
 * The field's usual yardstick of an induction head repeats a random sequence of discrete tokens and reads the attention mass
 * on the token after the earlier occurrence. Tokens here are continuous: nothing ever occurs twice, and the target itself
 * spreads its attention over all keys by similarity. So the head is compared with the target's whole attention instead.
 */
import { type HostArray, hostArray, type HostArrays, tf } from "../../nn/mod.ts";

/** Mean mass on the previous token over queries 2..L, of the best head: attention [run, batch, head, L, L] -> [run]. */
export function previousTokenScore(attention: tf.Tensor, previous: tf.Tensor): tf.Tensor {
  const [R, B, H, T] = attention.shape as number[];
  const mass = tf.sum(tf.reshape(tf.mul(attention, previous), [R, B, H, T * T]), 3); // summed over T - 1 queries
  return tf.max(tf.div(tf.mean(mass, 1), T - 1), 1);
}

/**
 * Mean overlap $\sum_s\min(A_s, a^*_s)$ of a head's attention at the last position with the target's own,
 * $a^* = \mathrm{softmax}_s(x_L^\top W^* x_{s-1})$ over s = 2..L-1, of the best head, [run]. 1 is the induction head itself
 * (one minus the total variation distance); `uniformOverlap` is what a head that looks everywhere alike gets.
 * @param attention [run, batch, head, query, L]; the last query is read
 * @param tokens [run, batch, L, d]
 * @param bStar diagonal of W*, [d]
 */
export function inductionScore(attention: tf.Tensor, tokens: tf.Tensor, bStar: tf.Tensor): tf.Tensor {
  const [R, B, L, d] = tokens.shape as number[];
  const [, , H, rows] = attention.shape as number[];
  const query = tf.mul(tf.slice(tokens, [0, 0, L - 1, 0], [R, B, 1, d]), bStar);
  const keys = tf.slice(tokens, [0, 0, 0, 0], [R, B, L - 2, d]); // x_{s-1}, s = 2..L-1
  const target = tf.reshape(tf.softmax(tf.sum(tf.mul(query, keys), 3)), [R, B, 1, L - 2]);
  const own = tf.slice(attention, [0, 0, 0, rows - 1, 1], [R, B, H, 1, L - 2]); // s = 2..L-1
  return tf.max(tf.mean(tf.sum(tf.minimum(tf.reshape(own, [R, B, H, L - 2]), target), 3), 1), 1);
}

/** The arrays the scores need beside tokens: `previous` [L, L] is 1 on pairs (t, t - 1), `bStar` [d]. */
export function scoreConstants(L: number, diagonal: Float64Array): HostArrays {
  const previous: HostArray = hostArray(
    Float32Array.from({ length: L * L }, (_, i) => Math.floor(i / L) - 1 === i % L ? 1 : 0),
    [L, L],
  );
  return {
    previous: Object.freeze(previous),
    bStar: Object.freeze(hostArray(Float32Array.from(diagonal), [diagonal.length])),
  };
}
