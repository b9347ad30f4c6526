/**
 * @module The network TF(M, H, d, D) and its parameters (arXiv 2409.10559), in two variants: `paper`, the theory's model, and `repo`, the
 * simplified model of the published code. The trainable network has the same parameters, with a run axis in front.
 *
 * | name | shape         | what                                                                              |
 * | ---- | ------------- | --------------------------------------------------------------------------------- |
 * | `c`  | [subsets]     | coefficient of every set of heads, in the order of `subsets(H, D)`, the empty set first |
 * | `w`  | [H, M]        | positional logits; entry j of head h is offset `offsetsOf(…, h)[j]`                   |
 * | `a`  | []            | scale (inverse temperature) of the second layer                                   |
 *
 * `repo` differs from `paper` in three ways: head h looks at offsets h..h+M-1 instead of 1..M, the output of every head is
 * divided by its norm + 1e-7, and all positions are keys, also those whose window is cut off (softmax over what is there).
 */
import { subsets } from "../subsets.ts";

/** Which network. */
export interface Architecture {
  /** The theory's model or the published code's. */
  readonly variant: "paper" | "repo";
  /** Size of the alphabet. */
  readonly d: number;
  /** Heads of layer 1. */
  readonly H: number;
  /** Offsets a head looks at. */
  readonly M: number;
  /** Largest size of a set of heads. */
  readonly D: number;
  /** First position (1-based) that layer 2 attends to; default M + 1 in `paper`, 1 in `repo`. */
  readonly firstKey?: number;
}

/** Parameters of the simplified network. */
export interface Parameters {
  /** [subsets] */
  readonly c: Float64Array;
  /** [H, M] */
  readonly w: Float64Array;
  /** Scale of the second layer. */
  readonly a: number;
}

/** Refuses an architecture that is not one. @throws {RangeError} */
export function checkArchitecture({ variant, d, H, M, D, firstKey = 1 }: Architecture): void {
  const whole = (name: string, value: number, low: number, high: number) => {
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new RangeError(`${name} must be an integer in ${low}..${high}, got ${value}`);
    }
  };
  if (variant !== "paper" && variant !== "repo") {
    throw new RangeError(`variant must be paper or repo, got ${variant}`);
  }
  whole("d", d, 2, 256);
  whole("H", H, 1, 16);
  whole("M", M, 1, 4096);
  whole("D", D, 0, H);
  whole("firstKey", firstKey, 1, 2 ** 31);
}

/** Offsets that head h (1-based) looks at, in the order of its row of w: 1..M in `paper`, h..h+M-1 in `repo`. */
export function offsetsOf({ variant, M }: Pick<Architecture, "variant" | "M">, h: number): number[] {
  return Array.from({ length: M }, (_, j) => (variant === "paper" ? 1 : h) + j);
}

/** First position that layer 2 attends to. */
export function firstKeyOf(
  { variant, M, firstKey }: Pick<Architecture, "variant" | "M" | "firstKey">,
): number {
  return firstKey ?? (variant === "paper" ? M + 1 : 1);
}

/** Shapes of the parameters by name. */
export function shapesOf(architecture: Architecture): { c: [number]; w: [number, number]; a: [] } {
  const { H, M, D } = architecture;
  return { c: [subsets(H, D).length], w: [H, M], a: [] };
}

/** Start of training. */
export interface Start {
  /** c_S of every set; default 0.01. */
  readonly c0?: number;
  /** a; default 0.01. */
  readonly a0?: number;
  /** w_+: head h on offset h; default 3. */
  readonly plus?: number;
  /** w_-: everything else; default 0.1. */
  readonly minus?: number;
}

/** Equal coefficients, small a, and head h already inclined to offset h: what breaks the symmetry of the heads. */
export function initialParameters(architecture: Architecture, start: Start = {}): Parameters {
  checkArchitecture(architecture);
  const { H, M, D } = architecture, { c0 = 0.01, a0 = 0.01, plus = 3, minus = 0.1 } = start;
  const w = new Float64Array(H * M).fill(minus);
  for (let h = 1; h <= H; h++) {
    const own = offsetsOf(architecture, h).indexOf(h);
    if (own < 0) {
      throw new RangeError(
        `head ${h} starts on offset ${h}, which its window of ${M} does not hold: take H <= M`,
      );
    }
    w[(h - 1) * M + own] = plus;
  }
  return { c: new Float64Array(subsets(H, D).length).fill(c0), w, a: a0 };
}

/** Shares $p_S=c_S^2/C$, $C=\sum c_S^2$. @throws {RangeError} when all coefficients are 0 */
export function sharesOf(c: ArrayLike<number>): { readonly p: Float64Array; readonly C: number } {
  let C = 0;
  for (let s = 0; s < c.length; s++) C += c[s] * c[s];
  if (!(C > 0)) throw new RangeError(`the coefficients must not all be 0: C = ${C}`);
  return { p: Float64Array.from(c, (x) => x * x / C), C };
}
