/** @module Claims on learning rates over sizes. */
import type { Claim } from "../../claims/types.ts";
import { drift, learned, rateCurves } from "../analysis.ts";
import { gratingShape } from "../data.ts";
import type { SweepRecord } from "../records.ts";
import { claim, on } from "./claim.ts";

/**
 * Half an octave each way on a grid of octaves, read by a parabola from a few seeds: 0.3 decade; larger studies of the same
 * kind find up to 0.26. Sizes that learned nothing have no best rate and are left out.
 */
const tolerance = 0.3;

/** Claims on the experiment `transfer`. */
export function transferClaims(records: readonly SweepRecord[] | undefined): Claim[] {
  const driftOf = (axis: "N" | "H" | "L", exponents = {}, raw = false) =>
    on(records, (all) => drift(learned(rateCurves(all, axis, exponents), gratingShape.classes), raw));
  const over = (id: string, axis: "N" | "H" | "L", statement: string, exponents = {}, raw = false) =>
    claim({
      id,
      source: "reported",
      statement,
      control: raw || undefined,
      relation: "at most",
      expected: 0,
      tolerance,
      measure: driftOf(axis, exponents, raw),
    });
  return [
    over("transfer-width", "N", "α_A = 1: the best rate constant does not depend on N: drift in decades"),
    over("transfer-width-half", "N", "α_A = ½: the same", { alphaA: 0.5 }),
    over("transfer-heads", "H", "α_A = 1: the best rate constant does not depend on H: drift in decades"),
    over("transfer-width-raw", "N", "The rate without its factor NH would not move with N either", {}, true),
    over("transfer-heads-raw", "H", "The rate without its factor NH would not move with H either", {}, true),
  ].map((one) => ({ ...one, control: one.control === true }));
}
