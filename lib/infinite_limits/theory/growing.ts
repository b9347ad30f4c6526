/** @module Small matrices that grow while training marches on: amortised doubling, never reallocated per step. */

/** Coordinates of the B tokens along a growing list of directions: row-major [count, columns]. */
export class Coordinates {
  /** Entry (direction j, token b) is at j * columns + b. */
  data: Float64Array;
  /** Directions in use. */
  count = 0;

  constructor(readonly columns: number, capacity = 16) {
    this.data = new Float64Array(capacity * columns);
  }

  /** Sets the number of directions and zeroes all of them. */
  reset(count: number): this {
    this.extendTo(count);
    this.count = count;
    this.data.fill(0, 0, count * this.columns);
    return this;
  }

  /** Raises the number of directions, keeping what is there; new ones are zero. */
  extendTo(count: number): void {
    if (count * this.columns > this.data.length) {
      const next = new Float64Array(Math.max(2 * this.data.length, count * this.columns));
      next.set(this.data.subarray(0, this.count * this.columns));
      this.data = next;
    } else if (count > this.count) {
      this.data.fill(0, this.count * this.columns, count * this.columns);
    }
    this.count = Math.max(this.count, count);
  }

  /** this += scale * other, over the directions of `other`. */
  add(other: Coordinates, scale = 1): void {
    const n = other.count * this.columns;
    for (let i = 0; i < n; i++) this.data[i] += scale * other.data[i];
  }
}

/** A dense matrix whose rows and columns both grow. */
export class GrowingMatrix {
  data = new Float64Array(0);
  rows = 0;
  columns = 0;
  /** Row i starts at i * stride. */
  stride = 0;

  /** Raises the shape; new entries are zero. */
  resize(rows: number, columns: number): void {
    if (columns > this.stride || rows * this.stride > this.data.length) {
      const stride = columns > this.stride ? Math.max(columns, 2 * this.stride) : this.stride;
      const capacity = rows > this.rows ? Math.max(rows, 2 * this.rows) : this.rows;
      const next = new Float64Array(capacity * stride);
      for (let i = 0; i < this.rows; i++) {
        next.set(this.data.subarray(i * this.stride, i * this.stride + this.columns), i * stride);
      }
      this.data = next;
      this.stride = stride;
    }
    this.rows = Math.max(this.rows, rows);
    this.columns = Math.max(this.columns, columns);
  }

  /** out[i, b] += scale * sum_j this[i, j] x[j, b]. */
  multiply(x: Coordinates, out: Coordinates, scale = 1): void {
    const b = x.columns;
    for (let i = 0; i < this.rows; i++) {
      const o = i * b;
      for (let j = 0; j < this.columns; j++) {
        const m = scale * this.data[i * this.stride + j];
        if (m === 0) continue;
        for (let c = 0, p = j * b; c < b; c++) out.data[o + c] += m * x.data[p + c];
      }
    }
  }

  /** out[j, b] += scale * sum_i this[i, j] x[i, b]. */
  multiplyTransposed(x: Coordinates, out: Coordinates, scale = 1): void {
    const b = x.columns;
    for (let i = 0; i < this.rows; i++) {
      const p = i * b;
      for (let j = 0; j < this.columns; j++) {
        const m = scale * this.data[i * this.stride + j];
        if (m === 0) continue;
        for (let c = 0, o = j * b; c < b; c++) out.data[o + c] += m * x.data[p + c];
      }
    }
  }

  /** this[i, j] += sum_b weight[b] x[i, b] y[j, b]. */
  addOuter(x: Coordinates, y: Coordinates, weight: ArrayLike<number>): void {
    this.resize(x.count, y.count);
    const b = x.columns;
    for (let i = 0; i < x.count; i++) {
      for (let j = 0; j < y.count; j++) {
        let s = 0;
        for (let c = 0; c < b; c++) s += weight[c] * x.data[i * b + c] * y.data[j * b + c];
        this.data[i * this.stride + j] += s;
      }
    }
  }
}
