/**
 * @module TensorFlow.js, imported once for the whole house.
 *
 * The union package is needed (bare `tfjs-core` registers no gradients). Importing it takes about 0.1 s and starts no
 * backend; `openDevice` in `backend.ts` does that. Models take `tf` from here, so that only this room knows the package.
 */
/** TensorFlow.js: operations and types. `allow_list.ts` says which operations a model may use. */
export * as tf from "@tensorflow/tfjs";
