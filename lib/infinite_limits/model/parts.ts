/** @module Averages over more samples than memory holds at once. */
import { type Tensors, tf } from "../../nn/mod.ts";

/** Averages over the samples of a batch, [run] each, taken over at most `most` samples at a time. */
export function inParts<T extends Record<string, tf.Tensor>>(
  x: Tensors,
  most: number,
  f: (part: Tensors) => T,
): T {
  const count = x.inputs.shape[1]!;
  if (count <= most) return f(x);
  const cut = (a: tf.Tensor, from: number, size: number) =>
    tf.slice(a, a.shape.map((_, i) => i === 1 ? from : 0), a.shape.map((_, i) => i === 1 ? size : -1));
  let sums: Record<string, tf.Tensor> | undefined;
  for (let from = 0; from < count; from += most) {
    const size = Math.min(most, count - from), before = sums;
    sums = tf.tidy(() => {
      const part = { ...x, inputs: cut(x.inputs, from, size), targets: cut(x.targets, from, size) };
      return Object.fromEntries(
        Object.entries(f(part)).map(([name, value]) => {
          const share = tf.mul(value, size / count);
          return [name, before ? tf.add(before[name], share) : share];
        }),
      );
    });
    tf.dispose(before ?? []);
  }
  return sums as T;
}
