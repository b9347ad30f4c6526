/**
 * @module Subsets of heads (or offsets) as bit masks: bit h - 1 says whether h belongs. Everything indexed by subsets in this paper,
 * in particular the coefficients c_S, follows the order of {@link subsets}: by size, then lexicographically, the empty set first.
 */

/** A subset of {1, ..., 31}: bit h - 1 is 1 when h belongs to it. */
export type Mask = number;

function requireCounts(H: number, D: number): void {
  if (!Number.isInteger(H) || H < 1 || H > 16) {
    throw new RangeError(`H must be an integer in 1..16, got ${H}`);
  }
  if (!Number.isInteger(D) || D < 0 || D > H) {
    throw new RangeError(`D must be an integer in 0..${H}, got ${D}`);
  }
}

/** Number of elements. */
export function sizeOf(mask: Mask): number {
  let size = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) size++;
  return size;
}

/** Elements in increasing order, 1-based. */
export function membersOf(mask: Mask): number[] {
  const members: number[] = [];
  for (let h = 1, rest = mask; rest !== 0; h++, rest >>>= 1) if (rest & 1) members.push(h);
  return members;
}

/** The mask of a list of elements, 1-based: `maskOf([1, 3])` is 5. */
export function maskOf(members: Iterable<number>): Mask {
  let mask = 0;
  for (const h of members) {
    if (!Number.isInteger(h) || h < 1 || h > 31) {
      throw new RangeError(`a member must be an integer in 1..31, got ${h}`);
    }
    mask |= 1 << (h - 1);
  }
  return mask;
}

/**
 * The family $[H]_{\le D}$ of subsets of at most D elements, with the empty set: sizes ascending, each size lexicographic.
 * For H = 3, D = 2: ∅, {1}, {2}, {3}, {1,2}, {1,3}, {2,3}.
 */
export function subsets(H: number, D: number = H): Mask[] {
  requireCounts(H, D);
  const compare = (a: number[], b: number[]) => {
    if (a.length !== b.length) return a.length - b.length;
    const at = a.findIndex((x, i) => x !== b[i]);
    return at < 0 ? 0 : a[at] - b[at];
  };
  return Array.from({ length: 1 << H }, (_, mask) => membersOf(mask))
    .filter((members) => members.length <= D).sort(compare).map(maskOf);
}

/** `{1,2}`, or `∅`. */
export function labelOf(mask: Mask): string {
  return mask === 0 ? "∅" : `{${membersOf(mask).join(",")}}`;
}

/** The bit string of the published code without its leading slot: first bit = head 1, so {1,2} of three heads is `110`. */
export function bitsOf(mask: Mask, H: number): string {
  return Array.from({ length: H }, (_, h) => (mask >> h) & 1).join("");
}
