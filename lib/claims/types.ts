/** @module A claim = statement + source + measured + expected + tolerance -> verdict. */

/** Who says so: the abstract, secondary sources, or this project's own checked derivation. */
export type ClaimSource = "abstract" | "reported" | "derived";

/** `measured` compared with `expected`: within the tolerance, or one-sided with the tolerance as slack. */
export type Relation = "equals" | "at most" | "at least";

/** A measurement with its standard error (0 when deterministic). */
export interface Measured {
  readonly value: number;
  readonly standardError?: number;
}

/** A statement that numbers can refute. A control is a claim that must fail. */
export interface Claim {
  readonly id: string;
  readonly paper: string;
  readonly statement: string;
  readonly source: ClaimSource;
  readonly relation: Relation;
  readonly expected: number;
  readonly tolerance: number;
  readonly control?: boolean;
  /** `undefined` when the records it needs are not there: verdict `not run`. */
  measure(): Measured | undefined;
}

/** One row of the claims table; exactly what `claims --json` prints. */
export interface ClaimResult {
  readonly id: string;
  readonly paper: string;
  readonly statement: string;
  readonly source: ClaimSource;
  readonly relation: Relation;
  readonly measured: number | null;
  readonly standardError: number | null;
  readonly expected: number;
  readonly tolerance: number;
  readonly control: boolean;
  readonly verdict: "holds" | "fails" | "not run";
}
