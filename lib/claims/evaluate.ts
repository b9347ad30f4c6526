/** @module From claims to verdicts: measure, compare, and never let a broken number pass. */
import type { Claim, ClaimResult, Measured, Relation } from "./types.ts";

/**
 * Measures every claim and compares.
 *
 * `equals`: $|m - e| \le t$; `at most`: $m \le e + t$; `at least`: $m \ge e - t$, bounds included, with the tolerance
 * $t$ exactly as the claim gives it: the standard error is shown, not added. A control holds when its comparison fails.
 * A measurement that is NaN or infinite fails, for controls too: it refutes nothing.
 *
 * @throws {Error} naming the claim, when its `measure` throws, when two claims of a paper share an id, or when
 * `expected`, `tolerance` or the standard error cannot be compared with.
 */
export function evaluateClaims(claims: readonly Claim[]): ClaimResult[] {
  const seen = new Set<string>();
  return claims.map((claim) => {
    const name = nameOf(claim);
    if (seen.has(name)) throw new Error(`There are two claims ${name}; give each its own id.`);
    seen.add(name);
    return evaluate(claim);
  });
}

/** The results that should worry: claims that do not hold, controls that were not refuted. `not run` is not one. */
export function failures(results: readonly ClaimResult[]): ClaimResult[] {
  return results.filter(({ verdict }) => verdict === "fails");
}

/** How many hold, fail and were not run. */
export interface Tally {
  /** Claims that hold and controls that were refuted. */
  readonly holds: number;
  /** Claims and controls to worry about. */
  readonly fails: number;
  /** Claims whose records are missing. */
  readonly notRun: number;
}

/** Counts verdicts. */
export function tally(results: readonly ClaimResult[]): Tally {
  const count = (verdict: ClaimResult["verdict"]) =>
    results.filter((result) => result.verdict === verdict).length;
  return { holds: count("holds"), fails: count("fails"), notRun: count("not run") };
}

function evaluate(claim: Claim): ClaimResult {
  const { id, paper, statement, source, relation, expected, tolerance, control = false } = claim;
  if (!Number.isFinite(expected)) reject(claim, `expects ${expected}; it must be a finite number`);
  if (!(tolerance >= 0 && tolerance < Infinity)) {
    reject(claim, `has tolerance ${tolerance}; it must be finite and at least 0`);
  }
  const measured = measure(claim);
  const error = measured?.standardError;
  if (error !== undefined && error < 0) reject(claim, `has standard error ${error}; it must be at least 0`);
  return {
    id,
    paper,
    statement,
    source,
    relation,
    measured: finiteOrNull(measured?.value),
    standardError: finiteOrNull(error),
    expected,
    tolerance,
    control,
    verdict: verdictOf(measured, claim),
  };
}

function measure(claim: Claim): Measured | undefined {
  try {
    return claim.measure();
  } catch (error) {
    throw new Error(`Claim ${nameOf(claim)} could not be measured: ${(error as Error)?.message ?? error}`, {
      cause: error,
    });
  }
}

function verdictOf(measured: Measured | undefined, claim: Claim): ClaimResult["verdict"] {
  if (measured === undefined) return "not run";
  if (!Number.isFinite(measured.value)) return "fails";
  const agrees = COMPARISONS[claim.relation](measured.value, claim.expected, claim.tolerance);
  return agrees !== (claim.control ?? false) ? "holds" : "fails";
}

const COMPARISONS: Record<Relation, (m: number, e: number, t: number) => boolean> = {
  "equals": (m, e, t) => Math.abs(m - e) <= t,
  "at most": (m, e, t) => m <= e + t,
  "at least": (m, e, t) => m >= e - t,
};

function finiteOrNull(x: number | undefined): number | null {
  return x !== undefined && Number.isFinite(x) ? x : null;
}

function nameOf({ paper, id }: Claim): string {
  return `${paper}/${id}`;
}

function reject(claim: Claim, what: string): never {
  throw new Error(`Claim ${nameOf(claim)} ${what}.`);
}
