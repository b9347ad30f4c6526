import { describe, expect, it } from "vitest";
import { stream } from "../../lib/numerics/mod.ts";
import { bulkWords } from "../../lib/numerics/bulk_words.ts";
import { philoxBlocks } from "../../lib/numerics/philox.ts";
import { WordStream } from "../../lib/numerics/word_stream.ts";

const bulk = bulkWords()!;

describe("the bulk kernels", () => {
  it("exist wherever these tests run, and are made once", () => {
    expect(bulk).not.toBeNull();
    expect(bulkWords()).toBe(bulk);
  });

  it.each([[0, 0], [5, 1], [2 ** 31 - 512, 7], [2 ** 32 - 1024, 2 ** 32 - 1]])(
    "compute the blocks of counter (%i, %i) bit for bit",
    (low, high) => {
      const [c2, c3, key0, key1] = [0xdeadbeef, 3, 0x80000000, 0xffffffff], words = new Int32Array(4096);
      philoxBlocks(words, low, high, c2, c3, key0, key1);
      bulk.blocks(1024, low, high, c2, c3, key0, key1);
      expect([...bulk.words]).toEqual([...words]);
    },
  );

  it("are not asked across the end of the lowest counter word", () => {
    const identity = [1, 2, 3, 4] as const, near = 4 * (2 ** 32 - 100);
    const long = new WordStream(identity, near);
    for (let i = 0; i < 400; i++) long.next(); // grows the batches until the wrap lies inside one
    const words = Array.from({ length: 3000 }, () => long.next());
    const short = words.map((_, i) => i).filter((i) => i % 97 === 0);
    expect(short.map((i) => new WordStream(identity, near + 400 + i).next())).toEqual(
      short.map((i) => words[i]),
    );
  });
});

describe("a long fill of normals", () => {
  it.each([[0, Float64Array], [1, Float64Array], [3, Float32Array], [4090, Float32Array]])(
    "after %i words equals single draws bit for bit in a %o, tails and rejected draws among them",
    (skip, Kind) => {
      const filled = stream(5, "bulk"), single = stream(5, "bulk");
      for (let i = 0; i < skip; i++) filled.sign(), single.sign();
      const got = filled.fillNormal(new Kind(30_000), 1.7, 0.3), want = new Kind(30_000);
      for (let i = 0; i < want.length; i++) want[i] = single.normal(0.3, 1.7);
      expect(got).toEqual(want);
      expect(filled.state()).toEqual(single.state());
      expect(filled.uniform()).toBe(single.uniform());
      // 30 000 draws hold 7.7 from beyond the tail's start on average: without any, the tail would not be tested.
      expect(got.filter((x) => Math.abs(x - 0.3) > 1.7 * 3.6541528853610088).length).toBeGreaterThan(0);
    },
  );

  it("leaves other streams alone, and they it", () => {
    const [a, b] = [stream(1, "a"), stream(1, "b")],
      alone = stream(1, "a").fillNormal(new Float64Array(2000));
    const first = a.fillNormal(new Float64Array(1000));
    b.fillNormal(new Float64Array(5000));
    expect([...first, ...a.fillNormal(new Float64Array(1000))]).toEqual([...alone]);
  });
});
