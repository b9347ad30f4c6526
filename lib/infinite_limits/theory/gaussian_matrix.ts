/**
 * @module A Gaussian matrix of infinite (or exactly simulated) size, known only through what it has been asked.
 *
 * Conditioned on all its past products a matrix with independent N(0, 1) entries acts as (two-sided expansion; derived)
 * $$ d^{-1/2} W \simeq \sum_j \epsilon_j\langle e_j,\cdot\rangle + \sum_l f_l\langle\rho_l,\cdot\rangle
 *    + \sum_{lj} f_l C_{lj}\langle e_j,\cdot\rangle, $$
 * with orthonormal inputs e and their Gaussian images ε, orthonormal backward inputs f and theirs ρ, and C everything
 * that gradient descent has written into it. The second sum is the response of forward fields to earlier backward
 * fields (Stein's lemma in an orthonormal basis); the transpose swaps the two sides. Because every update is a
 * combination of past f and e, learning costs one small matrix instead of a growing list of outer products.
 */
import type { Basis } from "./basis.ts";
import type { Rows } from "../fields/dense.ts";
import { Coordinates, GrowingMatrix } from "./growing.ts";
import type { Images, Population } from "./population.ts";

/** Fields that one basis follows: a population's side of one or several matrices. */
export class Side {
  readonly basis: Basis;
  /** Coordinates of the current fields. */
  readonly coordinates: Coordinates;
  /** What all matrices of this side send back, collected so that the basis is walked once. */
  readonly pending: Coordinates;

  constructor(readonly population: Population, columns: number) {
    this.basis = population.basis();
    this.coordinates = new Coordinates(columns);
    this.pending = new Coordinates(columns);
  }

  /** Makes the rows of `field` the current ones. `work` is scratch of the same shape. */
  set(field: Rows, work: Rows): void {
    this.basis.absorb(field, this.population.length, this.coordinates, work);
    this.pending.reset(this.basis.count);
  }

  /** Writes the current fields again, from their coordinates. */
  restore(field: Rows): void {
    clear(field, this.population.length);
    this.basis.combine(field, this.coordinates);
  }

  /** Adds to `z` what {@link GaussianMatrix.applyTransposed} left pending. */
  flush(z: Rows): void {
    this.basis.combine(z, this.pending);
    this.pending.reset(this.basis.count);
  }
}

/** Zeroes the first `length` entries of every row. */
export function clear(field: Rows, length: number): void {
  for (let b = 0; b < field.count; b++) {
    const o = field.offset + b * field.stride;
    field.data.fill(0, o, o + length);
  }
}

/** One matrix; its input side may be shared with others (queries, keys and values read the same field). */
export class GaussianMatrix {
  readonly #images: Images;
  readonly #backImages: Images;
  readonly #learned = new GrowingMatrix();
  readonly #forward: Coordinates;

  /**
   * @param input side of the forward input a
   * @param output side of the backward input b
   * @param response false drops the response terms: the ablation that must fail
   * @param families of the image fields on the (output, input) side, for variance reduction
   */
  constructor(
    readonly input: Side,
    readonly output: Side,
    readonly response: boolean,
    families: readonly [string, string],
  ) {
    this.#images = output.population.images(output.basis, families[0]);
    this.#backImages = input.population.images(input.basis, families[1]);
    this.#forward = new Coordinates(input.coordinates.columns);
  }

  /** y_b += d^{-1/2} W a_b for the current input fields `a`. */
  apply(a: Rows, y: Rows): void {
    const x = this.input.coordinates;
    this.#images.extend(this.input.basis.count - this.#images.count);
    this.#images.combine(y, x);
    const p = this.#forward.reset(this.output.basis.count);
    if (this.response) this.#backImages.project(a, p);
    this.#learned.multiply(x, p);
    this.output.basis.combine(y, p);
  }

  /**
   * z_a += d^{-1/2} W^T b_a for the current backward fields `b`; the part along the input side's basis is left
   * pending there until {@link Side.flush}.
   */
  applyTransposed(b: Rows, z: Rows): void {
    const x = this.output.coordinates;
    this.#backImages.extend(this.output.basis.count - this.#backImages.count);
    this.#backImages.combine(z, x);
    if (this.response) this.#images.project(b, this.input.pending);
    this.#learned.multiplyTransposed(x, this.input.pending);
  }

  /** W += sqrt(d) sum_b weight_b b_b a_b^T with the current fields: one gradient step. */
  learn(weight: ArrayLike<number>): void {
    this.#learned.addOuter(this.output.coordinates, this.input.coordinates, weight);
  }

  /** Doubles held, the two bases aside. */
  get size(): number {
    return this.#images.size + this.#backImages.size + this.#learned.data.length;
  }
}
