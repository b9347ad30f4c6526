/** @module Claims on untrained networks, depth, and learning rates. */
import type { Claim } from "../../claims/types.ts";
import { mean } from "../../numerics/mod.ts";
import { slopeOf } from "../analysis.ts";
import type { BirthRecord, DepthRecord, KernelsRecord, MovementRecord } from "../records.ts";
import { movementOf } from "../figures/freeze_or_flow.ts";
import { claim, on } from "./claim.ts";

type Row = BirthRecord["metrics"]["rows"][number];

/** Claims on the experiments `birth` and `kernels`. */
export function birthClaims(
  birth: readonly BirthRecord[] | undefined,
  kernels: readonly KernelsRecord[] | undefined,
): Claim[] {
  const varianceSlope = (exponent: 0 | 1) =>
    on(birth, ([{ metrics: { rows } }]) => {
      const N = rows.map((row) => row.N);
      const fit = slopeOf(N, rows.map((row) => [row.variance[exponent]]));
      return fit;
    });
  const kolmogorov = (row: Row, distance: number) => Math.sqrt(row.count) * distance;
  return [
    claim({
      id: "logit-law",
      statement: "Logits of untrained networks are variance-gamma: largest √n × Kolmogorov distance over N",
      relation: "at most",
      expected: 0,
      tolerance: 1.73, // 0.5 % point of the Kolmogorov law: one in a hundred for the largest of five
      measure: on(
        birth,
        ([{ metrics: { rows } }]) => Math.max(...rows.map((row) => kolmogorov(row, row.distance))),
      ),
    }),
    claim({
      id: "logit-gauss",
      control: true,
      statement: "The same against a Gaussian at N = 1",
      relation: "at most",
      expected: 0,
      tolerance: 1.73,
      measure: on(birth, ([{ metrics: { rows } }]) => kolmogorov(rows[0], rows[0].gaussDistance)),
    }),
    claim({
      id: "kurtosis",
      statement: "Excess kurtosis of a logit is 6/N: measured × N/6, mean over N = 1, 2, 4",
      relation: "equals",
      expected: 1,
      tolerance: 0.25, // three standard errors of a fourth moment with heavy tails
      measure: on(birth, ([{ metrics: { rows } }]) => {
        const narrow = rows.filter(({ N }) => N <= 4);
        return {
          value: mean(narrow.map((row) => row.excessKurtosis * row.N / 6)),
          standardError: Math.hypot(...narrow.map((row) => row.kurtosisError * row.N / 6)) / narrow.length,
        };
      }),
    }),
    claim({
      id: "variance-one",
      source: "reported",
      statement: "α_A = 1: the variance of a logit at birth falls as 1/N: slope",
      relation: "equals",
      expected: -1,
      tolerance: 0.05, // 400 to 25600 logits a width
      measure: varianceSlope(0),
    }),
    claim({
      id: "variance-half",
      source: "reported",
      statement: "α_A = ½: it does not depend on N: slope",
      relation: "equals",
      expected: 0,
      tolerance: 0.05,
      measure: varianceSlope(1),
    }),
    claim({
      id: "kernel-heads",
      source: "reported",
      statement:
        "Untrained deep networks: squared distance of the last kernel to the recursion at H = ∞: slope in H",
      relation: "equals",
      expected: -1,
      tolerance: 0.2, // 24 networks a size over a factor 16
      measure: on(
        kernels,
        ([{ config, metrics }]) => slopeOf(config.H, metrics.error.map((levels) => [levels[config.L]])),
      ),
    }),
  ];
}

/** Claims on the experiments `depth` and `movement`. */
export function depthClaims(
  exact: readonly DepthRecord[] | undefined,
  networks: readonly MovementRecord[] | undefined,
): Claim[] {
  const exactOf = (alphaL: number) => exact!.find(({ config }) => config.alphaL === alphaL)!;
  const movementSlope = (alphaL: number) =>
    on(networks, (records) => {
      const record = records.find(({ config }) => config.alphaL === alphaL)!;
      return slopeOf(record.config.L, movementOf(record));
    });
  const deepSlope = (alphaL: number) =>
    on(exact, () => {
      const { config: { L }, metrics: { logits } } = exactOf(alphaL), deep = L.filter((l) => l >= 4);
      return slopeOf(deep, logits.slice(-deep.length).map((a) => [a])).value;
    });
  return [
    claim({
      id: "depth-freeze",
      source: "reported", // that attention freezes; the exponent is derived
      statement: "N = ∞, α_L = ½: trained logits shrink as 1/L, attention freezes: slope from L = 4",
      relation: "equals",
      expected: -1,
      tolerance: 0.15, // the next order in 1/L
      measure: deepSlope(0.5),
    }),
    claim({
      id: "depth-flows",
      source: "reported",
      statement: "N = ∞, α_L = 1: trained logits tend to a constant: slope from L = 4",
      relation: "at least",
      expected: 0,
      tolerance: 0.3, // a correction O(1/L) to a constant: −0.22 up to L = 16, −0.13 up to 48
      measure: deepSlope(1),
    }),
    claim({
      id: "depth-rate",
      statement:
        "N = ∞, α_L = 1: outputs converge as 1/L: ratio of successive differences of f(2) under doubling, at the deepest",
      relation: "equals",
      expected: 2,
      tolerance: 0.3, // 1.76 at L = 16, 1.92 at 32
      measure: on(exact, () => {
        const { outputs } = exactOf(1).metrics, f = outputs.map((row) => row[2 * 2]).slice(0, 5);
        const [a, b, c] = f.slice(-3);
        return (a - b) / (b - c);
      }),
    }),
    claim({
      id: "weights-flow",
      source: "reported",
      statement:
        "Finite networks, α_L = 1: relative movement of block weights does not depend on depth: slope in L",
      relation: "equals",
      expected: 0,
      tolerance: 0.1, // eight seeds; the constant is approached from below
      measure: movementSlope(1),
    }),
    claim({
      id: "weights-freeze",
      source: "reported",
      statement: "Finite networks, α_L = ½: block weights freeze as L^(−1/2): slope in L",
      relation: "equals",
      expected: -0.5,
      tolerance: 0.1,
      measure: movementSlope(0.5),
    }),
  ];
}
