/**
 * @module Chi-square mutual informations of sets of offsets with the next token (arXiv 2409.10559): the usual one, the modified one that
 * drives Stage I, and its versions for finite epsilon and for the published code's loss; exact for a kernel.
 *
 * All of them are $\sum_Z\mu(Z)^{p-2}\sum_e w_e\,(\mu(Z,e)-\mu(Z)b_e)\,(\mu(Z,e)-\mu(Z)\mu(e))$ with a power p, weights w and an offset b
 * (derived): p = 1 is chi-square, p = 2 what the gradient of a loss produces.
 */
import { softmax } from "../../numerics/mod.ts";
import { type Chain, windowLaws } from "../data.ts";
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
