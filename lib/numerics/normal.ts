/**
 * Standard normal draws from a word stream: one at a time, and in bulk.
 *
 * Both read two words a draw (8 bits of layer, 1 of sign, 53 of position) plus what a rejection costs, in the same
 * order, so a bulk fill equals repeated single draws bit for bit.
 *
 * @module
 */

import { type BulkWords, bulkWords } from "./bulk_words.ts";
import type { WordStream } from "./word_stream.ts";
import { LAYERS, ziggurat } from "./ziggurat.ts";

const { accept, width, densityLow, densityHigh, tail } = ziggurat;
const LAYER_MASK = LAYERS - 1;
const SIGN_BIT = LAYERS;
const TWO_32 = 2 ** 32;
/** Shorter fills than this are not worth starting the bulk kernels for. */
const BULK = 512;

/** Beyond the tail's start: Marsaglia's exact exponential rejection. */
function tailDraw(words: WordStream): number {
  for (;;) {
    const x = -Math.log(words.nextOpenUniform()) / tail;
    const y = -Math.log(words.nextOpenUniform());
    if (2 * y > x * x) return tail + x;
  }
}

/** Settles a draw that missed the fast path: the tail, the wedge under the curve, or a fresh draw. */
function settle(words: WordStream, word: number, position: number): number {
  const layer = word & LAYER_MASK;
  const sign = word & SIGN_BIT ? -1 : 1;
  if (layer === 0) return sign * tailDraw(words);
  const x = position * width[layer];
  const height = densityLow[layer] + words.nextUniform() * (densityHigh[layer] - densityLow[layer]);
  return height < Math.exp(-0.5 * x * x) ? sign * x : standardNormal(words);
}

/** One draw from N(0, 1). */
export function standardNormal(words: WordStream): number {
  if (words.cursor + 2 > words.buffer.length) words.refill();
  const at = words.cursor;
  words.cursor = at + 2;
  const word = words.buffer[at];
  const layer = word & LAYER_MASK;
  const position = (word >>> 11) * TWO_32 + (words.buffer[at + 1] >>> 0);
  if (position < accept[layer]) return (word & SIGN_BIT ? -position : position) * width[layer];
  return settle(words, word, position);
}

/** Fills `out` with `mean + sd * N(0, 1)`, rounded to the array's own precision. */
export function fillNormal(
  words: WordStream,
  out: Float32Array | Float64Array,
  sd: number,
  mean: number,
): void {
  const bulk = out.length >= BULK ? bulkWords() : null;
  if (bulk) return words.withBulk(bulk, () => fillInBulk(words, bulk, out, sd, mean));
  let buffer = words.buffer, cursor = words.cursor;
  for (let i = 0; i < out.length; i++) {
    if (cursor + 2 > buffer.length) {
      words.cursor = cursor;
      words.refill();
      buffer = words.buffer;
      cursor = words.cursor;
    }
    const word = buffer[cursor];
    const layer = word & LAYER_MASK;
    const position = (word >>> 11) * TWO_32 + (buffer[cursor + 1] >>> 0);
    cursor += 2;
    if (position < accept[layer]) {
      out[i] = mean + sd * ((word & SIGN_BIT ? -position : position) * width[layer]);
    } else {
      words.cursor = cursor;
      out[i] = mean + sd * settle(words, word, position);
      buffer = words.buffer;
      cursor = words.cursor;
    }
  }
  words.cursor = cursor;
}

/** The same fill with the accepted draws made by the bulk kernel, in whose memory the words lie. */
function fillInBulk(
  words: WordStream,
  bulk: BulkWords,
  out: Float32Array | Float64Array,
  sd: number,
  mean: number,
): void {
  const { buffer } = words, wide = out instanceof Float64Array, draws = bulk.draws(wide);
  for (let start = 0; start < out.length; start += draws.length) {
    const count = Math.min(draws.length, out.length - start);
    for (let i = 0; i < count;) {
      if (words.cursor + 2 > buffer.length) words.refill();
      const { word, at } = bulk.draw(wide, words.cursor, i, count, sd, mean);
      words.cursor = word;
      // It stopped at the end, at the tail, or where the words ran out: a draw by the general rule gets it past any of them.
      if ((i = at) < count) draws[i++] = mean + sd * standardNormal(words);
    }
    out.set(count === draws.length ? draws : draws.subarray(0, count), start);
  }
}
