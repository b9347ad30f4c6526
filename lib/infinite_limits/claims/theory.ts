/** @module Claims on the theory alone: closed forms, the lazy limit, response terms, depth. */
import type { Claim } from "../../claims/types.ts";
import { logLogFit } from "../../numerics/mod.ts";
import { exactLimit, richScales, tinyTask } from "../analysis.ts";
import { inputKernel } from "../data.ts";
import { parametrise } from "../parametrisation.ts";
import {
  depthFlow,
  firstLogit,
  initialKernels,
  lazyOutputs,
  tangentKernel,
  TrainingDynamics,
} from "../theory.ts";
import { claim, theory } from "./claim.ts";

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Math.max(...Array.from(a, (x, i) => Math.abs(x - b[i])));
}

/** Logits of one block after two steps. */
function secondLogits(response: boolean): Float64Array {
  const dynamics = new TrainingDynamics({ task: tinyTask, scales: richScales, steps: 2, response });
  dynamics.step();
  dynamics.step();
  return dynamics.blocks[0].heads.logits;
}

/** Largest distance of the N = infinity dynamics to the lazy limit over eight steps. */
function lazyDistance(gamma0: number): number {
  const steps = 8, scales = parametrise({ N: Infinity, H: 1, L: 1, beta0: 2, gamma0, eta0: 0.1 });
  const dynamics = new TrainingDynamics({ task: tinyTask, scales, steps });
  const lazy = lazyOutputs(tangentKernel(tinyTask, scales).total, tinyTask.targets, scales.eta0, steps);
  let most = 0;
  for (let t = 1; t <= steps; t++) {
    dynamics.step();
    most = Math.max(most, largestDifference(dynamics.outputs, lazy[t]));
  }
  return most;
}

/** |K_11 behind the last block - limit| over depth, normalisation and MLP in every block, N = infinity. */
function depthSlope(alphaL: number): number {
  const kx = inputKernel(tinyTask), depths = [8, 16, 32, 64];
  const law = { P: 3, S: 3, N: Infinity, alphaA: 1, layerNorm: "full", mlp: true } as const;
  const limit = alphaL === 1 ? kx[0] : depthFlow(kx, law, 1)[0];
  const errors = depths.map((L) => {
    const { branchScale } = parametrise({ N: Infinity, H: 1, L, alphaL });
    return Math.abs(initialKernels(kx, law, L, branchScale)[L][0] - limit);
  });
  return logLogFit(depths, errors).slope;
}

/** Claims that need no record. */
export function theoryClaims(): Claim[] {
  return [
    claim({
      id: "first-logit",
      statement:
        "N = ∞: the marched theory gives the closed form of the first non-zero logit A(2), coefficient 3 + ρ: largest difference",
      relation: "at most",
      expected: 0,
      tolerance: 1e-12, // float64 round-off of sums over 81 kernel entries of order one
      measure: theory(() => largestDifference(firstLogit(tinyTask, richScales).logits, secondLogits(true))),
    }),
    claim({
      id: "first-logit-responses",
      statement:
        "N = ∞: without response terms the first logit is a quarter, half of the alignment times half of H + ρKˣ: ratio " +
        "at sample 1, tokens 1, 2",
      relation: "equals",
      expected: 0.25,
      tolerance: 0.04, // H = ⟨h(1) h(2)⟩ exceeds Kˣ by about a percent, and the residuals after one step differ
      measure: theory(() => secondLogits(false)[1] / secondLogits(true)[1]),
    }),
    claim({
      id: "responses-matter",
      statement: "N = ∞: with responses f(6) of sample 1 is larger than without by a factor of 2.9",
      relation: "equals",
      expected: 2.9,
      tolerance: 0.05, // both numbers are exact; the factor is quoted to two digits
      measure: theory(() => exactLimit().outputs[6][0] / exactLimit(false).outputs[6][0]),
    }),
    claim({
      id: "lazy-slope",
      statement: "N = ∞: the distance to the lazy limit grows as γ₀²: slope over γ₀ = 0.05 … 0.4",
      relation: "equals",
      expected: 2,
      tolerance: 0.05, // the next order, γ₀⁴, at γ₀ = 0.4
      measure: theory(() => {
        const gammas = [0.05, 0.1, 0.2, 0.4], fit = logLogFit(gammas, gammas.map(lazyDistance));
        return { value: fit.slope, standardError: fit.slopeStandardError };
      }),
    }),
    claim({
      id: "depth-flow",
      statement:
        "α_L = ½: kernels of deep stacks approach the flow dK/dτ with an error O(1/L): slope over L = 8 … 64",
      relation: "equals",
      expected: -1,
      tolerance: 0.1, // the next order, 1/L²
      measure: theory(() => depthSlope(0.5)),
    }),
    claim({
      id: "depth-still",
      statement: "α_L = 1: kernels at birth return to the input kernel as 1/L: slope over L = 8 … 64",
      relation: "equals",
      expected: -1,
      tolerance: 0.1, // the next order, 1/L²
      measure: theory(() => depthSlope(1)),
    }),
    claim({
      id: "exact-values",
      statement: "N = ∞, α_A = 1: f(12) of sample 1 is 0.957414 (reference value to six digits)",
      relation: "equals",
      expected: 0.957414,
      tolerance: 1e-6, // digits of the reference
      measure: theory(() => exactLimit().outputs[12][0]),
    }),
  ];
}
