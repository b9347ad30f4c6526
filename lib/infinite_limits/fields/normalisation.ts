/**
 * @module Normalisation of the residual stream and its backward map, for fields over any population.
 *
 * $\bar h = (h - \langle h\rangle)/\mathrm{rms}$; the rms and the mean are averages over sites, so in the limit they
 * are numbers, not fields, and a linear population stays linear.
 */
import type { LayerNorm } from "./architecture.ts";
import type { Rows } from "./dense.ts";
import type { Sites } from "./sites.ts";

/** Root mean squares of the rows normalised last; needed on the way back. */
export type RootMeanSquares = Float64Array;

/** The mean over sites; 0 for fields that are combinations of centred sources. */
function meanOf(field: Rows, row: number, population: Sites): number {
  if (population.kind === "coefficients") return 0;
  const o = field.offset + row * field.stride;
  let s = 0;
  for (let k = 0; k < population.length; k++) s += field.data[o + k];
  return s * population.weight;
}

/** Writes the normalised rows of `h` to `out` (which may be `h`) and their root mean squares to `rms`. */
export function normalise(
  kind: LayerNorm,
  h: Rows,
  out: Rows,
  population: Sites,
  rms: RootMeanSquares,
): void {
  const n = population.length;
  for (let b = 0; b < h.count; b++) {
    const from = h.offset + b * h.stride, to = out.offset + b * out.stride;
    const mean = kind === "full" ? meanOf(h, b, population) : 0;
    let s = 0;
    for (let k = 0; k < n; k++) s += (h.data[from + k] - mean) ** 2;
    const root = Math.sqrt(s * population.weight);
    if (kind !== "none" && !(root > 0)) {
      throw new RangeError(`cannot normalise token ${b}: its field is ${root}`);
    }
    const scale = kind === "none" ? 1 : 1 / root;
    for (let k = 0; k < n; k++) out.data[to + k] = (h.data[from + k] - mean) * scale;
    rms[b] = kind === "none" ? 1 : root;
  }
}

/**
 * Adds the backward map to `g`: $g \mathrel{+}= (z - \bar h\langle\bar h z\rangle [- \langle z\rangle])/\mathrm{rms}$.
 *
 * @param bar the normalised rows (unused without normalisation)
 */
export function addBackward(
  kind: LayerNorm,
  z: Rows,
  bar: Rows,
  g: Rows,
  population: Sites,
  rms: RootMeanSquares,
): void {
  const n = population.length;
  for (let b = 0; b < z.count; b++) {
    const from = z.offset + b * z.stride, to = g.offset + b * g.stride, at = bar.offset + b * bar.stride;
    let overlap = 0;
    if (kind !== "none") { for (let k = 0; k < n; k++) overlap += bar.data[at + k] * z.data[from + k]; }
    overlap *= population.weight;
    const mean = kind === "full" ? meanOf(z, b, population) : 0;
    const scale = 1 / rms[b];
    if (kind === "none") {
      for (let k = 0; k < n; k++) g.data[to + k] += z.data[from + k];
    } else {
      for (let k = 0; k < n; k++) {
        g.data[to + k] += (z.data[from + k] - bar.data[at + k] * overlap - mean) * scale;
      }
    }
  }
}
