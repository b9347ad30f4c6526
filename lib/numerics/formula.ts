/**
 * A formula given as text, with its exact derivatives, fast enough for the inner loop of an ODE solver.
 *
 * This is what lets a loss function be typed in a notebook: mathjs parses it and differentiates it symbolically,
 * and the result runs as plain arithmetic.
 *
 * ```ts
 * import { compileFormula } from "@trained/proved/numerics";
 * const loss = compileFormula("(a * h(s) - 1)^2", ["a", "s"], { functions: { h: "1 / sqrt(1 - 2 z)" } });
 * loss.value([1, 0]); // 0
 * loss.gradient([2, 0]); // Float64Array [2, 4]
 * ```
 *
 * @module
 */

import { derivative, type MathNode } from "mathjs/number";
import { type FormulaNames, parseFormula } from "./formula_parse.ts";
import { compileTape, type TapeFunction } from "./formula_run.ts";
import { writeTape } from "./formula_tape.ts";

export { FormulaError } from "./formula_error.ts";

/** Options of {@link compileFormula}. */
export interface FormulaOptions {
  /** Values of named constants; `pi` and `e` are known already. */
  constants?: Record<string, number>;
  /** Helper functions of one variable `z`, such as `{h: "1/sqrt(1-2z)"}`; derivatives go through them. */
  functions?: Record<string, string>;
}

/** A compiled formula. Real arithmetic: outside its domain (a root of a negative number) it is NaN. */
export interface Formula {
  /** Names of the variables, in the order of every `x` below. */
  readonly variables: readonly string[];
  /** The formula as given. */
  readonly expression: string;
  /** The formula at x. */
  value(x: ArrayLike<number>): number;
  /** $\partial_i f$ for every variable, into `out` (returned). Symbolic, so exact up to rounding. */
  gradient(x: ArrayLike<number>, out?: Float64Array): Float64Array;
  /** $\partial_i \partial_j f$ in row-major order, into `out` (returned): what a stiff gradient flow needs. */
  hessian(x: ArrayLike<number>, out?: Float64Array): Float64Array;
}

class CompiledFormula implements Formula {
  readonly #constantValues: number[];
  readonly #first: MathNode[];
  readonly #value: TapeFunction;
  readonly #gradient: TapeFunction;
  #hessian?: TapeFunction;
  readonly #scratch = new Float64Array(1);

  constructor(readonly expression: string, readonly variables: readonly string[], options: FormulaOptions) {
    const names: FormulaNames = {
      variables,
      constants: options.constants ?? {},
      functions: options.functions ?? {},
    };
    const { tree, constantValues } = parseFormula(expression, names);
    this.#constantValues = constantValues;
    this.#first = variables.map((_, i) => this.#differentiate(tree, i));
    this.#value = compileTape(writeTape([tree], constantValues));
    this.#gradient = compileTape(writeTape(this.#first, constantValues));
  }

  // mathjs' own simplification turns decimals into fractions and back; the tape folds what matters, exactly.
  #differentiate(tree: MathNode, i: number): MathNode {
    return derivative(tree, `v${i}`, { simplify: false });
  }

  #check(x: ArrayLike<number>, out: Float64Array | undefined, size: number): Float64Array {
    if (x.length !== this.variables.length) {
      throw new RangeError(
        `"${this.expression}" has ${this.variables.length} variables (${
          this.variables.join(", ")
        }), got ${x.length} values`,
      );
    }
    if (out && out.length !== size) throw new RangeError(`out must have length ${size}, got ${out.length}`);
    return out ?? new Float64Array(size);
  }

  value(x: ArrayLike<number>): number {
    this.#check(x, this.#scratch, 1);
    this.#value(x, this.#scratch);
    return this.#scratch[0];
  }

  gradient(x: ArrayLike<number>, out?: Float64Array): Float64Array {
    const result = this.#check(x, out, this.variables.length);
    this.#gradient(x, result);
    return result;
  }

  hessian(x: ArrayLike<number>, out?: Float64Array): Float64Array {
    const result = this.#check(x, out, this.variables.length ** 2);
    this.#hessian ??= compileTape(
      writeTape(
        this.#first.flatMap((tree) => this.variables.map((_, j) => this.#differentiate(tree, j))),
        this.#constantValues,
      ),
    );
    this.#hessian(x, result);
    return result;
  }
}

/**
 * Compiles a formula and its symbolic gradient.
 *
 * @param expression one real expression in the variables, constants, helper functions and standard functions
 * @param variables names, in the order in which `value(x)` reads them
 * @throws FormulaError for malformed text (with the character), an unknown name (with what is allowed), an
 * assignment, a definition, a condition, or anything that is not a single real number
 */
export function compileFormula(
  expression: string,
  variables: readonly string[],
  options: FormulaOptions = {},
): Formula {
  return new CompiledFormula(expression, [...variables], options);
}
