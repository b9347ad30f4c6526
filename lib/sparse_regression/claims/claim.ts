/** @module How a claim of this paper is written down. */
import type { Claim, Measured, Relation } from "../../claims/types.ts";

/** A claim without what all claims of this paper share. `source` is "derived" unless said. */
export function claim(
  id: string,
  statement: string,
  [relation, expected, tolerance]: readonly [Relation, number, number],
  measure: () => Measured | undefined,
  options: Partial<Pick<Claim, "source" | "control">> = {},
): Claim {
  return {
    id,
    paper: "sparse_regression",
    statement,
    source: "derived",
    relation,
    expected,
    tolerance,
    measure,
    ...options,
  };
}
