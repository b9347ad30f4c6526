/**
 * @module A similarity g(u; v) typed as a formula: what a generalised induction head retrieves by ("synonyms", "antonyms", ...).
 *
 * With P = (n-1) d numbers per patch the variables are u, v (P = 1) or u1..uP, v1..vP, newest token first.
 */
import { compileFormula } from "../../numerics/mod.ts";

/** A compiled similarity. */
export interface Similarity {
  /** As typed. */
  readonly expression: string;
  /** Numbers per patch, P = (n-1) d. */
  readonly patch: number;
  /** g(u, v) for patches of P numbers. */
  readonly value: (u: ArrayLike<number>, v: ArrayLike<number>) => number;
}

/** Names of the variables of a similarity on patches of P numbers. */
export function similarityVariables(patch: number): string[] {
  const names = (letter: string) =>
    Array.from({ length: patch }, (_, i) => patch === 1 ? letter : `${letter}${i + 1}`);
  return [...names("u"), ...names("v")];
}

/**
 * Compiles a typed similarity, e.g. `4 exp(-(u - v)^2 / (2 * 0.3^2))` (synonym) or `-6 (u + v)^2` (antonym).
 * @throws {FormulaError} for malformed text or unknown names, saying which names exist
 * @throws {RangeError} when P is not a positive integer
 */
export function similarity(
  expression: string,
  patch = 1,
  constants: Record<string, number> = {},
): Similarity {
  if (!Number.isInteger(patch) || patch < 1) {
    throw new RangeError(`patch must be an integer >= 1, got ${patch}`);
  }
  const formula = compileFormula(expression, similarityVariables(patch), { constants });
  const arguments_ = new Float64Array(2 * patch);
  const value = (u: ArrayLike<number>, v: ArrayLike<number>) => {
    if (u.length !== patch || v.length !== patch) {
      throw new RangeError(
        `"${expression}" compares patches of ${patch} numbers, got ${u.length} and ${v.length}`,
      );
    }
    arguments_.set(u, 0);
    arguments_.set(v, patch);
    return formula.value(arguments_);
  };
  return { expression, patch, value };
}
