/**
 * Claims and their verdicts: what is stated, who says so, what was measured, and whether it holds.
 *
 * @module
 */
export { evaluateClaims, failures, type Tally, tally } from "./evaluate.ts";
export { claimsHtml } from "./html.ts";
export { type ClaimDraft, claimsOf, onRecords, onTheory } from "./draft.ts";
export { claimsTable } from "./table.ts";
export type * from "./types.ts";
