/**
 * @module Drives of Stage I and II under soft positional attention (derived for arXiv 2409.10559).
 *
 * With $f_i(Z,e)=[\mu(X_{-i}=Z,e)-\mu(X_{-i}=Z)\mu(e)]/\sqrt{\mu(e)}$ for a tuple of offsets i, one a head of S,
 * $J_S(\sigma)=\mathbb E_\pi\|\sum_i(\prod_h\sigma^{(h)}_{i_h})f_i\|^2=q_S^\top Gq_S$ with the Gram matrix G of the f_i, which depends on |S| alone.
 * For another loss than $-\log y$ the two factors of G carry the weights of `information.ts`, symmetrised.
 */
import { stream } from "../../numerics/mod.ts";
import { type Chain, isFixed, kernelSampler, windowLaws } from "../data.ts";
import { checkLoss, type Loss } from "../loss.ts";
import { type Mask, membersOf } from "../subsets.ts";
import { MODIFIED, weightsOf } from "./information.ts";

/** How to average the Gram matrices over the prior. */
export interface GramOptions {
  /** Window M. */
  readonly M: number;
  /** Largest degree. */
  readonly D: number;
  /** Default $-\log y$, whose drives are the modified chi-square MI. */
  readonly loss?: Loss;
  /** Number of kernels (ignored for a prior that is one kernel). */
  readonly kernels: number;
  /** Seed of the kernels. */
  readonly seed: number;
}

/** Gram matrices by degree, and the drives they give. */
export interface SoftDrives {
  /** Window M. */
  readonly M: number;
  /** Largest degree. */
  readonly D: number;
  /** `gram[k]` is [M^k, M^k], tuples coded with their first offset least significant; `gram[0]` is [0]. */
  readonly gram: readonly Float64Array[];
  /** J_S for rows sigma[h - 1] of positional attention, [heads][M]. */
  drive(sigma: readonly ArrayLike<number>[], mask: Mask): number;
  /** dJ_S/d sigma[h - 1][j], one row for every member of S in increasing order. */
  gradient(sigma: readonly ArrayLike<number>[], mask: Mask): Float64Array[];
  /** G(i, j) of two tuples of offsets, 1-based, of one length. */
  entry(i: readonly number[], j: readonly number[]): number;
}

