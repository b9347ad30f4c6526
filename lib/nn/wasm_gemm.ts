/**
 * @module A small matrix-product kernel for WebAssembly, assembled here into the bytes of a module.
 *
 * TensorFlow.js's own WebAssembly product is fast only for a single untransposed pair; batched ones (attention, the run
 * axis) fall to a scalar loop. This kernel multiplies rows of A, at any strides, by a packed panel of eight columns of B,
 * four rows at a time in eight SIMD accumulators. It works in the memory of TensorFlow.js's module, so nothing is copied.
 */

/** The kernel's functions; pointers and strides are in bytes. */
export interface Gemm {
  /** Copies `columns` <= 8 columns of a k-row matrix into a panel [k, 8], the rest zero. */
  pack(b: number, rowStride: number, columnStride: number, k: number, columns: number, panel: number): void;
  /** C[n, 8] = A[n, k] times the panel, A's rows `stride` apart; adds to what C holds when `accumulate` is 1. */
  multiplyRows: Multiply;
  /** The same with A stored transposed, [k, n], its columns `stride` apart. */
  multiplyColumns: Multiply;
}

type Multiply = (
  a: number,
  stride: number,
  panel: number,
  k: number,
  c: number,
  cRowStride: number,
  n: number,
  accumulate: number,
) => void;

type Code = number[];

/** Assembles the kernel for a memory; undefined where the runtime has no SIMD. */
export function assembleGemm(memory: WebAssembly.Memory): Gemm | undefined {
  const bytes = [true, false].map(moduleBytes).find((candidate) => WebAssembly.validate(candidate));
  if (!bytes) return undefined;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { m: { m: memory } });
  return instance.exports as unknown as Gemm;
}

// --- instructions, by their names in the WebAssembly specification ---

const unsigned = (n: number): Code => n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)];
const signed = (n: number): Code => n >= -64 && n < 64 ? [n & 127] : [(n & 127) | 128, ...signed(n >> 7)];
const get = (local: number): Code => [0x20, ...unsigned(local)];
const set = (local: number): Code => [0x21, ...unsigned(local)];
const i32 = (value: number): Code => [0x41, ...signed(value)];
const add: Code = [0x6a];
const subtract: Code = [0x6b];
const less: Code = [0x48]; // signed
const vector = (opcode: number): Code => [0xfd, ...unsigned(opcode)];
const memory = (offset: number): Code => [2, ...unsigned(offset)]; // 4-byte alignment, constant offset
const load = (offset = 0): Code => [...vector(0x00), ...memory(offset)];
const store = (offset = 0): Code => [...vector(0x0b), ...memory(offset)];
const loadSplat = (offset: number): Code => [...vector(0x09), ...memory(offset)];
const zeros: Code = [...vector(0x0c), ...new Array<number>(16).fill(0)];
const vectorAdd = vector(0xe4);
const vectorMultiply = vector(0xe6);
const fusedMultiplyAdd = vector(0x105); // relaxed: fused only on processors that can
const loadScalar: Code = [0x2a, ...memory(0)];
const storeScalar: Code = [0x38, ...memory(0)];
const i32Type = 0x7f;
const vectorType = 0x7b;

const bump = (local: number, by: Code): Code => [...get(local), ...by, ...add, ...set(local)];
const ifElse = (test: Code, yes: Code, no: Code): Code => [...test, 0x04, 0x40, ...yes, 0x05, ...no, 0x0b];
/** Repeats `body` as long as `stop`, tested first, is zero. */
const until = (stop: Code, body: Code): Code => [
  ...[0x02, 0x40, 0x03, 0x40], // block, loop
  ...[...stop, 0x0d, 1], // leave the block
  ...[...body, 0x0c, 0, 0x0b, 0x0b], // back to the loop
];

function packBody(): Code {
  const [b, row, column, k, columns, panel, from, left] = [0, 1, 2, 3, 4, 5, 6, 7];
  const contiguous = [...get(b), ...load(), ...set(8), ...get(b), ...load(16), ...set(9)];
  const oneByOne = [
    ...[...get(panel), ...zeros, ...store(), ...get(panel), ...zeros, ...store(16)],
    ...[...get(b), ...set(from), ...get(columns), ...set(left)],
    ...until([...get(left), 0x45 /* i32.eqz */], [
      // The place in the panel is counted from its right end of valid columns.
      ...[...get(panel), ...get(columns), ...get(left), ...subtract, ...i32(2), 0x74, /* i32.shl */ ...add],
      ...[...get(from), ...loadScalar, ...storeScalar],
      ...bump(from, get(column)),
      ...bump(left, i32(-1)),
    ]),
  ];
  const copy = [...contiguous, ...get(panel), ...get(8), ...store(), ...get(panel), ...get(9), ...store(16)];
  const full = [
    ...get(columns),
    ...i32(8),
    0x46, /* i32.eq */
    ...get(column),
    ...i32(4),
    0x46,
    0x71, /* i32.and */
  ];
  return until([...get(k), 0x45], [
    ...ifElse(full, copy, oneByOne),
    ...bump(b, get(row)),
    ...bump(panel, i32(32)),
    ...bump(k, i32(-1)),
  ]);
}

