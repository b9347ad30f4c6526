/**
 * @module The two dense products the training theory spends its time in, on flat Float64Arrays.
 *
 * Fields are rows of a flat array, one row a token, contiguous along the sites. Both kernels keep a small block of
 * the result in registers and walk the sites in tiles that stay in the first-level cache: about 5 GFLOP/s in V8,
 * against 1 for the plain triple loop. A matrix library works on arrays of rows and would allocate every product.
 */

/** Sites a tile: 512 doubles x (3 + 9) rows fit a 48 KB cache. */
const tile = 512;

/** Rows of a flat array: row i starts at `offset + i * stride`. */
export interface Rows {
  /** The flat storage, possibly shared. */
  readonly data: Float64Array;
  /** Start of row 0. */
  readonly offset: number;
  /** From one row to the next. */
  readonly stride: number;
  /** Number of rows. */
  readonly count: number;
}

/** View of a whole flat array as `count` rows. */
export function rows(data: Float64Array, count: number, stride: number, offset = 0): Rows {
  return { data, offset, stride, count };
}

/** A zero field: `count` rows over `length` sites. */
export function field(count: number, length: number): Rows {
  return rows(new Float64Array(count * length), count, length);
}

/**
 * Adds scaled inner products: out[o + i*oi + j*oj] += scale * sum_k x[i,k] y[j,k], k < length.
 *
 * @param x rows [x.count, length]
 * @param y rows [y.count, length]
 */
export function innerProducts(
  x: Rows,
  y: Rows,
  length: number,
  scale: number,
  out: Float64Array,
  o: number,
  oi: number,
  oj: number,
): void {
  const a = x.data, ao = x.offset | 0, as = x.stride | 0, nx = x.count | 0;
  const b = y.data, bo = y.offset | 0, bs = y.stride | 0, ny = y.count | 0;
  for (let low = 0, end = length | 0; low < end; low += tile) {
    const n = Math.min(tile, end - low);
    innerTile(a, ao + low, as, nx, b, bo + low, bs, ny, n, scale, out, o | 0, oi | 0, oj | 0);
  }
}

// Sizes that were multiplied with one that may be infinite come as doubles, whatever their value, and a loop that met one is
// compiled to count in doubles ever after, at half the speed. Hence `| 0` before the tiles, and only numbers into them.
function innerTile(
  a: Float64Array,
  ao: number,
  as: number,
  nx: number,
  b: Float64Array,
  bo: number,
  bs: number,
  ny: number,
  n: number,
  scale: number,
  out: Float64Array,
  o: number,
  oi: number,
  oj: number,
): void {
  const fullX = nx - nx % 3, fullY = ny - ny % 3;
  for (let i = 0; i < fullX; i += 3) {
    const a0 = ao + i * as, a1 = a0 + as, a2 = a1 + as;
    for (let j = 0; j < fullY; j += 3) {
      const b0 = bo + j * bs, b1 = b0 + bs, b2 = b1 + bs;
      let s00 = 0, s01 = 0, s02 = 0, s10 = 0, s11 = 0, s12 = 0, s20 = 0, s21 = 0, s22 = 0;
      for (let k = 0; k < n; k++) {
        const u0 = a[a0 + k], u1 = a[a1 + k], u2 = a[a2 + k];
        const v0 = b[b0 + k], v1 = b[b1 + k], v2 = b[b2 + k];
        s00 += u0 * v0, s01 += u0 * v1, s02 += u0 * v2;
        s10 += u1 * v0, s11 += u1 * v1, s12 += u1 * v2;
        s20 += u2 * v0, s21 += u2 * v1, s22 += u2 * v2;
      }
      const p = o + i * oi + j * oj;
      out[p] += scale * s00, out[p + oj] += scale * s01, out[p + 2 * oj] += scale * s02;
      const q = p + oi;
      out[q] += scale * s10, out[q + oj] += scale * s11, out[q + 2 * oj] += scale * s12;
      const r = q + oi;
      out[r] += scale * s20, out[r + oj] += scale * s21, out[r + 2 * oj] += scale * s22;
    }
  }
  // What the 3 x 3 blocks left over: the last columns for every row, the last rows for the blocked columns.
  for (let j = fullY; j < ny; j++) columnTile(a, ao, as, nx, b, bo + j * bs, n, scale, out, o + j * oj, oi);
  for (let i = fullX; i < nx; i++) {
    columnTile(b, bo, bs, fullY, a, ao + i * as, n, scale, out, o + i * oi, oj);
  }
}

