/**
 * @module Two repairs of TensorFlow.js's WebAssembly backend: clones that copy, and allocations that fail in silence.
 */
import { tf } from "./tf.ts";

/** What is used of TensorFlow.js's WebAssembly backend. */
interface Backend {
  readonly wasm: { _malloc(bytes: number): number; readonly HEAPU8: Uint8Array };
  incRef(dataId: object): void;
}

const repaired = new WeakSet<object>();

/** Applies both repairs to the backend that is current, which must be `wasm` and have computed something already. */
export function repairWasm(): void {
  const backend = tf.backend() as unknown as Backend;
  if (repaired.has(backend)) return;
  repaired.add(backend);
  shareClones();
  refuseBadPointers(backend);
}

/**
 * Makes `Identity` share its input's numbers, as `Reshape` already does. TensorFlow.js saves a tensor for the backward pass
 * by cloning it; its other backends count references, this one copied, a tenth of a training step. Tensors never change, so
 * sharing is safe.
 */
function shareClones(): void {
  if (tf.getKernel(tf.Identity, "wasm")) tf.unregisterKernel(tf.Identity, "wasm");
  tf.registerKernel({
    kernelName: tf.Identity,
    backendName: "wasm",
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs.x as tf.TensorInfo;
      (backend as Backend).incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}

/**
 * Makes a failed allocation an error. The backend does not look at the pointer it gets, and near the 4 GiB that WebAssembly
 * can address the allocator returns 0, or a block that runs past the end of memory and around to its start: the tensor would
 * lie on top of others.
 */
function refuseBadPointers({ wasm }: Backend): void {
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    // Beyond 32 bits the request itself would wrap around.
    const pointer = bytes < 2 ** 32 ? allocate(bytes) >>> 0 : 0;
    if (bytes > 0 && (pointer === 0 || pointer + bytes > wasm.HEAPU8.length)) {
      throw new Error(`out of memory: WebAssembly has no room for ${bytes} bytes`);
    }
    return pointer;
  };
}
