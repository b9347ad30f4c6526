/**
 * @module What a task is: an alphabet, a parent set and a prior over transition kernels, and how a kernel is drawn
 * (arXiv 2409.10559, sections on data; the i.i.d. Dirichlet prior is the one of the published code, the others are derived examples).
 *
 * Tokens are 0..d-1. Offset i of position l is x_{l-i}. A context is coded with the first listed parent as the least
 * significant digit: $Z = \sum_k x_{l-r_k} d^{k-1}$; a kernel is a table [d^n, d], row Z, column the next token.
 */
import type { RandomStream } from "../../numerics/mod.ts";

/** Where kernels come from. */
export type Prior =
  /** All d^n rows i.i.d. Dirichlet(alpha (1, ..., 1)). */
  | { readonly kind: "dirichlet"; readonly alpha: number }
  /** $\pi(e|Z)=\sum_k\lambda_k 1[e=x_{-r_k}]+(1-\sum\lambda_k)/d$: copies one of its parents. One parent: the lazy copy. */
  | { readonly kind: "additive"; readonly lambdas: readonly number[] }
  /** $\pi(e|Z)=\lambda 1[e=\sum_k x_{-r_k} \bmod d]+(1-\lambda)/d$: no proper subset of the parents tells anything. */
  | { readonly kind: "modular-sum"; readonly lambda: number }
  /** $\pi=(1-\beta)A(\cdot|x_{-r_1})+\beta R(\cdot|Z)$, rows of A and R i.i.d. Dirichlet(alpha): from one parent to all of them. */
  | { readonly kind: "interpolation"; readonly beta: number; readonly alpha: number };

/** A mixture of Markov chains: what is common to all sequences. */
export interface Chain {
  /** Size of the alphabet. */
  readonly d: number;
  /** Parent offsets r_1 < ... < r_n, all >= 1. */
  readonly parents: readonly number[];
  /** Law of the kernel of a sequence. */
  readonly prior: Prior;
}

/** Longest parent offset r_n: what the chain remembers. */
export function memoryOf(chain: Pick<Chain, "parents">): number {
  return chain.parents[chain.parents.length - 1];
}

/** Number of entries d^n d of a kernel. */
export function kernelSize(chain: Pick<Chain, "d" | "parents">): number {
  return chain.d ** (chain.parents.length + 1);
}

/** True when every sequence has the same kernel. */
export function isFixed(prior: Prior): boolean {
  return prior.kind === "additive" || prior.kind === "modular-sum";
}

const inUnit = (x: number) => x >= 0 && x <= 1;

/** Refuses a chain that is not one, with a sentence that says why. @throws {RangeError} */
export function checkChain({ d, parents, prior }: Chain): void {
  const fail = (sentence: string): never => {
    throw new RangeError(sentence);
  };
  if (!Number.isInteger(d) || d < 2 || d > 256) {
    fail(`d must be an integer in 2..256 (tokens are bytes), got ${d}`);
  }
  const ascending = parents.every((r, k) => Number.isInteger(r) && r > (k === 0 ? 0 : parents[k - 1]));
  if (parents.length < 1 || !ascending) {
    fail(`parents must be one or more ascending integer offsets >= 1, got [${parents.join(", ")}]`);
  }
  if (d ** (memoryOf({ parents }) + 1) > 2 ** 22) {
    fail(
      `d^(r+1) = ${d}^${memoryOf({ parents }) + 1} is too many windows: take a smaller d or nearer parents`,
    );
  }
  if (prior.kind === "additive") {
    const sum = prior.lambdas.reduce((a, b) => a + b, 0);
    if (prior.lambdas.length !== parents.length) {
      fail(`additive needs one lambda a parent (${parents.length}), got ${prior.lambdas.length}`);
    }
    if (!prior.lambdas.every(inUnit) || sum > 1 + 1e-12) {
      fail(`lambdas must be >= 0 with sum <= 1, got [${prior.lambdas.join(", ")}]`);
    }
  }
  if (prior.kind === "modular-sum" && !inUnit(prior.lambda)) {
    fail(`lambda must lie in [0, 1], got ${prior.lambda}`);
  }
  if (prior.kind === "interpolation" && !inUnit(prior.beta)) {
    fail(`beta must lie in [0, 1], got ${prior.beta}`);
  }
  if (
    (prior.kind === "dirichlet" || prior.kind === "interpolation") &&
    !(prior.alpha > 0 && prior.alpha < Infinity)
  ) {
    fail(`alpha must be positive and finite, got ${prior.alpha}`);
  }
}

/** Draws kernels of one chain without allocating: `draw(random)` returns the same array every time, overwritten. */
export interface KernelSampler {
  /** The latest kernel, [d^n, d]. */
  readonly kernel: Float64Array;
  /** Overwrites `kernel` with a draw from the prior (a fixed kernel reads nothing from the stream). */
  draw(random: RandomStream): Float64Array;
}

/** A sampler of kernels of this chain. @throws {RangeError} for a chain that is not one */
export function kernelSampler(chain: Chain): KernelSampler {
  checkChain(chain);
  const { d, parents, prior } = chain;
  const kernel = new Float64Array(kernelSize(chain)), contexts = kernel.length / d;
  const rowsInto = (out: Float64Array, alpha: number): (random: RandomStream) => Float64Array => {
    const alphas = new Float64Array(d).fill(alpha);
    const rows = Array.from({ length: out.length / d }, (_, z) => out.subarray(z * d, (z + 1) * d));
    return (random) => {
      for (let z = 0; z < rows.length; z++) random.dirichlet(alphas, rows[z]);
      return out;
    };
  };
  if (prior.kind === "dirichlet") return { kernel, draw: rowsInto(kernel, prior.alpha) };
  if (prior.kind === "interpolation") {
    const first = new Float64Array(d * d), { alpha, beta } = prior;
    const [drawFirst, drawAll] = [rowsInto(first, alpha), rowsInto(kernel, alpha)];
    return {
      kernel,
      draw(random) {
        drawFirst(random);
        drawAll(random);
        for (let i = 0; i < kernel.length; i++) {
          const x1 = Math.floor(i / d) % d;
          kernel[i] = (1 - beta) * first[x1 * d + i % d] + beta * kernel[i];
        }
        return kernel;
      },
    };
  }
  for (let z = 0; z < contexts; z++) {
    const tokens = parents.map((_, k) => Math.floor(z / d ** k) % d);
    const copied = prior.kind === "additive" ? tokens : [tokens.reduce((a, b) => a + b, 0) % d];
    const weights = prior.kind === "additive" ? prior.lambdas : [prior.lambda];
    const rest = Math.max(0, 1 - weights.reduce((a, b) => a + b, 0));
    kernel.fill(rest / d, z * d, (z + 1) * d);
    copied.forEach((e, k) => kernel[z * d + e] += weights[k]);
  }
  return { kernel, draw: () => kernel };
}

/** One kernel of its own, [d^n, d]. */
export function drawKernel(chain: Chain, random: RandomStream): Float64Array {
  return kernelSampler(chain).draw(random).slice();
}
