/** @module Shorthand for writing down the claims of one paper. */
import type { Claim, Measured } from "./types.ts";

/** A claim without what all claims of a paper share. */
export type ClaimDraft =
  & Omit<Claim, "paper" | "source" | "control">
  & Partial<Pick<Claim, "source" | "control">>;

/** How claims of a paper are written down: derived here, no control, unless they say otherwise. */
export function claimsOf(paper: string): (draft: ClaimDraft) => Claim {
  return (draft) => ({ paper, source: "derived", ...draft });
}

/** Measures on records, or says that they are not there. A bare number has no standard error. */
export function onRecords<R>(
  records: readonly R[] | undefined,
  f: (records: readonly R[]) => Measured | number | undefined,
): () => Measured | undefined {
  return () => records === undefined || records.length === 0 ? undefined : measured(f(records));
}

/** Measures on theory alone. A bare number has no standard error. */
export function onTheory(f: () => Measured | number): () => Measured {
  return () => measured(f());
}

function measured<M extends Measured | undefined>(value: M | number): M | Measured {
  return typeof value === "number" ? { value } : value;
}
