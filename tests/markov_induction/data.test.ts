import { describe, expect, it } from "vitest";
import { stream } from "../../lib/numerics/mod.ts";
import {
  type Chain,
  drawKernel,
  gth,
  kernelSampler,
  kernelSize,
  type Prior,
  sampleSequences,
  stationaryLaw,
  windowLaws,
} from "../../lib/markov_induction/data.ts";
import { bitsOf, labelOf, maskOf, membersOf, subsets } from "../../lib/markov_induction/subsets.ts";

const dirichlet = (alpha: number): Chain => ({ d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha } });
const priors: Prior[] = [
  { kind: "dirichlet", alpha: 0.1 },
  { kind: "additive", lambdas: [0.3, 0.4] },
  { kind: "modular-sum", lambda: 0.8 },
  { kind: "interpolation", beta: 0.5, alpha: 0.5 },
];
const roundOff = 1e-14; // sums of a few dozen float64 terms of size one

describe("subsets", () => {
  it("come by size, then lexicographically, the empty set first", () => {
    expect(subsets(3, 2).map(labelOf)).toEqual(["∅", "{1}", "{2}", "{3}", "{1,2}", "{1,3}", "{2,3}"]);
    expect(subsets(4, 4)).toHaveLength(16);
  });
  it("masks, members and bit strings agree", () => {
    for (const mask of subsets(5)) expect(maskOf(membersOf(mask))).toBe(mask);
    expect(bitsOf(maskOf([1, 2]), 3)).toBe("110");
    expect(bitsOf(maskOf([3]), 3)).toBe("001");
  });
  it("refuses D > H", () => expect(() => subsets(2, 3)).toThrow("D must be an integer in 0..2, got 3"));
});

describe("kernels", () => {
  it.each(priors)("rows of $kind are laws", (prior) => {
    const chain: Chain = { d: 3, parents: [1, 3], prior };
    const kernel = drawKernel(chain, stream(1, "kernel"));
    expect(kernel).toHaveLength(kernelSize(chain));
    for (let z = 0; z < 9; z++) {
      const row = kernel.subarray(3 * z, 3 * z + 3);
      expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
      expect(Math.abs(row.reduce((a, b) => a + b) - 1)).toBeLessThan(roundOff);
    }
  });
  it("an additive row is a mixture of its parents' tokens", () => {
    const kernel = drawKernel({ d: 3, parents: [1, 2], prior: priors[1] }, stream(1, "unused"));
    const row = kernel.subarray((2 + 3 * 0) * 3, (2 + 3 * 0) * 3 + 3); // x_{-1} = 2, x_{-2} = 0
    [0.4 + 0.1, 0.1, 0.3 + 0.1].forEach((p, e) => expect(row[e]).toBeCloseTo(p, 14));
  });
  it("a modular-sum row points at the sum of its parents", () => {
    const kernel = drawKernel({ d: 3, parents: [1, 2], prior: priors[2] }, stream(1, "unused"));
    expect(kernel[(2 + 3 * 2) * 3 + 1]).toBeCloseTo(0.8 + 0.2 / 3, 14); // 2 + 2 = 1 mod 3
  });
  it("interpolation at beta 0 reads the first parent alone, and at beta above 0 does not", () => {
    const varies = (beta: number) => {
      const chain: Chain = { d: 3, parents: [1, 2], prior: { kind: "interpolation", beta, alpha: 1 } };
      const kernel = drawKernel(chain, stream(2, "kernel"));
      return Math.max(...[0, 1, 2].map((e) => Math.abs(kernel[e] - kernel[9 + e]))); // x_{-1} = 0, x_{-2} = 0 or 1
    };
    expect(varies(0)).toBe(0);
    expect(varies(0.5)).toBeGreaterThan(0.01);
  });
  it("rows of a Dirichlet prior have the moments of a Dirichlet law", () => {
    const alpha = 0.3, sampler = kernelSampler(dirichlet(alpha)), random = stream(3, "kernels"), n = 4000;
    let [first, square] = [0, 0];
    for (let i = 0; i < n; i++) {
      const kernel = sampler.draw(random);
      for (let z = 0; z < 9; z++) [first, square] = [first + kernel[3 * z], square + kernel[3 * z] ** 2];
    }
    const second = (alpha + 1) / (3 * (3 * alpha + 1)); // E p^2
    const error = Math.sqrt((second - 1 / 9) / (9 * n));
    expect(Math.abs(first / (9 * n) - 1 / 3)).toBeLessThan(4 * error); // 4 standard errors
    expect(Math.abs(square / (9 * n) - second)).toBeLessThan(4 * error); // p^2 <= p varies less than p
  });
  it.each([
    [{ d: 1, parents: [1], prior: priors[0] }, "d must be an integer in 2..256"],
    [{ d: 3, parents: [2, 1], prior: priors[0] }, "ascending integer offsets"],
    [{ d: 3, parents: [], prior: priors[0] }, "one or more"],
    [{ d: 3, parents: [1, 2], prior: { kind: "dirichlet", alpha: 0 } }, "alpha must be positive"],
    [
      { d: 3, parents: [1], prior: { kind: "additive", lambdas: [0.4, 0.4] } },
      "one lambda a parent (1), got 2",
    ],
    [{ d: 3, parents: [1, 2], prior: { kind: "additive", lambdas: [0.6, 0.6] } }, "sum <= 1"],
    [{ d: 10, parents: [1, 9], prior: priors[0] }, "too many windows"],
  ] as [Chain, string][])("refuses bad chain %#", (chain, message) => {
    expect(() => kernelSampler(chain)).toThrow(message);
  });
});

