/** @module Starting a backend and naming an adapter, as the devices of the host and those of a page both need it. */
import { tf } from "./tf.ts";
import type { BackendName } from "./types.ts";

/** A backend that was asked for by name and cannot start; the message names the reason and the cure. */
export class DeviceError extends Error {
  /** Name of the class, as messages print it. */
  override name = "DeviceError";

  /** The message is the reason and, when there is one, the cure. */
  constructor(readonly reason: string, readonly cure?: string, cause?: unknown) {
    super(cure ? `${reason}; ${cure}` : reason, { cause });
  }
}

/** A processor pretending to be a GPU: right for checking, never to be called a GPU. */
export function isSoftware(adapter: GPUAdapter): boolean {
  const info = adapter.info as GPUAdapterInfo & { isFallbackAdapter?: boolean };
  return info.isFallbackAdapter === true ||
    /llvmpipe|lavapipe|softpipe|swiftshader|basic render|software/i.test(adapterName(adapter));
}

/** Adapter name as the system or the browser reports it. */
export function adapterName(adapter: GPUAdapter): string {
  const { description, vendor, architecture, device } = adapter.info;
  return description || [vendor, architecture, device].filter(Boolean).join(" ") || "unnamed adapter";
}

/** Starts a registered backend and refuses one that computes a wrong product. */
export async function start(name: BackendName): Promise<void> {
  tf.enableProdMode(); // no advertisement for tfjs-node on the terminal
  if (!(await tf.setBackend(name))) {
    throw new DeviceError("TensorFlow.js reports that it failed to initialise");
  }
  await tf.ready();
  const n = 24;
  const ramp = Float32Array.from({ length: n * n }, (_, i) => (i * 7 % 11) - 5);
  const product = tf.tidy(() => tf.matMul(tf.tensor2d(ramp, [n, n]), tf.tensor2d(ramp, [n, n])));
  const got = await product.data();
  product.dispose();
  for (let i = 0; i < n * n; i++) {
    let want = 0;
    for (let k = 0; k < n; k++) want += ramp[(i - i % n) + k] * ramp[k * n + i % n];
    // Sums of small integers are exact in float32.
    if (got[i] !== want) {
      throw new DeviceError(`its first product is wrong (entry ${i} is ${got[i]}, not ${want})`);
    }
  }
}

/** What went wrong, in short. */
export function firstSentence(error: unknown): string {
  const text = error instanceof Error
    ? error.message
    : String((error as { message?: string })?.message ?? error);
  return text.split("\n")[0].trim();
}
