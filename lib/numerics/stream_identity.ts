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

import { philox } from "./philox.ts";

/** Four 32-bit words that name one stream. */
export type StreamIdentity = readonly [number, number, number, number];

/** A part of a stream's path: `"1"` and `1` are different parts. */
export type PathPart = string | number;

/** First 128 fractional bits of pi: a start value with nothing up its sleeve. */
const START: StreamIdentity = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];

/** Tags keep seeds, strings and numbers apart. */
const TAG = { seed: 1, text: 2, number: 3 } as const;

function absorb(identity: StreamIdentity, tag: number, words: number[]): StreamIdentity {
  let state: StreamIdentity = identity;
  const message = [tag, words.length, ...words];
  for (let i = 0; i < message.length; i += 2) {
    const mixed = philox(state, [message[i], message[i + 1] ?? 0]);
    state = [
      (state[0] ^ mixed[0]) >>> 0,
      (state[1] ^ mixed[1]) >>> 0,
      (state[2] ^ mixed[2]) >>> 0,
      (state[3] ^ mixed[3]) >>> 0,
    ];
  }
  return state;
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
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, part + 0); // -0 + 0 is 0: the two zeros are one name
  return [TAG.number, [view.getUint32(0), view.getUint32(4)]];
}

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
