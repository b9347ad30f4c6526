/** @module The shapes of things in `nn`: a model is pure functions over named parameters with a leading run axis. */
import type { tf } from "./tf.ts";

export type * from "./rehearsal.ts";

/** The four ways to run a model; what each needs is in `backend.ts`. */
export type BackendName = "tensorflow" | "webgpu" | "wasm" | "cpu";

/** What `--backend` accepts. */
export type BackendRequest = "auto" | BackendName;

/** Where a run is computed. `kind` is what a caption may call it: only `"gpu"` is a GPU. */
export interface Device {
  /** Which of the four it is. */
  readonly backend: BackendName;
  /** Adapter or processor name as the system reports it. */
  readonly name: string;
  /** What a caption may call it. */
  readonly kind: "gpu" | "software-gpu" | "cpu";
  /** One sentence: what was taken and why. */
  readonly why: string;
  /** Versions of the runtime and the packages that computed. */
  readonly versions: Readonly<Record<string, string>>;
}

/** A tensor's worth of numbers on the host, row-major. */
export interface HostArray {
  /** The numbers, row-major. */
  readonly data: Float32Array | Int32Array;
  /** Sizes of the axes. */
  readonly shape: readonly number[];
}

/** Named tensors on the device. Every parameter's first axis is the run. */
export type Tensors = Record<string, tf.Tensor>;

/** Named arrays on the host, in the same layout. */
export type HostArrays = Record<string, HostArray>;

/**
 * A trainable network: R independent runs side by side (seeds x hyper-parameters) in one program.
 * `loss` must return one mean loss per run, shape [run]; the trainer differentiates their sum, so runs never mix.
 */
export interface Model {
  /** Name for messages and checkpoints. */
  readonly name: string;
  /** Number of runs R. */
  readonly runs: number;
  /** Initial parameters, drawn by this project's own random streams. */
  initial(): HostArrays;
  /** Mean loss of each run on a batch, shape [run]. */
  loss(parameters: Tensors, batch: Tensors): tf.Tensor1D;
  /** Extra quantities read at sampling steps, each of shape [run] or [run, ...]. */
  metrics?(parameters: Tensors, batch: Tensors): Tensors;
}
