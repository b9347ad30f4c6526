/**
 * @module Closed forms of the modified chi-square mutual information: exact for lazy copies and modular sums, and its limit for nearly
 * uniform Dirichlet rows (derived for arXiv 2409.10559; time and units: none, these are pure numbers).
 */

/** Lazy copy of one parent: $\tilde I\{1\}=\lambda^2\frac{d-1}d,\ \tilde I\{2\}=\lambda^4\frac{d-1}d,\ \tilde I\{1,2\}=\lambda^2(d-1)\frac{1+\lambda^2(d-1)}{d^2}$. */
export function lazyCopyInformation(d: number, lambda: number): { one: number; two: number; both: number } {
  const q = lambda * lambda;
  return { one: q * (d - 1) / d, two: q * q * (d - 1) / d, both: q * (d - 1) * (1 + q * (d - 1)) / (d * d) };
}

/**
 * Modular sum of two parents, M = 3, 0 < lambda < 1, d odd: singles 0, $\tilde I\{1,2\}=\lambda^2\frac{d-1}{d^2}$,
 * $\tilde I\{1,3\}=\tilde I\{2,3\}=\lambda^4\frac{d-1}{d^2}$, $\tilde I\{1,2,3\}=\lambda^2(d-1)\frac{1+\lambda^2(d-1)}{d^3}$.
 */
export function modularSumInformation(
  d: number,
  lambda: number,
): { single: number; parents: number; otherPairs: number; all: number } {
  const q = lambda * lambda;
  return {
    single: 0,
    parents: q * (d - 1) / (d * d),
    otherPairs: q * q * (d - 1) / (d * d),
    all: q * (d - 1) * (1 + q * (d - 1)) / d ** 3,
  };
}

/**
 * I.i.d. Dirichlet(alpha) rows, leading order for large alpha: $\frac{d-1}{d\alpha+1}\,d^{-n}(1-d^{-k})\,d^{-r}$ for a set that holds
 * k >= 1 of the n parents and r other offsets (0 for k = 0). Each junk offset costs a factor d.
 */
export function dirichletInformation(d: number, alpha: number, n: number, k: number, r: number): number {
  return k === 0 ? 0 : (d - 1) / (d * alpha + 1) * d ** -n * (1 - d ** -k) * d ** -r;
}
