/**
 * The error every refused formula raises.
 *
 * @module
 */

/** A formula that is malformed, uses a name it may not, or is not a real scalar expression. */
export class FormulaError extends Error {
  override name = "FormulaError";

  /**
   * @param message one sentence: what is wrong, where, and what is allowed
   * @param expression the formula as given
   * @param position 1-based character at which reading failed, when that is known
   */
  constructor(message: string, readonly expression: string, readonly position?: number) {
    super(message);
  }
}
