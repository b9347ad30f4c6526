/**
 * @module The one file that knows TensorFlow.js backends: opens a device, says what it is, and why it was taken.
 *
 * TensorFlow.js has one global backend at a time. Opening a device makes it current; tensors of the previous device must
 * not be used with the new one.
 */
import util from "node:util";
import os from "node:os";
import { adapterName, DeviceError, firstSentence, isSoftware, start } from "./start.ts";
import { tf } from "./tf.ts";
import { registerWasmMatMul } from "./wasm_matmul.ts";
import { repairWasm } from "./wasm_repairs.ts";
import { replaceWasmSlice } from "./wasm_slice.ts";
import { registerWasmShiftedAttention } from "./wasm_shifted_attention.ts";
import type { BackendName, BackendRequest, Device } from "./types.ts";

export { DeviceError };

/** Every backend, in the order `auto` tries the fast ones. */
export const backendNames: readonly BackendName[] = ["tensorflow", "webgpu", "wasm", "cpu"];

/** What `openDevice` may be told. */
export interface OpenOptions {
  /** Receives one line: what was taken and why. */
  log?: (line: string) => void;
}

type Found = Omit<Device, "why">;

let current: Device | undefined;

/** Why the GPU behind WebGPU is gone, once it is: driver reset, machine asleep, memory exhausted. */
let webgpuLoss: string | undefined;

/** The device opened last; throws when none is open yet, and when the GPU was lost, after which every number it gives is void. */
export function currentDevice(): Device {
  if (current?.backend === "webgpu" && webgpuLoss !== undefined) {
    throw new DeviceError(
      `the GPU ${current.name} was lost: ${webgpuLoss}`,
      "open a device again and resume",
    );
  }
  if (!current) throw new DeviceError("no device is open", "call `await openDevice()` first");
  return current;
}

/**
 * Opens a device and makes it current.
 *
 * `auto` takes TensorFlow if it loads and reports a GPU, else WebGPU if a hardware adapter answers, else WebAssembly, and
 * never fails. A backend asked for by name that cannot start throws `DeviceError` with the reason and the cure.
 */
export async function openDevice(
  request: BackendRequest = "auto",
  options: OpenOptions = {},
): Promise<Device> {
  const known: readonly string[] = ["auto", ...backendNames];
  if (!known.includes(request)) {
    throw new DeviceError(`unknown backend "${request}": valid names are ${known.join(", ")}`);
  }
  const device = request === "auto" ? await openBest() : {
    ...await starters[request](),
    why: `${request}: asked for by name`,
  };
  current = Object.freeze(device);
  options.log?.(`device ${current.backend} (${current.kind}), ${current.name}; ${current.why}`);
  return current;
}

/** Tries the fast backends in order and remembers why each was passed over. */
async function openBest(): Promise<Device> {
  const passed: string[] = [];
  for (const name of ["tensorflow", "webgpu"] as const) {
    try {
      // A software adapter is known before TensorFlow.js is started on it; starting it would only cost time.
      if (name === "webgpu") {
        const adapter = await webgpuAdapter();
        if (isSoftware(adapter)) {
          throw new DeviceError(`only a software adapter answers (${adapterName(adapter)})`);
        }
      }
      const found = await starters[name]();
      if (found.kind === "gpu") return { ...found, why: explain(`${name}: a GPU answers`, passed) };
      passed.push(`${name}: it starts, but reports no GPU`);
    } catch (error) {
      passed.push(`${name}: ${error instanceof DeviceError ? error.reason : firstSentence(error)}`);
    }
  }
  return { ...await starters.wasm(), why: explain("wasm: no GPU was found", passed) };
}

const starters: Record<BackendName, () => Promise<Found>> = {
  tensorflow: startTensorflow,
  webgpu: startWebgpu,
  wasm: startWasm,
  cpu: startCpu,
};