describe("sequences", () => {
  it("sequence i depends on the seed and i alone", () => {
    const chain = dirichlet(0.5);
    const all = sampleSequences(chain, { L: 20, count: 6, seed: 4, keepKernels: true });
    const part = sampleSequences(chain, { L: 20, count: 2, seed: 4, first: 3, keepKernels: true });
    expect(part.tokens).toEqual(all.tokens.slice(3 * 21, 5 * 21));
    expect(part.kernels).toEqual(all.kernels!.slice(3 * 27, 5 * 27));
    for (let first = 0; first < 6; first++) { // no start looks into the row before
      const one = sampleSequences(chain, { L: 20, count: 1, seed: 4, first });
      expect(one.tokens).toEqual(all.tokens.slice(first * 21, (first + 1) * 21));
    }
    const other = sampleSequences(chain, { L: 20, count: 6, seed: 5 });
    expect(other.tokens).not.toEqual(all.tokens);
  });

  it("transitions have the frequencies of the kernel", () => {
    const prior: Prior = { kind: "additive", lambdas: [0.5, 0.3] };
    const chain: Chain = { d: 3, parents: [1, 3], prior }, L = 40, count = 1000;
    const { tokens } = sampleSequences(chain, { L, count, seed: 6 });
    const kernel = drawKernel(chain, stream(0, "unused")), seen = new Float64Array(27);
    for (let i = 0; i < count; i++) {
      for (let l = 3; l <= L; l++) {
        const at = i * (L + 1) + l;
        seen[(tokens[at - 1] + 3 * tokens[at - 3]) * 3 + tokens[at]]++;
      }
    }
    for (let z = 0; z < 9; z++) {
      const visits = seen[3 * z] + seen[3 * z + 1] + seen[3 * z + 2];
      for (let e = 0; e < 3; e++) {
        const p = kernel[3 * z + e];
        // 4.5 standard deviations of a binomial frequency: 27 of them are looked at
        expect(Math.abs(seen[3 * z + e] / visits - p)).toBeLessThan(4.5 * Math.sqrt(p * (1 - p) / visits));
      }
    }
  });

  it("the first tokens are uniform, as many as the longest parent offset", () => {
    const lambdas = [0, 1]; // copies offset 4: the first four tokens repeat for ever
    const chain: Chain = { d: 3, parents: [1, 4], prior: { kind: "additive", lambdas } }, count = 3000;
    const { tokens } = sampleSequences(chain, { L: 9, count, seed: 7 });
    const seen = new Float64Array(4 * 3);
    let carried = 0; // first tokens that are the last ones of the row before
    for (let i = 0; i < count; i++) {
      for (let l = 0; l < 4 && i > 0; l++) if (tokens[i * 10 + l] === tokens[i * 10 + l - 4]) carried++;
      for (let l = 0; l < 10; l++) {
        if (l < 4) seen[l * 3 + tokens[i * 10 + l]]++;
        else expect(tokens[i * 10 + l]).toBe(tokens[i * 10 + l - 4]);
      }
    }
    for (const n of seen) expect(Math.abs(n / count - 1 / 3)).toBeLessThan(4.5 * Math.sqrt(2 / 9 / count)); // 4.5 sd
    expect(Math.abs(carried / (4 * count) - 1 / 3)).toBeLessThan(4.5 * Math.sqrt(2 / 9 / (4 * count)));
  });

  it("a redrawn query is uniform whatever came before it, and the target still follows it", () => {
    const chain: Chain = { d: 3, parents: [1], prior: { kind: "additive", lambdas: [0.9] } };
    const [L, count] = [8, 4000];
    const repeats = (redrawQuery: boolean, at: number) => {
      const { tokens } = sampleSequences(chain, { L, count, seed: 8, redrawQuery });
      let same = 0;
      for (let i = 0; i < count; i++) if (tokens[i * 9 + at] === tokens[i * 9 + at - 1]) same++;
      return same / count;
    };
    const band = (p: number) => 4 * Math.sqrt(p * (1 - p) / count); // 4 standard deviations
    const copies = 0.9 + 0.1 / 3;
    expect(Math.abs(repeats(true, L - 1) - 1 / 3)).toBeLessThan(band(1 / 3));
    expect(Math.abs(repeats(true, L) - copies)).toBeLessThan(band(copies));
    expect(Math.abs(repeats(false, L - 1) - copies)).toBeLessThan(band(copies)); // without redrawing it is a copy
  });

  it("refuses contexts that the chain does not fill", () => {
    expect(() => sampleSequences(dirichlet(1), { L: 2, count: 1, seed: 0 })).toThrow(
      "L must be an integer > 2",
    );
    expect(() => sampleSequences(dirichlet(1), { L: 9, count: 0, seed: 0 })).toThrow("count must be");
  });
});

