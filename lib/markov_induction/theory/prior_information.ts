/**
 * @module Information averaged over the prior by Monte Carlo, with standard errors, and the set that wins: the information set
 * (arXiv 2409.10559).
 */
import { stream } from "../../numerics/mod.ts";
import { type Chain, isFixed, kernelSampler } from "../data.ts";
import { type Mask, sizeOf } from "../subsets.ts";
import { informationMeter, type Measure, type MeterOptions, MODIFIED } from "./information.ts";

/** An average over the prior. */
export interface InformationEstimate {
  /** What was measured. */
  readonly measure: Measure;
  /** Sets of offsets. */
  readonly subsets: readonly Mask[];
  /** Kernels averaged over; 1 when the prior is a single kernel. */
  readonly kernels: number;
  /** [subsets] */
  readonly mean: Float64Array;
  /** Standard error of each mean, [subsets]; 0 for a single kernel. */
  readonly standardError: Float64Array;
  /** Covariances of the means, [subsets, subsets]: differences are paired, over the same kernels. */
  readonly covariance: Float64Array;
}

/** How to average. */
export interface PriorOptions extends Omit<MeterOptions, "strict"> {
  /** Number of kernels. */
  readonly kernels: number;
  /** Seed of the kernels. */
  readonly seed: number;
}

/** Information averaged over the prior by Monte Carlo, one estimate a measure, all over the same kernels. */
export function priorInformation(chain: Chain, options: PriorOptions): InformationEstimate[] {
  const { measures = [MODIFIED], seed } = options;
  const fixed = isFixed(chain.prior), kernels = fixed ? 1 : options.kernels;
  if (!Number.isInteger(kernels) || (!fixed && kernels < 2)) {
    throw new RangeError(`kernels must be an integer >= 2, got ${options.kernels}`);
  }
  const sampler = kernelSampler(chain), random = stream(seed, "markov_induction", "kernels");
  // Drawn kernels are positive but for underflow, where gth breaks the tie.
  const meter = informationMeter(chain, { ...options, strict: fixed });
  const n = meter.subsets.length, sums = new Float64Array(measures.length * n);
  const products = new Float64Array(measures.length * n * n);
  for (let k = 0; k < kernels; k++) {
    const values = meter.of(sampler.draw(random));
    for (let m = 0; m < measures.length; m++) {
      for (let i = 0; i < n; i++) {
        const value = values[m * n + i], row = (m * n + i) * n;
        sums[m * n + i] += value;
        for (let j = 0; j <= i; j++) products[row + j] += value * values[m * n + j];
      }
    }
  }
  return measures.map((measure, m) => {
    const mean = sums.slice(m * n, (m + 1) * n).map((x) => x / kernels);
    const covariance = new Float64Array(n * n);
    for (let i = 0; i < n && !fixed; i++) {
      for (let j = 0; j <= i; j++) {
        const spread = products[(m * n + i) * n + j] / kernels - mean[i] * mean[j];
        covariance[i * n + j] = covariance[j * n + i] = spread / (kernels - 1);
      }
    }
    const standardError = mean.map((_, i) => Math.sqrt(Math.max(0, covariance[i * n + i])));
    return { measure, subsets: meter.subsets, kernels, mean, standardError, covariance };
  });
}

/** The set that wins, and by how much. */
export interface InformationSet {
  /** S*. */
  readonly mask: Mask;
  /** Its information. */
  readonly value: number;
  /** The best of the others. */
  readonly runnerUp: Mask;
  /** Information of S* minus that of the runner-up. */
  readonly gap: number;
  /** Paired standard error of the gap. */
  readonly gapStandardError: number;
}

/** $S^*=\arg\max_{|S|\le D}$ of an estimate, with the paired gap to the runner-up. Ties go to the first of the family. */
export function informationSet(estimate: InformationEstimate, D?: number): InformationSet {
  const { subsets: sets, mean, covariance } = estimate, n = sets.length;
  const order = sets.map((_, i) => i).filter((i) => D === undefined || sizeOf(sets[i]) <= D)
    .sort((i, j) => mean[j] - mean[i] || i - j);
  if (order.length < 2) {
    throw new RangeError(`a winner needs at least two sets, got ${order.length}: raise D`);
  }
  const [i, j] = order;
  const variance = covariance[i * n + i] + covariance[j * n + j] - 2 * covariance[i * n + j];
  return {
    mask: sets[i],
    value: mean[i],
    runnerUp: sets[j],
    gap: mean[i] - mean[j],
    gapStandardError: Math.sqrt(Math.max(0, variance)),
  };
}