/** out[i] for the rows i of `a` and one row of `b`: three dot products at a time share the loads of `b`. */
function columnTile(
  a: Float64Array,
  ao: number,
  as: number,
  count: number,
  b: Float64Array,
  b0: number,
  n: number,
  scale: number,
  out: Float64Array,
  o: number,
  oi: number,
): void {
  let i = 0;
  for (; i + 3 <= count; i += 3) {
    const a0 = ao + i * as, a1 = a0 + as, a2 = a1 + as;
    let s0 = 0, s1 = 0, s2 = 0;
    for (let k = 0; k < n; k++) {
      const v = b[b0 + k];
      s0 += a[a0 + k] * v, s1 += a[a1 + k] * v, s2 += a[a2 + k] * v;
    }
    const p = o + i * oi;
    out[p] += scale * s0, out[p + oi] += scale * s1, out[p + 2 * oi] += scale * s2;
  }
  for (; i < count; i++) {
    const a0 = ao + i * as;
    let s = 0;
    for (let k = 0; k < n; k++) s += a[a0 + k] * b[b0 + k];
    out[o + i * oi] += scale * s;
  }
}

/**
 * Adds linear combinations of rows: y[i, k] += scale * sum_j c[o + i*ci + j*cj] x[j, k], k < length.
 *
 * @param y rows [y.count, length], changed in place; must not overlap x
 * @param x rows [x.count, length]
 */
export function accumulate(
  y: Rows,
  x: Rows,
  length: number,
  scale: number,
  c: Float64Array,
  o: number,
  ci: number,
  cj: number,
): void {
  const a = x.data, ao = x.offset | 0, as = x.stride | 0, nx = x.count | 0;
  const b = y.data, bo = y.offset | 0, bs = y.stride | 0, ny = y.count | 0;
  for (let low = 0, end = length | 0; low < end; low += tile) {
    const n = Math.min(tile, end - low);
    accumulateTile(b, bo + low, bs, ny, a, ao + low, as, nx, n, scale, c, o | 0, ci | 0, cj | 0);
  }
}

function accumulateTile(
  b: Float64Array,
  bo: number,
  bs: number,
  ny: number,
  a: Float64Array,
  ao: number,
  as: number,
  nx: number,
  n: number,
  scale: number,
  c: Float64Array,
  o: number,
  ci: number,
  cj: number,
): void {
  const fullY = ny - ny % 3;
  for (let i = 0; i < fullY; i += 3) {
    const y0 = bo + i * bs, y1 = y0 + bs, y2 = y1 + bs;
    let j = 0;
    for (; j + 4 <= nx; j += 4) {
      const x0 = ao + j * as, x1 = x0 + as, x2 = x1 + as, x3 = x2 + as;
      const p = o + i * ci + j * cj, q = p + ci, r = q + ci;
      const c0 = scale * c[p], c1 = scale * c[p + cj], c2 = scale * c[p + 2 * cj], c3 = scale * c[p + 3 * cj];
      const d0 = scale * c[q], d1 = scale * c[q + cj], d2 = scale * c[q + 2 * cj], d3 = scale * c[q + 3 * cj];
      const e0 = scale * c[r], e1 = scale * c[r + cj], e2 = scale * c[r + 2 * cj], e3 = scale * c[r + 3 * cj];
      for (let k = 0; k < n; k++) {
        const u0 = a[x0 + k], u1 = a[x1 + k], u2 = a[x2 + k], u3 = a[x3 + k];
        b[y0 + k] += c0 * u0 + c1 * u1 + c2 * u2 + c3 * u3;
        b[y1 + k] += d0 * u0 + d1 * u1 + d2 * u2 + d3 * u3;
        b[y2 + k] += e0 * u0 + e1 * u1 + e2 * u2 + e3 * u3;
      }
    }
    for (; j < nx; j++) {
      const x0 = ao + j * as, p = o + i * ci + j * cj;
      const c0 = scale * c[p], d0 = scale * c[p + ci], e0 = scale * c[p + 2 * ci];
      for (let k = 0; k < n; k++) {
        const u = a[x0 + k];
        b[y0 + k] += c0 * u, b[y1 + k] += d0 * u, b[y2 + k] += e0 * u;
      }
    }
  }
  for (let i = fullY; i < ny; i++) {
    const y0 = bo + i * bs;
    let j = 0;
    for (; j + 4 <= nx; j += 4) {
      const x0 = ao + j * as, x1 = x0 + as, x2 = x1 + as, x3 = x2 + as;
      const p = o + i * ci + j * cj;
      const c0 = scale * c[p], c1 = scale * c[p + cj], c2 = scale * c[p + 2 * cj], c3 = scale * c[p + 3 * cj];
      for (let k = 0; k < n; k++) {
        b[y0 + k] += c0 * a[x0 + k] + c1 * a[x1 + k] + c2 * a[x2 + k] + c3 * a[x3 + k];
      }
    }
    for (; j < nx; j++) {
      const x0 = ao + j * as, c0 = scale * c[o + i * ci + j * cj];
      for (let k = 0; k < n; k++) b[y0 + k] += c0 * a[x0 + k];
    }
  }
}
