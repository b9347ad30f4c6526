import { createRequire } from "node:module";
import util from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { type BackendRequest, currentDevice, DeviceError, openDevice, tf } from "../../lib/nn/mod.ts";
import { devices, titled } from "./support.ts";

const installed = await openDevice("tensorflow").then(() => true, () => false);

describe("a device asked for by name", () => {
  it.skipIf(installed)(
    "tensorflow without its native library fails with the reason and the cure",
    async () => {
      const error = await openDevice("tensorflow").catch((e) => e);
      expect(error).toBeInstanceOf(DeviceError);
      expect(error.message).toContain("its native library is not installed");
      expect(error.message).toContain("deno install --allow-scripts=npm:@tensorflow/tfjs-node-gpu");
      expect(error.message).toContain("CUDA 11.2 and cuDNN 8.1");
      expect(error.message).toContain("cards newer than Ampere use --backend webgpu");
      // all of its JavaScript was read: what stops it is the file that its install script fetches
      expect(String(error.cause)).toMatch(/tfjs_binding\.node/);
    },
  );

  it("tensorflow's JavaScript finds the functions it still calls, which the runtime dropped", async () => {
    await openDevice("tensorflow").catch(() => {});
    const { createTensorsTypeOpAttr } = createRequire(import.meta.url)(
      "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js",
    );
    const refused = () => createTensorsTypeOpAttr("T", undefined);
    expect(refused).toThrow("Invalid input tensors value.");
    const shim = util as unknown as Record<string, unknown>, { isNullOrUndefined } = shim;
    try {
      shim.isNullOrUndefined = undefined;
      expect(refused).toThrow("is not a function");
    } finally {
      shim.isNullOrUndefined = isNullOrUndefined;
    }
  });

  it("an unknown name is refused with the names that exist", async () => {
    await expect(openDevice("cuda" as BackendRequest)).rejects.toThrow(
      'unknown backend "cuda": valid names are auto, tensorflow, webgpu, wasm, cpu',
    );
  });

  it.each(devices.filter((d) => !d.missing))(
    "$backend says what it is and multiplies",
    async ({ backend }) => {
      const lines: string[] = [];
      const device = await openDevice(backend, { log: (line) => lines.push(line) });
      expect(device).toBe(currentDevice());
      expect(device).toMatchObject({ backend, why: `${backend}: asked for by name` });
      expect(device.name.length).toBeGreaterThan(3);
      expect(device.versions).toMatchObject({ deno: Deno.version.deno, tfjs: "4.22.0" });
      expect(lines).toHaveLength(1);
      expect(tf.getBackend()).toBe(backend);
    },
  );

  it.each(devices.filter((d) => d.missing))(
    "$backend is not here: it is refused with a cure",
    async ({ backend }) => {
      await expect(openDevice(backend)).rejects.toThrow(/cannot start: .*; /);
    },
  );

  it.skipIf(devices[2].missing)(
    `nothing of a WebGPU run is computed on the processor, ${titled(devices[2])}`,
    async () => {
      await openDevice("webgpu");
      expect(tf.env().get("WEBGPU_CPU_FORWARD")).toBe(false);
    },
  );

  it.skipIf(devices[2].missing)("a lost GPU is noticed, and a new one is asked for", async () => {
    await openDevice("webgpu");
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    device.destroy();
    await device.lost;
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(() => currentDevice()).toThrow(/was lost: .*; open a device again and resume/);
    await openDevice("webgpu");
    expect(await tf.tidy(() => tf.add(tf.scalar(1), 2)).data()).toEqual(Float32Array.of(3));
  });

  it.skipIf(devices[2].missing)("a software adapter is never called a GPU", async () => {
    const device = await openDevice("webgpu");
    expect(device.kind).toBe(/llvmpipe|software|swiftshader/i.test(device.name) ? "software-gpu" : "gpu");
  });
});

describe("auto", () => {
  const gpu = Object.getOwnPropertyDescriptor(navigator, "gpu");
  afterEach(() => {
    if (gpu) Object.defineProperty(navigator, "gpu", gpu);
    else delete (navigator as unknown as Record<string, unknown>).gpu;
  });

  it("takes something, and says why in one line", async () => {
    const lines: string[] = [];
    const device = await openDevice("auto", { log: (line) => lines.push(line) });
    expect(lines).toEqual([`device ${device.backend} (${device.kind}), ${device.name}; ${device.why}`]);
    expect(device.kind).not.toBe("software-gpu");
  });

  it.skipIf(installed)(
    "falls through to WebAssembly when TensorFlow is missing and no adapter answers",
    async () => {
      Object.defineProperty(navigator, "gpu", {
        value: { requestAdapter: () => Promise.resolve(null) },
        configurable: true,
      });
      const device = await openDevice();
      expect(device).toMatchObject({ backend: "wasm", kind: "cpu" });
      expect(device.why).toContain(
        "tensorflow: backend tensorflow cannot start: its native library is not installed",
      );
      expect(device.why).toContain("no WebGPU adapter answers");
    },
  );

  it.skipIf(installed)("passes over a software adapter", async () => {
    const info = { description: "llvmpipe (test)", isFallbackAdapter: true };
    Object.defineProperty(navigator, "gpu", {
      value: { requestAdapter: () => Promise.resolve({ info }) },
      configurable: true,
    });
    const device = await openDevice();
    expect(device.backend).toBe("wasm");
    expect(device.why).toContain("only a software adapter answers (llvmpipe (test))");
  });

  it.skipIf(installed)("falls through when an adapter answers but cannot be started", async () => {
    const info = { description: "Imaginary 9000", isFallbackAdapter: false };
    const request = () =>
      Promise.resolve({
        info,
        features: new Set(),
        limits: {},
        requestDevice: () => Promise.reject(new Error("lost")),
      });
    Object.defineProperty(navigator, "gpu", { value: { requestAdapter: request }, configurable: true });
    const factory = tf.findBackendFactory("webgpu");
    const restart = () => {
      tf.removeBackend("webgpu");
      if (factory) tf.registerBackend("webgpu", factory, 3);
    };
    restart();
    const device = await openDevice();
    expect(device.backend).toBe("wasm");
    expect(device.why).toContain("cannot start on Imaginary 9000");
    restart();
  });
});
