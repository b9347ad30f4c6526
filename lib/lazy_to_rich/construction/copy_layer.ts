/**
 * @module Layer 1 of every construction: content-free heads (W_Q = W_K = 0) that bring the token i steps back into slot i.
 *
 * A slot coefficient is kept as hi + lo, two float64 rows of W_O behind a value that copies (x, e) twice: the weights are
 * plain float64 and their sum carries 106 bits.
 */
import {
  type DoubleDouble,
  exact,
  exp,
  expm1,
  multiply,
  negate,
  ONE,
  scale,
} from "../forward/double_double.ts";
import { add, divide } from "../forward/double_double.ts";
import type { Encoding, LayerShape } from "../forward/architecture.ts";
import type { Precision } from "../forward/attention.ts";
import { checkKernel, copyCoefficients, copyError, type KernelFamily } from "./kernels.ts";
import type { Draft, Layout } from "./layout.ts";

/** How layer 1 reads previous tokens; every variant is arXiv 2410.11474's architecture, the weights are derived here. */
export type CopyHeads =
  /** One Alibi head of slope p, no rescaling: the previous token up to e^-p. Only for n = 2. Needs no BOS. */
  | { readonly kind: "single"; readonly slope: number }
  /**
   * H Alibi heads of slopes a k, all shared by all slots. With `partial` fewer than n - 1 heads are allowed and the slots
   * beyond H stay empty: an O(1) error, to be shown.
   */
  | { readonly kind: "shared"; readonly H: number; readonly a: number; readonly partial?: boolean }
  /**
   * As reported of the original proof: group i of `sizes[i-1]` heads writes slot i alone. `truncated` rescales by the
   * geometric sum up to the group size, `infinite` (default) by 1/(1 - e^-ak), for which the periodisation lemma holds.
   */
  | {
    readonly kind: "grouped";
    readonly sizes: readonly number[];
    readonly a: number;
    readonly normaliser?: "infinite" | "truncated";
  }
  /** T5: head i has bias 0 at distance i and -strength elsewhere; strength may be Infinity. H = n - 1. */
  | { readonly kind: "t5"; readonly strength: number }
  /** H log heads of slopes a k (a > 1); a BOS without bias and with logit `sink` makes the normaliser constant. */
  | { readonly kind: "log"; readonly H: number; readonly a: number; readonly sink: number };

/** One slot's share of one head: the coefficient on the copied (x, e). */
export interface SlotWriting {
  /** 1..n-1. */
  readonly slot: number;
  /** Factor on the copied (x, e), value scale included. */
  readonly coefficient: DoubleDouble;
}

/** Layer 1 as data: the shape of the layer, the positional parameter of each head, and what it writes where. */
export interface CopyLayer {
  /** Shape of layer 1. */
  readonly shape: LayerShape;
  /** Whether the heads need a BOS token. */
  readonly bos: boolean;
  /** Per head: slope, or the T5 table. */
  readonly positions: readonly (number | readonly number[])[];
  /** Per head: what it writes into which slot. */
  readonly writings: readonly (readonly SlotWriting[])[];
  /** l1 error of slot i (index i - 1) at positions far from the start. */
  readonly errors: readonly number[];
  /** Logit of the sink, 0 for none. */
  readonly sink: number;
}

/** Slopes a k must be exact multiples in float64 for the kernels to be exact: a is rounded to a multiple of 2^-30. */
function exactUnit(a: number): number {
  return Math.round(a * 2 ** 30) / 2 ** 30;
}

/** 1/(1 - e^-ak), or the sum of the first `terms` of that series. */
function normaliserOf(a: number, k: number, terms?: number): DoubleDouble {
  if (terms === undefined) return divide(ONE, negate(expm1(scale(exact(-k), a))));
  let sum = exact(0);
  for (let f = 0; f < terms; f++) sum = add(sum, exp(scale(exact(-k * f), a)));
  return sum;
}

/**
 * Plans layer 1 for n - 1 slots.
 * @throws {RangeError} when a slot has no head (H >= n - 1 is necessary) or a number is out of range
 */
