/**
 * @module The kernel behind `shiftedAttention` on WebAssembly: softmax, mean and covariance of a row in one pass, four tokens at
 * a time, nothing written but two numbers a row. TensorFlow.js would write and read a dozen tensors of the size of the batch.
 */
import { wasmCode } from "../numerics/mod.ts";
import { tf } from "./tf.ts";

/** The kernel's name within TensorFlow.js. */
export const wasmShiftedAttention = "HouseShiftedAttention";

/** What is used of TensorFlow.js's WebAssembly backend. */
interface Backend {
  readonly wasm: { _malloc(bytes: number): number; asm: { memory?: WebAssembly.Memory } };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: string): tf.TensorInfo;
}

interface Kernel {
  /**
   * The scale of all rows, with which scores are powers of two; pointers to tokens, means and slopes; rows; bytes from row to row of the tokens; number of keys, >= 4; pointer
   * to the `constants`.
   */
  rows(
    scale: number,
    x: number,
    y: number,
    slope: number,
    rows: number,
    stride: number,
    keys: number,
    constants: number,
  ): void;
}

/** Registers the kernel for the backend that is current, which must be `wasm`. Returns whether it could. */
export function registerWasmShiftedAttention(): boolean {
  if (tf.getKernel(wasmShiftedAttention, "wasm")) return true;
  const memory = (tf.backend() as unknown as Backend).wasm.asm?.memory;
  const kernel = memory &&
    wasmCode.instantiate<Kernel>(
      [true, false].map((fused) => wasmCode.assembleModule({ rows: rows(fused) })),
      {
        memory,
      },
    );
  if (!kernel) return false;
  const table = (tf.backend() as unknown as Backend).wasm._malloc(4 * constants.length) >>> 0;
  new Float32Array(memory.buffer, table, constants.length).set(constants);
  tf.registerKernel({
    kernelName: wasmShiftedAttention,
    backendName: "wasm",
    kernelFunc: ({ inputs, backend, attrs }) => {
      const wasm = backend as unknown as Backend,
        { scale, x } = inputs as Record<"scale" | "x", tf.TensorInfo>;
      const [R, B, L] = x.shape, out = [0, 1].map(() => wasm.makeOutput([R, B], "float32"));
      const [scales, ...pointers] = [scale, x, ...out].map((t) => wasm.dataIdMap.get(t.dataId).memoryOffset);
      const factors = new Float32Array(memory.buffer, scales, R);
      for (let run = 0; run < R; run++) {
        const [tokens, y, slope] = pointers.map((at, i) => at + 4 * run * B * (i === 0 ? L : 1));
        kernel.rows(
          Math.LOG2E * factors[run],
          tokens,
          y,
          slope,
          B,
          4 * L,
          (attrs as { keys: number }).keys,
          table,
        );
      }
      return out;
    },
  });
  return true;
}

/** 1.5 * 2^23: the spacing of floats near it is 1. */
const ROUNDER = 12582912;

/** (2^r - 1) / r on |r| <= 1/2, highest power first: the polynomial of least relative error in 2^r, 1.3e-7 with these rounded to float32. */
const polynomial = [
  1.3154048509466585e-3,
  9.67267481488455e-3,
  5.55115459911908e-2,
  0.24022225010452633,
  0.6931466371670595,
];

/** What the kernel reads from memory: a constant vector in its code would be put together anew at every use. */
const constants = [-124, ROUNDER, 1, ...polynomial];

