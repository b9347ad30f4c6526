/** @module The batched matrix product of the WebAssembly backend, registered with TensorFlow.js as a kernel of its own. */
import { tf } from "./tf.ts";
import { assembleGemm, type Gemm } from "./wasm_gemm.ts";
import { assembleGemv, type Gemv } from "./wasm_gemv.ts";

/** The kernel's name within TensorFlow.js. */
export const wasmMatMul = "HouseMatMul";

/** What is used of TensorFlow.js's WebAssembly backend. */
interface Backend {
  readonly wasm: {
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    asm: { memory?: WebAssembly.Memory };
  };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: string): tf.TensorInfo;
}

/** A block of rows of A and of the inner axis is kept small enough to stay in the second-level cache. */
const rowBlock = 128;
const innerBlock = 512;

/**
 * Registers the kernel for the backend that is current, which must be `wasm`. Returns whether it could: without SIMD, or
 * with a TensorFlow.js that hides its memory, products take the package's own kernel.
 */
export function registerWasmMatMul(): boolean {
  if (tf.getKernel(wasmMatMul, "wasm")) return true;
  const memory = (tf.backend() as unknown as Backend).wasm.asm?.memory;
  const gemm = memory && assembleGemm(memory), gemv = memory && assembleGemv(memory);
  if (!gemm || !gemv) return false;
  tf.registerKernel({
    kernelName: wasmMatMul,
    backendName: "wasm",
    kernelFunc: ({ inputs, backend, attrs }) =>
      multiply(
        gemm,
        gemv,
        backend as unknown as Backend,
        inputs as Record<"a" | "b", tf.TensorInfo>,
        attrs as Flags,
      ),
  });
  return true;
}

type Flags = { transposeA: boolean; transposeB: boolean };

/** C = A B over the last two axes, leading axes broadcast; shapes have been checked by `matMul`. */
function multiply(
  gemm: Gemm,
  gemv: Gemv,
  backend: Backend,
  { a, b }: Record<"a" | "b", tf.TensorInfo>,
  { transposeA, transposeB }: Flags,
): tf.TensorInfo {
  const [aRows, aColumns] = a.shape.slice(-2);
  const [bRows, bColumns] = b.shape.slice(-2);
  const [n, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const m = transposeB ? bRows : bColumns;
  const lead = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const out = backend.makeOutput([...lead, n, m], "float32");
  const [aStart, bStart, cStart] = [a, b, out].map((t) => backend.dataIdMap.get(t.dataId).memoryOffset);
  const multiplyBlock = transposeA ? gemm.multiplyColumns : gemm.multiplyRows;
  const aLine = 4 * aColumns;
  const [aStride, aStep] = transposeA ? [4, 4 * aColumns] : [4 * aColumns, 4];
  const [bStride, bStep] = transposeB ? [4, 4 * bColumns] : [4 * bColumns, 4];
  const aItems = offsets(a.shape, lead);
  const bItems = offsets(b.shape, lead);
  if (m === 1) {
    multiplyVectors(gemv, backend, { aItems, bItems, aStart, bStart, cStart, n, k, transposeA });
    return out;
  }
  const panels = Math.ceil(m / 8);
  const kBlock = Math.min(k, innerBlock);
  const scratch = backend.wasm._malloc(4 * 8 * (panels * kBlock + rowBlock)) >>> 0;
  const tile = scratch + 32 * panels * kBlock; // columns beyond the last multiple of eight pass through here
  for (let item = 0, packed = -1; item < aItems.length; item++) {
    const [aAt, bAt, cAt] = [aStart + aItems[item], bStart + bItems[item], cStart + 4 * n * m * item];
    for (let k0 = 0; k0 < k; k0 += kBlock) {
      const depth = Math.min(kBlock, k - k0);
      if (packed !== bItems[item] || k > kBlock) {
        for (let p = 0; p < panels; p++) {
          const from = bAt + k0 * bStride + 8 * p * bStep;
          gemm.pack(from, bStride, bStep, depth, Math.min(8, m - 8 * p), scratch + 32 * p * kBlock);
        }
        packed = bItems[item];
      }
      for (let i = 0; i < n; i += rowBlock) {
        const rows = Math.min(rowBlock, n - i);
        const aBlock = aAt + i * aStride + k0 * aStep;
        for (let p = 0; p < panels; p++) {
          const panel = scratch + 32 * p * kBlock;
          const c = cAt + 4 * (i * m + 8 * p);
          const columns = m - 8 * p;
          if (columns >= 8) {
            multiplyBlock(aBlock, aLine, panel, depth, c, 4 * m, rows, Number(k0 > 0));
          } else {
            multiplyBlock(aBlock, aLine, panel, depth, tile, 32, rows, 0);
            spill(backend, tile, c, m, rows, columns, k0 > 0);
          }
        }
      }
    }
  }
  backend.wasm._free(scratch);
  return out;
}

/** Products with a single column, which is contiguous whether B is [k, 1] or [1, k]. */
function multiplyVectors(
  gemv: Gemv,
  backend: Backend,
  { aItems, bItems, aStart, bStart, cStart, n, k, transposeA }: {
    readonly aItems: Int32Array;
    readonly bItems: Int32Array;
    readonly aStart: number;
    readonly bStart: number;
    readonly cStart: number;
    readonly n: number;
    readonly k: number;
    readonly transposeA: boolean;
  },
): void {
  if (transposeA) new Float32Array(backend.wasm.asm.memory!.buffer, cStart, aItems.length * n).fill(0);
  for (let item = 0; item < aItems.length; item++) {
    const [a, b, c] = [aStart + aItems[item], bStart + bItems[item], cStart + 4 * n * item];
    if (transposeA) gemv.columns(a, 4 * n, b, n, c, k);
    else gemv.rows(a, 4 * k, b, k, c, n);
  }
}

/** Moves the valid columns of a tile [rows, 8] into C. */
function spill(
  backend: Backend,
  tile: number,
  c: number,
  m: number,
  rows: number,
  columns: number,
  accumulate: boolean,
): void {
  const heap = new Float32Array(backend.wasm.asm.memory!.buffer);
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < columns; j++) {
      const [from, to] = [tile / 4 + 8 * r + j, c / 4 + r * m + j];
      heap[to] = accumulate ? heap[to] + heap[from] : heap[from];
    }
  }
}

/** Byte offset of each matrix of an operand, for every index of the broadcast leading axes. */
function offsets(shape: number[], lead: number[]): Int32Array {
  const own = shape.slice(0, -2);
  const skipped = lead.length - own.length;
  const result = new Int32Array(lead.reduce((product, size) => product * size, 1));
  let stride = 4 * shape[shape.length - 2] * shape[shape.length - 1];
  let repeat = 1; // how many consecutive items share one index of the axis
  for (let axis = lead.length - 1; axis >= 0; axis--) {
    const size = own[axis - skipped] ?? 1;
    if (size > 1) {
      for (let item = 0; item < result.length; item++) {
        result[item] += stride * (Math.floor(item / repeat) % lead[axis]);
      }
      stride *= size;
    }
    repeat *= lead[axis];
  }
  return result;
}
