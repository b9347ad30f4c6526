/**
 * @module `Slice` on WebAssembly without a detour. TensorFlow.js first copies the whole input out of WebAssembly's memory, so that
 * a slice of one number costs as much as one of all; this kernel moves the numbers where they are.
 */
import { tf } from "./tf.ts";

/** What is used of TensorFlow.js's WebAssembly backend. */
interface Backend {
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: string): tf.TensorInfo;
  readonly wasm: { readonly HEAP32?: Int32Array; readonly HEAPU8: Uint8Array };
}

const replaced = new WeakSet<object>();

/** Replaces the kernel of the backend that is current, which must be `wasm`; strings and complex numbers keep the old one. */
export function replaceWasmSlice(): void {
  const backend = tf.backend();
  if (replaced.has(backend)) return;
  replaced.add(backend);
  const original = tf.getKernel(tf.Slice, "wasm");
  if (original) tf.unregisterKernel(tf.Slice, "wasm");
  tf.registerKernel({
    ...original,
    kernelName: tf.Slice,
    backendName: "wasm",
    kernelFunc: (options) => {
      const x = options.inputs.x as tf.TensorInfo;
      if (x.dtype !== "float32" && x.dtype !== "int32") return original.kernelFunc(options);
      const { begin, size } = options.attrs as unknown as { begin: number[]; size: number[] };
      return slice(options.backend as unknown as Backend, x, begin, size);
    },
  });
}

function slice(backend: Backend, x: tf.TensorInfo, begin: number[], size: number[]): tf.TensorInfo {
  const [start, count] = tf.slice_util.parseSliceParams(x as unknown as tf.Tensor, begin, size);
  tf.slice_util.assertParamsValid(x as unknown as tf.Tensor, start, count);
  const out = backend.makeOutput(count, x.dtype);
  const [from, to] = [x, out].map(({ dataId }) => backend.dataIdMap.get(dataId).memoryOffset / 4);
  // Both types have four bytes, which are moved as they are.
  const heap = new Int32Array(backend.wasm.HEAPU8.buffer);
  const { shape } = x;
  /** The axes from here on are taken whole: they are one run of numbers. */
  let whole = shape.length;
  while (whole > 0 && count[whole - 1] === shape[whole - 1]) whole--;
  const run = count.slice(Math.max(0, whole - 1)).reduce((a, b) => a * b, 1);
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  const first = start.reduce((sum, begin, axis) => sum + begin * strides[axis], from);
  const outer = Math.max(0, whole - 1), total = count.reduce((a, b) => a * b, 1);
  const index = new Array<number>(outer).fill(0);
  for (let done = 0, at = first; done < total; done += run) {
    if (run > 8) heap.copyWithin(to + done, at, at + run);
    else for (let i = 0; i < run; i++) heap[to + done + i] = heap[at + i];
    for (let axis = outer - 1; axis >= 0; axis--) { // the next index of the outer axes, like an odometer
      at += strides[axis];
      if (++index[axis] < count[axis]) break;
      at -= strides[axis] * count[axis];
      index[axis] = 0;
    }
  }
  return out;
}
