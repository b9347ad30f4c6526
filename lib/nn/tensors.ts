/** @module Named tensors: to the device, back to the host, and away again. */
import { tf } from "./tf.ts";
import type { HostArray, HostArrays, Tensors } from "./types.ts";

/** A host array with a checked size. Freeze it (`Object.freeze`) when it never changes: `train` uploads it only once. */
export function hostArray(data: Float32Array | Int32Array, shape: readonly number[]): HostArray {
  const size = shape.reduce((product, n) => product * n, 1);
  if (data.length !== size) throw new Error(`shape [${shape}] holds ${size} numbers, got ${data.length}`);
  return { data, shape: [...shape] };
}

/** Copies one host array to the current device. */
export function toTensor({ data, shape }: HostArray): tf.Tensor {
  // WebAssembly copies at once; the other backends may keep the caller's buffer and would see later changes to it.
  const own = tf.getBackend() === "wasm" ? data : data.slice();
  return tf.tensor(own, [...shape], data instanceof Int32Array ? "int32" : "float32");
}

/** Copies named host arrays to the current device; the caller disposes of the tensors. */
export function toTensors(arrays: HostArrays): Tensors {
  return mapValues(arrays, toTensor);
}

/** Reads named tensors back, with `await data()` because WebGPU has no synchronous read. */
export async function toHost(tensors: Tensors): Promise<HostArrays> {
  const names = Object.keys(tensors);
  const read = await Promise.all(names.map(async (name) => {
    const data = await tensors[name].data();
    return {
      data: data instanceof Float32Array || data instanceof Int32Array ? data : Int32Array.from(data),
      shape: [...tensors[name].shape],
    };
  }));
  return Object.fromEntries(names.map((name, i) => [name, read[i]]));
}

/** Disposes of every tensor that is not also among `keep`. */
export function disposeTensors(tensors: Tensors, ...keep: Tensors[]): void {
  const kept = new Set(keep.flatMap((group) => Object.values(group)));
  for (const tensor of new Set(Object.values(tensors))) if (!kept.has(tensor)) tensor.dispose();
}

/** Joins tensors `[run, ...]` into one `[run, size]`, in the order of their names: one fat tensor for the optimiser. */
export function flatten(tensors: Tensors): tf.Tensor2D {
  const parts = Object.values(tensors).map((t) =>
    (t.rank === 2 ? t : tf.reshape(t, [t.shape[0], -1])) as tf.Tensor2D
  );
  return parts.length === 1 ? parts[0] : tf.concat(parts, 1);
}

/** The inverse of `flatten`: cuts `[run, size]` into the names and shapes of `like`. */
export function unflatten(flat: tf.Tensor2D, like: Tensors): Tensors {
  let start = 0;
  return mapValues(like, (t) => {
    const size = t.size / t.shape[0];
    const part = tf.slice(flat, [0, start], [t.shape[0], size]);
    start += size;
    return t.rank === 2 ? part : tf.reshape(part, t.shape);
  });
}

/** Applies `f` to every value of a named collection. */
export function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  f: (value: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value, name)]));
}
