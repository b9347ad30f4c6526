/**
 * @module Philox blocks and normal draws by the thousand, in WebAssembly: the numbers of `philox.ts` and `normal.ts` bit for
 * bit, several times faster. A round of four blocks is four 32 x 32 -> 64 bit vector products, which JavaScript has to put
 * together from 16-bit halves.
 */
import { LAYERS, ziggurat } from "./ziggurat.ts";
import {
  assembleModule,
  call,
  type Code,
  defineFunction,
  f32,
  f64,
  type FunctionCode,
  i32,
  i32x4,
  i64,
  ifElse,
  instantiate,
  leaveIf,
  type Local,
  until,
  v128,
} from "./wasm_code.ts";

/** The kernels and the memory they work in. */
export interface BulkWords {
  /** Room for random words. One caller at a time: whoever fills it reads it before anyone else draws. */
  readonly words: Int32Array;
  /** Writes so many blocks, a multiple of 16, to `words`; the lowest counter word must not wrap on the way. */
  blocks(count: number, low: number, high: number, c2: number, c3: number, key0: number, key1: number): void;
  /** Room for draws, in the precision of the array they are for. */
  draws(wide: boolean): Float32Array | Float64Array;
  /**
   * Draws normals from `words[from]` on into `draws` from place `at` to place `end`. It stops early when the words run out, and at a
   * draw from the tail, which needs settling.
   */
  draw(wide: boolean, from: number, at: number, end: number, sd: number, mean: number): Drawn;
}

/** Where a draw stopped. */
export interface Drawn {
  /** Index of the first unread word. */
  readonly word: number;
  /** The first place not drawn. */
  readonly at: number;
}

const WORDS = 4096;
/** Groups of four blocks that are computed together: while the products of one are waited for, the next are under way. */
const GROUPS = 4;
const TABLES = ["width", "accept", "densityLow", "densityHigh"] as const;
/** Philox's two multipliers, and what its two keys grow by. */
const CONSTANTS = [0xd2511f53, 0xcd9e8d57, 0x9e3779b9, 0xbb67ae85];
/** Places in memory, in bytes: words, the four tables, draws, constants, and where the last draw stopped. */
const tables = 4 * WORDS, draws = tables + 8 * LAYERS * TABLES.length, constants = draws + 4 * WORDS;
const stopped = constants + 16 * CONSTANTS.length;
const tableAt = (name: typeof TABLES[number]) => tables + 8 * LAYERS * TABLES.indexOf(name);

let made: BulkWords | null | undefined;

/** The kernels, made at the first call; null where there is no WebAssembly with vectors. */
export function bulkWords(): BulkWords | null {
  return made === undefined ? made = make() : made;
}

function make(): BulkWords | null {
  if (typeof WebAssembly === "undefined") return null;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const bytes = assembleModule({ blocks: blocks(), draw32: draw(false), draw64: draw(true) }, {
    exp: { parameters: ["f64"], result: "f64" },
  });
  const kernels = instantiate<Record<string, (...x: number[]) => number>>([bytes], { memory, exp: Math.exp });
  if (!kernels) return null;
  const { buffer } = memory, { draw32, draw64 } = kernels;
  for (const name of TABLES) new Float64Array(buffer, tableAt(name), LAYERS).set(ziggurat[name]);
  CONSTANTS.forEach((value, i) => new Uint32Array(buffer, constants + 16 * i, 4).fill(value));
  const words = new Int32Array(buffer, 0, WORDS), stop = new Int32Array(buffer, stopped, 1);
  const single = new Float32Array(buffer, draws, WORDS / 2);
  const double = new Float64Array(buffer, draws, WORDS / 2);
  return {
    words,
    blocks: (count, ...where) => void kernels.blocks(0, count >> 2, ...where),
    draws: (wide) => wide ? double : single,
    draw(wide, from, at, end, sd, mean) {
      const kernel = wide ? draw64 : draw32, size = wide ? 8 : 4;
      const word = kernel(4 * from, draws + size * at, draws + size * end, sd, mean) >> 2;
      return { word, at: (stop[0] - draws) / size };
    },
  };
}

