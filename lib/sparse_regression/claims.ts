/** @module The claims of this paper. */
import type { Claim } from "../claims/types.ts";
import type { RunRecord } from "../runs/types.ts";

/** Claims, computed from theory and records. */
export function claims(_records: Record<string, RunRecord[]>): Claim[] {
  return [];
}
