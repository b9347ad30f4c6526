/**
 * @module A field over infinitely many (or really many) sites, whichever way it is held.
 *
 * * `CoefficientPopulation`: every field is a linear combination of independent unit Gaussian sources, so a field is its
 *   coefficient vector and $\langle xy\rangle$ is a dot product. Exact. Fresh noise is a new coordinate.
 * * `SamplePopulation`: a field is its values at n sampled sites and $\langle xy\rangle$ is a mean. Needed where sites are
 *   nonlinear: heads at finite N, the hidden layer of an MLP, and networks of finite width.
 */
import type { Rows } from "../fields/dense.ts";
import type { Sites } from "../fields/sites.ts";
import type { Basis } from "./basis.ts";
import type { Coordinates } from "./growing.ts";

/** The images of an orthonormal basis under a Gaussian matrix: independent Gaussian fields, materialised lazily. */
export interface Images {
  /** Directions materialised so far. */
  readonly count: number;
  /** Draws `k` more, independent of everything on the span of the basis to be avoided. */
  extend(k: number): void;
  /** y_b += sum_j c[j, b] image_j. */
  combine(y: Rows, c: Coordinates): void;
  /** c[j, b] += <image_j b_b>. */
  project(b: Rows, c: Coordinates): void;
  /** Doubles held. */
  readonly size: number;
}

/** Sites over which fields live and are averaged. */
export interface Population extends Sites {
  /** An empty orthonormal basis of fields here. */
  basis(): Basis;
  /** Fresh Gaussian fields here, kept orthogonal to `avoid` (a basis here). Families share variance reduction. */
  images(avoid: Basis, family: string): Images;
  /** A field of independent unit Gaussian sources, one a row. */
  sources(count: number): Rows;
}
