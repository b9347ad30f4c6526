/**
 * @module Kernels of the residual stream at initialisation: block by block, and as a flow in depth.
 *
 * $K \leftarrow K + \beta^2 V^\sigma(\bar K)$, then with an MLP $K \leftarrow K + \beta^2 E[\phi\phi](\bar K)$, where
 * $\bar K_{ab} = K_{ab}/\sqrt{K_{aa}K_{bb}}$ under normalisation. At alphaL = 1/2 a deep stack becomes
 * $dK/d\tau = \beta_0^2[V^\sigma(\bar K) + E[\phi\phi](\bar K)]$, $\tau = l/L$; at alphaL = 1 it stays at the input
 * kernel (arXiv 2405.15712; recursion derived).
 */
import type { RandomStream } from "../../numerics/mod.ts";
import { solve } from "../../ode/mod.ts";
import type { LayerNorm } from "../fields/architecture.ts";
import { activationKernel } from "./hermite.ts";
import { type HeadLaw, valueKernel } from "./value_kernel.ts";

/** One block's law. */
export interface KernelLaw extends HeadLaw {
  /** "rms" and "full" agree in the limit, where fields have no mean. Default "none". */
  readonly layerNorm?: LayerNorm;
  /** An MLP follows the attention; default false. */
  readonly mlp?: boolean;
  /** Heads drawn for every evaluation of $V^\sigma$ where attention is random; default 20000, each used twice. */
  readonly heads?: number;
  /** Needed where attention is random; each layer draws its own heads from a substream. */
  readonly stream?: RandomStream;
}

/** $\bar K_{ab} = K_{ab}/\sqrt{K_{aa}K_{bb}}$, or K itself without normalisation. */
export function normalisedKernel(kernel: Float64Array, B: number, layerNorm: LayerNorm): Float64Array {
  if (layerNorm === "none") return kernel;
  return kernel.map((k, i) => k / Math.sqrt(kernel[Math.floor(i / B) * (B + 1)] * kernel[(i % B) * (B + 1)]));
}

/** What both branches of one block add to a kernel, divided by $\beta^2$, the MLP reading what attention wrote. */
function addBlock(
  kernel: Float64Array,
  law: KernelLaw,
  betaSquared: number,
  part: string | number,
): Float64Array {
  const B = law.P * law.S, { layerNorm = "none", mlp = false, heads = 20000 } = law;
  const stream = law.stream?.child("value kernel", part);
  const average = stream === undefined ? undefined : { heads, stream };
  const value = valueKernel(normalisedKernel(kernel, B, layerNorm), law, average);
  const after = kernel.map((k, i) => k + betaSquared * value[i]);
  if (!mlp) return after;
  const activated = activationKernel(normalisedKernel(after, B, layerNorm), B);
  return after.map((k, i) => k + betaSquared * activated[i]);
}

/**
 * Kernels in front of block 1 .. L and behind the last: L + 1 matrices, each row-major [B, B].
 *
 * @param input kernel of the embedded tokens, see `inputKernel`
 * @param depth L
 * @param branchScale $\beta = \beta_0 (L/L_0)^{-\alpha_L}$
 */
export function initialKernels(
  input: Float64Array,
  law: KernelLaw,
  depth: number,
  branchScale: number,
): Float64Array[] {
  const kernels = [input];
  for (let l = 0; l < depth; l++) kernels.push(addBlock(kernels[l], law, branchScale ** 2, l));
  return kernels;
}

/**
 * The kernel after infinite depth at alphaL = 1/2 (L0 = 1): the flow integrated from tau = 0 to `tau`.
 * Every evaluation uses the same drawn heads, so the right-hand side is a smooth deterministic function.
 *
 * @param beta0 branch scale
 * @returns row-major [B, B]
 */
export function depthFlow(
  input: Float64Array,
  law: KernelLaw,
  beta0: number,
  tau = 1,
  tolerance = 1e-8,
): Float64Array {
  const B = law.P * law.S, { layerNorm = "none", mlp = false, heads = 20000 } = law;
  const rate = (_: number, kernel: Float64Array, out: Float64Array) => {
    const bar = normalisedKernel(kernel, B, layerNorm);
    const stream = law.stream?.child("value kernel", "flow");
    const value = valueKernel(bar, law, stream === undefined ? undefined : { heads, stream });
    const activated = mlp ? activationKernel(bar, B) : undefined;
    for (let i = 0; i < out.length; i++) out[i] = beta0 ** 2 * (value[i] + (activated?.[i] ?? 0));
  };
  const solution = solve(rate, input, { t1: tau, rtol: tolerance, atol: tolerance });
  if (solution.status !== "done") throw new Error(`the kernel flow in depth stopped: ${solution.message}`);
  return solution.y[solution.y.length - 1];
}
