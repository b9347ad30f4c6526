/**
 * From a formula's text to a checked mathjs tree with no user functions left in it.
 *
 * mathjs reads far more than formulas (assignments, matrices, units, property access); only a short list of node
 * types passes here. Helper functions such as `h(z)` are replaced by their bodies, because mathjs' derivative knows
 * standard functions only: after substitution the chain rule applies by itself. Names become `v0, v1, …`
 * (variables) and `c0, c1, …` (constants), so that no name can collide with something mathjs knows.
 *
 * @module
 */

import {
  ConstantNode,
  FunctionNode,
  isConstantNode,
  isFunctionNode,
  isOperatorNode,
  isParenthesisNode,
  isSymbolNode,
  type MathNode,
  OperatorNode,
  parse,
  SymbolNode,
} from "mathjs/number";
import { FormulaError } from "./formula_error.ts";

/** Functions a formula may use: those mathjs can differentiate. */
export const STANDARD_FUNCTIONS: readonly string[] = [
  ..."abs acos acosh asin asinh atan atanh cbrt cos cosh cot coth csc csch exp log log10 sec sech sin sinh sqrt"
    .split(
      " ",
    ),
  ..."tan tanh".split(" "),
];

/** Operators a formula may use, by mathjs' name. */
const OPERATORS = new Set(["add", "subtract", "multiply", "divide", "pow", "unaryMinus", "unaryPlus"]);

const BUILT_IN_CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E };

/** Words that mathjs' grammar keeps for itself. */
const RESERVED = new Set(
  "mod to in and or xor not end true false null undefined NaN Infinity".split(" "),
);

/** What {@link parseFormula} is told beside the text. */
export interface FormulaNames {
  /** Names of the variables, in the order of the vector they are read from. */
  variables: readonly string[];
  /** Values of named constants. */
  constants: Readonly<Record<string, number>>;
  /** Bodies of helper functions of one variable, written in `z`. */
  functions: Readonly<Record<string, string>>;
}

/** A checked tree in which variable i is the symbol `v{i}` and constant j is `c{j}`. */
export interface ParsedFormula {
  tree: MathNode;
  constantValues: number[];
}

const listOf = (names: readonly string[]) => (names.length ? names.join(", ") : "none");

/** Why a node type is refused, for the ones a user may plausibly try. */
const REFUSALS: Readonly<Record<string, string>> = {
  AssignmentNode: "an assignment: a formula is a single expression, pass values as variables or constants",
  FunctionAssignmentNode: "a function definition: pass helper functions in the `functions` option",
  BlockNode: "several expressions: a formula is a single one",
  ConditionalNode: "a condition: a formula must be smooth, with one expression for all values",
  RelationalNode: "a comparison: a formula must be a number",
  ArrayNode: "a matrix: a formula must be a single real number",
  ObjectNode: "an object: a formula must be a single real number",
  RangeNode: "a range: a formula must be a single real number",
  AccessorNode: "a property or index: only plain names can be used",
  IndexNode: "an index: only plain names can be used",
};

class Reader {
  readonly #symbols = new Map<string, string>();
  readonly #bodies = new Map<string, MathNode>();
  readonly constantValues: number[] = [];

