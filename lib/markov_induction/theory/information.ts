/**
 * @module Chi-square mutual informations of sets of offsets with the next token (arXiv 2409.10559): the usual one, the modified one that
 * drives Stage I, and its versions for finite epsilon and for the published code's loss; exact for a kernel, and averaged over the prior.
 *
 * All of them are $\sum_Z\mu(Z)^{p-2}\sum_e w_e\,(\mu(Z,e)-\mu(Z)b_e)\,(\mu(Z,e)-\mu(Z)\mu(e))$ with a power p, weights w and an offset b
 * (derived): p = 1 is chi-square, p = 2 what the gradient of a loss produces.
 */
import { softmax, stream } from "../../numerics/mod.ts";
import { type Chain, isFixed, kernelSampler, windowLaws } from "../data.ts";
import { checkLoss, type Loss } from "../loss.ts";
import { type Mask, membersOf, subsets } from "../subsets.ts";

/** Which information: `chi2`, or the drive of Stage I under a loss (`logeps` with epsilon 0 is the modified chi-square MI). */
export type Measure = { readonly kind: "chi2" } | Loss;

/** $I_{\chi^2}(S)=\sum_Z\mu(Z)\,(\sum_e\mu(e|Z)^2/\mu(e)-1)$. */
export const CHI2: Measure = { kind: "chi2" };
/** $\tilde I(S)=\mathbb E_\pi\sum_Z\mu(Z)^2(\sum_e\mu(e|Z)^2/\mu(e)-1)$. */
export const MODIFIED: Loss = { kind: "logeps", epsilon: 0 };

/** Weights w and offset b of a measure for a marginal law; entries that never occur weigh nothing. */
export function weightsOf(measure: Measure, marginal: Float64Array, w: Float64Array, b: Float64Array): void {
  b.fill(0);
  if (measure.kind === "cesoft") {
    w.fill(1);
    softmax(marginal, b);
    return;
  }
  const epsilon = measure.kind === "chi2" ? 0 : measure.epsilon;
  for (let e = 0; e < w.length; e++) w[e] = marginal[e] > 0 ? 1 / (marginal[e] + epsilon) : 0;
}

/** What to measure. */
export interface MeterOptions {
  /** Window: subsets of the offsets 1..M. */
  readonly M: number;
  /** Largest size; default M. */
  readonly D?: number;
  /** Default the modified chi-square MI alone. */
  readonly measures?: readonly Measure[];
  /** Refuse a kernel whose stationary law is not unique; default true. */
  readonly strict?: boolean;
}

/** Measures kernels without allocating. */
export interface InformationMeter {
  /** Sets of offsets, in the order of `subsets(M, D)`. */
  readonly subsets: readonly Mask[];
  /** [measures, subsets] of the latest kernel. */
  readonly values: Float64Array;
  /** Measures a kernel [d^n, d]; the result is overwritten by the next. */
  of(kernel: Float64Array): Float64Array;
}

/** A meter for the kernels of one chain. @throws {RangeError} for a chain or window that is not one */
export function informationMeter(chain: Chain, options: MeterOptions): InformationMeter {
  const { M, D = M, measures = [MODIFIED], strict = true } = options, { d } = chain;
  measures.forEach((measure) => measure.kind !== "chi2" && checkLoss(measure));
  const sets = subsets(M, D), laws = windowLaws(chain, M, strict), codes = d ** M;
  const projections = sets.map((mask) => {
    const offsets = membersOf(mask);
    return Int32Array.from({ length: codes }, (_, code) => {
      let z = 0;
      for (let k = offsets.length - 1; k >= 0; k--) z = z * d + Math.floor(code / d ** (offsets[k] - 1)) % d;
      return z * d;
    });
  });
  const tables = sets.map((mask) => new Float64Array(d ** (membersOf(mask).length + 1)));
  const marginal = new Float64Array(d), values = new Float64Array(measures.length * sets.length);
  const w = measures.map(() => new Float64Array(d)), b = measures.map(() => new Float64Array(d));
  return {
    subsets: sets,
    values,
    of(kernel) {
      const joint = laws.of(kernel);
      marginal.fill(0);
      for (let c = 0; c < codes; c++) for (let e = 0; e < d; e++) marginal[e] += joint[c * d + e];
      for (let m = 0; m < measures.length; m++) weightsOf(measures[m], marginal, w[m], b[m]);
      for (let s = 0; s < sets.length; s++) {
        const table = tables[s], project = projections[s];
        table.fill(0);
        for (let c = 0; c < codes; c++) {
          const to = project[c];
          for (let e = 0; e < d; e++) table[to + e] += joint[c * d + e];
        }
        for (let m = 0; m < measures.length; m++) {
          const weight = w[m], offset = b[m], chi2 = measures[m].kind === "chi2";
          let total = 0;
          for (let z = 0; z < table.length; z += d) {
            let mass = 0, sum = 0;
            for (let e = 0; e < d; e++) mass += table[z + e];
            if (mass === 0) continue;
            for (let e = 0; e < d; e++) {
              const p = table[z + e];
              sum += weight[e] * (p - mass * offset[e]) * (p - mass * marginal[e]);
            }
            total += chi2 ? sum / mass : sum;
          }
          values[m * sets.length + s] = total;
        }
      }
      return values;
    },
  };
}

/** What a kernel of its own tells. */
export function kernelInformation(
  chain: Chain,
  kernel: Float64Array,
  options: MeterOptions,
): { readonly subsets: readonly Mask[]; readonly values: Float64Array } {
  const meter = informationMeter(chain, options);
  return { subsets: meter.subsets, values: meter.of(kernel).slice() };
}

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
  const order = sets.map((_, i) => i).filter((i) => D === undefined || membersOf(sets[i]).length <= D)
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
