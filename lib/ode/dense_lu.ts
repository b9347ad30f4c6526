/**
 * @module LU factorisation with partial pivoting in place.
 *
 * The stiff method factors one small matrix a step. `ml-matrix` allocates and wraps every factorisation and every
 * right-hand side; `tests/bench/ode.bench.ts` measures both, and these forty lines are the difference.
 */

/**
 * Overwrites the n x n row-major matrix `a` with its factors (unit lower triangle below, upper triangle on and above the
 * diagonal) and records the row exchanges in `pivots`.
 *
 * @returns False when a pivot is zero or not finite; the factors are then unusable.
 */
export function factorise(a: Float64Array, n: number, pivots: Int32Array): boolean {
  for (let k = 0; k < n; k++) {
    let pivot = k;
    let largest = Math.abs(a[k * n + k]);
    for (let i = k + 1; i < n; i++) {
      const size = Math.abs(a[i * n + k]);
      if (size > largest) [largest, pivot] = [size, i];
    }
    pivots[k] = pivot;
    if (!(largest > 0) || largest === Infinity) return false;
    if (pivot !== k) {
      for (let j = 0; j < n; j++) {
        const held = a[k * n + j];
        a[k * n + j] = a[pivot * n + j];
        a[pivot * n + j] = held;
      }
    }
    const inverse = 1 / a[k * n + k];
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k] * inverse;
      a[i * n + k] = factor;
      if (factor !== 0) { for (let j = k + 1; j < n; j++) a[i * n + j] -= factor * a[k * n + j]; }
    }
  }
  return true;
}

/** Solves $A x = b$ in place of `b` with the factors of `factorise`. */
export function solveFactorised(a: Float64Array, n: number, pivots: Int32Array, b: Float64Array): void {
  for (let k = 0; k < n; k++) {
    const pivot = pivots[k];
    const value = b[pivot];
    b[pivot] = b[k];
    b[k] = value;
  }
  for (let i = 1; i < n; i++) {
    let sum = b[i];
    for (let j = 0; j < i; j++) sum -= a[i * n + j] * b[j];
    b[i] = sum;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = b[i];
    for (let j = i + 1; j < n; j++) sum -= a[i * n + j] * b[j];
    b[i] = sum / a[i * n + i];
  }
}