describe("stationary laws", () => {
  it("are left unchanged by a step", () => {
    const random = stream(9, "P"), n = 12, P = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      random.dirichlet(new Float64Array(n).fill(0.2), P.subarray(i * n, (i + 1) * n));
    }
    const law = stationaryLaw(P, n);
    for (let j = 0; j < n; j++) {
      let next = 0;
      for (let i = 0; i < n; i++) next += law[i] * P[i * n + j];
      expect(Math.abs(next - law[j])).toBeLessThan(roundOff);
    }
    expect(Math.abs(law.reduce((a, b) => a + b) - 1)).toBeLessThan(roundOff);
  });

  it("are exact where subtraction would lose everything", () => {
    // Leaves 0 with probability 1e-200 and 1 with 3e-200: law (3, 1)/4, though 1 - 1e-200 is 1 in float64
    const law = stationaryLaw([1, 1e-200, 3e-200, 1], 2);
    expect(law[0]).toBeCloseTo(0.75, 14);
  });

  it("give transient states nothing", () => {
    expect(Array.from(stationaryLaw([0.5, 0.25, 0.25, 0, 0.5, 0.5, 0, 1, 0], 3))[0]).toBe(0);
  });

  it("are refused when they are not unique", () => {
    expect(() => stationaryLaw([1, 0, 0, 1], 2)).toThrow("more than one closed class");
    expect(() => stationaryLaw([0.5, 0.4, 0, 1], 2)).toThrow("row 0 of P must sum to 1");
    const frozen: Chain = { d: 2, parents: [1], prior: { kind: "additive", lambdas: [1] } };
    expect(() => windowLaws(frozen, 1).of(drawKernel(frozen, stream(0, "unused")))).toThrow("closed class");
  });

  it("gth breaks ties of underflow instead of dividing by nothing", () => {
    const law = new Float64Array(2);
    gth(Float64Array.of(1, 0, 0, 1), 2, law);
    expect(law[0] + law[1]).toBe(1);
  });

  it("of windows agree with each other and with every shift", () => {
    const chain: Chain = { d: 3, parents: [1, 3], prior: { kind: "dirichlet", alpha: 0.4 } };
    const kernel = drawKernel(chain, stream(10, "kernel"));
    const joint = (M: number) => windowLaws(chain, M).of(kernel).slice();
    const [short, exact, long] = [joint(2), joint(3), joint(5)];
    // a law of six tokens, (x_0, ..., x_{-5}), seen through its newest and its oldest tokens
    const newest = new Float64Array(short.length), oldest = new Float64Array(exact.length);
    long.forEach((p, i) => newest[i % short.length] += p);
    long.forEach((p, i) => oldest[Math.floor(i / 9)] += p);
    for (let i = 0; i < short.length; i++) expect(Math.abs(newest[i] - short[i])).toBeLessThan(roundOff);
    for (let i = 0; i < exact.length; i++) expect(Math.abs(oldest[i] - exact[i])).toBeLessThan(roundOff);
    // and the next token follows the kernel: P(x_0 | window) = pi(x_0 | x_-1, x_-3)
    for (let c = 0; c < 27; c++) {
      const mass = exact[3 * c] + exact[3 * c + 1] + exact[3 * c + 2], z = c % 3 + 3 * Math.floor(c / 9);
      expect(Math.abs(exact[3 * c] - mass * kernel[3 * z])).toBeLessThan(roundOff);
    }
  });

  it("are laws for nearly deterministic kernels too, whose entries underflow", () => {
    const chain = dirichlet(0.01), laws = windowLaws(chain, 3, false), sampler = kernelSampler(chain);
    const random = stream(11, "kernels");
    let zeros = 0;
    for (let k = 0; k < 3000; k++) {
      const kernel = sampler.draw(random);
      zeros += kernel.reduce((n, p) => n + (p === 0 ? 1 : 0), 0);
      const joint = laws.of(kernel);
      expect(Math.abs(joint.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-12);
      expect(joint.every((p) => p >= 0)).toBe(true);
    }
    expect(zeros).toBeGreaterThan(0);
  });
});
