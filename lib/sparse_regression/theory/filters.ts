/**
 * @module Spectral filters: each estimator of the family w = A q(g) c is a function q of the eigenvalues g.
 * The same filters serve the plain path (g of $\hat\Sigma$) and the preprocessed one (g of $\hat R\hat\Sigma\hat R$).
 */

/** A function of the eigenvalue g, $q(g)$. */
export type Filter = (g: number) => number;

/** Ridge regression, $1/(g + \lambda)$. */
export function ridgeFilter(lambda: number): Filter {
  if (!(lambda > 0)) throw new RangeError(`ridge needs lambda > 0, got ${lambda}`);
  return (g) => 1 / (g + lambda);
}

/** Gradient flow from zero for time T, $(1 - e^{-gT})/g$. */
export function flowFilter(time: number): Filter {
  if (!(time >= 0)) throw new RangeError(`a flow needs a time >= 0, got ${time}`);
  // Below 1e-8 the series' next term is lost in rounding, and g may be zero or a negative rounding error.
  return (g) => Math.abs(g * time) < 1e-8 ? time : -Math.expm1(-g * time) / g;
}

/** t steps of gradient descent from zero, $(1 - (1 - \eta g)^t)/g$. Diverges where $\eta g > 2$. */
export function descentFilter(eta: number, steps: number): Filter {
  if (!(eta > 0)) throw new RangeError(`gradient descent needs eta > 0, got ${eta}`);
  if (!Number.isInteger(steps) || steps < 0) {
    throw new RangeError(`steps must be whole and >= 0, got ${steps}`);
  }
  return (g) => {
    const a = eta * g;
    if (Math.abs(a * steps) < 1e-8) return eta * steps;
    return (a < 0.5 ? -Math.expm1(steps * Math.log1p(-a)) : 1 - (1 - a) ** steps) / g;
  };
}

/** Least squares of smallest norm, 1/g, and 0 where g is a rounding error of zero. */
export function leastSquaresFilter(largest: number, d: number): Filter {
  const floor = 4 * d * Number.EPSILON * largest;
  return (g) => g > floor ? 1 / g : 0;
}
