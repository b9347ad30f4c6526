/** @module Shorthand for the claims of this paper. */
import { type Claim, type ClaimDraft, claimsOf } from "../../claims/mod.ts";

/** A claim of this paper, derived here unless it says otherwise. */
export const claim: (draft: ClaimDraft) => Claim = claimsOf("infinite_limits");
export { onRecords as on, onTheory as theory } from "../../claims/mod.ts";