async function startTensorflow(): Promise<Found> {
  restoreUtil();
  const cure =
    "fetch its library with `deno install --allow-scripts=npm:@tensorflow/tfjs-node-gpu` (needs the open " +
    "internet; it is built for CUDA 11.2 and cuDNN 8.1); cards newer than Ampere use --backend webgpu";
  let versions: Record<string, string>;
  try {
    const node = await import("@tensorflow/tfjs-node-gpu");
    versions = { "tfjs-node-gpu": String((node.version as Record<string, string>)["tfjs-node"]) };
    await start("tensorflow");
  } catch (error) {
    const missing = /native addon module|tfjs_binding|libtensorflow/.test(String(error));
    const reason = missing ? "its native library is not installed" : firstSentence(error);
    throw new DeviceError(`backend tensorflow cannot start: ${reason}`, cure, error);
  }
  const gpu = (tf.backend() as unknown as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true;
  return {
    backend: "tensorflow",
    kind: gpu ? "gpu" : "cpu",
    name: gpu ? "CUDA device 0" : processorName(),
    versions: versionsWith(versions),
  };
}

/** Node 23 and Deno dropped these functions, which tfjs-node 4.22.0 still calls. */
function restoreUtil(): void {
  const target = util as unknown as Record<string, unknown>;
  target.isNullOrUndefined ??= (x: unknown) => x === null || x === undefined;
  target.isUndefined ??= (x: unknown) => x === undefined;
  target.isNull ??= (x: unknown) => x === null;
  target.isString ??= (x: unknown) => typeof x === "string";
  target.isNumber ??= (x: unknown) => typeof x === "number";
  target.isBoolean ??= (x: unknown) => typeof x === "boolean";
  target.isArray ??= Array.isArray;
}

async function startWebgpu(): Promise<Found> {
  const adapter = await webgpuAdapter();
  const { version_webgpu } = await quietly(async () => {
    const backend = await import("@tensorflow/tfjs-backend-webgpu") as unknown as Record<string, string>;
    // Small tensors would otherwise be computed on the processor, and a GPU run would not be one.
    tf.env().set("WEBGPU_CPU_FORWARD", false);
    if (webgpuLoss !== undefined) renewWebgpu();
    await start("webgpu");
    watchWebgpu();
    return backend;
  }).catch((error) => {
    throw new DeviceError(
      `backend webgpu cannot start on ${adapterName(adapter)}: ${firstSentence(error)}`,
      "update the driver, or use --backend wasm",
      error,
    );
  });
  return {
    backend: "webgpu",
    kind: isSoftware(adapter) ? "software-gpu" : "gpu",
    name: adapterName(adapter),
    versions: versionsWith({ "tfjs-backend-webgpu": String(version_webgpu ?? tf.version["tfjs-core"]) }),
  };
}

/** Remembers the loss of the GPU that is in use now. */
function watchWebgpu(): void {
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  device.lost.then(({ message, reason }) => {
    const inUse = tf.findBackend("webgpu") as unknown as { device: GPUDevice } | null;
    if (inUse?.device === device) webgpuLoss = message || reason;
  });
}

/** Drops the backend of a lost GPU, so that the next start asks for a new one. */
function renewWebgpu(): void {
  const factory = tf.findBackendFactory("webgpu");
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", factory, 3);
  webgpuLoss = undefined;
}

/** The adapter TensorFlow.js will ask for as well; throws when none answers. */
async function webgpuAdapter(): Promise<GPUAdapter> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  const adapter = await quietly(() =>
    Promise.resolve(gpu?.requestAdapter({ powerPreference: "high-performance" }))
  );
  if (adapter) return adapter;
  throw new DeviceError(
    "backend webgpu cannot start: no WebGPU adapter answers",
    "install a Vulkan driver and its loader (Debian: libvulkan1, or mesa-vulkan-drivers for a software adapter), or use " +
      "--backend wasm",
  );
}

/** Mesa prints four error lines when XDG_RUNTIME_DIR is unset, which nothing here needs: it is set while Vulkan starts. */
async function quietly<T>(action: () => Promise<T>): Promise<T> {
  const unset = Deno.build.os === "linux" && !Deno.env.get("XDG_RUNTIME_DIR");
  if (unset) Deno.env.set("XDG_RUNTIME_DIR", os.tmpdir());
  try {
    return await action();
  } finally {
    if (unset) Deno.env.delete("XDG_RUNTIME_DIR");
  }
}

/**
 * One thread, on purpose. TensorFlow.js switches its threaded binary off under Node and Deno (flag
 * `WASM_HAS_MULTITHREAD_SUPPORT`). Tried with Deno 2.9.6 and tfjs 4.22.0: with the flag forced and its pthread workers loaded through
 * `node:worker_threads` from rewritten files (the published ones are a blob URL, want to assign `location` and read a Blob) it does start
 * and multiplies on two threads at 1.8 times the speed. But it takes at most half the logical processors, so one of two; only its own
 * products gained, and those are replaced by the kernels here, which the threaded build keeps out (its memory object
 * is not exposed). What is left to gain for a training step is nothing.
 */
async function startWasm(): Promise<Found> {
  try {
    const { version_wasm } = await import("@tensorflow/tfjs-backend-wasm");
    await start("wasm");
    repairWasm();
    replaceWasmSlice();
    const fast = registerWasmMatMul() && registerWasmShiftedAttention();
    const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
    return {
      backend: "wasm",
      kind: "cpu",
      name: `${processorName()}, one thread${simd ? ", SIMD" : ""}${
        fast ? "" : ", without the batched product"
      }`,
      versions: versionsWith({ "tfjs-backend-wasm": version_wasm }),
    };
  } catch (error) {
    throw new DeviceError(
      `backend wasm cannot start: ${firstSentence(error)}`,
      "run `deno install` to restore node_modules",
      error,
    );
  }
}

async function startCpu(): Promise<Found> {
  await start("cpu");
  return {
    backend: "cpu",
    kind: "cpu",
    name: `${processorName()}, plain JavaScript`,
    versions: versionsWith({}),
  };
}

function processorName(): string {
  return os.cpus()[0]?.model?.trim() || "unnamed processor";
}

function versionsWith(more: Record<string, string>): Readonly<Record<string, string>> {
  return Object.freeze({ deno: Deno.version.deno, tfjs: tf.version.tfjs, ...more });
}

function explain(taken: string, passed: string[]): string {
  return passed.length === 0 ? taken : `${taken} (passed over ${passed.join("; ")})`;
}