function rows(fused: boolean): wasmCode.FunctionCode {
  const { defineFunction, f32, f32x4, i32, i32x4, ifElse, until, v128 } = wasmCode;
  type Code = wasmCode.Code;
  const addProduct = fused ? f32x4.fused : (a: Code, b: Code, c: Code) => f32x4.add(f32x4.mul(a, b), c);
  return defineFunction(
    ["f32", ...new Array(7).fill("i32")],
    undefined,
    ([scale, x, y, slope, count, stride, keys, table], local) => {
      const vector = () => local("v128"), number = () => local("f32");
      const coefficient = vector(), top = vector(), other = vector(), mask = vector();
      const key = vector(), value = vector(), weight = vector(), n = vector(), t = vector(), power = vector();
      const fixed = constants.map(vector),
        [least, rounder, one, ...powers] = fixed.map(({ get }) => get);
      const sums = [vector(), vector(), vector(), vector()];
      const totals = [number(), number(), number(), number()], whole = local("i32"), at = local("i32");
      const end = local("i32"), half = local("i32"), second = local("i32"), query = number();
      const score = (pointer: Code) => f32x4.mul(coefficient.get, v128.load(pointer));
      const raise = (best: wasmCode.Local, pointer: Code) => best.set(f32x4.larger(best.get, score(pointer)));
      const largest = [0, 1, 2, 3].map((lane) => f32x4.lane(top.get, lane)).reduce((a, b) => f32.max(a, b));
      const add = (weighted: Code): Code => [
        ...key.set(v128.load(at.get)),
        ...value.set(v128.load(at.get, 4)),
        // 2^t = 2^n 2^r with n = round(t), for t <= 0; smaller than 2^-124 is as good as 0.
        ...t.set(f32x4.larger(f32x4.sub(f32x4.mul(coefficient.get, key.get), top.get), least)),
        // Added to a number this large, n is in the last bits: they are both the rounded float and, shifted, the exponent.
        ...n.set(f32x4.add(t.get, rounder)),
        ...weight.set(i32x4.shl(n.get, i32.const(23))),
        ...t.set(f32x4.sub(t.get, f32x4.sub(n.get, rounder))),
        ...power.set(powers[0]),
        ...[...powers.slice(1), one].flatMap((p) => power.set(addProduct(power.get, t.get, p))),
        ...weight.set(i32x4.add(power.get, weight.get)),
        ...weight.set(weighted),
        ...sums[0].set(f32x4.add(sums[0].get, weight.get)),
        ...sums[1].set(addProduct(weight.get, key.get, sums[1].get)),
        ...weight.set(f32x4.mul(weight.get, value.get)),
        ...sums[2].set(f32x4.add(sums[2].get, weight.get)),
        ...sums[3].set(addProduct(weight.get, key.get, sums[3].get)),
      ];
      const [z, k, v, kv] = totals.map(({ get }) => get);
      return [
        ...fixed.flatMap((constant, i) => constant.set(v128.loadSplat(table.get, 4 * i))),
        ...whole.set(i32.and(keys.get, i32.const(-4))),
        ...half.set(i32.shl(i32.shrU(i32.add(keys.get, i32.const(7)), i32.const(3)), i32.const(4))), // whole vectors
        ...second.set(i32.sub(i32.shl(keys.get, i32.const(2)), half.get)),
        ...mask.set(
          i32x4.atLeast(
            i32x4.const(0, 1, 2, 3),
            i32x4.splat(i32.sub(i32.const(4), i32.sub(keys.get, whole.get))),
          ),
        ),
        ...until(i32.eqz(count.get), [
          ...query.set(f32.load(i32.add(x.get, i32.sub(stride.get, i32.const(4))))),
          ...coefficient.set(f32x4.splat(f32.mul(scale.get, query.get))),
          // The largest score, of two halves that may overlap: one maximum after the other would wait for each.
          ...[...at.set(x.get), ...end.set(i32.add(x.get, half.get))],
          ...[top, other].flatMap((best) => best.set(score(x.get))),
          ...until(i32.eq(at.get, end.get), [
            ...raise(top, at.get),
            ...raise(other, i32.add(at.get, second.get)),
            ...at.bump(i32.const(16)),
          ]),
          ...top.set(f32x4.larger(top.get, other.get)),
          ...top.set(f32x4.splat(largest)),
          ...sums.flatMap((sum) => sum.set(v128.zero)),
          ...[...at.set(x.get), ...end.set(i32.add(x.get, i32.shl(whole.get, i32.const(2))))],
          ...until(i32.eq(at.get, end.get), [...add(weight.get), ...at.bump(i32.const(16))]),
          // The last, partial step reaches back; what was seen before is masked.
          ...ifElse(i32.eqz(i32.eq(whole.get, keys.get)), [
            ...at.set(i32.add(x.get, i32.shl(i32.sub(keys.get, i32.const(4)), i32.const(2)))),
            ...add(v128.and(weight.get, mask.get)),
          ]),
          ...sums.flatMap((sum, i) =>
            totals[i].set(
              [0, 1, 2, 3].map((lane) => f32x4.lane(sum.get, lane)).reduce((a, b) => f32.add(a, b)),
            )
          ),
          ...f32.store(y.get, f32.div(v, z)),
          // the query times the covariance of keys and values, <kv> - <k><v>
          ...f32.store(
            slope.get,
            f32.mul(query.get, f32.sub(f32.div(kv, z), f32.mul(f32.div(k, z), f32.div(v, z)))),
          ),
          ...[y, slope].flatMap((pointer) => pointer.bump(i32.const(4))),
          ...x.bump(stride.get),
          ...count.bump(i32.const(-1)),
        ]),
      ];
    },
  );
}
