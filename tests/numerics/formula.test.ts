/** Formulas: values, symbolic derivatives through helper functions, refusals, and both ways of running them. */
import fc from "fast-check";
import { evaluate as mathEvaluate } from "mathjs/number";
import { describe, expect, it, vi } from "vitest";
import { compileFormula, type Formula, FormulaError, type FormulaOptions } from "../../lib/numerics/mod.ts";
import { parseFormula, STANDARD_FUNCTIONS } from "../../lib/numerics/formula_parse.ts";
import { compileTape, REAL_FUNCTIONS, stepThrough, tapeCode } from "../../lib/numerics/formula_run.ts";
import { writeTape } from "../../lib/numerics/formula_tape.ts";

/** Fourth-order central difference: error h^4 f'''''/30 plus rounding eps |f| / h; h = 1e-3 keeps both near 1e-12. */
function numericGradient(f: Formula, x: number[], i: number, h = 1e-3): number {
  const at = (step: number) => f.value(x.map((v, j) => (j === i ? v + step : v)));
  return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
}

const EXPRESSIONS = [
  "a*b + c",
  "a - b - c",
  "a / b / c",
  "a^b^c",
  "-a^2",
  "(-a)^2 + +b",
  "2a b",
  "a^2 + b^3 - c^4 + a^-1 + b^-2 + a^0.5 + b^1 + c^0",
  "exp(-a) * sin(b) / sqrt(c)",
  "log(a + b) * tanh(c - a)",
  "(1 - exp(-a*b))^2 / 2 + 0.5*(c - 1)^2",
  "a*0 + 1*b + 0/c + (c - 0)",
  "pi*a + e^b",
  "1e-3*a + .5*b + 0x10*c",
  "atan(a) + asinh(b) + cbrt(c) + log10(a*b)",
];

describe("values", () => {
  it("equal mathjs' own evaluation", () => {
    for (const expression of EXPRESSIONS) {
      const f = compileFormula(expression, ["a", "b", "c"]);
      fc.assert(
        fc.property(fc.tuple(...[1, 2, 3].map(() => fc.double({ min: 0.2, max: 2, noNaN: true }))), (x) => {
          const expected = mathEvaluate(expression, { a: x[0], b: x[1], c: x[2] }) as number;
          // Small powers are products here: one rounding a factor instead of one in all; sums may cancel.
          expect(Math.abs(f.value(x) - expected)).toBeLessThan(1e-13 * (1 + Math.abs(expected)));
        }),
        { seed: 1, numRuns: 25 },
      );
    }
  });

  it("read variables in the given order and constants by name", () => {
    expect(compileFormula("a - 2b", ["b", "a"]).value([1, 10])).toBe(8);
    expect(compileFormula("k*x + pi", ["x"], { constants: { k: -3 } }).value([2])).toBe(-6 + Math.PI);
    expect(compileFormula("7", []).value([])).toBe(7);
  });

  it("are real: outside its domain a formula is NaN, not complex", () => {
    expect(compileFormula("sqrt(x)", ["x"]).value([-1])).toBeNaN();
    expect(compileFormula("log(x) + x^0.5", ["x"]).value([-1])).toBeNaN();
  });
});

