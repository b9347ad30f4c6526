/**
 * From a seed and a path of names to 128 bits that identify one random stream.
 *
 * Each part is written as tagged, length-prefixed words and absorbed by Philox itself as a compression function
 * in Davies-Meyer form, $h \leftarrow h \oplus \mathrm{philox}(h; m)$ with 64 bits of message as the key. Two
 * different (seed, path) pairs therefore share a stream with probability about $2^{-128}$, and appending to a
 * path needs only the identity so far.
 *
 * @module
 */

import { BLOCK_WORDS, philoxBlocks } from "./philox.ts";

/** Four 32-bit words that name one stream. */
export type StreamIdentity = readonly [number, number, number, number];

/** A part of a stream's path: `"1"` and `1` are different parts. */
export type PathPart = string | number;

/** First 128 fractional bits of pi: a start value with nothing up its sleeve. */
const START: StreamIdentity = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];

/** Tags keep seeds, strings and numbers apart. */
const TAG = { seed: 1, text: 2, number: 3 } as const;

/** One block of scratch: opening a stream is frequent, and allocating typed arrays would be most of its cost. */
const mixed = new Int32Array(BLOCK_WORDS);

function absorb([h0, h1, h2, h3]: StreamIdentity, tag: number, words: number[]): StreamIdentity {
  const message = [tag, words.length, ...words];
  for (let i = 0; i < message.length; i += 2) {
    philoxBlocks(mixed, h0, h1, h2, h3, message[i], message[i + 1] ?? 0);
    h0 ^= mixed[0];
    h1 ^= mixed[1];
    h2 ^= mixed[2];
    h3 ^= mixed[3];
  }
  return [h0 >>> 0, h1 >>> 0, h2 >>> 0, h3 >>> 0];
}

function seedWords(seed: number | bigint): number[] {
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    throw new RangeError(
      `a seed must be a whole number between -(2^53 - 1) and 2^53 - 1, got ${seed}: round it, or pass a bigint`,
    );
  }
  if (typeof seed !== "number" && typeof seed !== "bigint") {
    throw new TypeError(`a seed must be a number or a bigint, got ${typeof seed}`);
  }
  let magnitude = BigInt(seed);
  const sign = magnitude < 0n ? 1 : 0;
  if (sign) magnitude = -magnitude;
  const words = [sign];
  for (; magnitude > 0n; magnitude >>= 32n) words.push(Number(magnitude & 0xffffffffn));
  return words;
}

function partWords(part: PathPart): [tag: number, words: number[]] {
  if (typeof part === "string") return [TAG.text, utf16(part)];
  if (typeof part !== "number" || !Number.isFinite(part)) {
    throw new TypeError(`a stream's path takes strings and finite numbers, got ${String(part)}`);
  }
  bits.setFloat64(0, part + 0); // -0 + 0 is 0: the two zeros are one name
  return [TAG.number, [bits.getUint32(0), bits.getUint32(4)]];
}

/** The float64 bit pattern of a number, in the same order on every machine. */
const bits = new DataView(new ArrayBuffer(8));

function utf16(text: string): number[] {
  const words: number[] = [];
  for (let i = 0; i < text.length; i++) words.push(text.charCodeAt(i));
  return words;
}

/**
 * The identity of the stream with this seed and no path yet.
 *
 * @throws RangeError for a fractional, infinite or unsafe number
 */
export function seedIdentity(seed: number | bigint): StreamIdentity {
  return absorb(START, TAG.seed, seedWords(seed));
}

/**
 * The identity of the substream reached from `identity` by `path`; appending in two steps or one is the same.
 *
 * @throws TypeError for a part that is neither a string nor a finite number
 */
export function extendIdentity(identity: StreamIdentity, path: readonly PathPart[]): StreamIdentity {
  return path.reduce((at, part) => absorb(at, ...partWords(part)), identity);
}