/** Gram matrices averaged over the prior of a chain. Cost a kernel: M^{2k} d^{k+1} at degree k. */
export function softDrives(chain: Chain, options: GramOptions): SoftDrives {
  const { M, D, loss = MODIFIED, seed } = options, { d } = chain;
  checkLoss(loss);
  if (!Number.isInteger(D) || D < 1) throw new RangeError(`D must be an integer >= 1, got ${D}`);
  if (M ** (2 * D) * d ** (D + 1) > 2e7) {
    throw new RangeError(`degree ${D} of window ${M} is too large a Gram matrix`);
  }
  const fixed = isFixed(chain.prior), kernels = fixed ? 1 : options.kernels;
  const laws = windowLaws(chain, M, fixed), sampler = kernelSampler(chain);
  const random = stream(seed, "markov_induction", "kernels");
  const codes = d ** M, marginal = new Float64Array(d), w = new Float64Array(d), b = new Float64Array(d);
  const gram = Array.from({ length: D + 1 }, (_, k) => new Float64Array(M ** (2 * k)));
  gram[0][0] = 0;
  const parts = Array.from({ length: D }, (_, i) => {
    const k = i + 1, tuples = M ** k, cells = d ** (k + 1);
    const index = new Int32Array(tuples * codes);
    for (let t = 0; t < tuples; t++) {
      for (let c = 0; c < codes; c++) {
        let z = 0;
        for (let h = k - 1; h >= 0; h--) z = z * d + Math.floor(c / d ** (Math.floor(t / M ** h) % M)) % d;
        index[t * codes + c] = z * d;
      }
    }
    return {
      k,
      tuples,
      cells,
      index,
      A: new Float64Array(tuples * cells),
      B: new Float64Array(tuples * cells),
    };
  });
  for (let draw = 0; draw < kernels; draw++) {
    const joint = laws.of(sampler.draw(random));
    marginal.fill(0);
    for (let c = 0; c < codes; c++) for (let e = 0; e < d; e++) marginal[e] += joint[c * d + e];
    weightsOf(loss, marginal, w, b);
    for (const { k, tuples, cells, index, A, B } of parts) {
      B.fill(0);
      for (let t = 0; t < tuples; t++) {
        for (let c = 0; c < codes; c++) {
          const to = t * cells + index[t * codes + c];
          for (let e = 0; e < d; e++) B[to + e] += joint[c * d + e];
        }
      }
      for (let z = 0; z < B.length; z += d) {
        let mass = 0;
        for (let e = 0; e < d; e++) mass += B[z + e];
        for (let e = 0; e < d; e++) {
          A[z + e] = w[e] * (B[z + e] - mass * b[e]);
          B[z + e] -= mass * marginal[e];
        }
      }
      const G = gram[k];
      for (let s = 0; s < tuples; s++) {
        for (let t = 0; t < tuples; t++) {
          let sum = 0;
          for (let x = s * cells, y = t * cells, end = x + cells; x < end; x++, y++) sum += A[x] * B[y];
          G[s * tuples + t] += sum / kernels;
        }
      }
    }
  }
  for (const { k, tuples } of parts) {
    for (let s = 0; s < tuples; s++) {
      for (let t = 0; t < s; t++) {
        gram[k][s * tuples + t] =
          gram[k][t * tuples + s] =
            (gram[k][s * tuples + t] + gram[k][t * tuples + s]) / 2;
      }
    }
  }
  return drivesOf(M, D, gram);
}

/** Drives from Gram matrices that are at hand. */
export function drivesOf(M: number, D: number, gram: readonly Float64Array[]): SoftDrives {
  const heads = (mask: Mask) => {
    const members = membersOf(mask);
    if (members.length > D) throw new RangeError(`a set of ${members.length} heads exceeds the degree ${D}`);
    return members;
  };
  /** q_S without the factor of member `without` (-1: all factors). */
  const product = (sigma: readonly ArrayLike<number>[], members: readonly number[], without = -1) =>
    Float64Array.from({ length: M ** members.length }, (_, t) => {
      let q = 1;
      members.forEach((h, k) => {
        if (k !== without) q *= sigma[h - 1][Math.floor(t / M ** k) % M];
      });
      return q;
    });
  const times = (G: Float64Array, q: Float64Array) =>
    q.map((_, s) => {
      let sum = 0;
      for (let t = 0; t < q.length; t++) sum += G[s * q.length + t] * q[t];
      return sum;
    });
  const code = (tuple: readonly number[]) => tuple.reduce((sum, offset, k) => sum + (offset - 1) * M ** k, 0);
  return {
    M,
    D,
    gram,
    drive(sigma, mask) {
      const members = heads(mask);
      if (members.length === 0) return 0;
      const q = product(sigma, members), Gq = times(gram[members.length], q);
      return q.reduce((sum, value, t) => sum + value * Gq[t], 0);
    },
    gradient(sigma, mask) {
      const members = heads(mask);
      if (members.length === 0) return [];
      const Gq = times(gram[members.length], product(sigma, members));
      return members.map((_, k) => {
        const rest = product(sigma, members, k), row = new Float64Array(M);
        for (let t = 0; t < rest.length; t++) row[Math.floor(t / M ** k) % M] += 2 * rest[t] * Gq[t];
        return row;
      });
    },
    entry(i, j) {
      if (i.length !== j.length || i.length > D) {
        throw new RangeError(`entry takes two tuples of one length <= ${D}, got ${i.length} and ${j.length}`);
      }
      return gram[i.length][code(i) * M ** i.length + code(j)];
    },
  };
}
