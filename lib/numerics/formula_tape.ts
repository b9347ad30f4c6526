/**
 * From trees to a tape: a straight list of elementary operations, each written once.
 *
 * All outputs (a value, or every component of a gradient) share one tape, so what they have in common is computed
 * once. Products with 0 and 1, sums with 0 and arithmetic on literals are folded on the way: symbolic derivatives
 * are full of them. A factor that is literally 0 removes its product even where the other factor is not finite.
 *
 * @module
 */

import { isConstantNode, isFunctionNode, isOperatorNode, isSymbolNode, type MathNode } from "mathjs/number";

/** One operation; operands are indices of earlier steps. */
export type Step =
  | { op: "number"; value: number }
  | { op: "variable"; index: number }
  | { op: "negate"; a: number }
  | { op: "add" | "subtract" | "multiply" | "divide" | "power"; a: number; b: number }
  | { op: "call"; name: string; a: number };

/** Steps in order of evaluation, and which of them are the results. */
export interface Tape {
  steps: Step[];
  outputs: number[];
}

class TapeWriter {
  readonly steps: Step[] = [];
  readonly #known = new Map<string, number>();

  constructor(readonly constantValues: readonly number[]) {}

  #write(step: Step): number {
    const key = step.op === "number"
      ? `number ${Object.is(step.value, -0) ? "-0" : step.value}`
      : JSON.stringify(step);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.steps.push(step);
    this.#known.set(key, this.steps.length - 1);
    return this.steps.length - 1;
  }

  number(value: number): number {
    return this.#write({ op: "number", value });
  }

  #literal(at: number): number | undefined {
    const step = this.steps[at];
    return step.op === "number" ? step.value : undefined;
  }

  negate(a: number): number {
    const step = this.steps[a];
    if (step.op === "number") return this.number(-step.value);
    if (step.op === "negate") return step.a;
    return this.#write({ op: "negate", a });
  }

  add(a: number, b: number): number {
    const x = this.#literal(a), y = this.#literal(b);
    if (x !== undefined && y !== undefined) return this.number(x + y);
    if (x === 0) return b;
    if (y === 0) return a;
    return this.#write({ op: "add", a, b });
  }

  subtract(a: number, b: number): number {
    const x = this.#literal(a), y = this.#literal(b);
    if (x !== undefined && y !== undefined) return this.number(x - y);
    if (x === 0) return this.negate(b);
    if (y === 0) return a;
    return this.#write({ op: "subtract", a, b });
  }

  multiply(a: number, b: number): number {
    const x = this.#literal(a), y = this.#literal(b);
    if (x !== undefined && y !== undefined) return this.number(x * y);
    if (x === 0 || y === 0) return this.number(0);
    if (x === 1) return b;
    if (y === 1) return a;
    if (x === -1) return this.negate(b);
    if (y === -1) return this.negate(a);
    return this.#write({ op: "multiply", a, b });
  }

  divide(a: number, b: number): number {
    const x = this.#literal(a), y = this.#literal(b);
    if (x !== undefined && y !== undefined) return this.number(x / y);
    if (x === 0 && y === undefined) return this.number(0);
    if (y === 1) return a;
    return this.#write({ op: "divide", a, b });
  }

  /** Small whole powers become products: `x * x` is many times faster than a general power. */
  power(a: number, b: number): number {
    const x = this.#literal(a), y = this.#literal(b);
    if (x !== undefined && y !== undefined) return this.number(x ** y);
    if (y === 0) return this.number(1);
    if (y === 1) return a;
    if (y === 2) return this.multiply(a, a);
    if (y === 3) return this.multiply(this.multiply(a, a), a);
    if (y === 4) return this.power(this.multiply(a, a), this.number(2));
    if (y === -1) return this.divide(this.number(1), a);
    if (y === -2) return this.divide(this.number(1), this.multiply(a, a));
    return this.#write({ op: "power", a, b });
  }

  node(node: MathNode): number {
    if (isConstantNode(node)) return this.number(Number(node.value));
    if (isSymbolNode(node)) {
      const index = Number(node.name.slice(1));
      return node.name[0] === "v"
        ? this.#write({ op: "variable", index })
        : this.number(this.constantValues[index]);
    }
    if (isFunctionNode(node)) {
      return this.#write({ op: "call", name: node.fn.name, a: this.node(node.args[0]) });
    }
    if (isOperatorNode(node)) {
      const args = node.args.map((child) => this.node(child));
      if (node.fn === "unaryMinus") return this.negate(args[0]);
      if (node.fn === "unaryPlus") return args[0];
      const combine = {
        add: (a: number, b: number) => this.add(a, b),
        subtract: (a: number, b: number) => this.subtract(a, b),
        multiply: (a: number, b: number) => this.multiply(a, b),
        divide: (a: number, b: number) => this.divide(a, b),
        pow: (a: number, b: number) => this.power(a, b),
      }[node.fn as string];
      if (combine) return args.reduce(combine);
    }
    throw new TypeError(`a derivative produced ${node.toString()} (${node.type}), which has no translation`);
  }
}

/** Keeps only the steps some output needs. */
function prune({ steps, outputs }: Tape): Tape {
  const needed = new Set<number>();
  const visit = (at: number) => {
    if (needed.has(at)) return;
    needed.add(at);
    const step = steps[at];
    if ("a" in step) visit(step.a);
    if ("b" in step) visit(step.b);
  };
  outputs.forEach(visit);
  const kept = steps.map((_, at) => at).filter((at) => needed.has(at));
  const moved = new Map(kept.map((at, i) => [at, i]));
  const move = (at: number) => moved.get(at)!;
  return {
    steps: kept.map((at) => {
      const step = { ...steps[at] };
      if ("a" in step) step.a = move(step.a);
      if ("b" in step) step.b = move(step.b);
      return step;
    }),
    outputs: outputs.map(move),
  };
}

/** Writes trees whose symbols are `v{i}` and `c{j}` to one tape; output k is tree k. */
export function writeTape(trees: readonly MathNode[], constantValues: readonly number[]): Tape {
  const writer = new TapeWriter(constantValues);
  const outputs = trees.map((tree) => writer.node(tree));
  return prune({ steps: writer.steps, outputs });
}
