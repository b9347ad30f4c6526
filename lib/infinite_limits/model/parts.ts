/** @module Averages over more samples than memory holds at once. */
import { type Tensors, tf } from "../../nn/mod.ts";

/** An average over the samples of a batch, [run], taken over at most `most` samples at a time. */
export function inParts<T extends tf.Tensor>(x: Tensors, most: number, f: (part: Tensors) => T): T {
  const count = x.inputs.shape[1]!;
  if (count <= most) return f(x);
  const cut = (a: tf.Tensor, from: number, size: number) =>
    tf.slice(a, a.shape.map((_, i) => i === 1 ? from : 0), a.shape.map((_, i) => i === 1 ? size : -1));
  let sum: T | undefined;
  for (let from = 0; from < count; from += most) {
    const size = Math.min(most, count - from), before = sum;
    sum = tf.tidy(() => {
      const part = { ...x, inputs: cut(x.inputs, from, size), targets: cut(x.targets, from, size) };
      const share = tf.mul<T>(f(part), size / count);
      return before ? tf.add(before, share) : share;
    });
    before?.dispose();
  }
  return sum!;
}