/** sum += x * y, rounded once where the processor fuses and twice elsewhere. */
function accumulateProduct(sum: number, x: number, y: number, fused: boolean): Code {
  return fused
    ? [...get(x), ...get(y), ...get(sum), ...fusedMultiplyAdd, ...set(sum)]
    : [...get(sum), ...get(x), ...get(y), ...vectorMultiply, ...vectorAdd, ...set(sum)];
}

/** The two layouts of A: `rows` has the inner axis contiguous, `columns` (a transposed matrix) has the rows contiguous. */
type Layout = "rows" | "columns";

function multiplyBody(layout: Layout, fused: boolean): Code {
  const [a, stride, panel, k, c, cRow, n, accumulate] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [p, left, cAt] = [8, 9, 10];
  const rowAt = (r: number) => 11 + r; // pointers into the rows of A; `columns` needs one only
  const sum = (r: number, half: number) => 15 + 2 * r + half;
  const [b0, b1, splat] = [23, 24, 25];
  const block = (rows: number): Code => {
    const each = (f: (r: number) => Code): Code => Array.from({ length: rows }, (_, r) => f(r)).flat();
    const pointers = layout === "columns" ? [...get(a), ...set(rowAt(0))] : each(
      (r) => [...(r === 0 ? get(a) : [...get(rowAt(r - 1)), ...get(stride), ...add]), ...set(rowAt(r))],
    );
    /** `depth` steps along the inner axis, unrolled: constant offsets take the place of pointer arithmetic. */
    const steps = (depth: number): Code =>
      until([...get(left), ...i32(depth), ...less], [
        ...Array.from({ length: depth }, (_, s) => [
          ...[...get(p), ...load(32 * s), ...set(b0), ...get(p), ...load(32 * s + 16), ...set(b1)],
          ...each((r) => [
            ...(layout === "rows"
              ? [...get(rowAt(r)), ...loadSplat(4 * s)]
              : [...get(rowAt(0)), ...loadSplat(4 * r)]),
            ...set(splat),
            ...accumulateProduct(sum(r, 0), splat, b0, fused),
            ...accumulateProduct(sum(r, 1), splat, b1, fused),
          ]),
          ...(layout === "columns" ? bump(rowAt(0), get(stride)) : []),
        ]).flat(),
        ...(layout === "rows" ? each((r) => bump(rowAt(r), i32(4 * depth))) : []),
        ...bump(p, i32(32 * depth)),
        ...bump(left, i32(-depth)),
      ]);
    return until([...get(n), ...i32(rows), ...less], [
      ...pointers,
      ...[...get(c), ...set(cAt)],
      ...ifElse(
        get(accumulate),
        each((r) => [
          ...[...get(cAt), ...load(), ...set(sum(r, 0)), ...get(cAt), ...load(16), ...set(sum(r, 1))],
          ...bump(cAt, get(cRow)),
        ]),
        each((r) => [...zeros, ...set(sum(r, 0)), ...zeros, ...set(sum(r, 1))]),
      ),
      ...[...get(panel), ...set(p), ...get(k), ...set(left)],
      ...[...steps(4), ...steps(1)],
      ...each((r) => [
        ...[...get(c), ...get(sum(r, 0)), ...store(), ...get(c), ...get(sum(r, 1)), ...store(16)],
        ...bump(c, get(cRow)),
        ...bump(a, layout === "rows" ? get(stride) : i32(4)),
      ]),
      ...bump(n, i32(-rows)),
    ]);
  };
  return [...block(4), ...block(1)];
}

/** The module: imports the memory, exports `pack`, `multiplyRows` and `multiplyColumns`. */
function moduleBytes(fused: boolean): Uint8Array<ArrayBuffer> {
  const name = (text: string): Code => [text.length, ...new TextEncoder().encode(text)];
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
  const type = (
    parameters: number,
  ): Code => [0x60, parameters, ...new Array<number>(parameters).fill(i32Type), 0];
  const body = (integers: number, vectors: number, code: Code): Code => {
    const content = [2, integers, i32Type, vectors, vectorType, ...code, 0x0b];
    return [...unsigned(content.length), ...content];
  };
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...section(1, [2, ...type(6), ...type(8)]),
    ...section(2, [1, ...name("m"), ...name("m"), 0x02, 0x00, 1]), // memory, at least one page
    ...section(3, [3, 0, 1, 1]),
    ...section(7, [
      3,
      ...name("pack"),
      0,
      0,
      ...name("multiplyRows"),
      0,
      1,
      ...name("multiplyColumns"),
      0,
      2,
    ]),
    ...section(10, [
      3,
      ...body(2, 2, packBody()),
      ...body(7, 11, multiplyBody("rows", fused)),
      ...body(7, 11, multiplyBody("columns", fused)),
    ]),
  ]);
}