describe("gradients", () => {
  it("equal finite differences for every expression", () => {
    const x = [0.7, 1.3, 0.9];
    for (const expression of EXPRESSIONS) {
      const f = compileFormula(expression, ["a", "b", "c"]);
      const gradient = f.gradient(x);
      // 1e-9: a thousand times the difference's own error, for functions with large fifth derivatives.
      x.forEach((_, i) => expect(Math.abs(gradient[i] - numericGradient(f, x, i))).toBeLessThan(1e-9));
    }
  });

  it("equal finite differences for every standard function, and so do second derivatives", () => {
    for (const name of STANDARD_FUNCTIONS) {
      const at = name === "acosh" || name === "coth" ? 1.6 : 0.6;
      const f = compileFormula(`${name}(x)`, ["x"]), slope = compileFormula(`x*${name}(x)`, ["x"]);
      expect(Math.abs(f.gradient([at])[0] - numericGradient(f, [at], 0)), name).toBeLessThan(1e-9);
      const h = 1e-5; // central difference of an exact gradient: error h^2 and eps / h
      const second = (slope.gradient([at + h])[0] - slope.gradient([at - h])[0]) / (2 * h);
      expect(Math.abs(slope.hessian([at])[0] - second), name).toBeLessThan(1e-7);
    }
    expect(Object.keys(REAL_FUNCTIONS).sort()).toEqual([...STANDARD_FUNCTIONS].sort());
  });

  it("go through helper functions by the chain rule, nested too", () => {
    const functions = { h: "1/sqrt(1 - 2z)", g: "k * z * h(z/4)" };
    const f = compileFormula("h(a*b)^2 + g(h(a) - b)", ["a", "b"], { functions, constants: { k: 1.5 } });
    const h = (z: number) => 1 / Math.sqrt(1 - 2 * z), slope = (z: number) => (1 - 2 * z) ** -1.5;
    const g = (z: number) => 1.5 * z * h(z / 4),
      gSlope = (z: number) => 1.5 * (h(z / 4) + (z / 4) * slope(z / 4));
    const [a, b] = [0.2, 0.7];
    expect(f.value([a, b])).toBeCloseTo(h(a * b) ** 2 + g(h(a) - b), 14);
    const outer = 2 * h(a * b) * slope(a * b);
    expect(f.gradient([a, b])[0]).toBeCloseTo(outer * b + gSlope(h(a) - b) * slope(a), 13);
    expect(f.gradient([a, b])[1]).toBeCloseTo(outer * a - gSlope(h(a) - b), 13);
  });

  it("keep decimals exact: no detour through fractions", () => {
    const c = 0.1234567890123456;
    expect(compileFormula(`${c} * x`, ["x"]).gradient([2])[0]).toBe(c);
    expect(compileFormula("c * x", ["x"], { constants: { c: Math.PI * 1e-9 } }).gradient([2])[0]).toBe(
      Math.PI * 1e-9,
    );
  });

  it("write into out, and the Hessian is symmetric", () => {
    const f = compileFormula("a*exp(b) - a^2*b^3/c", ["a", "b", "c"]), out = new Float64Array(3);
    expect(f.gradient([1, 2, 3], out)).toBe(out);
    const H = f.hessian([1, 2, 3]);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < i; j++) expect(H[3 * i + j]).toBeCloseTo(H[3 * j + i], 13);
    }
    expect(H[0]).toBeCloseTo(-2 * 8 / 3, 13);
    expect(() => f.gradient([1, 2, 3], new Float64Array(2))).toThrow("out must have length 3, got 2");
    expect(() => f.value([1, 2])).toThrow("has 3 variables (a, b, c), got 2 values");
  });

  it("of a formula without the variable are 0", () => {
    expect([...compileFormula("a", ["a", "b"]).gradient([5, 6])]).toEqual([1, 0]);
    expect([...compileFormula("3", ["a"]).hessian([5])]).toEqual([0]);
  });
});

