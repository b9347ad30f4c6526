/** @module Panels on kernels through depth at N = infinity, where the recursion is exact: curves, and the distance to the limit. */
import { type Panel, type Point, runDots, sequence, theme, theoryLine } from "../../figure/mod.ts";
import { inputKernel, tinyData } from "../data.ts";
import { parametrise } from "../parametrisation.ts";
import { depthFlow, initialKernels } from "../theory.ts";
import { exponent } from "./write.ts";

/** Which stacks: numbers of blocks, exponents alpha_L, and what a block is. */
export interface DepthCurvesOptions {
  /** Numbers of blocks L. */
  readonly depths: readonly number[];
  /** Exponents alpha_L of the branches. */
  readonly exponents: readonly number[];
  /** Branch scale; default 1. */
  readonly beta0?: number;
  /** An MLP follows the attention in every block; default true. */
  readonly mlp?: boolean;
}

const task = tinyData(), kx = inputKernel(task);
const lawOf = (mlp: boolean) =>
  ({ P: task.P, S: task.S, N: Infinity, alphaA: 1, layerNorm: "full", mlp }) as const;

/**
 * Kernels in front of block 1 .. L and behind the last on the tiny data (normalisation in every block, alphaA = 1), each
 * row-major [9, 9].
 * @throws {RangeError} for a depth, exponent or scale out of range
 */
export function depthKernels(L: number, alphaL: number, beta0 = 1, mlp = true): Float64Array[] {
  const { branchScale } = parametrise({ N: Infinity, H: 1, L, alphaL, beta0 });
  return initialKernels(kx, lawOf(mlp), L, branchScale);
}

/** The kernel behind infinitely many blocks: that of the flow at alphaL = 1/2, and the input's above. */
export function limitKernel(alphaL: number, beta0 = 1, mlp = true, tau = 1): Float64Array {
  return alphaL === 0.5 && tau > 0 ? depthFlow(kx, lawOf(mlp), beta0, tau, 1e-6) : kx;
}

/** Relative Frobenius distance of two kernels. */
export function kernelDistance(kernel: Float64Array, limit: Float64Array): number {
  let square = 0, norm = 0;
  limit.forEach((k, i) => (square += (kernel[i] - k) ** 2, norm += k * k));
  return Math.sqrt(square / norm);
}

/** How the distance to the limit falls with L: as L to this power, for the step of a flow or for what vanishes. */
export function depthExponent(alphaL: number): number {
  return alphaL === 0.5 ? -1 : 1 - 2 * alphaL;
}

let lastFlow: { readonly key: string; readonly curve: readonly Point[] } | undefined;

/** K_11 along the flow; remembered, since it knows no L. */
function flowCurve(beta0: number, mlp: boolean): readonly Point[] {
  const key = `${beta0} ${mlp}`;
  if (lastFlow?.key !== key) {
    const taus = Array.from({ length: 21 }, (_, i) => i / 20);
    lastFlow = { key, curve: taus.map((x) => ({ x, y: limitKernel(0.5, beta0, mlp, x)[0] })) };
  }
  return lastFlow.curve;
}

/** K_11 over depth: flows of infinite stacks and dots of finite ones. */
export function depthCurves(
  { depths, exponents, beta0 = 1, mlp = true }: DepthCurvesOptions,
): Pick<Panel, "plot" | "legend"> {
  const colors = sequence(depths.length), flows = exponents.includes(0.5);
  const still = exponents.filter((alphaL) => alphaL !== 0.5);
  const curve = (alphaL: number, depth: number) =>
    depthKernels(depth, alphaL, beta0, mlp).map((kernel, l) => ({ x: l / depth, y: kernel[0] }));
  return {
    legend: [
      ...flows ? [{ label: "flow, L = ∞, α_L = ½", color: theme.colors.theory }] : [],
      ...still.map((alphaL) => ({
        label: `L = ∞, α_L = ${exponent(alphaL)}`,
        color: theme.colors.theory,
        mark: "dash" as const,
      })),
      ...depths.map((depth, i) => ({ label: `L = ${depth}`, color: colors[i], mark: "dot" as const })),
    ],
    plot: {
      x: { label: "depth l / L (no unit)" },
      y: { label: "kernel K₁₁ (no unit)" },
      marks: [
        flows ? theoryLine(flowCurve(beta0, mlp)) : null,
        still.length > 0 ? theoryLine([{ x: 0, y: kx[0] }, { x: 1, y: kx[0] }], { dash: true }) : null,
        depths.map((depth, i) =>
          exponents.map((alphaL) =>
            runDots(curve(alphaL, depth).filter((_, l) => l % Math.ceil(depth / 16) === 0), {
              color: colors[i],
              radius: 2.4,
            })
          )
        ),
      ],
    },
  };
}
