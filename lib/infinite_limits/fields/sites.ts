/** @module Where a field lives: sites of one network, sampled sites, or coefficients over independent sources. */

/** Enough about a population of sites to average over it. */
export interface Sites {
  /** Coefficient fields have no mean; sampled ones may. */
  readonly kind: "coefficients" | "samples";
  /** Row stride that every field of this population needs. */
  readonly capacity: number;
  /** Entries in use; grows with every fresh source of a coefficient population. */
  readonly length: number;
  /** $\langle xy\rangle = \text{weight}\sum_i x_i y_i$. */
  readonly weight: number;
}

/** The d sites of a network of finite width. */
export function sitesOf(width: number): Sites {
  return { kind: "samples", capacity: width, length: width, weight: 1 / width };
}
