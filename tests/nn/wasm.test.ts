import { beforeAll, describe, expect, it } from "vitest";
import { isOutOfMemory } from "../../lib/nn/guard.ts";
import { matMul, openDevice, tf } from "../../lib/nn/mod.ts";
import { registerWasmMatMul, wasmMatMul } from "../../lib/nn/wasm_matmul.ts";
import { assembleGemm } from "../../lib/nn/wasm_gemm.ts";
import { distance, numbers, read } from "./support.ts";

describe("the WebAssembly backend", () => {
  beforeAll(() => openDevice("wasm"));

  it("has the batched product, registered once however often it is opened", async () => {
    await openDevice("wasm");
    expect(registerWasmMatMul()).toBe(true);
    expect(tf.getKernel(wasmMatMul, "wasm")).toBeDefined();
  });

  it("agrees with itself when the kernel is absent", async () => {
    const [a, b] = [numbers([3, 33, 17], "a"), numbers([3, 17, 21], "b")];
    const product = () =>
      read(tf.tidy(() => matMul(tf.tensor(a.data, [3, 33, 17]), tf.tensor(b.data, [3, 17, 21]))));
    const fast = await product();
    const { kernelFunc } = tf.getKernel(wasmMatMul, "wasm");
    tf.unregisterKernel(wasmMatMul, "wasm");
    const slow = await product();
    tf.registerKernel({ kernelName: wasmMatMul, backendName: "wasm", kernelFunc });
    expect(distance(fast, slow)).toBeLessThan(2e-6); // 17 terms below 1
  });

  it("clones share their numbers and outlive the original", async () => {
    const bytes = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
    const original = tf.ones([1000]);
    const before = bytes();
    const clones = Array.from({ length: 20000 }, () => tf.clone(original)); // 80 MB if they were copies
    expect(bytes()).toBe(before);
    original.dispose();
    tf.dispose(clones.slice(1));
    const filler = tf.zeros([1000]); // would take the place of numbers freed too early
    expect(new Set(await clones[0].data())).toEqual(new Set([1]));
    tf.dispose([clones[0], filler]);
  });

  it("a tensor beyond 32 bits is refused as out of memory, and what is there stays whole", async () => {
    const kept = tf.tensor1d([1, 2, 3]);
    const before = tf.memory().numTensors;
    let error: unknown;
    try {
      tf.tidy(() => matMul(tf.ones([40000, 1]), tf.ones([1, 40000]))); // asked for, never touched
    } catch (thrown) {
      error = thrown;
    }
    expect(String(error)).toContain("out of memory: WebAssembly has no room for 6400000000 bytes");
    expect(isOutOfMemory(error)).toBe(true);
    expect(Array.from(await kept.data())).toEqual([1, 2, 3]);
    expect(tf.memory().numTensors).toBe(before);
    kept.dispose();
  });

  it("an allocation that fails is an error, not a tensor at address 0", () => {
    const { wasm } = tf.backend() as unknown as {
      wasm: { _malloc(n: number): number; _free(pointer: number): void };
    };
    const first = wasm._malloc(2.5e9); // address space only: never touched
    expect(() => wasm._malloc(2.5e9)).toThrow("out of memory: WebAssembly has no room for 2500000000 bytes");
    wasm._free(first);
  });

  it("the kernel reads and writes only what it was given", () => {
    const memory = new WebAssembly.Memory({ initial: 1 });
    const heap = new Float32Array(memory.buffer).fill(7);
    const gemm = assembleGemm(memory)!;
    heap.set([1, 2, 3, 4, 5, 6], 16); // A [3, 2]
    heap.set([1, 10, 100, 1000], 32); // B [2, 2]
    gemm.pack(4 * 32, 8, 4, 2, 2, 4 * 48); // panel [2, 8] at 48
    expect(Array.from(heap.slice(47, 65))).toEqual([
      7,
      1,
      10,
      0,
      0,
      0,
      0,
      0,
      0,
      100,
      1000,
      0,
      0,
      0,
      0,
      0,
      0,
      7,
    ]);
    gemm.multiplyRows(4 * 16, 8, 4 * 48, 2, 4 * 80, 32, 3, 0); // C [3, 8] at 80
    const rows = [[201, 2010], [403, 4030], [605, 6050]].map(([x, y]) => [x, y, 0, 0, 0, 0, 0, 0]);
    expect(Array.from(heap.slice(79, 105))).toEqual([7, ...rows.flat(), 7]);
    gemm.multiplyRows(4 * 16, 8, 4 * 48, 2, 4 * 80, 32, 3, 1);
    expect(Array.from(heap.slice(80, 104))).toEqual(rows.flat().map((x) => 2 * x));
    gemm.multiplyColumns(4 * 16, 12, 4 * 48, 2, 4 * 80, 32, 3, 0); // A read as [2, 3] transposed
    expect(Array.from(heap.slice(80, 82))).toEqual([401, 4010]);
  });
});
