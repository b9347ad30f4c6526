/**
 * The error every refused formula raises.
 *
 * @module
 */

/** A formula that is malformed, uses a name it may not, or is not a real scalar expression. */
export class FormulaError extends Error {
  /** "FormulaError", so that it can be told apart after crossing a module boundary. */
  override name = "FormulaError";

  /** Made by {@link compileFormula}; the message is one sentence with what is wrong, where, and what is allowed. */
  constructor(
    message: string,
    /** The formula as given. */
    readonly expression: string,
    /** 1-based character at which reading failed, when that is known. */
    readonly position?: number,
  ) {
    super(message);
  }
}
