import { describe, expect, it } from "vitest";
import { linearFit, logLogFit, stream } from "../../lib/numerics/mod.ts";
import { inductionHead } from "../../lib/lazy_to_rich/data.ts";
import type { Precision } from "../../lib/lazy_to_rich/forward.ts";
import {
  constructInductionHead,
  type CopyHeads,
  entrywiseNorm,
  inductionHeadBound,
  singleHeadBound,
  supremumError,
} from "../../lib/lazy_to_rich/construction.ts";

const X = [0.5, -1, 0.25, 0.8, -0.3, 0.6, -0.7, 0.9];
const W3 = [[1.5, -0.5], [0.25, 1]];

/** A random score matrix with ||W||_{1,1} = 4. */
function scores(size: number): number[][] {
  const random = stream(8, "scores", size);
  const W = Array.from({ length: size }, () => Array.from({ length: size }, () => random.normal()));
  const norm = entrywiseNorm(W);
  return W.map((row) => row.map((w) => 4 * w / norm));
}

interface Case {
  n: number;
  d?: number;
  copy: CopyHeads;
  guard?: number;
  lengths?: number[];
  sequences?: number;
  precision?: Precision;
}

function measure({ n, d = 2, copy, guard, lengths, sequences = 8, precision }: Case) {
  const W = scores((n - 1) * d);
  const head = constructInductionHead({ n, d, W, copy, guard });
  const error = supremumError(
    (x) => head.run(x, { precision }),
    (x) => inductionHead(x, W, n, d),
    {
      d,
      lengths: lengths ?? [n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, 24, 64],
      sequences,
      random: stream(9, "sequences", n),
    },
  );
  return { error, bound: inductionHeadBound(W, head.copy.errors, head.guard), W };
}

const shared = (H: number, a = 1): CopyHeads => ({ kind: "shared", H, a });
const factor = (x: number, y: number) => Math.max(x / y, y / x);

describe("IH_2 by one head", () => {
  it("has its known outputs on the reference sequence", () => {
    const at = (slope: number) =>
      constructInductionHead({ n: 2, d: 1, W: [[2]], copy: { kind: "single", slope } }).run(X)[0];
    expect(Math.abs(at(4) + 0.3485132860909086)).toBeLessThan(1e-9);
    expect(Math.abs(at(12) + 0.3468180494359373)).toBeLessThan(1e-9);
  });

  const known: Record<number, number[]> = { // sup errors at L = 4, 16, 64, 256
    2: [5.7e-2, 3.4e-1, 1.4e-1, 4.4e-2],
    4: [8.1e-3, 5.1e-2, 2.0e-2, 7.5e-3],
    8: [1.5e-4, 9.5e-4, 3.7e-4, 1.4e-4],
    12: [2.8e-6, 1.7e-5, 6.8e-6, 2.6e-6],
  };
  const slopes = [2, 4, 8, 12], lengths = [4, 16, 64, 256];
  const errors = slopes.map((slope) =>
    lengths.map((L) =>
      measure({ n: 2, d: 3, copy: { kind: "single", slope }, lengths: [L], sequences: 16 }).error
    )
  );

  it("stays below 2 ||W|| e^-p at every length, within a factor 4 of the known errors", () => {
    slopes.forEach((slope, row) => {
      const bound = singleHeadBound(scores(3), slope);
      expect(Math.abs(bound - 8 * Math.exp(-slope))).toBeLessThan(1e-12);
      lengths.forEach((_, column) => {
        expect(errors[row][column]).toBeLessThanOrEqual(bound);
        // a supremum over other random sequences and another W of the same norm
        expect(factor(errors[row][column], known[slope][column])).toBeLessThan(4);
      });
    });
  });

  it("copies with an l1 error of 2 e^-p, far from the start", () => {
    for (const slope of [2, 4]) {
      const { copy } = constructInductionHead({ n: 2, d: 1, W: [[1]], copy: { kind: "single", slope } });
      let sum = 1 - (1 - Math.exp(-slope)); // what is missing at distance 1
      for (let j = 2; j < 400; j++) sum += (1 - Math.exp(-slope)) * Math.exp(-slope * (j - 1));
      expect(Math.abs(copy.errors[0] / sum - 1)).toBeLessThan(1e-12);
    }
  });

  it("has an error that falls like e^-p", () => {
    for (let column = 0; column < lengths.length; column++) {
      const fit = linearFit(slopes.slice(1), errors.slice(1).map((row) => Math.log(row[column])));
      expect(Math.abs(fit.slope + 1)).toBeLessThan(0.03); // e^-2p terms at p = 4 are 2 %
    }
  });

  it("without the guard an O(1/L) error remains (control)", () => {
    const at = (L: number) =>
      measure({ n: 2, d: 3, copy: { kind: "single", slope: 20 }, guard: 0, lengths: [L], sequences: 24 })
        .error;
    const got = [16, 64, 256].map(at);
    [1.1e-1, 1.9e-2, 4.2e-3].forEach((want, i) => expect(factor(got[i], want)).toBeLessThan(3));
    expect(Math.abs(logLogFit([16, 64, 256], got).slope + 1)).toBeLessThan(0.3); // sup over few sequences
    const guarded = measure({ n: 2, d: 3, copy: { kind: "single", slope: 20 }, lengths: [64] }).error;
    expect(guarded).toBeLessThan(got[1] / 1e4);
  });
});

