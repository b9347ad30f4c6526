/** @module Rounding of what is kept. */

/**
 * To six significant digits: one below float32's own seven, so nothing that was measured is lost, and records stay small.
 * NaN and infinities stay what they are.
 */
export function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
