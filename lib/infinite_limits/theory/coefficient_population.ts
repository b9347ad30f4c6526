/** @module Exact populations: fields as coefficient vectors over independent unit Gaussian sources. */
import { type Rows, rows } from "../fields/dense.ts";
import { Basis } from "./basis.ts";
import type { Coordinates } from "./growing.ts";
import type { Images, Population } from "./population.ts";

/** Fields as coefficient vectors over independent unit Gaussian sources: exact averages. */
export class CoefficientPopulation implements Population {
  readonly kind = "coefficients";
  length = 0;
  readonly weight = 1;

  /** @param capacity an upper bound on the number of sources ever drawn */
  constructor(readonly columns: number, readonly capacity: number, readonly tolerance = 1e-22) {}

  basis(): Basis {
    return new Basis({ weight: 1, tolerance: this.tolerance, twice: true }, this.columns);
  }

  images(): Images {
    return new CoefficientImages(this);
  }

  sources(count: number): Rows {
    const field = rows(new Float64Array(count * this.capacity), count, this.capacity);
    const first = this.claim(count);
    for (let i = 0; i < count; i++) field.data[i * this.capacity + first + i] = 1;
    return field;
  }

  /** Reserves k coordinates and returns the first. */
  claim(k: number): number {
    const first = this.length;
    if (first + k > this.capacity) {
      throw new RangeError(
        `a population of ${this.capacity} coordinates needs ${first + k}: raise its capacity`,
      );
    }
    this.length += k;
    return first;
  }
}

/** A unit coordinate is orthogonal to every earlier field, so nothing needs projecting and nothing is stored. */
class CoefficientImages implements Images {
  readonly #ranges: { first: number; count: number }[] = [];
  count = 0;
  readonly size = 0;

  constructor(readonly population: CoefficientPopulation) {}

  extend(k: number): void {
    if (k === 0) return;
    this.#ranges.push({ first: this.population.claim(k), count: k });
    this.count += k;
  }

  combine(y: Rows, c: Coordinates): void {
    let j = 0;
    for (const { first, count } of this.#ranges) {
      for (let i = 0; i < count; i++, j++) {
        for (let b = 0; b < y.count; b++) {
          y.data[y.offset + b * y.stride + first + i] += c.data[j * c.columns + b];
        }
      }
    }
  }

  project(b: Rows, c: Coordinates): void {
    let j = 0;
    for (const { first, count } of this.#ranges) {
      for (let i = 0; i < count; i++, j++) {
        for (let a = 0; a < b.count; a++) {
          c.data[j * c.columns + a] += b.data[b.offset + a * b.stride + first + i];
        }
      }
    }
  }
}