describe("IH_n by H heads", () => {
  it("has its known outputs on the reference sequence", () => {
    const at = (H: number) =>
      constructInductionHead({ n: 3, d: 1, W: W3, copy: shared(H), guard: 30 }).run(X)[0];
    // printed to six or seven digits
    expect(Math.abs(at(3) - 0.554323)).toBeLessThan(1e-6);
    expect(Math.abs(at(4) - 0.1194375)).toBeLessThan(1e-7);
    expect(Math.abs(at(5) - 0.1080406)).toBeLessThan(1e-7);
    expect(Math.abs(at(6) - 0.1081822)).toBeLessThan(1e-7);
  });

  it.each([
    [2, [[3, 2.8e-2], [4, 2.5e-4], [5, 3.6e-6], [7, 6e-12]]],
    [3, [[3, 4.9e-1], [4, 3.6e-2], [5, 8.2e-4], [7, 1.2e-8], [8, 1.9e-11]]],
    [4, [[3, 1.0], [4, 7.5e-1], [5, 4.0e-2], [7, 5.9e-6], [8, 1.2e-8]]],
    [5, [[4, 8.6e-1], [5, 7.1e-1], [7, 8.3e-4], [8, 4.2e-6]]],
  ])("n = %i: measured errors obey the bound and have the known size", (n, rows) => {
    for (const [H, want] of rows) {
      const { error, bound } = measure({ n, copy: shared(H), guard: 30 });
      expect(error).toBeLessThanOrEqual(bound);
      expect(factor(error, want)).toBeLessThan(10); // an order of magnitude: W and sequences differ
    }
  });

  it.each([[6, 1.4e-2], [8, 2.5e-5], [10, 5.9e-9]])(
    "at a = 1/2, n = 3, H = %i the error is about %d",
    (H, want) => {
      const { error, bound } = measure({ n: 3, copy: shared(H, 0.5), guard: 60 });
      expect(error).toBeLessThanOrEqual(bound);
      expect(factor(error, want)).toBeLessThan(10);
    },
  );

  it("the bound holds at every length from n + 1", () => {
    for (let L = 4; L <= 40; L++) {
      const { error, bound } = measure({ n: 3, copy: shared(5), lengths: [L], sequences: 4 });
      expect(error).toBeLessThanOrEqual(bound);
    }
  });

  it.each([[3, 1], [3, 0.5], [5, 1], [5, 0.5]])(
    "n = %i, a = %d: with the precision it asks for the error keeps falling up to H = 12",
    (n, a) => {
      let previous = Infinity;
      for (const H of [8, 9, 10, 11, 12]) {
        const { error, bound } = measure({
          n,
          copy: shared(H, a),
          guard: 60,
          lengths: [n + 1, 20],
          sequences: 2,
        });
        const floor = 1e-14; // float64 layer 2: a softmax average of numbers in [-1, 1]
        expect(error).toBeLessThanOrEqual(bound + floor);
        expect(error).toBeLessThanOrEqual(Math.max(previous, floor));
        previous = error;
      }
    },
  );

  it("in plain float64 the error rises again past H = 9 (control)", () => {
    const at = (n: number, precision?: Precision) =>
      measure({ n, copy: shared(12), guard: 60, lengths: [20], sequences: 4, precision }).error;
    expect(at(3, "float64")).toBeGreaterThan(1e-13);
    expect(at(5, "float64")).toBeGreaterThan(1e-5); // coefficients reach 6e13
    expect(at(3)).toBeLessThan(1e-14);
    expect(at(5)).toBeLessThan(1e-14);
  });

  it("without the guard an O(1/L) error remains (control)", () => {
    const lengths = [16, 64, 256];
    const errors = lengths.map((L) =>
      measure({ n: 3, copy: shared(8), guard: 0, lengths: [L], sequences: 10 }).error
    );
    expect(Math.abs(logLogFit(lengths, errors).slope + 1)).toBeLessThan(0.4);
    expect(errors[2]).toBeGreaterThan(1e-4);
  });

  it("with H = n - 2 heads the error is of order one (control)", () => {
    const copy: CopyHeads = { kind: "shared", H: 2, a: 4, partial: true };
    expect(measure({ n: 4, copy }).error).toBeGreaterThan(0.3);
    expect(measure({ n: 4, copy: shared(8) }).error).toBeLessThan(1e-6);
  });

  it("grouped heads work but waste heads", () => {
    const at = (copy: CopyHeads) =>
      measure({ n: 4, copy, lengths: [32], sequences: 3, precision: "double-double" }).error;
    const grouped = (size: number, normaliser?: "truncated") =>
      at({ kind: "grouped", sizes: [size, size, size], a: 0.5, normaliser });
    expect(factor(grouped(3), 2.0e-1)).toBeLessThan(10);
    expect(factor(grouped(6), 1.1e-1)).toBeLessThan(10);
    expect(factor(grouped(8), 4.7e-4)).toBeLessThan(10);
    expect(factor(grouped(10), 3.2e-7)).toBeLessThan(10);
    expect(factor(at(shared(9, 0.5)), 1.6e-5)).toBeLessThan(10);
    expect(factor(grouped(8, "truncated"), grouped(8))).toBeLessThan(3); // the reported rescaling nearly agrees here
  });
});

