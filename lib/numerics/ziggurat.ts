/**
 * Tables of the 256-layer ziggurat for the standard normal density $f(x) = e^{-x^2/2}$.
 *
 * The region under $f$ on $x \ge 0$ is cut into 256 pieces of equal area $v$: 255 rectangles $[0, x_i] \times
 * [f(x_i), f(x_{i+1})]$ and a base strip of width $v / f(R)$ that stands for the rectangle $[0, R]$ plus the tail.
 * A draw picks a piece and a point in its rectangle: 98.5 % of them fall left of $x_{i+1}$ and are accepted with no
 * further arithmetic. Marsaglia & Tsang, J. Stat. Softw. 5(8), 2000; layer index and position are taken from
 * different bits, as Doornik (2005) asks for. $R$ and $v$ are solved for here rather than quoted, and a test
 * compares them with the published $R = 3.6541528853610088$.
 *
 * @module
 */

/** Number of layers; the index takes 8 bits. */
export const LAYERS = 256;

/** The position within a layer is a 53-bit integer. */
export const POSITION_RANGE = 2 ** 53;

/** Tables indexed by layer, layer 0 being the base strip. */
export interface ZigguratTables {
  /** Where the tail begins. */
  readonly tail: number;
  /** Area of each piece. */
  readonly area: number;
  /** Layer's right edge over 2^53: `position * width` is the candidate. */
  readonly width: Float64Array;
  /** A position below this is accepted at once. */
  readonly accept: Float64Array;
  /** $f$ at the layer's right edge (lower end of its vertical range). */
  readonly densityLow: Float64Array;
  /** $f$ at the next layer's right edge (upper end of its vertical range). */
  readonly densityHigh: Float64Array;
}

const density = (x: number) => Math.exp(-0.5 * x * x);

/** $\int_r^\infty e^{-x^2/2} dx$ by its continued fraction (Abramowitz & Stegun 26.2.14), for r near 3.65. */
function tailArea(r: number): number {
  let fraction = r;
  for (let k = 60; k >= 1; k--) fraction = r + k / fraction;
  return density(r) / fraction;
}

/** Right edges for a trial R: `edges[1] = R`, and what is left over at the top (0 for the right R). */
function climb(r: number): { edges: Float64Array; area: number; excess: number } {
  const area = r * density(r) + tailArea(r);
  const edges = new Float64Array(LAYERS + 1);
  edges[0] = area / density(r);
  edges[1] = r;
  for (let i = 1; i < LAYERS - 1; i++) {
    const top = density(edges[i]) + area / edges[i];
    if (top >= 1) return { edges, area, excess: 1 };
    edges[i + 1] = Math.sqrt(-2 * Math.log(top));
  }
  return { edges, area, excess: density(edges[LAYERS - 1]) + area / edges[LAYERS - 1] - 1 };
}

/** Builds the tables: bisects on R until the topmost piece ends exactly at $f(0) = 1$. */
export function zigguratTables(): ZigguratTables {
  let low = 3, high = 4;
  // A larger R has a smaller piece area, so the climb ends lower: the excess falls with R.
  for (let i = 0; i < 60; i++) {
    const middle = 0.5 * (low + high);
    if (climb(middle).excess > 0) low = middle;
    else high = middle;
  }
  const { edges, area } = climb(high);
  const width = new Float64Array(LAYERS), accept = new Float64Array(LAYERS);
  const densityLow = new Float64Array(LAYERS), densityHigh = new Float64Array(LAYERS);
  for (let i = 0; i < LAYERS; i++) {
    width[i] = edges[i] / POSITION_RANGE;
    accept[i] = (edges[i + 1] / edges[i]) * POSITION_RANGE;
    densityLow[i] = density(edges[i]);
    densityHigh[i] = density(edges[i + 1]);
  }
  return { tail: high, area, width, accept, densityLow, densityHigh };
}

/** The tables every stream uses. */
export const ziggurat: ZigguratTables = /* @__PURE__ */ zigguratTables();