/** (at, groups, low, high, c2, c3, key0, key1): lane j of a vector belongs to block j of a group; `groups` is a multiple of GROUPS. */
function blocks(): FunctionCode {
  return defineFunction(
    new Array(8).fill("i32"),
    undefined,
    ([at, groups, low, high, c2, c3, key0, key1], local) => {
      const vector = () => local("v128"), four = () => [vector(), vector(), vector(), vector()];
      const x = Array.from({ length: GROUPS }, four), products = Array.from({ length: GROUPS }, four);
      const counter = vector(), key = [vector(), vector()], start = [vector(), vector()];
      const fixed = CONSTANTS.map(vector), [m0, m1, weyl0, weyl1] = fixed.map(({ get }) => get);
      const lower = (p: Local, q: Local) => v128.shuffle(p.get, q.get, [0, 2, 4, 6]);
      const upper = (p: Local, q: Local) => v128.shuffle(p.get, q.get, [1, 3, 5, 7]);
      const both = (f: (i: 0 | 1) => Code): Code => [...f(0), ...f(1)];
      const everyGroup = (f: (group: number) => Code): Code => x.flatMap((_, group) => f(group));
      const multiply = (g: number): Code => {
        const [x0, , x2] = x[g], [aLow, aHigh, bLow, bHigh] = products[g];
        return [
          ...aLow.set(i32x4.productLow(x0.get, m0)),
          ...aHigh.set(i32x4.productHigh(x0.get, m0)),
          ...bLow.set(i32x4.productLow(x2.get, m1)),
          ...bHigh.set(i32x4.productHigh(x2.get, m1)),
        ];
      };
      const mix = (g: number): Code => {
        const [x0, x1, x2, x3] = x[g], [aLow, aHigh, bLow, bHigh] = products[g];
        return [
          ...x0.set(v128.xor(v128.xor(upper(bLow, bHigh), x1.get), key[0].get)),
          ...x2.set(v128.xor(v128.xor(upper(aLow, aHigh), x3.get), key[1].get)),
          ...x1.set(lower(bLow, bHigh)),
          ...x3.set(lower(aLow, aHigh)),
        ];
      };
      const round = (last: boolean): Code => [
        ...everyGroup(multiply),
        ...everyGroup(mix),
        ...last ? [] : both((i) => key[i].set(i32x4.add(key[i].get, i === 0 ? weyl0 : weyl1))),
      ];
      const pair = (a: Local, b: Local, lanes: number[]) => v128.shuffle(a.get, b.get, lanes);
      /** Words of a block stand together in memory: the four vectors are transposed. */
      const put = (g: number): Code => {
        const [x0, x1, x2, x3] = x[g], [aLow, aHigh, bLow, bHigh] = products[g], place = 64 * g;
        return [
          ...aLow.set(pair(x0, x1, [0, 4, 1, 5])),
          ...aHigh.set(pair(x0, x1, [2, 6, 3, 7])),
          ...bLow.set(pair(x2, x3, [0, 4, 1, 5])),
          ...bHigh.set(pair(x2, x3, [2, 6, 3, 7])),
          ...v128.store(at.get, pair(aLow, bLow, [0, 1, 4, 5]), place),
          ...v128.store(at.get, pair(aLow, bLow, [2, 3, 6, 7]), place + 16),
          ...v128.store(at.get, pair(aHigh, bHigh, [0, 1, 4, 5]), place + 32),
          ...v128.store(at.get, pair(aHigh, bHigh, [2, 3, 6, 7]), place + 48),
        ];
      };
      return [
        // Read from memory, for a constant vector would be put together anew at every use.
        ...fixed.flatMap((c, i) => c.set(v128.load(i32.const(constants), 16 * i))),
        ...start[0].set(i32x4.splat(key0.get)),
        ...start[1].set(i32x4.splat(key1.get)),
        ...counter.set(i32x4.add(i32x4.splat(low.get), i32x4.const(0, 1, 2, 3))),
        ...until(i32.eqz(groups.get), [
          ...both((i) => key[i].set(start[i].get)),
          ...everyGroup((g) => [
            ...x[g][0].set(counter.get),
            ...[high, c2, c3].flatMap((word, i) => x[g][i + 1].set(i32x4.splat(word.get))),
            ...counter.set(i32x4.add(counter.get, i32x4.const(4, 4, 4, 4))),
          ]),
          ...Array.from({ length: 10 }, (_, r) => round(r === 9)).flat(),
          ...everyGroup(put),
          ...at.bump(i32.const(64 * GROUPS)),
          ...groups.bump(i32.const(-GROUPS)),
        ]),
      ];
    },
  );
}

/** (from, to, end, sd, mean) -> the first unread word: draws as in `normal.ts`, operation for operation, but for the tail. */
function draw(wide: boolean): FunctionCode {
  return defineFunction(["i32", "i32", "i32", "f64", "f64"], "i32", ([from, to, end, sd, mean], local) => {
    const word = local("i32"), layer = local("i32"), position = local("f64"), x = local("f64");
    const table = (name: typeof TABLES[number]) => f64.load(layer.get, tableAt(name));
    /** The 53 bits of two words, as a whole number. */
    const bits = (first: Code, second: Code) =>
      f64.convert(
        i64.or(i64.shl(i64.extendU(i32.shrU(first, i32.const(11))), i64.const(32)), i64.extendU(second)),
      );
    const uniform = f64.mul(bits(i32.load(from.get, 8), i32.load(from.get, 12)), f64.const(2 ** -53));
    const height = f64.add(
      table("densityLow"),
      f64.mul(uniform, f64.sub(table("densityHigh"), table("densityLow"))),
    );
    const density = call(0, f64.mul(f64.mul(f64.const(-0.5), x.get), x.get));
    // The sign is bit 8 of the word; every other draw would mispredict a branch on it.
    const sign = f64.reinterpret(i64.shl(i64.extendU(word.get), i64.const(63 - Math.log2(LAYERS))));
    const value = f64.add(mean.get, f64.mul(sd.get, f64.copySign(x.get, sign)));
    const put = [
      ...(wide ? f64.store(to.get, value) : f32.store(to.get, f32.demote(value))),
      ...to.bump(i32.const(wide ? 8 : 4)),
    ];
    const words = (count: number) => i32.lessS(i32.const(4 * WORDS - 4 * count), from.get);
    return [
      ...until(i32.eq(to.get, end.get), [
        ...leaveIf(words(2)),
        ...layer.set(
          i32.shl(i32.and(word.tee(i32.load(from.get)), i32.const(LAYERS - 1)), i32.const(3)),
        ),
        ...position.set(bits(word.get, i32.load(from.get, 4))),
        ...x.set(f64.mul(position.get, table("width"))),
        ...ifElse(f64.less(position.get, table("accept")), [...put, ...from.bump(i32.const(8))], [
          ...leaveIf(i32.eqz(layer.get), 1),
          ...leaveIf(words(4), 1),
          ...ifElse(f64.less(height, density), put), // else rejected: drawn afresh from the words behind
          ...from.bump(i32.const(16)),
        ]),
      ]),
      ...i32.store(i32.const(stopped), to.get),
      ...from.get,
    ];
  });
}
