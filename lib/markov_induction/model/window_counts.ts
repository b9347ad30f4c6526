/**
 * @module Sequences as counts: the output at the last position depends on a sequence only through how often each window is followed by
 * each token, because tokens are one-hot. A data set is compressed once, and every training step works on the counts.
 *
 * What a head sees at a position (those of its M offsets that exist, and the token itself when `self` is set) is its local window;
 * the score of a key depends on the local windows of key and query in every head: their pair. Positional heads do not know one token from
 * another, so pairs that differ by a renaming of the tokens are one pair: d! times fewer numbers to look up.
 */
import type { Sequences } from "../data.ts";
import { type Architecture, checkArchitecture, firstKeyOf, offsetsOf } from "../forward.ts";

/** Tokens of a head's local windows; -1 is "not there": before the start, or the zero vector of the query. */
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
  /** The network it is for. */
  readonly architecture: Architecture;
  /** Sequences N. */
  readonly count: number;
  /** Context length. */
  readonly L: number;
  /** What heads see. */
  readonly local: LocalWindows;
  /** Distinct pairs of query and key in the data. */
  readonly pairs: number;
  /** `own[h][pair]` = the query's local window x `local.count` + the key's. */
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

/** The local windows of a network: for the token itself (none first), for t = M..0 offsets that exist, every code. */
export function localWindows({ d, M }: Pick<Architecture, "d" | "M">, self = false): LocalWindows {
  const rows: number[][] = [];
  for (let t = M; t >= 0; t--) {
    for (let code = 0; code < d ** t; code++) {
      rows.push(Array.from({ length: M }, (_, j) => j < t ? Math.floor(code / d ** j) % d : -1));
    }
  }
  const selves = Array.from({ length: self ? d + 1 : 1 }, (_, e) => e - 1);
  return {
    count: rows.length * selves.length,
    tokens: Int16Array.from(selves.flatMap(() => rows.flat())),
    self: Int16Array.from(selves.flatMap((e) => rows.map(() => e))),
  };
}

/** Where the codes of windows with t = 0..M tokens start when longer ones come first; entry -1 of the size. */
function blocksOf(d: number, M: number): { readonly start: number[]; readonly size: number } {
  const start = new Array<number>(M + 1).fill(0);
  for (let t = M - 1; t >= 0; t--) start[t] = start[t + 1] + d ** (t + 1);
  return { start, size: start[0] + 1 };
}

/** Local windows of a query and a key with the tokens renamed in the order in which they first occur. */
function renamed(
  windows: readonly (readonly number[])[],
  local: LocalWindows,
  start: readonly number[],
  M: number,
  d: number,
): number[][] {
  const names = new Map<number, number>();
  return windows.map((heads) =>
    heads.map((at) => {
      let code = 0, t = 0;
      for (let power = 1; t < M && local.tokens[at * M + t] >= 0; t++, power *= d) {
        const token = local.tokens[at * M + t];
        if (!names.has(token)) names.set(token, names.size);
        code += names.get(token)! * power;
      }
      return start[t] + code;
    })
  );
}

/**
 * Compresses sequences for a network.
 * @param self heads also see the token itself (the full model); default false
 * @throws {RangeError} when L leaves no key, or the alphabets differ
 */
export function countWindows(sequences: Sequences, architecture: Architecture, self = false): WindowCounts {
  checkArchitecture(architecture);
  const { tokens, count, L, d } = sequences, { M, H } = architecture, first = firstKeyOf(architecture) - 1;
  const offsets = Array.from({ length: H }, (_, h) => offsetsOf(architecture, h + 1)),
    span = offsets[H - 1][M - 1];
  if (d !== architecture.d) {
    throw new RangeError(`the sequences have ${d} tokens and the network ${architecture.d}`);
  }
  if (L <= first) throw new RangeError(`L must be > ${first}, got ${L}: no position is a key`);
  if (d ** span > 2 ** 22) throw new RangeError(`d^${span} windows are too many: take a smaller d, M or H`);
  const local = localWindows(architecture, self), block = blocksOf(d, M), long = blocksOf(d, span);
  const windows = long.size * (self ? d + 1 : 1);
  /** Local windows of a position, one a head. */
  const localsOf = (i: number, l: number, isQuery: boolean): number[] =>
    Array.from({ length: H }, (_, h) => {
      const base = i * (L + 1) + l;
      let t = 0, code = 0;
      while (t < M && l >= offsets[h][t]) t++;
      for (let j = t - 1; j >= 0; j--) code = code * d + tokens[base - offsets[h][j]];
      return (self && !isQuery ? block.size * (tokens[base] + 1) : 0) + block.start[t] + code;
    });
  const locals = new Map<number, number[]>(),
    pairIds = new Map<number, number>(),
    pairs = new Map<string, number>();
  const own: number[][] = Array.from({ length: H }, () => []);
  const start = new Int32Array(count + 1), target = new Uint8Array(count);
  const entryPair: number[] = [], entryToken: number[] = [], entryCount: number[] = [];
  const times = new Int32Array(windows * d), seen: number[] = [];
  const reach = d ** (span - 1);
  for (let i = 0; i < count; i++) {
    const base = i * (L + 1);
    let code = 0; // of the last min(l, span) tokens, newest least significant
    for (let l = 0; l < L; l++) {
      const x = tokens[base + l];
      if (l >= first) {
        const t = Math.min(l, span);
        const window = (self ? long.size * (x + 1) : 0) + long.start[t] + code, slot = window * d + x;
        if (times[slot]++ === 0) seen.push(slot);
        if (!locals.has(window)) locals.set(window, localsOf(i, l, false));
      }
      code = x + d * (code % reach);
    }
    const query = long.start[Math.min(L, span)] + code;
    if (!locals.has(query)) locals.set(query, localsOf(i, L, true));
    seen.sort((a, b) => a - b);
    for (const slot of seen) {
      const window = Math.floor(slot / d), name = query * windows + window;
      let pair = pairIds.get(name);
      if (pair === undefined) {
        let both = [locals.get(query)!, locals.get(window)!];
        if (!self) both = renamed(both, local, block.start, M, d);
        const [q, k] = both, at = q.map((code, h) => code * local.count + k[h]), key = at.join();
        pair = pairs.get(key);
        if (pair === undefined) {
          pairs.set(key, pair = pairs.size);
          for (let h = 0; h < H; h++) own[h].push(at[h]);
        }
        pairIds.set(name, pair);
      }
      entryPair.push(pair);
      entryToken.push(slot % d);
      entryCount.push(times[slot]);
      times[slot] = 0;
    }
    seen.length = 0;
    start[i + 1] = entryPair.length;
    target[i] = tokens[base + L];
  }
  return {
    architecture,
    count,
    L,
    local,
    pairs: pairs.size,
    own: own.map((row) => Int32Array.from(row)),
    start,
    entryPair: Int32Array.from(entryPair),
    entryToken: Uint8Array.from(entryToken),
    entryCount: Float64Array.from(entryCount),
    target,
  };
}
