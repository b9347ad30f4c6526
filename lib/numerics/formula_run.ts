/**
 * Running a tape: as generated JavaScript where that is allowed, by stepping through it where it is not.
 *
 * The generated code holds nothing but numbers, `x[i]` and the functions listed here, all taken from a checked
 * tape, never text from the user. A page whose content security policy forbids `new Function` gets the stepping version:
 * same steps, same results, a few times slower.
 *
 * @module
 */

import type { Tape } from "./formula_tape.ts";

/** Evaluates a tape at `x` into `out`. */
export type TapeFunction = (x: ArrayLike<number>, out: Float64Array) => void;

/** The functions a tape may call, in real arithmetic: outside its domain a function is NaN. */
export const REAL_FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  cbrt: Math.cbrt,
  cos: Math.cos,
  cosh: Math.cosh,
  cot: (x) => 1 / Math.tan(x),
  coth: (x) => 1 / Math.tanh(x),
  csc: (x) => 1 / Math.sin(x),
  csch: (x) => 1 / Math.sinh(x),
  exp: Math.exp,
  log: Math.log,
  log10: Math.log10,
  sec: (x) => 1 / Math.cos(x),
  sech: (x) => 1 / Math.cosh(x),
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
};

const SIGNS = { add: "+", subtract: "-", multiply: "*", divide: "/", power: "**" } as const;

function numberCode(value: number): string {
  return value < 0 || Object.is(value, -0) ? `(${Object.is(value, -0) ? "-0" : value})` : `${value}`;
}

/** The body of a function of `x`, `out` and `f` (the functions above) that evaluates the tape. */
export function tapeCode({ steps, outputs }: Tape): string {
  const operand = (at: number) => {
    const step = steps[at];
    return step.op === "number" ? numberCode(step.value) : `t${at}`;
  };
  const lines = steps.map((step, at) => {
    switch (step.op) {
      case "number":
        return "";
      case "variable":
        return `const t${at} = x[${step.index}];`;
      case "negate":
        return `const t${at} = -${operand(step.a)};`;
      case "call":
        return `const t${at} = f.${step.name}(${operand(step.a)});`;
      default:
        return `const t${at} = ${operand(step.a)} ${SIGNS[step.op]} ${operand(step.b)};`;
    }
  });
  const results = outputs.map((at, k) => `out[${k}] = ${operand(at)};`);
  return [...lines.filter((line) => line !== ""), ...results].join("\n");
}

/** Runs the tape step by step. */
export function stepThrough({ steps, outputs }: Tape): TapeFunction {
  const t = new Float64Array(steps.length);
  return (x, out) => {
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      switch (step.op) {
        case "number":
          t[i] = step.value;
          break;
        case "variable":
          t[i] = x[step.index];
          break;
        case "negate":
          t[i] = -t[step.a];
          break;
        case "add":
          t[i] = t[step.a] + t[step.b];
          break;
        case "subtract":
          t[i] = t[step.a] - t[step.b];
          break;
        case "multiply":
          t[i] = t[step.a] * t[step.b];
          break;
        case "divide":
          t[i] = t[step.a] / t[step.b];
          break;
        case "power":
          t[i] = t[step.a] ** t[step.b];
          break;
        case "call":
          t[i] = REAL_FUNCTIONS[step.name](t[step.a]);
      }
    }
    for (let k = 0; k < outputs.length; k++) out[k] = t[outputs[k]];
  };
}

/** The fastest way to run a tape that this environment allows. */
export function compileTape(tape: Tape): TapeFunction {
  for (const step of tape.steps) {
    if (step.op === "call" && !Object.hasOwn(REAL_FUNCTIONS, step.name)) {
      throw new TypeError(`a formula's derivative needs the function ${step.name}, which is not available`);
    }
  }
  let make: (f: typeof REAL_FUNCTIONS) => TapeFunction;
  try {
    make = new Function("f", `"use strict"; return (x, out) => {\n${tapeCode(tape)}\n};`) as typeof make;
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    return stepThrough(tape);
  }
  return make(REAL_FUNCTIONS);
}
