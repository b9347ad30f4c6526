/** @module Stage I at a start: drives under soft attention, who wins, when, and which gap would be enough. */
import { findRoot } from "../../../numerics/mod.ts";
import { type Mask, subsets } from "../../subsets.ts";
import {
  criticalGap,
  initialAttention,
  replicatorAt,
  selectionRate,
  selectionTime,
  type SoftDrives,
  sufficientGap,
  winnerOf,
} from "../../theory.ts";
import { M } from "../task.ts";
import { H, type Settings } from "./settings.ts";

/** Gaps at which drives are drawn. */
export const GAPS: readonly number[] = Array.from({ length: 40 }, (_, i) => 3 * (i + 1) / 20);
/** e to this is no number: attention is one-hot. */
const oneHot = 800;

/** Stage I. */
export interface Selection {
  readonly sets: readonly Mask[];
  /** J_S at the start, [subsets]. */
  readonly J: readonly number[];
  /** J_S with one-hot attention: the information of the loss. */
  readonly hard: readonly number[];
  /** Drives at `GAPS`, [gaps][subsets]. */
  readonly along: readonly (readonly number[])[];
  /** The set with the largest drive. */
  readonly winner: Mask;
  /** The best of the others. */
  readonly runnerUp: Mask;
  /** Drive of the winner minus that of the runner-up. */
  readonly margin: number;
  /** The set with the largest information. */
  readonly wanted: Mask;
  /** Smallest of `GAPS` from which on the set with the largest information wins. */
  readonly critical: number;
  /** Derived gap that is enough for that; for the log loss, whose drives are squares. */
  readonly sufficient?: number;
  /** 4a/C. */
  readonly rate: number;
  /** Time until the winner's share is 0.99. */
  readonly t99: number;
  /** Its bound. */
  readonly t99Bound: number;
}

/** Drives at `GAPS`, which a slider of the start leaves as they are. */
const known = new WeakMap<SoftDrives, Selection["along"]>();

const ranked = (sets: readonly Mask[], J: readonly number[]) =>
  sets.map((_, s) => s).sort((s, t) => J[t] - J[s] || s - t);

/** @throws {RangeError} when no set has a positive drive, or two tie for the largest */
export function selectionOf({ a0, c0, gap, D, loss }: Settings, drives: SoftDrives): Selection {
  const sets = subsets(H, D);
  const at = (gap: number) => {
    const sigma = initialAttention(H, M, gap);
    return sets.map((mask) => drives.drive(sigma, mask));
  };
  const J = at(gap), hard = at(oneHot), along = known.get(drives) ?? GAPS.map(at);
  known.set(drives, along);
  const [first, second] = ranked(sets, J), winner = winnerOf(sets, J), wanted = winnerOf(sets, hard);
  const margin = J[first] - J[second];
  if (!(J[first] > 0)) throw new RangeError("no set of heads has a positive drive here: nothing is selected");
  if (!(margin > 1e-12 * J[first])) {
    throw new RangeError("two sets tie for the largest drive: none is selected");
  }
  const C = sets.length * c0 * c0, rate = selectionRate(a0, C), equal = sets.map(() => 1 / sets.length);
  const t99Bound = selectionTime({ a: a0, C, gap: margin, sets: sets.length, delta: 0.01 });
  const [best, next] = ranked(sets, hard);
  return {
    sets,
    J,
    hard,
    along,
    winner,
    runnerUp: sets[second],
    margin,
    wanted,
    critical: criticalGap((gap) => winnerOf(sets, along[GAPS.indexOf(gap)]), wanted, GAPS),
    sufficient: loss.kind === "logeps"
      ? sufficientGap({ M, D, gap: hard[best] - hard[next], best: hard[best] })
      : undefined,
    rate,
    t99: findRoot((t) => replicatorAt(equal, J, rate, t)[first] - 0.99, 0, t99Bound),
    t99Bound,
  };
}

/** Shares at times under drives J from equal coefficients, [times][subsets]. */
export function sharesAt(J: readonly number[], rate: number, times: readonly number[]): Float64Array[] {
  const equal = J.map(() => 1 / J.length);
  return times.map((t) => replicatorAt(equal, J, rate, t));
}
