/** @module Claims on heads as particles. */
import type { Claim } from "../../claims/types.ts";
import { mean, standardError } from "../../numerics/mod.ts";
import { slopeOf } from "../analysis.ts";
import { particlesOf } from "../figures/particles.ts";
import type { ParticlesRecord } from "../records.ts";
import { claim, on } from "./claim.ts";

/** Claims on the experiment `particles`. */
export function particleClaims(records: readonly ParticlesRecord[] | undefined): Claim[] {
  const slope = (limit: "heads" | "width") =>
    on(records, (all) => {
      const { config: { sizes }, metrics: { errors } } = particlesOf(all, limit);
      return slopeOf(sizes, errors);
    });
  return [
    claim({
      id: "particles-heads",
      statement: "Heads as particles, N = 4: squared distance of outputs to the limit H = ∞: slope in H",
      relation: "equals",
      expected: -1,
      tolerance: 0.2, // 60 models a size over a factor 16: 0.07, and the next order at H = 8
      measure: slope("heads"),
    }),
    claim({
      id: "particles-width",
      statement:
        "Heads as particles, H = 4: squared distance of outputs to the exact limit N = ∞ (six kernels): slope in N",
      relation: "equals",
      expected: -1,
      tolerance: 0.2,
      measure: slope("width"),
    }),
    claim({
      id: "particles-mean",
      statement:
        "Heads as particles, N = 4: mean outputs of models with most heads at t = 10 against H = ∞: largest distance",
      relation: "at most",
      expected: 0,
      tolerance: 0.03, // bias O(1/H), about 0.01 at H = 128, and two standard errors of 60 models
      measure: on(records, (all) => {
        const { metrics: { limit, largest } } = particlesOf(all, "heads");
        const distances = largest[10].map((values, p) => Math.abs(mean(values) - limit.outputs[10][p]));
        const most = distances.indexOf(Math.max(...distances));
        return { value: distances[most], standardError: standardError(largest[10][most]) };
      }),
    }),
    claim({
      id: "particles-width-matters",
      control: true,
      statement: "The same against N = ∞: heads of width 4 are not wide heads",
      relation: "at most",
      expected: 0,
      tolerance: 0.03,
      measure: on(records, (all) => {
        const { metrics: { largest } } = particlesOf(all, "heads");
        const { outputs } = particlesOf(all, "width").metrics.limit;
        const distances = largest[10].map((values, p) => Math.abs(mean(values) - outputs[10][p]));
        return Math.max(...distances);
      }),
    }),
  ];
}
