/** @module A claim = statement + source + measured + expected + tolerance -> verdict. */

/** Who says so: the abstract, secondary sources, or this project's own checked derivation. */
export type ClaimSource = "abstract" | "reported" | "derived";

/** `measured` compared with `expected`: within the tolerance, or one-sided with the tolerance as slack. */
export type Relation = "equals" | "at most" | "at least";

/** A measurement with its standard error (0 when deterministic). */
export interface Measured {
  /** The number that is compared. */
  readonly value: number;
  /** Shown beside the value; a claim that wants it in the verdict builds its tolerance from it. */
  readonly standardError?: number;
}

/** A statement that numbers can refute. A control is a statement that they must refute. */
export interface Claim {
  /** Unique within the paper. */
  readonly id: string;
  /** The paper's folder name. */
  readonly paper: string;
  /** What is claimed, in a sentence. */
  readonly statement: string;
  /** Who says so. */
  readonly source: ClaimSource;
  /** How the measured value must lie to the expected one. */
  readonly relation: Relation;
  /** The value that the statement predicts. */
  readonly expected: number;
  /** Absolute, in the units of `expected`, at least 0. */
  readonly tolerance: number;
  /** Marks a negative control: it holds exactly when the comparison fails. */
  readonly control?: boolean;
  /** `undefined` when the records it needs are not there: verdict `not run`. */
  measure(): Measured | undefined;
}

/** One row of the claims table; exactly what `claims --json` prints. */
export interface ClaimResult {
  /** As in the claim. */
  readonly id: string;
  /** As in the claim. */
  readonly paper: string;
  /** As in the claim. */
  readonly statement: string;
  /** As in the claim. */
  readonly source: ClaimSource;
  /** As in the claim. */
  readonly relation: Relation;
  /** `null` when not run, and when the measurement is not a finite number (verdict `fails`). */
  readonly measured: number | null;
  /** `null` when not given. */
  readonly standardError: number | null;
  /** As in the claim. */
  readonly expected: number;
  /** As in the claim. */
  readonly tolerance: number;
  /** Whether this is a negative control. */
  readonly control: boolean;
  /** For a control, `holds` means that the comparison failed, as it must. */
  readonly verdict: "holds" | "fails" | "not run";
}
