/** The block function against its published vectors, and its counter arithmetic. */
import { describe, expect, it } from "vitest";
import { philox, philoxBlocks } from "../../lib/numerics/philox.ts";

/**
 * The three `philox4x32 10` lines of Random123's tests/kat_vectors (github.com/DEShawResearch/random123, v1.14.0):
 * four counter words, two key words, four expected words.
 */
const KNOWN_ANSWERS = `
00000000 00000000 00000000 00000000 00000000 00000000 6627e8d5 e169c58d bc57ac4c 9b00dbd8
ffffffff ffffffff ffffffff ffffffff ffffffff ffffffff 408f276d 41c83b0e a20bc7c6 6d5451fd
243f6a88 85a308d3 13198a2e 03707344 a4093822 299f31d0 d16cfe09 94fdcceb 5001e420 24126ea1
`.trim().split("\n").map((line) => line.split(" ").map((word) => parseInt(word, 16)));

/** The same ten rounds with exact 64-bit products, written from the definition. */
function philoxByBigInt(counter: number[], key: number[]): number[] {
  let [x0, x1, x2, x3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  const low = (v: bigint) => v & 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const p = 0xd2511f53n * x0, q = 0xcd9e8d57n * x2;
    [x0, x1, x2, x3] = [(q >> 32n) ^ x1 ^ k0, low(q), (p >> 32n) ^ x3 ^ k1, low(p)];
    k0 = low(k0 + 0x9e3779b9n);
    k1 = low(k1 + 0xbb67ae85n);
  }
  return [x0, x1, x2, x3].map(Number);
}

describe("Philox4x32-10", () => {
  it("gives the known answers of the Random123 distribution", () => {
    for (const words of KNOWN_ANSWERS) {
      expect([...philox(words.slice(0, 4), words.slice(4, 6))]).toEqual(words.slice(6));
    }
  });

  it("equals the definition in exact integers on 500 irregular inputs", () => {
    let seed = 1;
    const word = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0);
    for (let i = 0; i < 500; i++) {
      const counter = [word(), word(), word(), word()], key = [word(), word()];
      expect([...philox(counter, key)]).toEqual(philoxByBigInt(counter, key));
    }
  });

  it("counts blocks across the 32-bit boundary", () => {
    const words = new Int32Array(12);
    philoxBlocks(words, 0xffffffff, 5, 1, 2, 3, 4);
    const unsigned = [...new Uint32Array(words.buffer)];
    expect(unsigned.slice(0, 4)).toEqual(philoxByBigInt([0xffffffff, 5, 1, 2], [3, 4]));
    expect(unsigned.slice(4, 8)).toEqual(philoxByBigInt([0, 6, 1, 2], [3, 4]));
    expect(unsigned.slice(8)).toEqual(philoxByBigInt([1, 6, 1, 2], [3, 4]));
  });
});
