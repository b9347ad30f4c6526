/** @module Sampled populations: fields as values at sites, with fresh noise that contradicts nothing already known. */
import type { RandomStream } from "../../numerics/mod.ts";
import { accumulate, innerProducts, type Rows, rows } from "../fields/dense.ts";
import { Basis, gramOf } from "./basis.ts";
import { Coordinates, GrowingMatrix } from "./growing.ts";
import { orthonormalisation, pivotedCholesky, solveFactored } from "./pivoted_cholesky.ts";
import type { Images, Population } from "./population.ts";
import { RowStore } from "./row_store.ts";

/** What the samples stand for. */
export type SampleMeaning =
  /** Draws from an infinite population: sources are made exactly orthonormal, which removes most of the sampling error. */
  | "infinite"
  /** All sites of a finite network: sources keep their fluctuations, so that its law is reproduced exactly. */
  | "finite";

/** Fields as values at `capacity` sampled sites. */
export class SamplePopulation implements Population {
  readonly kind = "samples";
  readonly length: number;
  readonly weight: number;
  readonly #families = new Map<string, SampleImages[]>();

  constructor(
    readonly columns: number,
    readonly capacity: number,
    readonly stream: RandomStream,
    readonly meaning: SampleMeaning,
  ) {
    this.length = capacity;
    this.weight = 1 / capacity;
  }

  basis(): Basis {
    const finite = this.meaning === "finite";
    return new Basis(
      { weight: this.weight, tolerance: finite ? 1e-22 : 1e-10, twice: finite },
      this.columns,
    );
  }

  images(avoid: Basis, family: string): Images {
    const relatives = this.#families.get(family) ?? [];
    this.#families.set(family, relatives);
    const images = new SampleImages(this, avoid, relatives);
    relatives.push(images);
    return images;
  }

  sources(count: number): Rows {
    const field = rows(this.stream.fillNormal(new Float64Array(count * this.capacity)), count, this.capacity);
    return field;
  }
}

/** Dense Gaussian rows; see {@link SampleMeaning} for what is projected out of them. */
class SampleImages implements Images {
  readonly store = new RowStore();
  /** Overlaps <relative row, avoided row>, one matrix a relative, filled as both lists grow. */
  readonly #overlaps: GrowingMatrix[] = [];

  constructor(
    readonly population: SamplePopulation,
    readonly avoid: Basis,
    readonly relatives: readonly SampleImages[],
  ) {}

  get count(): number {
    return this.store.count;
  }

  get size(): number {
    return this.store.size;
  }

  combine(y: Rows, c: Coordinates): void {
    this.store.combine(y, c, 1);
  }

  project(b: Rows, c: Coordinates): void {
    this.store.project(b, this.population.length, this.population.weight, c);
  }

  extend(k: number): void {
    if (k === 0) return;
    const n = this.population.capacity;
    const fresh = rows(this.population.stream.fillNormal(new Float64Array(k * n)), k, n);
    if (this.population.meaning === "finite") {
      for (let pass = 0; pass < 2; pass++) {
        const c = new Coordinates(k).reset(this.avoid.count);
        this.avoid.project(fresh, n, c);
        this.avoid.combine(fresh, c, -1);
      }
      this.store.append(k, n).data.set(fresh.data, (this.count - k) * n);
    } else {
      this.#projectOutEverything(fresh);
      const t = orthonormalisation(pivotedCholesky(gramOf(fresh, n, this.population.weight), k, 0), k);
      accumulate(this.store.append(k, n), fresh, n, 1, t, 0, k, 1);
    }
  }

  /**
   * Removes the span of all relatives S (orthonormal) and of the avoided basis F (orthonormal) at once. The two
   * overlap, Theta = <S F>, so the coordinates solve [[1, Theta], [Theta^T, 1]] (alpha, beta) = (<S x>, <F x>).
   */
  #projectOutEverything(fresh: Rows): void {
    const k = fresh.count, n = this.population.capacity, m = this.avoid.count;
    const alphas = this.relatives.map((relative) => {
      const c = new Coordinates(k).reset(relative.count);
      relative.project(fresh, c);
      return c;
    });
    const beta = new Coordinates(k).reset(m);
    if (m > 0) {
      this.avoid.project(fresh, n, beta);
      this.#updateOverlaps();
      const schur = new Float64Array(m * m);
      for (let i = 0; i < m; i++) schur[i * m + i] = 1;
      this.#overlaps.forEach((theta, r) => {
        subtractGram(theta, schur, m);
        theta.multiplyTransposed(alphas[r], beta, -1);
      });
      solveFactored(pivotedCholesky(schur, m, 1e-9), m, beta.data, k);
      this.#overlaps.forEach((theta, r) => theta.multiply(beta, alphas[r], -1));
      this.avoid.combine(fresh, beta, -1);
    }
    this.relatives.forEach((relative, r) => relative.store.combine(fresh, alphas[r], -1));
  }

  #updateOverlaps(): void {
    const n = this.population.capacity, weight = this.population.weight;
    this.relatives.forEach((relative, r) => {
      const theta = this.#overlaps[r] ??= new GrowingMatrix();
      const rowsKnown = theta.rows, columnsKnown = theta.columns;
      theta.resize(relative.count, this.avoid.count);
      const add = (first: number, avoidedFirst: number, last: number) => {
        for (const [s, i] of numbered(relative.store.from(first), first)) {
          if (i >= last) break;
          const part = i + s.count > last ? rows(s.data, last - i, s.stride, s.offset) : s;
          for (const [f, j] of numbered(this.avoid.store.from(avoidedFirst), avoidedFirst)) {
            innerProducts(part, f, n, weight, theta.data, i * theta.stride + j, theta.stride, 1);
          }
        }
      };
      if (relative === this) {
        // Own rows were made orthogonal to every column known at the time: only later columns overlap.
        add(0, columnsKnown, Infinity);
      } else {
        add(0, columnsKnown, rowsKnown);
        add(rowsKnown, 0, Infinity);
      }
    });
  }
}

/** Panels with the index of their first row. */
function numbered(panels: Rows[], first: number): [Rows, number][] {
  let index = first;
  return panels.map((panel) => {
    const pair: [Rows, number] = [panel, index];
    index += panel.count;
    return pair;
  });
}

/** g -= theta^T theta, both square of size m. */
function subtractGram(theta: GrowingMatrix, g: Float64Array, m: number): void {
  for (let r = 0; r < theta.rows; r++) {
    const o = r * theta.stride;
    for (let i = 0; i < m; i++) {
      const t = theta.data[o + i];
      if (t === 0) continue;
      for (let j = 0; j < m; j++) g[i * m + j] -= t * theta.data[o + j];
    }
  }
}
