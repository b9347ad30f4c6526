/** Names of streams, and the promises about order, chunks, resumption and children. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RandomState, type RandomStream, stream } from "../../lib/numerics/mod.ts";

const first = (s: RandomStream) => Array.from({ length: 4 }, () => s.uniform());
const identity = (s: RandomStream) => s.state().identity.join(" ");

describe("a stream's name", () => {
  it("decides its numbers", () => {
    expect(first(stream(3, "data", 7))).toEqual(first(stream(3, "data", 7)));
  });

  it("accepts every whole seed: 0, negative, 2^32, the largest safe number, bigints, all different", () => {
    const seeds = [
      0,
      1,
      -1,
      2 ** 32 - 1,
      2 ** 32,
      -(2 ** 32),
      2 ** 53 - 1,
      -(2 ** 53) + 1,
      2n ** 64n,
      -(2n ** 64n),
      2n ** 200n,
    ];
    expect(new Set(seeds.map((seed) => identity(stream(seed)))).size).toBe(seeds.length);
    expect(identity(stream(-0))).toBe(identity(stream(0)));
    expect(identity(stream(5n))).toBe(identity(stream(5)));
  });

  it("refuses a seed that is not a whole number, with the value", () => {
    for (const seed of [0.5, NaN, Infinity, 2 ** 53]) expect(() => stream(seed)).toThrow(`got ${seed}`);
    expect(() => stream("7" as unknown as number)).toThrow("a seed must be a number or a bigint, got string");
  });

  it('tells parts apart: 1 from "1", (a, b) from (ab), empty from absent, and order', () => {
    const paths: (string | number)[][] = [
      [],
      [""],
      ["", ""],
      ["1"],
      [1],
      [0],
      [0.1],
      ["a", "b"],
      ["ab"],
      ["b", "a"],
      ["a"],
      ["a", 0],
      [1, 2],
      [2, 1],
      ["é"],
      ["日"],
      ["\u0000"],
    ];
    expect(new Set(paths.map((path) => identity(stream(1, ...path)))).size).toBe(paths.length);
    expect(identity(stream(1, -0))).toBe(identity(stream(1, 0)));
    expect(() => stream(1, NaN)).toThrow("finite numbers, got NaN");
    expect(() => stream(1, undefined as unknown as string)).toThrow("got undefined");
  });

  it("gives 200 000 neighbouring names 200 000 streams", () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      // The first 64 of 128 bits: a collision among 2e5 has probability 1e-9.
      for (let i = 0; i < 1000; i++) seen.add(stream(seed, i).state().identity.slice(0, 2).join());
    }
    expect(seen.size).toBe(200_000);
  });

  it("flips half of the 128 bits when one bit of the seed or one letter changes", () => {
    const flips: number[] = [];
    const count = (a: RandomStream, b: RandomStream) => {
      let bits = 0;
      a.state().identity.forEach((word, i) => {
        for (let x = word ^ b.state().identity[i]; x !== 0; x &= x - 1) bits++;
      });
      flips.push(bits);
    };
    for (let bit = 0; bit < 50; bit++) count(stream(12345, "x"), stream(12345 + 2 ** bit, "x"));
    for (let i = 0; i < 50; i++) count(stream(1, "w", i), stream(1, "w", i + 1));
    const average = flips.reduce((a, b) => a + b) / flips.length;
    // A fair 128-bit flip count is 64 +- 5.66; 100 of them average to 64 +- 0.57: five sigma.
    expect(Math.abs(average - 64)).toBeLessThan(2.9);
    // Six sigma for a single one.
    expect(Math.min(...flips)).toBeGreaterThan(64 - 34);
  });
});

describe("order and chunks", () => {
  it("a fill equals single draws bit for bit, however it is cut", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 8 }), (lengths) => {
        const filled = stream(9, "chunks"), single = stream(9, "chunks");
        for (const length of lengths) {
          const a = filled.fillNormal(new Float64Array(length), 2, 1);
          expect([...a]).toEqual(Array.from(a, () => single.normal(1, 2)));
          const u = filled.fillUniform(new Float64Array(length % 7), -1, 3);
          expect([...u]).toEqual(Array.from(u, () => -1 + 4 * single.uniform()));
          const s = filled.fillSign(new Float64Array(length % 5), 0.5);
          expect([...s]).toEqual(Array.from(s, () => 0.5 * single.sign()));
        }
        expect(filled.state()).toEqual(single.state());
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  it("a Float32Array holds the Float64Array's numbers, rounded", () => {
    const wide = stream(2).fillNormal(new Float64Array(3000), 3);
    const narrow = stream(2).fillNormal(new Float32Array(3000), 3);
    expect([...narrow]).toEqual([...Float32Array.from(wide)]);
  });

  it("the growing batches do not show: word k is word k from any starting position", () => {
    const whole = stream(4, "position");
    const words = Array.from({ length: 3000 }, () => whole.integer(2 ** 32));
    for (const start of [0, 1, 2, 3, 15, 16, 17, 79, 80, 1023, 2500]) {
      const later = stream(4, "position");
      later.restore({ ...later.state(), position: start });
      expect(Array.from({ length: 200 }, () => later.integer(2 ** 32))).toEqual(
        words.slice(start, start + 200),
      );
    }
  });
});

describe("state and restore", () => {
  it("continue through JSON as if never interrupted, after any mix of draws", () => {
    const draws: ((s: RandomStream) => unknown)[] = [
      (s) => s.uniform(),
      (s) => s.normal(),
      (s) => s.sign(),
      (s) => s.integer(10),
      (s) => s.exponential(),
      (s) => s.gamma(0.3),
      (s) => [...s.dirichlet([0.1, 2])],
      (s) => s.categorical([1, 2, 3]),
      (s) => [...s.permutation(5)],
      (s) => [...s.fillNormal(new Float32Array(37))],
    ];
    fc.assert(
      fc.property(fc.array(fc.nat(draws.length - 1), { maxLength: 60 }), (order) => {
        const one = stream(11, "resume");
        order.forEach((k) => draws[k](one));
        const saved = JSON.parse(JSON.stringify(one.state())) as RandomState;
        const expected = draws.map((draw) => draw(one));
        const other = stream(11, "resume");
        other.restore(saved);
        expect(draws.map((draw) => draw(other))).toEqual(expected);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it("refuse another stream's state and damaged states", () => {
    const s = stream(1, "a");
    const refuses = (state: unknown, why: string) =>
      expect(() => s.restore(state as RandomState)).toThrow(why);
    refuses(stream(1, "b").state(), "saved by another stream");
    refuses({ ...s.state(), algorithm: "pcg32" }, "must come from philox4x32-10, got pcg32");
    refuses({ ...s.state(), position: -1 }, "position must be a whole number >= 0, got -1");
    refuses({ algorithm: "philox4x32-10", position: 0 }, "saved by another stream");
    refuses(null, "must come from philox4x32-10");
  });
});

describe("children", () => {
  it("do not depend on what the parent has drawn, nor move it", () => {
    const parent = stream(5, "p");
    const before = first(parent.child("c", 1));
    const position = parent.state().position;
    parent.normal();
    expect(first(parent.child("c", 1))).toEqual(before);
    expect(stream(5, "p").state().position).toBe(position);
  });

  it("are the streams of the longer path", () => {
    expect(first(stream(5, "p").child("c", 1))).toEqual(first(stream(5, "p", "c", 1)));
    expect(first(stream(5).child("p").child("c").child(1))).toEqual(first(stream(5, "p", "c", 1)));
  });

  it("need a name: a nameless child would repeat its parent", () => {
    expect(() => stream(5).child()).toThrow("at least one name");
  });
});
