/** @module Claims on learning rates over sizes, and on what width buys as heads or as head width. */
import type { Claim } from "../../claims/types.ts";
import { driftEstimate, type DriftOptions, rateCurves, type Slope } from "../analysis.ts";
import { gratingShape } from "../data.ts";
import type { SweepRecord } from "../records.ts";
import { claim, on } from "./claim.ts";

/**
 * A quarter of a decade: half an octave each way on a grid of octaves, and the most that larger studies of the same kind
 * find over a factor of 16. Without the factor NH the best rate moves by 0.6 decades over a factor of 4 and by 1.2 over 16.
 * Sizes that learned nothing have no best rate and are left out.
 */
const tolerance = 0.25;

/** Claims on the experiment `transfer`. */
export function transferClaims(records: readonly SweepRecord[] | undefined): Claim[] {
  const over = (
    id: string,
    statement: string,
    options: Omit<DriftOptions, "classes">,
    bound: number = tolerance,
  ) =>
    claim({
      id,
      source: "reported",
      statement,
      control: options.raw === true,
      relation: "at most",
      expected: 0,
      tolerance: bound,
      measure: on(records, (all) => driftEstimate(all, { ...options, classes: gratingShape.classes })),
    });
  const half = { alphaA: 0.5 };
  return [
    over("transfer-width", "α_A = 1: the best rate constant does not depend on N: drift in decades", {
      axis: "N",
    }),
    over("transfer-width-half", "α_A = ½: the same", { axis: "N", exponents: half }),
    over("transfer-heads", "α_A = 1: the best rate constant does not depend on H: drift in decades", {
      axis: "H",
    }),
    over("transfer-heads-half", "α_A = ½: the same", { axis: "H", exponents: half }),
    over("transfer-width-raw", "The rate without its factor NH would not move with N either", {
      axis: "N",
      raw: true,
    }),
    over("transfer-heads-raw", "The rate without its factor NH would not move with H either", {
      axis: "H",
      raw: true,
    }),
    // Derived: 0.37 decade over L = 1, 2, 4, of which 0.24 between one block and two, and 0.26 from 2 to 16.
    over(
      "transfer-depth",
      "α_L = 1: over depth the best rate constant falls by less than half a decade, most of it from one block to two: drift in decades",
      { axis: "L" },
      0.5,
    ),
  ];
}

/** Loss of the largest size along an axis at the best rate of its grid. */
function lossAt(records: readonly SweepRecord[], axis: "N" | "H", alphaA: number): Slope | undefined {
  const curve = rateCurves(records, axis, { alphaA }).at(-1);
  if (curve === undefined || !Number.isFinite(curve.bestLoss)) return undefined;
  const at = curve.loss.indexOf(Math.min(...curve.loss.map((l) => l ?? Infinity)));
  return { value: curve.loss[at]!, standardError: curve.error[at] };
}

/** Claims on the experiments `transfer` and `language`: more heads or wider heads. */
export function widthClaims(
  images: readonly SweepRecord[] | undefined,
  text: readonly SweepRecord[] | undefined,
): Claim[] {
  type Side = readonly [axis: "N" | "H", alphaA: number];
  const difference = (records: readonly SweepRecord[] | undefined, more: Side, less: Side) =>
    on(records, (all) => {
      const [a, b] = [lossAt(all, ...more), lossAt(all, ...less)];
      return a && b &&
        { value: a.value - b.value, standardError: Math.hypot(a.standardError, b.standardError) };
    });
  const positive = (id: string, statement: string, measure: Claim["measure"], source?: Claim["source"]) =>
    claim({
      id,
      ...source && { source },
      statement,
      relation: "at least",
      expected: 0,
      tolerance: 0,
      measure,
    });
  return [
    positive(
      "wide-heads-half",
      "Gratings, widest heads: α_A = 1, where heads coincide, loses to α_A = ½: difference of losses in nats",
      difference(images, ["N", 1], ["N", 0.5]),
      "reported",
    ),
    positive(
      "wide-heads-half-text",
      "Characters, widest heads: the same",
      difference(text, ["N", 1], ["N", 0.5]),
      "reported",
    ),
    positive(
      "heads-over-width",
      "Gratings, α_A = 1: the same width as wider heads loses to more heads: difference of losses in nats",
      difference(images, ["N", 1], ["H", 1]),
    ),
    positive(
      "heads-over-width-text",
      "Characters, α_A = 1: the same",
      difference(text, ["N", 1], ["H", 1]),
    ),
  ];
}
