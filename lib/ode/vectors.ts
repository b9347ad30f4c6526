/** @module Inner products and sums of vectors with independent chains of additions, which halves their time and more. */

/** $x \cdot y$. */
export function dot(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  // Destructuring would cost more than the sum of 64 products.
  let a = 0, b = 0, c = 0, d = 0;
  let i = 0;
  for (; i + 3 < n; i += 4) {
    a += x[i] * y[i];
    b += x[i + 1] * y[i + 1];
    c += x[i + 2] * y[i + 2];
    d += x[i + 3] * y[i + 3];
  }
  for (; i < n; i++) a += x[i] * y[i];
  return (a + b) + (c + d);
}

/** $\lVert x \rVert_2$. */
export function norm(x: Float64Array): number {
  return Math.sqrt(dot(x, x));
}

/** `out += factor * sum of weights[k] * rows[k]` for k below `count`, four rows at a time. */
export function addCombination(
  out: Float64Array,
  factor: number,
  weights: Float64Array,
  rows: readonly Float64Array[],
  count: number,
): void {
  let k = 0;
  for (; k + 3 < count; k += 4) {
    const p = rows[k], q = rows[k + 1], r = rows[k + 2], s = rows[k + 3];
    const a = factor * weights[k], b = factor * weights[k + 1];
    const c = factor * weights[k + 2], d = factor * weights[k + 3];
    for (let i = 0; i < out.length; i++) out[i] += a * p[i] + b * q[i] + (c * r[i] + d * s[i]);
  }
  for (; k < count; k++) {
    const p = rows[k], a = factor * weights[k];
    for (let i = 0; i < out.length; i++) out[i] += a * p[i];
  }
}
