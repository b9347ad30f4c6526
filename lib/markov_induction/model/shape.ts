/**
 * @module The sizes of TF(M, H, d, D) and its two published forms (arXiv 2409.10559): which offsets a head sees, which positions are
 * keys, and how parameters start. Shared by both engines, so that they mean the same network.
 */
import { subsets } from "../subsets.ts";

/**
 * `paper`: every head sees offsets 1..M, keys are positions with a full window. `repo`: the published code, where head h sees offsets
 * h..h+M-1, its output is divided by its Euclidean length, and all positions are keys.
 */
export type Variant = "paper" | "repo";

/** Sizes of a model. */
export interface Shape {
  readonly variant: Variant;
  /** Alphabet. */
  readonly d: number;
  /** Offsets a head sees. */
  readonly M: number;
  /** Heads of the first layer. */
  readonly H: number;
  /** Largest degree of the features. */
  readonly D: number;
}

/** Named float64 parameters: `c` [subsets], `w` [H, M], `a` [1]; the full model has more. */
export type Parameters = Record<string, Float64Array>;

/** How training starts. */
export interface Start {
  /** Every coefficient c_S. Default 0.01. */
  readonly c0?: number;
  /** The scale a. Default 0.01. */
  readonly a0?: number;
  /** Positional logit of head h at offset h. Default 3. */
  readonly wPlus?: number;
  /** The other positional logits. Default 0.1. */
  readonly wMinus?: number;
}

/** Refuses sizes that are no model. @throws {RangeError} */
export function checkShape({ variant, d, M, H, D }: Shape): void {
  for (const [name, value] of Object.entries({ d, M, H, D })) {
    if (!Number.isInteger(value) || value < 1) throw new RangeError(`${name} must be an integer >= 1, got ${value}`);
  }
  if (d < 2) throw new RangeError(`d must be at least 2, got ${d}`);
  if (D > H) throw new RangeError(`D must be at most H = ${H}, got ${D}`);
  if (variant === "paper" && H > M) throw new RangeError(`head h starts on offset h, so H <= M is needed, got H = ${H}, M = ${M}`);
  if (d ** M > 2 ** 16) throw new RangeError(`d^M = ${d ** M} windows are too many: take a smaller M or d`);
}

/** The offset that entry j (0-based) of w stands for in head h (0-based). */
export function offsetOf(shape: Pick<Shape, "variant">, h: number, j: number): number {
  return shape.variant === "paper" ? j + 1 : h + j + 1;
}

/** Entry of w (0-based) that stands for offset h + 1 in head h (0-based): the one a head starts on. */
export function ownEntry(shape: Pick<Shape, "variant">, h: number): number {
  return shape.variant === "paper" ? h : 0;
}

/** Longest offset any head sees. */
export function spanOf(shape: Shape): number {
  return offsetOf(shape, shape.H - 1, shape.M - 1);
}

/** First key position, counted from 0: `paper` waits for a full window. */
export function firstKeyOf(shape: Shape): number {
  return shape.variant === "paper" ? shape.M : 0;
}

/** Parameters at the start: equal c_S, head h leaning towards offset h by w_+ - w_-. */
export function initialParameters(shape: Shape, start: Start = {}): Parameters {
  checkShape(shape);
  const { c0 = 0.01, a0 = 0.01, wPlus = 3, wMinus = 0.1 } = start, { H, M, D } = shape;
  const w = new Float64Array(H * M).fill(wMinus);
  for (let h = 0; h < H; h++) w[h * M + ownEntry(shape, h)] = wPlus;
  return { c: new Float64Array(subsets(H, D).length).fill(c0), w, a: Float64Array.of(a0) };
}

/** $p_S=c_S^2/\sum_Tc_T^2$, written into `out` [subsets]; returns C, the sum. */
export function selectionOf(c: ArrayLike<number>, out: Float64Array): number {
  let C = 0;
  for (let s = 0; s < c.length; s++) C += c[s] * c[s];
  for (let s = 0; s < c.length; s++) out[s] = c[s] * c[s] / C;
  return C;
}

/** A copy that shares nothing. */
export function copyParameters(parameters: Parameters): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, values.slice()]));
}
