/**
 * @module GIH_n as weights of a two-layer transformer with a ReLU network (derived for arXiv 2410.11474, Theorem on generalised
 * in-context n-gram heads): layer 1 copies, its network maps the slots to the modes of g, layer 2 matches by a dot product.
 */
import { stream } from "../../numerics/mod.ts";
import { forward, type ForwardOptions } from "../forward/transformer.ts";
import { type CopyHeads, neededPrecision, planCopyLayer, writeCopyLayer } from "./copy_layer.ts";
import { decompose, type Decomposition } from "./decomposition.ts";
import { type Construction, defaultGuard, writeReader } from "./induction_head.ts";
import { layoutOf, startDraft } from "./layout.ts";
import { fitRidges, interpolate, type ReluNetwork } from "./relu_network.ts";
import type { Similarity } from "./similarity.ts";

/** What to build. */
export interface GeneralHeadOptions {
  /** n >= 2. */
  readonly n: number;
  /** Token width. */
  readonly d: number;
  /** On patches of (n-1) d numbers. */
  readonly similarity: Similarity;
  /** Layer 1. */
  readonly copy: CopyHeads;
  /** Modes K kept of the decomposition. */
  readonly modes: number;
  /** Hidden width M per side; the network has 2 M units. */
  readonly hidden: number;
  /** Guard strength B; default as for `constructInductionHead`. */
  readonly guard?: number;
  /** A decomposition computed before (sweeps over K and M reuse it). */
  readonly decomposition?: Decomposition;
  /** Seed of the random features, used when (n-1) d > 1. */
  readonly seed?: number;
}

/** A generalised head and what it was made of. */
export interface GeneralConstruction extends Construction {
  /** The decomposition of the similarity. */
  readonly decomposition: Decomposition;
  /** The two halves of the ReLU network: phi of the query patch, psi of the key patch. */
  readonly networks: { readonly left: ReluNetwork; readonly right: ReluNetwork };
}

/**
 * Builds GIH_n. Residual stream [x, e | slots | phi_1..phi_K, psi_1..psi_K | out].
 * Layer 2 logit: $\sum_{k\le K}\sigma_k\hat\phi_k(u_L)\hat\psi_k(v_s)$ + guard.
 * @throws {RangeError} when the similarity does not fit n and d, or K exceeds the numerical rank
 */
export function constructGeneralHead(options: GeneralHeadOptions): GeneralConstruction {
  const { n, d, similarity, copy, modes: K, hidden: M } = options;
  const P = (n - 1) * d;
  if (similarity.patch !== P) {
    throw new RangeError(
      `the similarity compares ${similarity.patch} numbers, but n = ${n}, d = ${d} needs ${P}`,
    );
  }
  if (!Number.isInteger(K) || K < 1) throw new RangeError(`modes must be an integer >= 1, got ${K}`);
  const decomposition = options.decomposition ?? decompose(similarity);
  const network = (f: (x: ArrayLike<number>) => Float64Array, side: string) =>
    P === 1
      ? interpolate((x) => f([x]), M)
      : fitRidges(f, P, M, stream(options.seed ?? 0, "lazy_to_rich", "ridges", side));
  const left = network((x) => decomposition.left(x, K), "left");
  const right = network((x) => decomposition.right(x, K), "right");

  const plan = planCopyLayer(copy, n, d);
  const guard = options.guard ?? defaultGuard(copy, plan);
  const layout = layoutOf(n, d, 2 * K, plan.sink > 0);
  const match = { heads: 1, keyWidth: K + 1, valueWidth: d, encoding: { kind: "none" }, hidden: 0 } as const;
  const draft = startDraft(layout, [{ ...plan.shape, hidden: 2 * M }, match], plan.bos);
  const { set } = draft;
  writeCopyLayer(draft, layout, plan);
  [left, right].forEach((side, which) => { // the left network reads slots 0..n-2, the right one slots 1..n-1
    for (let m = 0; m < M; m++) {
      const unit = which * M + m;
      for (let at = 0; at < P; at++) {
        set("layer1.ffn.in", [layout.x(which + Math.floor(at / d)) + at % d, unit], side.weight[m][at]);
      }
      set("layer1.ffn.in.bias", [unit], side.bias[m]);
      side.out[m].forEach((value, k) => set("layer1.ffn.out", [unit, layout.feature(which * K + k)], value));
    }
    side.shift.forEach((value, k) => set("layer1.ffn.out.bias", [layout.feature(which * K + k)], value));
  });
  for (let k = 0; k < K; k++) {
    set("layer2.query", [0, layout.feature(k), k], decomposition.sigma[k]);
    set("layer2.key", [0, layout.feature(K + k), k], 1);
  }
  writeReader(set, layout, guard, K);
  const { architecture, parameters } = draft;
  const precision = neededPrecision(plan);
  const run = (tokens: ArrayLike<number>, how?: ForwardOptions) =>
    forward(architecture, parameters, tokens, { ...how, precision: how?.precision ?? precision }).output;
  return {
    architecture,
    parameters,
    layout,
    copy: plan,
    guard,
    precision,
    run,
    decomposition,
    networks: { left, right },
  };
}