describe("refusals", () => {
  const refuses = (expression: string, why: string, options?: FormulaOptions, variables = ["a"]) => {
    let error: unknown;
    try {
      compileFormula(expression, variables, options);
    } catch (caught) {
      error = caught;
    }
    expect(error, expression).toBeInstanceOf(FormulaError);
    expect((error as FormulaError).message).toContain(why);
    return error as FormulaError;
  };

  it("name the position of a malformed formula", () => {
    expect(refuses("a +", "malformed at character 4").position).toBe(4);
    expect(refuses("a * (a", "malformed at character 7").expression).toBe("a * (a");
    refuses("  ", "nothing is written");
    refuses("# comment", "an empty expression");
  });

  it("name an unknown symbol or function and list what is allowed", () => {
    refuses("a + b", 'unknown symbol "b"; allowed are the variables a, the constants pi, e');
    refuses("a + b", "the constants k, pi, e", { constants: { k: 1 } });
    refuses("foo(a)", 'unknown function "foo"; allowed are the helpers h and the standard abs', {
      functions: { h: "z" },
    });
    refuses("a(3)", "for a product write a * (…)");
    refuses("sin + a", "sin is a function: write sin(…)");
    refuses("2 cm", 'unknown symbol "cm"');
  });

  it("cover everything that is not one real expression", () => {
    refuses("a = 3", "an assignment");
    refuses("f(x) = x", "a function definition");
    refuses("a; a", "several expressions");
    refuses("a\na", "several expressions");
    refuses("a > 1 ? a : 2", "a condition");
    refuses("a > 1", "the operator > is not allowed");
    refuses("0 < a < 1", "a comparison");
    refuses("[a, 1]", "a matrix");
    refuses("{x: a}", "an object");
    refuses("1:a", "a range");
    refuses("a[1]", "a property or index");
    refuses("a'", "the operator ' is not allowed");
    refuses("a!", "the operator ! is not allowed");
    refuses("a % 2", "the operator % is not allowed");
    refuses('"text"', "not a finite number");
    refuses("true", "not a finite number");
    refuses("1e999", "not a finite number");
    refuses("sin(a, 2)", "sin takes one argument, got 2");
  });

  it("keep a formula away from the language around it", () => {
    for (
      const text of ["constructor", "toString", "__proto__", "globalThis", "x", "out", "f", "t0", "v0", "c0"]
    ) {
      refuses(text, "unknown symbol");
    }
    for (const text of ["constructor(a)", "toString(a)", "import(a)", "eval(a)", "a.constructor(a)"]) {
      refuses(text, "in the formula");
    }
  });

  it("cover names and helpers", () => {
    refuses("a", 'the variable "a" is given twice', {}, ["a", "a"]);
    refuses("a", 'the constant "a" is given twice', { constants: { a: 1 } });
    refuses("a", 'the variable "2x" is not a name', {}, ["2x"]);
    refuses("a", 'the variable "mod" is a reserved word', {}, ["mod"]);
    refuses("a", 'the function "exp" has the name of a standard function', { functions: { exp: "z" } });
    refuses("a", 'the constant "k" must be a finite number, got NaN', { constants: { k: NaN } });
    refuses("h(a)", 'unknown symbol "a" in a helper function; allowed are the variables z', {
      functions: { h: "z + a" },
    });
    refuses("h(a)", "call one another in a circle: h -> g -> h", { functions: { h: "g(z)", g: "h(z)" } });
    refuses("a", "malformed at character 3 of the helper function h(z) = z+", { functions: { h: "z+" } });
  });

  it("do not touch names that only look dangerous: i, e, z, x and Greek are ordinary variables", () => {
    const f = compileFormula("i*e + z*x + α", ["i", "e", "z", "x", "α"], { functions: { h: "z" } });
    expect(f.value([2, 3, 4, 5, 6])).toBe(32);
    expect([...f.gradient([2, 3, 4, 5, 6])]).toEqual([3, 2, 5, 4, 1]);
  });
});

describe("running", () => {
  it("stepping through the tape gives the same bits as generated code", () => {
    for (const expression of EXPRESSIONS) {
      const names = { variables: ["a", "b", "c"], constants: {}, functions: {} };
      const { tree, constantValues } = parseFormula(expression, names);
      const tape = writeTape([tree], constantValues);
      const fast = new Float64Array(1), slow = new Float64Array(1);
      for (const x of [[0.5, 1.5, 0.25], [-0.5, 2, 3]]) {
        compileTape(tape)(x, fast);
        stepThrough(tape)(x, slow);
        expect(slow[0]).toBe(fast[0]);
      }
    }
  });

  it("works where new Function is forbidden", () => {
    vi.stubGlobal("Function", () => {
      throw new EvalError("blocked by the content security policy");
    });
    try {
      const f = compileFormula("a^2*exp(b) - 1", ["a", "b"]);
      vi.unstubAllGlobals();
      expect(f.value([3, 0])).toBe(8);
      expect([...f.gradient([3, 0])]).toEqual([6, 9]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("computes what a gradient's components share once", () => {
    const names = { variables: ["a", "b"], constants: {}, functions: {} };
    const { tree } = parseFormula("exp(a*b) + exp(b*a - 0) + exp(a*b)", names);
    expect(tapeCode(writeTape([tree, tree], [])).match(/exp/g)).toHaveLength(2); // a*b and b*a
  });
});
