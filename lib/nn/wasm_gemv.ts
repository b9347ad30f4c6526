/**
 * @module Products of a matrix and a vector, in one pass over the matrix. The kernel of `wasm_gemm.ts` works on panels of eight columns
 * and would compute seven for nothing.
 */
import { wasmCode } from "../numerics/mod.ts";

/** The kernels; pointers and strides are in bytes, rows of A are `stride` apart. */
export interface Gemv {
  /** y[n] = A[n, k] x[k]. */
  rows(a: number, stride: number, x: number, k: number, y: number, n: number): void;
  /** y[k] += sum of A[n, k]'s rows, each times its entry of x[n]. */
  columns(a: number, stride: number, x: number, k: number, y: number, n: number): void;
}

/** Assembles the kernels for a memory; undefined where the runtime has no SIMD. */
export function assembleGemv(memory: WebAssembly.Memory): Gemv | undefined {
  const modules = [true, false].map((fused) =>
    wasmCode.assembleModule({ rows: rows(fused), columns: columns(fused) })
  );
  return wasmCode.instantiate<Gemv>(modules, { memory });
}

const { defineFunction, f32, f32x4, i32, until, v128 } = wasmCode;
type Code = wasmCode.Code;
type Local = wasmCode.Local;

const addProduct = (fused: boolean) =>
  fused ? f32x4.fused : (a: Code, b: Code, c: Code) => f32x4.add(f32x4.mul(a, b), c);
const bump = (pointers: readonly Local[], bytes: number) => pointers.flatMap((p) => p.bump(i32.const(bytes)));
const fewerThan = (left: Local, count: number) => i32.lessS(left.get, i32.const(count));

function rows(fused: boolean): wasmCode.FunctionCode {
  const plus = addProduct(fused);
  return defineFunction(new Array(6).fill("i32"), undefined, ([a, stride, x, k, y, n], local) => {
    const at = local("i32"), other = local("i32"), left = local("i32"), total = local("f32");
    const sums = [local("v128"), local("v128")];
    const lanes = f32x4.add(sums[0].get, sums[1].get);
    return until(i32.eqz(n.get), [
      ...[...at.set(a.get), ...other.set(x.get), ...left.set(k.get)],
      ...sums.flatMap((sum) => sum.set(v128.zero)),
      ...until(fewerThan(left, 8), [
        ...sums.flatMap((sum, i) =>
          sum.set(plus(v128.load(at.get, 16 * i), v128.load(other.get, 16 * i), sum.get))
        ),
        ...bump([at, other], 32),
        ...left.bump(i32.const(-8)),
      ]),
      ...sums[0].set(lanes),
      ...total.set([0, 1, 2, 3].map((lane) => f32x4.lane(sums[0].get, lane)).reduce((p, q) => f32.add(p, q))),
      ...until(fewerThan(left, 1), [
        ...total.set(f32.add(total.get, f32.mul(f32.load(at.get), f32.load(other.get)))),
        ...bump([at, other], 4),
        ...left.bump(i32.const(-1)),
      ]),
      ...f32.store(y.get, total.get),
      ...y.bump(i32.const(4)),
      ...a.bump(stride.get),
      ...n.bump(i32.const(-1)),
    ]);
  });
}

function columns(fused: boolean): wasmCode.FunctionCode {
  const plus = addProduct(fused);
  return defineFunction(new Array(6).fill("i32"), undefined, ([a, stride, x, k, y, n], local) => {
    const at = [local("i32"), local("i32"), local("i32"), local("i32")],
      to = local("i32"),
      left = local("i32");
    const factors = at.map(() => local("v128")), sum = local("v128"), single = local("f32");
    /** Adds so many rows at once, while there are so many. */
    const block = (count: number): Code =>
      until(fewerThan(n, count), [
        ...at.slice(0, count).flatMap((row, r) =>
          row.set(r === 0 ? a.get : i32.add(at[r - 1].get, stride.get))
        ),
        ...at.slice(0, count).flatMap((_, r) => factors[r].set(v128.loadSplat(x.get, 4 * r))),
        ...[...to.set(y.get), ...left.set(k.get)],
        ...until(fewerThan(left, 4), [
          ...sum.set(v128.load(to.get)),
          ...at.slice(0, count).flatMap((row, r) =>
            sum.set(plus(v128.load(row.get), factors[r].get, sum.get))
          ),
          ...v128.store(to.get, sum.get),
          ...bump([...at.slice(0, count), to], 16),
          ...left.bump(i32.const(-4)),
        ]),
        ...until(fewerThan(left, 1), [
          ...single.set(f32.load(to.get)),
          ...at.slice(0, count).flatMap((row, r) =>
            single.set(f32.add(single.get, f32.mul(f32.load(row.get), f32x4.lane(factors[r].get, 0))))
          ),
          ...f32.store(to.get, single.get),
          ...bump([...at.slice(0, count), to], 4),
          ...left.bump(i32.const(-1)),
        ]),
        ...a.set(i32.add(at[count - 1].get, i32.sub(stride.get, i32.shl(k.get, i32.const(2))))),
        ...x.bump(i32.const(4 * count)),
        ...n.bump(i32.const(-count)),
      ]);
    return [...block(4), ...block(1)];
  });
}