export function planCopyLayer(copy: CopyHeads, n: number, d: number): CopyLayer {
  const slots = Array.from({ length: n - 1 }, (_, i) => i + 1);
  const build = (
    encoding: Encoding,
    positions: (number | readonly number[])[],
    writings: SlotWriting[][],
    errors: number[],
    bos: boolean,
    sink = 0,
  ): CopyLayer => ({
    shape: { heads: positions.length, keyWidth: 1, valueWidth: 2 * (d + 1), encoding, hidden: 0 },
    bos,
    positions,
    writings,
    errors,
    sink,
  });
  switch (copy.kind) {
    case "single": {
      if (n !== 2) {
        throw new RangeError(`one previous-token head serves n = 2 only, got n = ${n}: use shared heads`);
      }
      if (!(copy.slope >= 0)) throw new RangeError(`the slope must be >= 0, got ${copy.slope}`);
      const error = 2 * Math.exp(-copy.slope); // e^-p on distances >= 2, as much missing at distance 1
      return build({ kind: "alibi" }, [copy.slope], [[{ slot: 1, coefficient: ONE }]], [error], false);
    }
    case "shared": {
      const family = { encoding: "alibi", H: copy.H, a: exactUnit(copy.a) } as const;
      const served = copy.partial ? slots.slice(0, copy.H) : slots;
      checkKernel(family, served.length);
      const [positions, writings, errors] = sharedHeads(family, served, (k) => normaliserOf(family.a, k));
      return build({ kind: "alibi" }, positions, writings, slots.map((_, i) => errors[i] ?? 1), true);
    }
    case "log": {
      const family = { encoding: "log", H: copy.H, a: exactUnit(copy.a) } as const;
      checkKernel(family, n - 1);
      if (!(copy.sink > 0)) throw new RangeError(`the sink logit must be > 0, got ${copy.sink}`);
      const mass = exp(exact(copy.sink)); // the softmax denominator up to zeta(ak) e^-sink, relatively
      const heads = sharedHeads(family, slots, () => mass);
      return build({ kind: "log", sink: true }, ...heads, true, copy.sink);
    }
    case "grouped": {
      const { sizes, normaliser = "infinite" } = copy, a = exactUnit(copy.a);
      if (sizes.length !== n - 1) {
        throw new RangeError(`grouped heads need ${n - 1} group sizes for n = ${n}, got ${sizes.length}`);
      }
      const groups = slots.map((slot) => {
        const family = { encoding: "alibi", H: sizes[slot - 1], a } as const;
        checkKernel(family, slot);
        return sharedHeads(
          family,
          [slot],
          (k) => normaliserOf(a, k, normaliser === "truncated" ? family.H : undefined),
        );
      });
      return build(
        { kind: "alibi" },
        groups.flatMap(([positions]) => positions),
        groups.flatMap(([, writings]) => writings),
        groups.flatMap(([, , errors]) => errors),
        true,
      );
    }
    case "t5": {
      if (!(copy.strength > 0)) {
        throw new RangeError(`the T5 bias strength must be > 0, got ${copy.strength}`);
      }
      const tables = slots.map((slot) =>
        Array.from({ length: n }, (_, j) => j + 1 === slot ? 0 : -copy.strength)
      );
      const writings = slots.map((slot) => [{ slot, coefficient: ONE }]);
      // per key elsewhere; a sequence of L tokens has at most L of them
      const errors = slots.map(() => 2 * Math.exp(-copy.strength));
      return build({ kind: "t5", buckets: n }, tables, writings, errors, true);
    }
  }
}

/** Slopes, coefficients (value scale included) and l1 errors of one kernel family serving `slots`. */
function sharedHeads(
  family: KernelFamily,
  slots: readonly number[],
  valueScale: (k: number) => DoubleDouble,
): [number[], SlotWriting[][], number[]] {
  const alpha = slots.map((slot) => copyCoefficients(family, slot));
  const heads = Array.from({ length: family.H }, (_, index) => index + 1);
  return [
    heads.map((k) => family.a * k),
    heads.map((k) =>
      slots.map((slot, row) => ({ slot, coefficient: multiply(alpha[row][k - 1], valueScale(k)) }))
    ),
    slots.map((slot) => copyError(family, slot)),
  ];
}

/** Writes the planned layer 1 into a draft. */
export function writeCopyLayer(draft: Draft, layout: Layout, plan: CopyLayer): void {
  const { set } = draft, { d } = layout, buckets = plan.shape.encoding.buckets ?? 0;
  plan.writings.forEach((writings, head) => {
    const position = plan.positions[head];
    if (typeof position === "number") set("layer1.position", [head], position);
    else for (let j = 0; j < buckets; j++) set("layer1.position", [head, j], position[j]);
    if (plan.sink > 0) { // every token asks with 1, only the sink answers
      set("layer1.query", [head, layout.e(0), 0], 1);
      set("layer1.key", [head, layout.sink, 0], plan.sink);
    }
    for (let part = 0; part <= d; part++) {
      set("layer1.value", [head, layout.x(0) + part, part], 1);
      set("layer1.value", [head, layout.x(0) + part, d + 1 + part], 1);
      for (const { slot, coefficient } of writings) {
        set("layer1.output", [head, part, layout.x(slot) + part], coefficient.hi);
        set("layer1.output", [head, d + 1 + part, layout.x(slot) + part], coefficient.lo);
      }
    }
  });
}

/**
 * Precision that keeps the copy error visible: double-double when 1e-16 times the largest coefficient exceeds both the copy error
 * and what float64 leaves anyway.
 */
export function neededPrecision(plan: CopyLayer): Precision {
  const largest = Math.max(...plan.writings.flat().map(({ coefficient }) => Math.abs(coefficient.hi)));
  return largest * 2 ** -52 > Math.max(1e-14, ...plan.errors) ? "double-double" : "float64";
}
