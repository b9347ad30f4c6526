/**
 * @module IH_2 and IH_n as weights of a two-layer attention-only transformer (derived for arXiv 2410.11474, Theorems on vanilla
 * and in-context n-gram heads): layer 1 copies the n - 1 previous tokens into slots, one head of layer 2 matches and reads.
 */
import type { Architecture, TransformerParameters } from "../forward/architecture.ts";
import { forward, type ForwardOptions } from "../forward/transformer.ts";
import type { Precision } from "../forward/attention.ts";
import {
  type CopyHeads,
  type CopyLayer,
  neededPrecision,
  planCopyLayer,
  writeCopyLayer,
} from "./copy_layer.ts";
import { type Layout, layoutOf, startDraft } from "./layout.ts";

/** Explicit weights of a transformer and where its quantities live. */
export interface Construction {
  /** Shapes. */
  readonly architecture: Architecture;
  /** Weights, for `forward`. */
  readonly parameters: TransformerParameters;
  /** Where x, e, the slots and the output live. */
  readonly layout: Layout;
  /** Layer 1 as planned, with its copy errors. */
  readonly copy: CopyLayer;
  /** Guard strength B actually used. */
  readonly guard: number;
  /** What `run` uses unless told otherwise: double-double where float64 would hide the copy error. */
  readonly precision: Precision;
  /** Output at the last position, [d]. */
  run(tokens: ArrayLike<number>, options?: ForwardOptions): Float64Array;
}

/** What to build. */
export interface InductionHeadOptions {
  /** n >= 2: matches patches of n - 1 tokens. */
  readonly n: number;
  /** Token width. */
  readonly d: number;
  /** Score matrix u^T W v, [(n-1) d, (n-1) d], patches newest first. */
  readonly W: readonly (readonly number[])[];
  /** How layer 1 copies. */
  readonly copy: CopyHeads;
  /**
   * Guard strength B >= 0: positions with an incomplete patch lose B in the logit. 0 turns the guard off (an O(1/L) error).
   * Default: 60 for a single head, else max(30, 12 + ln 1/E), at most 60.
   */
  readonly guard?: number;
}

/** The guard that makes its own error no larger than the copy error. */
export function defaultGuard(copy: CopyHeads, plan: CopyLayer): number {
  if (copy.kind === "single") return 60;
  const worst = Math.max(...plan.errors);
  return Math.min(60, Math.max(30, 12 - Math.log(worst)));
}

/** Layer 2 common to all constructions: the guard and the value that copies slot 0 into `out`. */
export function writeReader(
  set: (name: string, index: readonly number[], value: number) => void,
  layout: Layout,
  guard: number,
  guardColumn: number,
): void {
  const { n, d } = layout;
  set("layer2.query", [0, layout.e(0), guardColumn], 1); // the query's own e is 1
  for (let slot = 1; slot < n; slot++) set("layer2.key", [0, layout.e(slot), guardColumn], guard);
  for (let i = 0; i < d; i++) {
    set("layer2.value", [0, layout.x(0) + i, i], 1);
    set("layer2.output", [0, i, layout.out + i], 1);
  }
}

/**
 * Builds IH_n (n = 2 with a `single` head is IH_2 by one head) as a transformer.
 * Residual stream [x, e | slot 1 | ... | slot n-1 | out], D = n (d + 1) + d (one more with a sink).
 * Layer 2: query = (slots 0..n-2).x and 1; key = W (slots 1..n-1).x and B sum_i slot_i.e; value = slot 0.
 * @throws {RangeError} when W has the wrong shape or there are fewer heads than slots
 */
export function constructInductionHead(options: InductionHeadOptions): Construction {
  const { n, d, W, copy } = options;
  const width = (n - 1) * d;
  if (!Number.isInteger(n) || n < 2) throw new RangeError(`n must be an integer >= 2, got ${n}`);
  if (!Number.isInteger(d) || d < 1) throw new RangeError(`d must be an integer >= 1, got ${d}`);
  if (W.length !== width || W.some((row) => row.length !== width)) {
    throw new RangeError(
      `W must be ${width} x ${width} for n = ${n}, d = ${d}, got ${W.length} x ${W[0]?.length}`,
    );
  }
  const plan = planCopyLayer(copy, n, d);
  const guard = options.guard ?? defaultGuard(copy, plan);
  if (!(guard >= 0) || !Number.isFinite(guard)) throw new RangeError(`the guard must be >= 0, got ${guard}`);
  const layout = layoutOf(n, d, 0, plan.sink > 0);
  const match = {
    heads: 1,
    keyWidth: width + 1,
    valueWidth: d,
    encoding: { kind: "none" },
    hidden: 0,
  } as const;
  const draft = startDraft(layout, [plan.shape, match], plan.bos);
  writeCopyLayer(draft, layout, plan);
  for (let k = 0; k < n - 1; k++) {
    for (let i = 0; i < d; i++) {
      const row = k * d + i;
      draft.set("layer2.query", [0, layout.x(k) + i, row], 1);
      for (let other = 0; other < n - 1; other++) {
        for (let j = 0; j < d; j++) {
          draft.set("layer2.key", [0, layout.x(other + 1) + j, row], W[row][other * d + j]);
        }
      }
    }
  }
  writeReader(draft.set, layout, guard, width);
  const { architecture, parameters } = draft;
  const precision = neededPrecision(plan);
  const run = (tokens: ArrayLike<number>, how?: ForwardOptions) =>
    forward(architecture, parameters, tokens, { ...how, precision: how?.precision ?? precision }).output;
  return { architecture, parameters, layout, copy: plan, guard, precision, run };
}
