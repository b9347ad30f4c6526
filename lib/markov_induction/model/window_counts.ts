/**
 * @module Sequences as counts: the output at the last position depends on a sequence only through how often each window is followed by
 * each token, because tokens are one-hot. A data set is compressed once, and every training step works on the counts.
 *
 * What a head sees at a position (the first t of its M offsets that exist, and the token itself when `self` is set) is its local
 * window; the score of a key depends on the local windows of key and query in every head, its pair.
 */
import type { Sequences } from "../data.ts";
import { checkShape, firstKeyOf, offsetOf, type Shape } from "./shape.ts";

/** Tokens of a head's local windows; entry -1 is "not there" (before the start, or the zero vector of the query). */
export interface LocalWindows {
  /** How many there are: the same for every head. */
  readonly count: number;
  /** [count, M]: tokens at the head's offsets. */
  readonly tokens: Int16Array;
  /** [count]: the token itself, -1 for the query; all -1 when heads do not see it. */
  readonly self: Int16Array;
}

/** A compressed data set. */
export interface WindowCounts {
  readonly shape: Shape;
  /** Sequences N. */
  readonly count: number;
  /** Context length. */
  readonly L: number;
  readonly local: LocalWindows;
  /** Distinct pairs of (query, key) in the data. */
  readonly pairs: number;
  /** `own[h][pair]` = query's local window x count + key's. */
  readonly own: readonly Int32Array[];
  /** Entries of sequence i are `start[i]..start[i + 1]`. */
  readonly start: Int32Array;
  /** [entries] */
  readonly entryPair: Int32Array;
  /** [entries]: the token that follows the window. */
  readonly entryToken: Uint8Array;
  /** [entries]: how often. */
  readonly entryCount: Float64Array;
  /** [N]: x_{L+1}. */
  readonly target: Uint8Array;
}

/** The local windows of a shape: t = M..0 offsets that exist, times the token itself. */
export function localWindows({ d, M }: Pick<Shape, "d" | "M">, self = false): LocalWindows {
  const rows: number[][] = [];
  for (let t = M; t >= 0; t--) {
    for (let code = 0; code < d ** t; code++) {
      rows.push(Array.from({ length: M }, (_, j) => j < t ? Math.floor(code / d ** j) % d : -1));
    }
  }
  const selves = self ? Array.from({ length: d + 1 }, (_, e) => e - 1) : [-1];
  return {
    count: rows.length * selves.length,
    tokens: Int16Array.from(selves.flatMap(() => rows.flat())),
    self: Int16Array.from(selves.flatMap((e) => rows.map(() => e))),
  };
}

/**
 * Compresses sequences for a shape.
 * @param self heads also see the token itself (the full model)
 * @throws {RangeError} when L leaves no key, or the alphabets differ
 */
export function countWindows(sequences: Sequences, shape: Shape, self = false): WindowCounts {
  checkShape(shape);
  const { tokens, count, L, d } = sequences, { M, H } = shape;
  if (d !== shape.d) throw new RangeError(`the sequences have ${d} tokens and the model ${shape.d}`);
  const first = firstKeyOf(shape);
  if (L <= first) throw new RangeError(`L must be > ${first}, got ${L}: no position has a full window`);
  const local = localWindows(shape, self), blockStart = new Int32Array(M + 1);
  for (let t = M - 1; t >= 0; t--) blockStart[t] = blockStart[t + 1] + d ** (t + 1);
  const block = local.count / (self ? d + 1 : 1);
  const localOf = (base: number, l: number, h: number, isQuery: boolean) => {
    let code = 0, t = 0;
    for (; t < M && l - offsetOf(shape, h, t) >= 0; t++);
    for (let j = t - 1; j >= 0; j--) code = code * d + tokens[base + l - offsetOf(shape, h, j)];
    return blockStart[t] + code + (self && !isQuery ? block * (tokens[base + l] + 1) : 0);
  };

  const pairIds = new Map<string, number>(), windowIds = new Map<string, number>(), windows: number[][] = [];
  const windowOf = (base: number, l: number, isQuery: boolean) => {
    const locals = Array.from({ length: H }, (_, h) => localOf(base, l, h, isQuery)), key = locals.join();
    let id = windowIds.get(key);
    if (id === undefined) {
      id = windows.length;
      windows.push(locals);
      windowIds.set(key, id);
    }
    return id;
  };
  // A window is a function of the last `span` tokens: remember it by their code.
  const remember = windowMemory(sequences, shape, self);
  const pairOf = new Int32Array(0), own: number[][] = Array.from({ length: H }, () => []);
  void pairOf;
  const start = new Int32Array(count + 1), entryPair: number[] = [], entryToken: number[] = [], entryCount: number[] = [];
  const target = new Uint8Array(count), seen = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const base = i * (L + 1), query = remember(base, L, true, windowOf);
    seen.clear();
    for (let l = first; l < L; l++) {
      const key = remember(base, l, false, windowOf) * d + tokens[base + l];
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    for (const [key, times] of seen) {
      const window = Math.floor(key / d), name = `${query},${window}`;
      let pair = pairIds.get(name);
      if (pair === undefined) {
        pair = pairIds.size;
        pairIds.set(name, pair);
        for (let h = 0; h < H; h++) own[h].push(windows[query][h] * local.count + windows[window][h]);
      }
      entryPair.push(pair);
      entryToken.push(key % d);
      entryCount.push(times);
    }
    start[i + 1] = entryPair.length;
    target[i] = tokens[base + L];
  }
  return {
    shape,
    count,
    L,
    local,
    pairs: pairIds.size,
    own: own.map((row) => Int32Array.from(row)),
    start,
    entryPair: Int32Array.from(entryPair),
    entryToken: Uint8Array.from(entryToken),
    entryCount: Float64Array.from(entryCount),
    target,
  };
}