describe("other positional encodings", () => {
  it.each([2, 3, 5])("T5: one head a slot is exact at infinite strength, n = %i", (n) => {
    const { error } = measure({ n, copy: { kind: "t5", strength: Infinity }, guard: 60 });
    expect(error).toBeLessThan(1e-13); // float64
  });

  it("T5: the error at finite strength is at most that of the bound with 2 L e^-b", () => {
    for (const strength of [6, 10, 16]) {
      const L = 24, copy: CopyHeads = { kind: "t5", strength };
      const { error, W } = measure({ n: 3, copy, lengths: [L], guard: 60 });
      const E = 2 * L * Math.exp(-strength);
      expect(error).toBeLessThanOrEqual(inductionHeadBound(W, [E, E], 60));
      expect(error).toBeGreaterThan(E / 1000);
    }
  });

  it("log heads with a sink copy like Alibi heads", () => {
    let previous = Infinity;
    for (const H of [4, 6, 8, 10]) {
      const { error, bound } = measure({
        n: 3,
        copy: { kind: "log", H, a: 2, sink: 60 },
        guard: 60,
        lengths: [4, 6, 24],
        sequences: 2,
        precision: "double-double",
      });
      expect(error).toBeLessThanOrEqual(bound);
      expect(error).toBeLessThan(previous);
      previous = error;
    }
    expect(previous).toBeLessThan(1e-6);
  });

  it("log heads without a strong sink do not (control)", () => {
    const at = (sink: number) =>
      measure({ n: 3, copy: { kind: "log", H: 10, a: 2, sink }, guard: 60, lengths: [24] });
    expect(at(1).error).toBeGreaterThan(0.05);
  });
});

describe("requests that cannot be built", () => {
  it.each([
    [{ n: 4, copy: shared(2) }, "slot i must be an integer in 1..H = 2, got 3: each slot needs a head"],
    [{ n: 3, copy: { kind: "single", slope: 4 } as const }, "serves n = 2 only, got n = 3"],
    [
      { n: 4, copy: { kind: "grouped", sizes: [3, 3], a: 1 } as const },
      "need 3 group sizes for n = 4, got 2",
    ],
    [{ n: 3, copy: { kind: "log", H: 3, a: 2, sink: 0 } as const }, "the sink logit must be > 0, got 0"],
    [{ n: 3, copy: shared(3), guard: -1 }, "the guard must be >= 0, got -1"],
  ])("%# is refused with a reason", (request, message) => {
    expect(() => measure(request)).toThrow(message);
  });

  it("a score matrix of the wrong size is refused", () => {
    expect(() => constructInductionHead({ n: 3, d: 1, W: [[1]], copy: shared(3) }))
      .toThrow("W must be 2 x 2 for n = 3, d = 1, got 1 x 1");
  });
});
