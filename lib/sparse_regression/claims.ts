/** @module The claims of this paper: what its notebook ends with, controls included. */
import type { Claim } from "../claims/types.ts";
import type { RunRecord } from "../runs/types.ts";
import { estimatorClaims } from "./claims/estimators.ts";
import { exactnessClaims } from "./claims/exactness.ts";
import { depthClaims, scalingClaims } from "./claims/scaling.ts";
import { trainedClaims } from "./claims/trained.ts";
import type { Records } from "./records.ts";

/**
 * Claims, computed from theory and records.
 * @param records by their key in `experiments`; what is missing leaves its claims "not run"
 */
export function claims(records: Record<string, RunRecord[]>): Claim[] {
  const of = <K extends keyof Records>(key: K): Records[K] =>
    records[key]?.length ? records[key] as unknown as Records[K] : undefined;
  return [
    ...exactnessClaims(),
    ...estimatorClaims(of("riskTable"), of("riskPath")),
    ...scalingClaims(of("scaling")),
    ...depthClaims(of("depth")),
    ...trainedClaims(of("transformers")),
  ];
}
