/** @module Shorthand for the claims of this paper. */
import type { Claim, Measured } from "../../claims/types.ts";

/** A claim without what all of this paper's claims share. */
export type Draft = Omit<Claim, "paper" | "source" | "control"> & Partial<Pick<Claim, "source" | "control">>;

/** A claim of this paper, derived here unless it says otherwise. */
export function claim(draft: Draft): Claim {
  return { paper: "infinite_limits", source: "derived", ...draft };
}

/** Measures on records, or says that they are not there. */
export function on<R>(
  records: readonly R[] | undefined,
  f: (records: readonly R[]) => Measured | number | undefined,
): () => Measured | undefined {
  return () => {
    if (records === undefined || records.length === 0) return undefined;
    const measured = f(records);
    return typeof measured === "number" ? { value: measured } : measured;
  };
}

/** Measures on theory alone. */
export function theory(f: () => Measured | number): () => Measured {
  return () => {
    const measured = f();
    return typeof measured === "number" ? { value: measured } : measured;
  };
}
