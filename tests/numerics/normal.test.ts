/** Is the ziggurat really normal? One large sample, judged in the body, in the layers and in the tails. */
import { describe, expect, it } from "vitest";
import {
  erfc,
  ksTest,
  kurtosis,
  mean,
  normalCdf,
  normalQuantile,
  stream,
  variance,
} from "../../lib/numerics/mod.ts";
import { ziggurat } from "../../lib/numerics/ziggurat.ts";

const N = 2 ** 23;
const sample = stream(20, "normal test").fillNormal(new Float64Array(N));

/** Standard score of the chi-square statistic of `xs` over `bins` equally likely cells of N(0, sd^2). */
function chiSquareScore(xs: Float64Array, bins: number, sd = 1): number {
  const edges = Float64Array.from({ length: bins - 1 }, (_, i) => sd * normalQuantile((i + 1) / bins));
  const counts = new Float64Array(bins);
  for (let k = 0; k < xs.length; k++) {
    let low = 0, high = bins - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (xs[k] < edges[middle]) high = middle;
      else low = middle + 1;
    }
    counts[low]++;
  }
  const expected = xs.length / bins;
  const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  return (chiSquare - (bins - 1)) / Math.sqrt(2 * (bins - 1));
}

describe("the ziggurat's tables", () => {
  it("solve for Marsaglia and Tsang's R = 3.6541528853610088 and v = 0.00492867323399", () => {
    // 60 bisections of [3, 4] leave float64 rounding.
    expect(ziggurat.tail).toBeCloseTo(3.6541528853610088, 14);
    expect(ziggurat.area).toBeCloseTo(0.00492867323399, 13); // as printed, to 14 decimals
  });

  it("cover the area under the curve with 0.67 % to spare, and settle 98.5 % of draws at once", () => {
    expect(Math.sqrt(Math.PI / 2) / (256 * ziggurat.area)).toBeCloseTo(0.9933, 4);
    expect(ziggurat.accept.reduce((sum, x) => sum + x, 0) / 256 / 2 ** 53).toBeCloseTo(0.985, 3);
  });
});

describe("normal draws", () => {
  // Each score below is standard normal if the draws are right: |score| < 4.5 fails 7 times in a million.
  it("have the first four moments", () => {
    expect(Math.abs(mean(sample)) * Math.sqrt(N)).toBeLessThan(4.5);
    expect(Math.abs(variance(sample) - 1) / Math.sqrt(2 / N)).toBeLessThan(4.5);
    const third = sample.reduce((sum, x) => sum + x ** 3, 0) / N;
    expect(Math.abs(third) / Math.sqrt(15 / N)).toBeLessThan(4.5);
    expect(Math.abs(kurtosis(sample)) / Math.sqrt(24 / N)).toBeLessThan(4.5);
  });

  it("fill 1024 equally likely cells evenly, and the same test sees a scale that is off by 1 %", () => {
    expect(Math.abs(chiSquareScore(sample, 1024))).toBeLessThan(4.5);
    expect(chiSquareScore(sample, 1024, 1.01)).toBeGreaterThan(4.5);
  });

  it("pass Kolmogorov-Smirnov, and a shift by 0.01 does not", () => {
    const part = sample.subarray(0, 200_000);
    expect(ksTest(part, normalCdf).pValue).toBeGreaterThan(1e-4);
    expect(ksTest(part, (x) => normalCdf(x - 0.01)).pValue).toBeLessThan(1e-4);
  });

  it("have the right number beyond 3, 4 and 4.5 sigma on each side", () => {
    for (const threshold of [3, 4, 4.5]) {
      const expected = 0.5 * erfc(threshold / Math.SQRT2) * N; // 11323, 266, 28
      for (const side of [-1, 1]) {
        const count = sample.reduce((n, x) => n + (side * x > threshold ? 1 : 0), 0);
        expect(Math.abs(count - expected) / Math.sqrt(expected)).toBeLessThan(4.5);
      }
    }
  });

  it("follow the normal law inside the tail that has its own algorithm", () => {
    const beyond = sample.map(Math.abs).filter((x) => x > ziggurat.tail); // about 2160 draws
    const total = erfc(ziggurat.tail / Math.SQRT2);
    expect(Math.abs(beyond.length - total * N) / Math.sqrt(total * N)).toBeLessThan(4.5);
    expect(ksTest(beyond, (x) => 1 - erfc(x / Math.SQRT2) / total).pValue).toBeGreaterThan(1e-4);
  });

  it("have no memory: correlations of x and of x^2 at lags 1 to 16", () => {
    for (let lag = 1; lag <= 16; lag++) {
      let linear = 0, square = 0;
      const n = 2 ** 21;
      for (let i = 0; i < n; i++) {
        linear += sample[i] * sample[i + lag];
        square += (sample[i] ** 2 - 1) * (sample[i + lag] ** 2 - 1);
      }
      expect(Math.abs(linear) / Math.sqrt(n)).toBeLessThan(4.5);
      expect(Math.abs(square) / Math.sqrt(4 * n)).toBeLessThan(4.5); // Var(x^2 - 1) = 2
    }
  });

  it("scale and shift, and refuse a negative or missing spread", () => {
    const s = stream(1);
    expect(s.normal(3, 0)).toBe(3);
    expect(() => s.normal(0, -1)).toThrow("a standard deviation must be >= 0, got -1");
    expect(() => s.fillNormal(new Float32Array(1), NaN)).toThrow("got NaN");
  });
});

describe("streams of neighbouring names", () => {
  it("are uncorrelated: 64 streams, all pairs", () => {
    const n = 4096;
    const rows = Array.from(
      { length: 64 },
      (_, i) => stream(i >> 3, "neighbour", i & 7).fillNormal(new Float64Array(n)),
    );
    let largest = 0;
    for (let i = 0; i < 64; i++) {
      for (let j = 0; j < i; j++) {
        const dot = rows[i].reduce((sum, x, k) => sum + x * rows[j][k], 0);
        largest = Math.max(largest, Math.abs(dot) / Math.sqrt(n));
      }
    }
    // The largest of 2016 standard scores exceeds 5.2 four times in 10 000.
    expect(largest).toBeLessThan(5.2);
    expect(largest).toBeGreaterThan(2); // and identical or alternating streams would not look random either
  });

  it("start independently: the first draws of 100 000 consecutive streams are normal and uncorrelated", () => {
    const starts = Float64Array.from({ length: 100_000 }, (_, i) => stream(0, i).normal());
    expect(ksTest(starts, normalCdf).pValue).toBeGreaterThan(1e-4);
    let lagOne = 0;
    for (let i = 1; i < starts.length; i++) lagOne += starts[i] * starts[i - 1];
    expect(Math.abs(lagOne) / Math.sqrt(starts.length)).toBeLessThan(4.5);
  });
});
