/** @module The current batch on the device. */
import { mapValues, toTensor } from "./tensors.ts";
import type { tf } from "./tf.ts";
import type { HostArray, HostArrays, Tensors } from "./types.ts";

/** Keeps one batch on the device; an array that is frozen on the host, and the same object again, is not uploaded again. */
export class Uploads {
  #held: Record<string, { host: HostArray; tensor: tf.Tensor }> = {};

  /** The tensors of a batch; those of the batch before are disposed of. */
  take(host: HostArrays): Tensors {
    for (const [name, held] of Object.entries(this.#held)) {
      if (held.host === host[name] && Object.isFrozen(held.host)) continue;
      held.tensor.dispose();
      delete this.#held[name];
    }
    for (const name of Object.keys(host)) {
      this.#held[name] ??= { host: host[name], tensor: toTensor(host[name]) };
    }
    return mapValues(host, (_, name) => this.#held[name].tensor);
  }

  /** Disposes of all. */
  dispose(): void {
    this.take({});
  }
}
