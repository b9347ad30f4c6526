/**
 * @module The device of a page: the browser's WebGPU, else plain JavaScript. Stands in for `backend.ts`, which knows the host.
 *
 * WebAssembly is left out: its binary alone would double what a page weighs.
 */
import { adapterName, DeviceError, firstSentence, isSoftware, start } from "./start.ts";
import { tf } from "./tf.ts";
import type { BackendName, BackendRequest, Device } from "./types.ts";

export { DeviceError };

/** What a page can compute on. */
export const backendNames: readonly BackendName[] = ["webgpu", "cpu"];

/** Opens a device and makes it current; `auto` takes WebGPU where a GPU answers, else plain JavaScript. */
export async function openDevice(request: BackendRequest = "auto"): Promise<Device> {
  if (request === "auto") {
    try {
      return await openWebgpu("auto");
    } catch (error) {
      return await openCpu(`no GPU: ${error instanceof DeviceError ? error.reason : firstSentence(error)}`);
    }
  }
  if (request === "webgpu") return await openWebgpu("webgpu");
  if (request === "cpu") return await openCpu("asked for by name");
  throw new DeviceError(`a page has no backend "${request}": it has ${backendNames.join(" and ")}`);
}

async function openWebgpu(request: "auto" | "webgpu"): Promise<Device> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new DeviceError(
      `this browser offers no WebGPU ${gpu ? "adapter" : "here"}`,
      "choose cpu, or open the page in a browser with WebGPU",
    );
  }
  const software = isSoftware(adapter);
  if (software && request === "auto") {
    throw new DeviceError(`only a software adapter answers (${adapterName(adapter)})`);
  }
  // Small tensors would otherwise be computed on the processor, and a GPU run would not be one.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  await start("webgpu");
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  // Nobody waits for this: thrown into the open, it reaches the page as an error of its worker.
  device.lost.then(({ message, reason }) => {
    throw new DeviceError(`the GPU was lost: ${message || reason}`, "press Reset");
  });
  return {
    backend: "webgpu",
    name: adapterName(adapter),
    kind: software ? "software-gpu" : "gpu",
    why: request === "auto" ? "a GPU answers" : "asked for by name",
    versions: {},
  };
}

async function openCpu(why: string): Promise<Device> {
  await start("cpu");
  return { backend: "cpu", name: "plain JavaScript", kind: "cpu", why, versions: {} };
}
