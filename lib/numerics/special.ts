/**
 * Error function, normal distribution and log-gamma in float64.
 *
 * @module
 */

import { erf as mathErf } from "mathjs/number";

/** $\mathrm{erf}(x) = \frac{2}{\sqrt\pi}\int_0^x e^{-t^2}\,dt$ (mathjs' rational approximation by Cody). */
export function erf(x: number): number {
  return mathErf(x);
}

/**
 * $\mathrm{erfc}(x) = 1 - \mathrm{erf}(x)$ with full relative accuracy in the upper tail, where the difference
 * would cancel: the continued fraction (Abramowitz & Stegun 7.1.14), by Lentz's method, from x = 1 on.
 */
export function erfc(x: number): number {
  if (!(x >= 1)) return 1 - erf(x);
  if (x > 27.3) return 0; // below the smallest float64
  // erfc(x) = exp(-x^2) / sqrt(pi) * 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...))))
  let fraction = x, c = x, d = 0;
  for (let k = 1; k <= 500; k++) {
    d = 1 / (x + 0.5 * k * d);
    c = x + (0.5 * k) / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  // exp(-x^2) with the rounding error of x^2 taken out: split x so that the first square is exact.
  const head = Math.round(x * 64) / 64;
  const gauss = Math.exp(-head * head) * Math.exp(-(x - head) * (x + head));
  return gauss / (fraction * Math.sqrt(Math.PI));
}

/** $\Phi(x) = P(Z \le x)$ for a standard normal Z, accurate in both tails. */
export function normalCdf(x: number): number {
  return 0.5 * erfc(-x / Math.SQRT2);
}

/** $\varphi(x) = e^{-x^2/2} / \sqrt{2\pi}$. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/**
 * $\Phi^{-1}(p)$: the x below which a standard normal falls with probability p; 0 and 1 give $\mp\infty$.
 *
 * A rational start (Abramowitz & Stegun 26.2.23, error 4.5e-4), then Halley steps on {@link normalCdf}.
 *
 * @throws RangeError unless 0 <= p <= 1
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) {
    throw new RangeError(`normalQuantile needs a probability between 0 and 1, got ${p}`);
  }
  if (p > 0.5) return -normalQuantile(1 - p); // 1 - p is exact here
  if (p === 0) return -Infinity;
  if (p === 0.5) return 0;
  const t = Math.sqrt(-2 * Math.log(p));
  let x = (2.515517 + t * (0.802853 + t * 0.010328)) /
      (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
  for (let step = 0; step < 3; step++) {
    const error = (normalCdf(x) - p) / normalDensity(x);
    if (!Number.isFinite(error)) break; // below p = 1e-308 the density underflows; the start is all there is
    x -= error / (1 + 0.5 * x * error);
  }
  return x;
}

/** Stirling's coefficients $B_{2k} / (2k (2k-1))$. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156, -3617 / 122400];

/**
 * $\log \Gamma(x)$ for x > 0 by Stirling's series, shifted up to x >= 12 by the recurrence; error a few
 * 1e-15, absolute below x = 3 and relative above. (mathjs' `lgamma` stops at 2e-10, too coarse for likelihoods.)
 *
 * @throws RangeError unless x > 0
 */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`logGamma needs a positive argument, got ${x}`);
  if (x === Infinity) return Infinity;
  let product = 1;
  while (x < 12) product *= x++;
  const inverseSquare = 1 / (x * x);
  let series = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) series = series * inverseSquare + STIRLING[k];
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series / x - Math.log(product);
}
