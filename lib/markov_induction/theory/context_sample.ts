/** @module The contexts on the offsets of a set with their stationary laws, for many kernels of the prior: what Stage III averages over. */
import { stream } from "../../numerics/mod.ts";
import { type Chain, isFixed, kernelSampler, windowLaws } from "../data.ts";
import { type Mask, membersOf } from "../subsets.ts";

/** Contexts of many kernels, flat: what the population drive averages over. */
export interface ContextSample {
  /** Size of the alphabet. */
  readonly d: number;
  /** Number of kernels. */
  readonly kernels: number;
  /** mu(Z) of every context of every kernel, [kernels d^|S|]. */
  readonly mass: Float64Array;
  /** mu(e|Z), [contexts, d]. */
  readonly conditional: Float64Array;
  /** mu(e) of the kernel the context belongs to, [contexts, d]. */
  readonly marginal: Float64Array;
}

/** Draws kernels and lists the contexts on the offsets of S with their stationary laws; contexts of mass 0 are left out. */
export function contextSample(
  chain: Chain,
  mask: Mask,
  options: { readonly kernels: number; readonly seed: number },
): ContextSample {
  const offsets = membersOf(mask), { d } = chain;
  if (offsets.length < 1) throw new RangeError("the empty set has no contexts: give at least one offset");
  const fixed = isFixed(chain.prior), kernels = fixed ? 1 : options.kernels, M = offsets[offsets.length - 1];
  if (!Number.isInteger(kernels) || kernels < 1) throw new RangeError(`kernels must be >= 1, got ${kernels}`);
  const sampler = kernelSampler(chain), laws = windowLaws(chain, M, fixed);
  const random = stream(options.seed, "markov_induction", "kernels");
  const contexts = d ** offsets.length, room = kernels * contexts;
  const mass = new Float64Array(room), conditional = new Float64Array(room * d);
  const marginal = new Float64Array(room * d),
    own = new Float64Array(d),
    table = new Float64Array(contexts * d);
  const index = Int32Array.from(
    { length: d ** M },
    (_, c) => offsets.reduce((z, offset, k) => z + Math.floor(c / d ** (offset - 1)) % d * d ** k, 0),
  );
  let n = 0;
  for (let k = 0; k < kernels; k++) {
    const joint = laws.of(sampler.draw(random));
    table.fill(0);
    own.fill(0);
    for (let c = 0; c < index.length; c++) {
      for (let e = 0; e < d; e++) {
        table[index[c] * d + e] += joint[c * d + e];
        own[e] += joint[c * d + e];
      }
    }
    for (let z = 0; z < contexts; z++) {
      let sum = 0;
      for (let e = 0; e < d; e++) sum += table[z * d + e];
      if (sum === 0) continue;
      mass[n] = sum;
      for (let e = 0; e < d; e++) conditional[n * d + e] = table[z * d + e] / sum;
      marginal.set(own, n * d);
      n++;
    }
  }
  return {
    d,
    kernels,
    mass: mass.subarray(0, n),
    conditional: conditional.subarray(0, n * d),
    marginal: marginal.subarray(0, n * d),
  };
}
