/**
 * @module Gaussian moments of the induction head's attention (derived, checked by Monte Carlo).
 *
 * N E[sum_s a_s(b) a_s(b')] -> E exp(b b' q^2) = h(b b'), with a_s(b) the attention of logits b q x_{s-1} and q ~ N(0,1).
 */

/** $h(z) = (1-2z)^{-1/2} = E\,e^{zq^2}$; NaN for z >= 1/2, where the moment diverges. */
export function h(z: number): number {
  return z < 0.5 ? 1 / Math.sqrt(1 - 2 * z) : NaN;
}

/** $h'(z) = (1-2z)^{-3/2}$. */
export function hPrime(z: number): number {
  return z < 0.5 ? (1 - 2 * z) ** -1.5 : NaN;
}

/** $h''(z) = 3(1-2z)^{-5/2}$. */
export function hSecond(z: number): number {
  return z < 0.5 ? 3 * (1 - 2 * z) ** -2.5 : NaN;
}

/** N E[sum_s a_s(b) a_s(b')] and its derivative in the first argument. */
export interface Overlap {
  /** The overlap A(b, b'). */
  value(b: number, other: number): number;
  /** Derivative of A in b. */
  slope(b: number, other: number): number;
}

/** Leading order: h(b b'). */
export const leadingOverlap: Overlap = {
  value: (b, other) => h(b * other),
  slope: (b, other) => other * hPrime(b * other),
};

/**
 * With the next order in 1/N (derived): $A_N(b,b') = h(bb') + C/N$,
 * $C = -h(b^2+2bb') - h(b'^2+2bb') - h(bb') + h(bb'+b^2) + h(bb'+b'^2) + h(2bb') - (b^2+b'^2)h'(bb')$.
 * Good to 1 % at L >= 100 for b, b' <= 0.25; near its edge (0.3 and above) it over-corrects.
 */
export function correctedOverlap(N: number): Overlap {
  return {
    value(b, o) {
      const p = b * o;
      const C = -h(b * b + 2 * p) - h(o * o + 2 * p) - h(p) + h(p + b * b) + h(p + o * o) + h(2 * p) -
        (b * b + o * o) * hPrime(p);
      return h(p) + C / N;
    },
    slope(b, o) {
      const p = b * o;
      const C = -(2 * b + 2 * o) * hPrime(b * b + 2 * p) - 2 * o * hPrime(o * o + 2 * p) - o * hPrime(p) +
        (o + 2 * b) * hPrime(p + b * b) + o * hPrime(p + o * o) + 2 * o * hPrime(2 * p) -
        2 * b * hPrime(p) - (b * b + o * o) * o * hSecond(p);
      return o * hPrime(p) + C / N;
    },
  };
}
