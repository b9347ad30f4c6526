/**
 * @module Sequences of the task: a fresh kernel for every sequence, the first tokens uniform, no burn-in
 * (arXiv 2409.10559; as in the published code).
 *
 * Sequence i is a function of (seed, i) alone, so any part of a data set can be drawn again, in any order.
 */
import { stream } from "../../numerics/mod.ts";
import { type Chain, checkChain, kernelSampler, kernelSize, memoryOf } from "./chain.ts";

/** What to draw. */
export interface SequenceOptions {
  /** Context length L; every row holds L + 1 tokens, the last one being the target. */
  readonly L: number;
  /** How many sequences. */
  readonly count: number;
  /** Seed of the data set. */
  readonly seed: number;
  /** Index of the first sequence; default 0. */
  readonly first?: number;
  /** Redraw x_L uniformly before the target is drawn (the published one-parent Markov data set). Default false. */
  readonly redrawQuery?: boolean;
  /** Also return the kernels. Default false. */
  readonly keepKernels?: boolean;
}

/** Sequences side by side. */
export interface Sequences {
  /** [count, L + 1], oldest first; the last column is the target x_{L+1}. */
  readonly tokens: Uint8Array;
  /** Number of sequences. */
  readonly count: number;
  /** Context length. */
  readonly L: number;
  /** Size of the alphabet. */
  readonly d: number;
  /** [count, d^n, d], when asked for. */
  readonly kernels?: Float64Array;
}

/**
 * Draws `count` sequences: a kernel from the prior, x_1..x_r uniform (r the longest parent offset), then x_l ~ π(.|x_{l-pa}) up to x_{L+1}.
 * @throws {RangeError} for a chain that is not one, or when L <= r
 */
export function sampleSequences(chain: Chain, options: SequenceOptions): Sequences {
  checkChain(chain);
  const { L, count, seed, first = 0, redrawQuery = false, keepKernels = false } = options;
  const { d, parents } = chain, r = memoryOf(chain), size = kernelSize(chain);
  if (!Number.isInteger(L) || L <= r) {
    throw new RangeError(`L must be an integer > ${r} (the memory), got ${L}`);
  }
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`count must be an integer >= 1, got ${count}`);
  }
  const tokens = new Uint8Array(count * (L + 1)), uniforms = new Float64Array(L + 2);
  const kernels = keepKernels ? new Float64Array(count * size) : undefined;
  const sampler = kernelSampler(chain),
    n = parents.length,
    root = stream(seed, "markov_induction", "sequence");
  for (let i = 0; i < count; i++) {
    const random = root.child(first + i);
    const kernel = sampler.draw(random);
    kernels?.set(kernel, i * size);
    random.fillUniform(uniforms);
    const start = i * (L + 1);
    for (let l = 0; l <= L; l++) {
      const at = start + l;
      if (l === L && redrawQuery) tokens[at - 1] = Math.floor(uniforms[L + 1] * d);
      let u = uniforms[l];
      if (l < r) {
        tokens[at] = Math.floor(u * d);
        continue;
      }
      let z = 0;
      for (let k = n - 1; k >= 0; k--) z = z * d + tokens[at - parents[k]];
      // The last entry with positive probability takes what rounding leaves over.
      let e = 0, last = 0;
      for (const row = z * d; e < d; e++) {
        const p = kernel[row + e];
        if (p > 0) last = e;
        if (u < p) break;
        u -= p;
      }
      tokens[at] = e < d ? e : last;
    }
  }
  return { tokens, count, L, d, kernels };
}
