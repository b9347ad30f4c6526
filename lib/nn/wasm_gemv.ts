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
/** Points at so many rows one after the other. */
const pointAt = (rows: readonly Local[], first: Local, stride: Local) =>
  rows.flatMap((row, r) => row.set(r === 0 ? first.get : i32.add(rows[r - 1].get, stride.get)));
/** The row behind the last of these, all of which have been walked to their ends. */
const behind = (rows: readonly Local[], stride: Local, k: Local) =>
  i32.add(rows[rows.length - 1].get, i32.sub(stride.get, i32.shl(k.get, i32.const(2))));
const fewerThan = (left: Local, count: number) => i32.lessS(left.get, i32.const(count));

function rows(fused: boolean): wasmCode.FunctionCode {
  const plus = addProduct(fused);
  return defineFunction(new Array(6).fill("i32"), undefined, ([a, stride, x, k, y, n], local) => {
    const at = [local("i32"), local("i32"), local("i32"), local("i32")], sums = at.map(() => local("v128"));
    const other = local("i32"), left = local("i32"), factor = local("v128");
    const lower = local("v128"), upper = local("v128");
    /** Adds the lanes of two sums in pairs: lane j and j + 2 of both. */
    const folded = (p: Local, q: Local) =>
      f32x4.add(
        v128.shuffle(p.get, q.get, [0, 4, 1, 5]),
        v128.shuffle(p.get, q.get, [2, 6, 3, 7]),
      );
    const put = (count: number): Code =>
      count === 1
        ? f32.store(
          y.get,
          [0, 1, 2, 3].map((lane) => f32x4.lane(sums[0].get, lane)).reduce((p, q) => f32.add(p, q)),
        )
        : [
          ...[...lower.set(folded(sums[0], sums[1])), ...upper.set(folded(sums[2], sums[3]))],
          ...v128.store(
            y.get,
            f32x4.add(
              v128.shuffle(lower.get, upper.get, [0, 1, 4, 5]),
              v128.shuffle(lower.get, upper.get, [2, 3, 6, 7]),
            ),
          ),
        ];
    /** Multiplies so many rows at once, while there are so many. */
    const block = (count: 1 | 4): Code =>
      until(fewerThan(n, count), [
        ...pointAt(at.slice(0, count), a, stride),
        ...sums.slice(0, count).flatMap((sum) => sum.set(v128.zero)),
        ...[...other.set(x.get), ...left.set(k.get)],
        ...until(fewerThan(left, 4), [
          ...factor.set(v128.load(other.get)),
          ...sums.slice(0, count).flatMap((sum, r) =>
            sum.set(plus(v128.load(at[r].get), factor.get, sum.get))
          ),
          ...bump([...at.slice(0, count), other], 16),
          ...left.bump(i32.const(-4)),
        ]),
        ...put(count),
        ...until(fewerThan(left, 1), [
          ...at.slice(0, count).flatMap((row, r) =>
            f32.store(
              y.get,
              f32.add(f32.load(y.get, 4 * r), f32.mul(f32.load(row.get), f32.load(other.get))),
              4 * r,
            )
          ),
          ...bump([...at.slice(0, count), other], 4),
          ...left.bump(i32.const(-1)),
        ]),
        ...a.set(behind(at.slice(0, count), stride, k)),
        ...y.bump(i32.const(4 * count)),
        ...n.bump(i32.const(-count)),
      ]);
    return [...block(4), ...block(1)];
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
        ...pointAt(at.slice(0, count), a, stride),
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
        ...a.set(behind(at.slice(0, count), stride, k)),
        ...x.bump(i32.const(4 * count)),
        ...n.bump(i32.const(-count)),
      ]);
    return [...block(4), ...block(1)];
  });
}
