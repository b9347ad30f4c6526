/** @module A result in words: what the text table and the HTML table say alike. */
import { tally } from "./evaluate.ts";
import type { ClaimResult } from "./types.ts";

/** Said under every table that has a control in it. */
export const CONTROL_NOTE =
  "A control is a statement that must be refuted: it holds when the comparison fails.";

/** Five significant digits, without trailing zeros; `1.2e-7` for the very small and large. */
export function numberWords(x: number): string {
  return String(Number(x.toPrecision(5)));
}

/** `1.98 +/- 0.01`, with `plusMinus` between; says why there is no number. */
export function measuredWords({ measured, standardError, verdict }: ClaimResult, plusMinus: string): string {
  if (measured === null) return verdict === "not run" ? "-" : "not finite";
  return numberWords(measured) +
    (standardError ? ` ${plusMinus} ${Number(standardError.toPrecision(2))}` : "");
}

/** `equals 2 +/- 0.05`, `at most 3 + 0.1`, `at least 3 - 0.1`: relation, value, slack. */
export function expectedWords({ relation, expected, tolerance }: ClaimResult, plusMinus: string): string {
  const sign = { "equals": plusMinus, "at most": "+", "at least": "-" }[relation];
  return `${relation} ${numberWords(expected)}${tolerance === 0 ? "" : ` ${sign} ${numberWords(tolerance)}`}`;
}

/** `10 hold, 1 fails, 2 not run`. */
export function tallyWords(results: readonly ClaimResult[]): string {
  const { holds, fails, notRun } = tally(results);
  return `${holds} ${holds === 1 ? "holds" : "hold"}, ${fails} ${
    fails === 1 ? "fails" : "fail"
  }, ${notRun} not run`;
}
