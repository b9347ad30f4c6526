/** @module A transformer under construction: zero weights, a setter, and the parts that all constructions share. */
import {
  type Architecture,
  forward,
  type ForwardOptions,
  type LayerShape,
  type TransformerParameters,
  zeroParameters,
} from "../forward.ts";

/** Where quantities live in the residual stream. */
export interface Layout {
  /** First row of the block that the descent layers read: x (plain), R x in scratch rows or in place. */
  readonly features: number;
  /** First row of the raw inputs x (the same as `features` when they are overwritten or used as they are). */
  readonly x: number;
  /** Row of the label: after descent layer t it holds $y_i - \langle u_t, \tilde x_i\rangle$ (0 for y_i on queries). */
  readonly label: number;
  /** Row of the constant 1, or -1. */
  readonly constant: number;
}

/** Explicit weights and how to run them. */
export interface Construction {
  /** Shapes. */
  readonly architecture: Architecture;
  /** Weights, for `forward`. */
  readonly parameters: TransformerParameters;
  /** Where quantities live. */
  readonly layout: Layout;
  /**
   * Predictions at the queries, [T - n].
   * @param tokens [T, d + 1], the first n of them the context
   */
  predict(tokens: ArrayLike<number>, n: number, options?: ForwardOptions): Float64Array;
}

/** Weights being written. */
export interface Draft {
  /** Sets one weight by its index along every axis. */
  set(name: string, index: readonly number[], value: number): void;
  /** The finished construction. */
  finish(): Construction;
}

/** Zero weights of these shapes, with x and y read in, the constant channel, and minus the label row read out. */
export function startDraft(
  d: number,
  width: number,
  layout: Layout,
  layers: readonly LayerShape[],
): Draft {
  const architecture: Architecture = { d, width, attention: "linear", layers };
  const parameters = zeroParameters(architecture);
  const set = (name: string, index: readonly number[], value: number) => {
    const { data, shape } = parameters[name];
    data[index.reduce((at, position, axis) => at * shape[axis] + position, 0)] = value;
  };
  for (let k = 0; k < d; k++) set("embedding.weight", [k, layout.x + k], 1);
  set("embedding.weight", [d, layout.label], 1);
  if (layout.constant >= 0) set("embedding.bias", [layout.constant], 1);
  set("readout", [layout.label, 0], -1);
  return {
    set,
    finish: () => ({
      architecture,
      parameters,
      layout,
      predict: (tokens, n, options) => forward(architecture, parameters, tokens, n, options).output.slice(n),
    }),
  };
}

/** Checks d and the coefficients of the steps. */
export function checkSteps(d: number, coefficients: readonly number[]): void {
  if (!Number.isInteger(d) || d < 1) throw new RangeError(`d must be a whole number >= 1, got ${d}`);
  const bad = coefficients.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(`step coefficient ${bad} must be finite, got ${coefficients[bad]}`);
}

/** One descent layer reads `features` (d rows) and the label row, and moves the label row by -eta times the gradient step. */
export function writeDescent(
  draft: Draft,
  layer: number,
  d: number,
  layout: Layout,
  eta: number,
): void {
  const name = `layer${layer}`;
  for (let k = 0; k < d; k++) {
    draft.set(`${name}.query`, [0, layout.features + k, k], 1);
    draft.set(`${name}.key`, [0, layout.features + k, k], 1);
  }
  draft.set(`${name}.value`, [0, layout.label, 0], 1);
  draft.set(`${name}.output`, [0, 0, layout.label], -eta);
}
