import type { Claim } from "../claims/types.ts";
import type { RunRecord } from "../runs/types.ts"; /** Claims. */
export function claims(_records: Readonly<Record<string, readonly RunRecord[]>>): Claim[] {
  return [];
}
