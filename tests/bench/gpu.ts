/** @module The WebGPU device that benchmarks measure, if this machine has one. */
import { type Device, DeviceError, openDevice } from "../../lib/nn/mod.ts";

/** What a row says where there is none. */
export const noAdapter =
  "no WebGPU adapter answers: install a Vulkan driver and its loader (Debian: libvulkan1, or mesa-vulkan-drivers for a software one)";

/** Opens it; undefined where none answers. */
export async function openGpu(): Promise<Device | undefined> {
  try {
    return await openDevice("webgpu");
  } catch (error) {
    if (error instanceof DeviceError) return undefined;
    throw error;
  }
}

/** As a row names it: a software adapter is a processor, and is called so. */
export function gpuName({ name, kind }: Device): string {
  return `webgpu${kind === "gpu" ? "" : " on software Vulkan"}: ${name}`;
}
