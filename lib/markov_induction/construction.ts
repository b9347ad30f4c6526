/**
 * @module Explicit weights that realise the limit of training: copying heads, one set of heads, a sharp second layer; they equal the
 * generalised induction head up to an error that is stated and proved here (derived for arXiv 2409.10559).
 */
import {
  type Architecture,
  checkArchitecture,
  firstKeyOf,
  offsetsOf,
  type Parameters,
  sharesOf,
} from "./forward.ts";
import { labelOf, type Mask, membersOf, subsets } from "./subsets.ts";

/** How far to go to the limit. */
export interface LimitOptions {
  /** Inverse temperature of layer 2. */
  readonly a: number;
  /** w on the own offset minus w elsewhere; at the default 800 the attention is exactly one-hot in float64 (e^-800 is 0). */
  readonly gap?: number;
  /** Share p of the set; the rest is spread equally over the other sets. Default 1. */
  readonly share?: number;
}

/**
 * Parameters that match on the offsets in `mask`: head h copies offset h, and the feature map selects the heads of `mask`.
 * @throws {RangeError} when the set is not in the family, or a head cannot see its own offset
 */
export function limitingParameters(
  architecture: Architecture,
  mask: Mask,
  options: LimitOptions,
): Parameters {
  checkArchitecture(architecture);
  const { H, M, D } = architecture, { a, gap = 800, share = 1 } = options, sets = subsets(H, D);
  const chosen = sets.indexOf(mask);
  if (chosen < 0) {
    throw new RangeError(`the set ${labelOf(mask)} is no set of at most ${D} of ${H} heads: raise D or H`);
  }
  if (!(share > 0 && share <= 1)) throw new RangeError(`share must lie in (0, 1], got ${share}`);
  if (!(gap >= 0)) throw new RangeError(`gap must be >= 0, got ${gap}`);
  const c = new Float64Array(sets.length).fill(
    sets.length > 1 ? Math.sqrt((1 - share) / (sets.length - 1)) : 0,
  );
  c[chosen] = Math.sqrt(sets.length > 1 ? share : 1);
  const w = new Float64Array(H * M);
  for (let h = 1; h <= H; h++) {
    const own = offsetsOf(architecture, h).indexOf(h);
    if (own < 0) {
      throw new RangeError(`head ${h} cannot copy offset ${h} within a window of ${M}: take H <= M`);
    }
    w[(h - 1) * M + own] = gap;
  }
  return { c, w, a };
}

/** What a network of the `paper` variant lacks to match exactly, with the bounds that follow. */
export interface Sharpness {
  /** Scores of matching positions are at least a times this. */
  readonly matchAtLeast: number;
  /** Scores of the others are at most a times this. */
  readonly otherAtMost: number;
}

/**
 * Bounds on score/a for any parameters of the `paper` variant (derived): with $\sigma_h$ the weight of head h on its own offset and p the
 * share of the set, a match has score/a in $[p\prod_{h\in S}\sigma_h^2,\,1]$ and a mismatch in $[0,\,1-p\min_{h\in S}\sigma_h^2]$, because a pair
 * of weights other than (own, own) adds at most its product.
 */
export function sharpness(architecture: Architecture, parameters: Parameters, mask: Mask): Sharpness {
  checkArchitecture(architecture);
  const { variant, H, M, D } = architecture;
  if (variant !== "paper") {
    throw new RangeError("these bounds hold for the paper variant (no norms), not for repo");
  }
  const chosen = subsets(H, D).indexOf(mask);
  if (chosen < 0) throw new RangeError(`the set ${labelOf(mask)} is no set of at most ${D} of ${H} heads`);
  const p = sharesOf(parameters.c).p[chosen];
  let [product, least] = [1, 1];
  for (const h of membersOf(mask)) {
    let rest = 0;
    for (let j = 0; j < M; j++) {
      if (j !== h - 1) rest += Math.exp(parameters.w[(h - 1) * M + j] - parameters.w[(h - 1) * M + h - 1]);
    }
    const square = (1 / (1 + rest)) ** 2;
    product *= square;
    least = Math.min(least, square);
  }
  return { matchAtLeast: p * product, otherAtMost: 1 - p * least };
}

/**
 * Largest total variation distance between the prediction of a `paper` network (a >= 0) and the generalised induction head on `mask`, for
 * every context of length L (derived). With m, u the bounds of {@link sharpness} and n = L - firstKey + 1 positions:
 * $\max\{\tanh\tfrac{au}4,\ \tanh\tfrac{a(1-m)}4+\tfrac{n-1}{n-1+e^{a(m-u)}}\}$; the first where nothing matches, the second where something does.
 *
 * Softmax weights whose logits differ by at most D are within tanh(D/4) of uniform, which gives the tanh terms; the last is
 * the mass of at most n - 1 mismatches against one match. One-hot weights (m = 1, u = 0) leave $(n-1)/(n-1+e^a)$, exponentially small in a.
 */
export function limitBound(
  architecture: Architecture,
  parameters: Parameters,
  mask: Mask,
  L: number,
): number {
  const { a } = parameters, first = firstKeyOf(architecture), n = L - first + 1;
  if (!(a >= 0)) throw new RangeError(`the bound needs a >= 0, got ${a}`);
  if (!(n >= 1)) throw new RangeError(`a context must reach the first key position ${first}, got L = ${L}`);
  if (first <= architecture.M) {
    throw new RangeError(`the bound needs full windows: firstKey > M = ${architecture.M}, got ${first}`);
  }
  const { matchAtLeast: m, otherAtMost: u } = sharpness(architecture, parameters, mask);
  const unmatched = Math.tanh(a * u / 4);
  const mismatches = n === 1 ? 0 : 1 / (1 + Math.exp(a * (m - u)) / (n - 1));
  const matched = Math.tanh(a * (1 - m) / 4) + mismatches;
  return Math.min(1, Math.max(unmatched, matched));
}
