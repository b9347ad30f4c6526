/**
 * @module Copies that do not copy on the WebAssembly backend.
 *
 * TensorFlow.js saves a tensor for the backward pass by cloning it. Its other backends then share the numbers and count
 * references; the WebAssembly backend copies them, a tenth of a training step. Tensors never change, so sharing is safe.
 */
import { tf } from "./tf.ts";

/** Makes `Identity` on the WebAssembly backend share its input's numbers, as `Reshape` already does. */
export function registerWasmIdentity(): void {
  if (tf.getKernel(tf.Identity, "wasm")) tf.unregisterKernel(tf.Identity, "wasm");
  tf.registerKernel({
    kernelName: tf.Identity,
    backendName: "wasm",
    kernelFunc: ({ inputs, backend }) => {
      const { dataId, shape, dtype } = inputs.x as tf.TensorInfo;
      (backend as { incRef(dataId: object): void }).incRef(dataId);
      return { dataId, shape, dtype };
    },
  });
}
