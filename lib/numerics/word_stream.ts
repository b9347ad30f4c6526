/**
 * An endless sequence of random 32-bit words, produced in batches and addressed by position.
 *
 * Word number `position` depends on the stream's identity and on nothing else: batches grow from 4 to 256 blocks as
 * a stream is used (a short-lived stream stays cheap, a long fill runs at full speed) without changing a word.
 *
 * @module
 */

import { type BulkWords, bulkWords } from "./bulk_words.ts";
import { BLOCK_WORDS, philox, philoxBlocks } from "./philox.ts";
import type { StreamIdentity } from "./stream_identity.ts";

const FIRST_BATCH = 16;
const LARGEST_BATCH = 1024;
const TWO_32 = 2 ** 32;

/** Sets the key derivation apart from the hashing of paths. */
const DERIVATION_KEY = [0x5f726e67, 0x6b657931] as const;

/**
 * Random words of one stream.
 *
 * The key and the upper half of the counter are Philox of the identity, so they carry all its 128 bits; the lower
 * half of the counter is the block number, which leaves $2^{64}$ blocks a stream (positions are exact to $2^{53}$).
 */
export class WordStream {
  /** The current batch. Only `cursor` moves between refills. */
  buffer: Int32Array = new Int32Array(0);
  /** Index of the next unread word of `buffer`. */
  cursor = 0;
  /** Position of `buffer[0]`. */
  #origin = 0;
  readonly #parameters: Uint32Array;

  /** Opens the stream called `identity` at word number `position`. */
  constructor(readonly identity: StreamIdentity, position = 0) {
    this.#parameters = philox(identity, DERIVATION_KEY);
    this.position = position;
  }

  /** Number of words read so far. */
  get position(): number {
    return this.#origin + this.cursor;
  }

  set position(position: number) {
    this.buffer = new Int32Array(0);
    this.#origin = position;
    this.cursor = 0;
  }

  /** Computes the batch that holds the next unread word; at least 13 words are then unread. */
  refill(): void {
    const position = this.position;
    const block = Math.floor(position / BLOCK_WORDS);
    if (this.buffer.length < LARGEST_BATCH) {
      this.buffer = new Int32Array(Math.max(FIRST_BATCH, 4 * this.buffer.length));
    }
    this.#compute(block);
    this.#origin = block * BLOCK_WORDS;
    this.cursor = position - this.#origin;
  }

  /** Writes the words of `buffer`, which starts with this block. */
  #compute(block: number): void {
    const [key0, key1, c2, c3] = this.#parameters, { buffer } = this;
    const low = block % TWO_32, high = Math.floor(block / TWO_32), blocks = buffer.length / BLOCK_WORDS;
    const bulk = buffer.length >= LARGEST_BATCH && low + blocks <= TWO_32 ? bulkWords() : null;
    if (!bulk) return philoxBlocks(buffer, low, high, c2, c3, key0, key1);
    bulk.blocks(blocks, low, high, c2, c3, key0, key1);
    if (buffer !== bulk.words) buffer.set(bulk.words.subarray(0, buffer.length));
  }

  /**
   * Lets `use` read from the memory of the bulk kernels, where `buffer` then lies, and takes the words out of it again. Nothing else
   * may draw random numbers meanwhile.
   */
  withBulk(bulk: BulkWords, use: () => void): void {
    const start = this.position;
    this.buffer = bulk.words;
    this.#origin = start;
    this.cursor = 0;
    this.refill();
    use();
    this.position = Number(this.position); // forgets the borrowed buffer
  }

  /** The next word as a signed 32-bit integer. */
  next(): number {
    if (this.cursor >= this.buffer.length) this.refill();
    return this.buffer[this.cursor++];
  }

  /** A multiple of $2^{-53}$ in $[0, 1)$ from the next two words. */
  nextUniform(): number {
    if (this.cursor + 2 > this.buffer.length) this.refill();
    const at = this.cursor;
    this.cursor = at + 2;
    return ((this.buffer[at] >>> 11) * TWO_32 + (this.buffer[at + 1] >>> 0)) * 2 ** -53;
  }

  /** An odd multiple of $2^{-54}$ in $(0, 1)$: never 0 or 1, so its logarithm is finite. */
  nextOpenUniform(): number {
    // u = 1 - 2^-53 would round to 1 when 2^-54 is added; the next number below 1 stands for that one case.
    return Math.min(this.nextUniform() + 2 ** -54, 1 - 2 ** -53);
  }
}
