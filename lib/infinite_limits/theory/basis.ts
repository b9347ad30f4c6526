/**
 * @module An orthonormal basis of everything a matrix has been multiplied with, growing as training marches on.
 *
 * Conditioning a Gaussian matrix on its past products needs the regression of each new field on all earlier ones;
 * in an orthonormal basis that regression is a list of coordinates.
 */
import { accumulate, innerProducts, type Rows, rows } from "../fields/dense.ts";
import { RowStore } from "./row_store.ts";
import { Coordinates } from "./growing.ts";
import { orthonormalisation, pivotedCholesky } from "./pivoted_cholesky.ts";

/** What the inner product is and how carefully to orthogonalise. */
export interface BasisOptions {
  /** $\langle x y\rangle = \text{weight}\sum_i x_i y_i$. */
  readonly weight: number;
  /** Directions below this share of the batch's mean square are dropped. */
  readonly tolerance: number;
  /** Orthogonalise twice (exact populations) or once (samples, whose own error is far larger than rounding). */
  readonly twice: boolean;
}

/** Within one round, pivots this far below the first wait for the next, cleaner, round. */
const roundShare = 1e-6;

/** Orthonormal rows over the sites of one population; see the module's text. */
export class Basis {
  /** The directions, oldest first. */
  readonly store = new RowStore();
  readonly #temporary: Coordinates;

  constructor(readonly options: BasisOptions, columns: number) {
    this.#temporary = new Coordinates(columns);
  }

  /** Number of directions. */
  get count(): number {
    return this.store.count;
  }

  /** c[j, b] += <e_j a_b>. */
  project(a: Rows, length: number, c: Coordinates): void {
    this.store.project(a, length, this.options.weight, c);
  }

  /** y_b += scale * sum_j c[j, b] e_j. */
  combine(y: Rows, c: Coordinates, scale = 1): void {
    this.store.combine(y, c, scale);
  }

  /**
   * Writes the coordinates of the rows `a` to `c`, appending directions until they span `a`.
   *
   * @param work scratch of the shape of `a`
   * @returns how many directions are new
   */
  absorb(a: Rows, length: number, c: Coordinates, work: Rows): number {
    const { weight, tolerance, twice } = this.options;
    const b = a.count, before = this.count;
    c.reset(this.count);
    let scale = 0;
    for (let i = 0; i < b; i++) {
      const from = a.offset + i * a.stride, to = work.offset + i * work.stride;
      let s = 0;
      for (let k = 0; k < length; k++) {
        const v = a.data[from + k];
        work.data[to + k] = v;
        s += v * v;
      }
      scale += weight * s / b;
    }
    if (scale === 0) return 0;
    const stop = tolerance * scale;
    for (let round = 0; round <= b; round++) {
      for (let pass = twice ? 2 : 1; pass > 0 && this.count > 0; pass--) {
        const t = this.#temporary.reset(this.count);
        this.project(work, length, t);
        this.combine(work, t, -1);
        c.add(t);
      }
      const gram = gramOf(work, length, weight);
      const largest = largestDiagonal(gram, b);
      if (!(largest > stop)) break;
      const cholesky = pivotedCholesky(gram, b, Math.max(stop, twice ? roundShare * largest : 0));
      const panel = this.#append(work, length, orthonormalisation(cholesky, b), cholesky.rank);
      c.extendTo(this.count);
      const start = (this.count - panel.count) * b;
      if (!twice) {
        // The factor holds the coordinates along the new directions, and nothing above the tolerance is left.
        c.data.set(cholesky.factor.subarray(0, panel.count * b), start);
        break;
      }
      this.#polish(panel, length);
      innerProducts(panel, work, length, weight, c.data, start, b, 1);
      accumulate(work, panel, length, -1, c.data, start, 1, b);
      if (!(largestDiagonal(gramOf(work, length, weight), b) > stop)) break;
    }
    return this.count - before;
  }

  #append(work: Rows, length: number, t: Float64Array, rank: number): Rows {
    const panel = this.store.append(rank, length);
    accumulate(panel, work, length, 1, t, 0, work.count, 1);
    return panel;
  }

  /** A second Cholesky pass restores what the squared condition number of the first one cost. */
  #polish(panel: Rows, length: number): void {
    const k = panel.count;
    const cholesky = pivotedCholesky(gramOf(panel, length, this.options.weight), k, 0);
    const own = panel.data.subarray(panel.offset, panel.offset + k * length);
    const copy = rows(own.slice(), k, length);
    own.fill(0);
    accumulate(panel, copy, length, 1, orthonormalisation(cholesky, k), 0, k, 1);
  }
}

/** Gram matrix of rows, row-major. */
export function gramOf(a: Rows, length: number, weight: number): Float64Array {
  const n = a.count, gram = new Float64Array(n * n);
  // Three rows at a time, the width of the product's blocks, against those not behind them; the rest is mirrored.
  for (let i = 0; i < n; i += 3) {
    const three = rows(a.data, Math.min(3, n - i), a.stride, a.offset + i * a.stride);
    innerProducts(
      three,
      rows(a.data, Math.min(i + 3, n), a.stride, a.offset),
      length,
      weight,
      gram,
      i * n,
      n,
      1,
    );
  }
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) gram[j * n + i] = gram[i * n + j];
  return gram;
}

function largestDiagonal(gram: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, gram[i * n + i]);
  return largest;
}
