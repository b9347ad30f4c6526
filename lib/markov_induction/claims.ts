/**
 * @module The claims of this paper, each computed from theory and records; the parts are in `claims/`. Sources: `abstract` for its one
 * sentence, `reported` for what the authors' code, saved runs and summaries of the paper say, `derived` for what was worked out here; the PDF was not at hand.
 */
import type { Claim } from "../claims/types.ts";
import type { RunRecord } from "../runs/types.ts";
import { complete } from "./claims/helpers.ts";
import { informationClaims } from "./claims/information.ts";
import { outcomeClaims } from "./claims/outcome.ts";
import { partClaims } from "./claims/parts.ts";
import { selectionClaims } from "./claims/selection.ts";
import { stageClaims } from "./claims/stages.ts";

/** Claims about the records of the experiments, by the experiments' keys; those whose records are missing are not run. */
export function claims(records: Record<string, RunRecord[]>): Claim[] {
  return complete([
    ...informationClaims(records),
    ...selectionClaims(records),
    ...stageClaims(records),
    ...outcomeClaims(records),
    ...partClaims(records),
  ]);
}
