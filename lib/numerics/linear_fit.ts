/**
 * Straight-line least squares with standard errors: how every measured exponent and rate is obtained.
 *
 * @module
 */

import { mean, requireSample } from "./stats.ts";

/** A fitted line $y = \text{intercept} + \text{slope}\, x$. */
export interface LinearFit {
  /** $S_{xy} / S_{xx}$. */
  slope: number;
  /** $\bar y - \text{slope}\,\bar x$. */
  intercept: number;
  /** $s / \sqrt{S_{xx}}$; NaN for two points, which leave no residual to judge by. */
  slopeStandardError: number;
  /** $s \sqrt{1/n + \bar x^2 / S_{xx}}$; NaN for two points. */
  interceptStandardError: number;
  /** $s = \sqrt{\mathrm{RSS}/(n-2)}$; NaN for two points. */
  residualSd: number;
  /** $1 - \mathrm{RSS}/S_{yy}$; 1 when all y are equal and fitted exactly. */
  r2: number;
}

/**
 * Ordinary least squares of y on x.
 *
 * @throws RangeError for different lengths, fewer than 2 points, non-finite values, or x all equal
 */
export function linearFit(x: ArrayLike<number>, y: ArrayLike<number>): LinearFit {
  if (x.length !== y.length) {
    throw new RangeError(`linearFit got ${x.length} x values and ${y.length} y values`);
  }
  requireSample(x, 2, "linearFit (x)");
  requireSample(y, 2, "linearFit (y)");
  const n = x.length;
  const xMean = mean(x), yMean = mean(y);
  let sxx = 0, sxy = 0, syy = 0;
  for (let i = 0; i < n; i++) {
    const dx = x[i] - xMean, dy = y[i] - yMean;
    sxx += dx * dx;
    sxy += dx * dy;
    syy += dy * dy;
  }
  if (sxx === 0) throw new RangeError(`linearFit needs x values that differ, all ${n} are ${x[0]}`);
  const slope = sxy / sxx;
  let rss = 0; // from the residuals themselves: syy - sxy^2/sxx cancels when the fit is good
  for (let i = 0; i < n; i++) rss += (y[i] - yMean - slope * (x[i] - xMean)) ** 2;
  const residualSd = n > 2 ? Math.sqrt(rss / (n - 2)) : NaN;
  return {
    slope,
    intercept: yMean - slope * xMean,
    slopeStandardError: residualSd / Math.sqrt(sxx),
    interceptStandardError: residualSd * Math.sqrt(1 / n + xMean ** 2 / sxx),
    residualSd,
    r2: syy === 0 ? 1 : 1 - rss / syy,
  };
}

/**
 * Fits the power law $y = e^{\text{intercept}} x^{\text{slope}}$ as a line in natural logarithms.
 *
 * @throws RangeError for a value that is not positive, and as {@link linearFit}
 */
export function logLogFit(x: ArrayLike<number>, y: ArrayLike<number>): LinearFit {
  const logOf = (name: string, values: ArrayLike<number>) =>
    Float64Array.from(values, (value, i) => {
      if (!(value > 0)) throw new RangeError(`logLogFit needs positive values, ${name}[${i}] is ${value}`);
      return Math.log(value);
    });
  return linearFit(logOf("x", x), logOf("y", y));
}
