/** @module A claim that holds, to be changed in one respect. */
import type { Claim } from "../../../lib/claims/mod.ts";

export function claim(part: Partial<Claim>): Claim {
  return {
    id: "slope",
    paper: "toy",
    statement: "The time to the jump grows like 1/alpha.",
    source: "derived",
    relation: "equals",
    expected: 2,
    tolerance: 0.1,
    measure: () => ({ value: 2.04321, standardError: 0.0123 }),
    ...part,
  };
}
