/** @module Numbers as captions and keys write them. */
import type { Slope } from "../analysis.ts";

/** Two decimals with a real minus sign. */
export function written(value: number, decimals = 2): string {
  return value.toFixed(decimals).replace("-", "−");
}

/** A slope with its standard error. */
export function slopeText({ value, standardError }: Slope): string {
  return `${written(value)} ± ${written(standardError)}`;
}

/** An exponent as the figures write it. */
export function exponent(alpha: number): string {
  return alpha === 0.5 ? "½" : String(alpha);
}