  constructor(readonly expression: string, readonly names: FormulaNames) {
    const taken = new Set<string>();
    const claim = (name: string, kind: string) => {
      const refuse = (why: string) => this.#fail(`the ${kind} "${name}" ${why}`);
      if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) {
        refuse("is not a name: use letters, digits and _, not starting with a digit");
      }
      if (RESERVED.has(name)) refuse("is a reserved word");
      if (STANDARD_FUNCTIONS.includes(name)) refuse("has the name of a standard function");
      if (taken.has(name)) refuse("is given twice");
      taken.add(name);
    };
    for (const [name, value] of Object.entries(BUILT_IN_CONSTANTS)) this.#addConstant(name, value);
    names.variables.forEach((name, i) => {
      claim(name, "variable");
      this.#symbols.set(name, `v${i}`);
    });
    for (const [name, value] of Object.entries(names.constants)) {
      claim(name, "constant");
      if (!Number.isFinite(value)) this.#fail(`the constant "${name}" must be a finite number, got ${value}`);
      this.#addConstant(name, value);
    }
    for (const name of Object.keys(names.functions)) claim(name, "function");
  }

  #addConstant(name: string, value: number): void {
    this.#symbols.set(name, `c${this.constantValues.length}`);
    this.constantValues.push(value);
  }

  #fail(why: string, position?: number): never {
    throw new FormulaError(`${why}, in the formula "${this.expression}"`, this.expression, position);
  }

  /** Reads one piece of text; `where` says which, when it is a helper function's body. */
  read(text: string, where = ""): MathNode {
    if (text.trim() === "") this.#fail(`nothing is written${where}`);
    try {
      return parse(text);
    } catch (error) {
      const { message, char } = error as Error & { char?: number };
      const what = message.replace(/\s*\(char \d+\)\s*$/, "");
      this.#fail(
        `malformed at character ${char ?? "?"}${where}: ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
        char,
      );
    }
  }

  /**
   * Checks a node and rewrites names; inside a helper's body, `z` stands for `argument` and variables are not known.
   */
  rewrite(node: MathNode, argument?: MathNode, open: readonly string[] = []): MathNode {
    const again = (child: MathNode) => this.rewrite(child, argument, open);
    if (isParenthesisNode(node)) return again(node.content);
    if (isConstantNode(node)) {
      if (typeof node.value !== "number" || !Number.isFinite(node.value)) {
        this.#fail(
          `${node.toString() === "undefined" ? "an empty expression" : node} is not a finite number`,
        );
      }
      return new ConstantNode(node.value);
    }
    if (isSymbolNode(node)) return this.#symbol(node.name, argument);
    if (isOperatorNode(node)) {
      if (!OPERATORS.has(node.fn)) {
        this.#fail(`the operator ${node.op} is not allowed; allowed are + - * / ^`);
      }
      return new OperatorNode(node.op, node.fn, node.args.map(again), false);
    }
    if (isFunctionNode(node)) return this.#call(node, argument, open);
    this.#fail(`${node} is ${REFUSALS[node.type] ?? `a ${node.type}, which is not allowed`}`);
  }

  #symbol(name: string, argument?: MathNode): MathNode {
    if (argument && name === "z") return argument;
    const internal = this.#symbols.get(name);
    if (internal && !(argument && internal.startsWith("v"))) return new SymbolNode(internal);
    if (STANDARD_FUNCTIONS.includes(name) || Object.hasOwn(this.names.functions, name)) {
      this.#fail(`${name} is a function: write ${name}(…)`);
    }
    const { variables, constants } = this.names;
    this.#fail(
      `unknown symbol "${name}"${argument ? " in a helper function" : ""}; allowed are the variables ` +
        `${argument ? "z" : listOf(variables)}, the constants ` +
        `${listOf([...Object.keys(constants), ...Object.keys(BUILT_IN_CONSTANTS)])}`,
    );
  }

  #call(node: FunctionNode, argument: MathNode | undefined, open: readonly string[]): MathNode {
    const name = isSymbolNode(node.fn) ? node.fn.name : String(node.fn);
    const helper = Object.hasOwn(this.names.functions, name);
    if (!helper && !STANDARD_FUNCTIONS.includes(name)) {
      const product = this.#symbols.has(name) ? ` (for a product write ${name} * (…))` : "";
      this.#fail(
        `unknown function "${name}"${product}; allowed are the helpers ${
          listOf(Object.keys(this.names.functions))
        } and the ` +
          `standard ${listOf(STANDARD_FUNCTIONS)}`,
      );
    }
    if (node.args.length !== 1) this.#fail(`${name} takes one argument, got ${node.args.length}`);
    const inner = this.rewrite(node.args[0], argument, open);
    if (!helper) return new FunctionNode(new SymbolNode(name), [inner]);
    if (open.includes(name)) {
      this.#fail(`the helper functions call one another in a circle: ${[...open, name].join(" -> ")}`);
    }
    const body = this.#bodies.get(name) ??
      this.read(
        this.names.functions[name],
        ` of the helper function ${name}(z) = ${this.names.functions[name]}`,
      );
    this.#bodies.set(name, body);
    return this.rewrite(body, inner, [...open, name]);
  }
}

/**
 * Parses and checks a formula.
 *
 * @throws FormulaError saying what is wrong and what is allowed
 */
export function parseFormula(expression: string, names: FormulaNames): ParsedFormula {
  const reader = new Reader(expression, names);
  // Helpers are checked even when the formula does not call them: a typo should not wait for its first use.
  for (const name of Object.keys(names.functions)) {
    reader.rewrite(new FunctionNode(new SymbolNode(name), [new ConstantNode(0)]));
  }
  const tree = reader.rewrite(reader.read(expression));
  return { tree, constantValues: reader.constantValues };
}
