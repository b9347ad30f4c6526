/** @module A growing list of fields, oldest first, kept in as few contiguous panels as their lengths allow. */
import { accumulate, innerProducts, type Rows, rows } from "../fields/dense.ts";
import type { Coordinates } from "./growing.ts";

interface Panel extends Rows {
  data: Float64Array;
  count: number;
}

/**
 * Fields as rows. A coefficient field only needs the coordinates that existed when it was made, so later rows open
 * longer panels; sampled fields all have one length and share one panel, which grows by doubling.
 */
export class RowStore {
  readonly #panels: Panel[] = [];
  /** Rows stored. */
  count = 0;

  /** Makes room for `k` zero rows of `length` and returns them. The view is void after the next append. */
  append(k: number, length: number): Rows {
    let panel = this.#panels.at(-1);
    if (panel === undefined || panel.stride !== length) {
      panel = { data: new Float64Array(k * length), offset: 0, stride: length, count: 0 };
      this.#panels.push(panel);
    } else if ((panel.count + k) * length > panel.data.length) {
      const data = new Float64Array(Math.max(2 * panel.count, panel.count + k) * length);
      data.set(panel.data);
      panel.data = data;
    }
    const offset = panel.count * length;
    panel.count += k;
    this.count += k;
    return rows(panel.data, k, length, offset);
  }

  /** Rows from `first` on, as views. */
  from(first: number): Rows[] {
    const views: Rows[] = [];
    let start = 0;
    for (const { data, stride, count } of this.#panels) {
      const skip = Math.max(0, first - start);
      if (skip < count) views.push(rows(data, count - skip, stride, skip * stride));
      start += count;
    }
    return views;
  }

  /** c[j, b] += weight * <row j, a_b>. */
  project(a: Rows, length: number, weight: number, c: Coordinates): void {
    let start = 0;
    for (const panel of this.#panels) {
      const n = Math.min(panel.stride, length);
      innerProducts(panel, a, n, weight, c.data, start * c.columns, c.columns, 1);
      start += panel.count;
    }
  }

  /** y_b += scale * sum_j c[j, b] (row j). */
  combine(y: Rows, c: Coordinates, scale: number): void {
    let start = 0;
    for (const panel of this.#panels) {
      accumulate(y, panel, panel.stride, scale, c.data, start * c.columns, 1, c.columns);
      start += panel.count;
    }
  }

  /** Doubles held. */
  get size(): number {
    return this.#panels.reduce((sum, panel) => sum + panel.data.length, 0);
  }
}
