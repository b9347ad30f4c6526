/** @module Shorthand for the claims of this paper. */
import { type Claim, type ClaimDraft, claimsOf, type Measured } from "../../claims/mod.ts";
import { mean, standardError } from "../../numerics/mod.ts";

/** A claim of this paper, derived here unless it says otherwise. */
export const claim: (draft: ClaimDraft) => Claim = claimsOf("lazy_to_rich");
export { onRecords as on, onTheory as theory } from "../../claims/mod.ts";

/** Mean and standard error of repeated measurements. */
export function summary(values: readonly number[]): Required<Measured> {
  return { value: mean(values), standardError: values.length > 1 ? standardError(values) : 0 };
}
