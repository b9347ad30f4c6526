/**
 * @module TensorFlow.js, imported once for the whole house.
 *
 * The union package is needed (bare `tfjs-core` registers no gradients). Importing it takes about 0.1 s and starts no
 * backend; `openDevice` in `backend.ts` does that. Models take `tf` from here, so that only this room knows the package.
 */
import * as tensorflow from "@tensorflow/tfjs";

/** TensorFlow.js: its operations, and with `tf.Tensor` and its like its types. `allow_list.ts` says which a model may use. */
export const tf: typeof tensorflow = tensorflow;

/** The types of TensorFlow.js in use: derived from the package, so that what is public here is documented here. */
export declare namespace tf {
  /** Numbers on the device, of any rank. */
  export type Tensor = InstanceType<(typeof tensorflow)["Tensor"]>;
  /** A vector. */
  export type Tensor1D = ReturnType<(typeof tensorflow)["tensor1d"]>;
  /** A matrix. */
  export type Tensor2D = ReturnType<(typeof tensorflow)["tensor2d"]>;
  /** A single number. */
  export type Scalar = ReturnType<(typeof tensorflow)["scalar"]>;
  /** A tensor that TensorFlow.js' own optimisers change in place. */
  export type Variable = ReturnType<(typeof tensorflow)["variable"]>;
  /** What a kernel gets and gives: a tensor without its methods. */
  export type TensorInfo = Pick<Tensor, "dataId" | "shape" | "dtype">;
  /** Whatever `tf.tidy` may return. */
  export type TensorContainer = ReturnType<Parameters<(typeof tensorflow)["tidy"]>[1] & object>;
}
