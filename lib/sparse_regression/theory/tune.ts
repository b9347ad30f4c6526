/** @module The best value of a positive hyper-parameter: a logarithmic grid, then golden section around its best point. */

/** What the search found. */
export interface Tuned {
  /** The minimiser. */
  readonly at: number;
  /** The minimum. */
  readonly value: number;
  /** The best grid point was an end of the range: the true optimum may lie outside. */
  readonly atEdge: boolean;
}

/** Where and how finely to look. */
export interface TuneOptions {
  /** Smallest value tried. */
  readonly low: number;
  /** Largest value tried. */
  readonly high: number;
  /** Grid points a decade; default 6. */
  readonly perDecade?: number;
  /** Stop when the bracket is this narrow in the natural logarithm; default 0.02. */
  readonly width?: number;
}

/** The grid of the search, from high to low so that warm starts go from simple to complex. */
export function logGrid({ low, high, perDecade = 6 }: TuneOptions): Float64Array {
  if (!(low > 0 && high > low)) throw new RangeError(`a search needs 0 < low < high, got ${low} and ${high}`);
  const count = Math.ceil(Math.log10(high / low) * perDecade) + 1;
  return Float64Array.from({ length: count }, (_, i) => high * (low / high) ** (i / (count - 1)));
}

/** Minimises f over low..high. NaN and Infinity count as worse than any number. */
export function tune(f: (value: number) => number, options: TuneOptions): Tuned {
  const grid = logGrid(options),
    safe = (x: number) => {
      const y = f(x);
      return Number.isNaN(y) ? Infinity : y;
    };
  const values = Float64Array.from(grid, safe);
  return refine(safe, grid, values, options.width);
}

/** Golden section between the neighbours of the best of already evaluated grid points. */
export function refine(
  f: (value: number) => number,
  grid: ArrayLike<number>,
  values: Float64Array,
  width = 0.02,
): Tuned {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] < values[best]) best = i;
  const last = grid.length - 1, ratio = (Math.sqrt(5) - 1) / 2;
  let [a, b] = [Math.log(grid[Math.max(best - 1, 0)]), Math.log(grid[Math.min(best + 1, last)])];
  if (a > b) [a, b] = [b, a];
  let [at, value] = [grid[best], values[best]];
  const look = (x: number) => {
    const y = f(Math.exp(x));
    if (y < value) [at, value] = [Math.exp(x), y];
    return y;
  };
  let x = b - ratio * (b - a), y = a + ratio * (b - a), fx = look(x), fy = look(y);
  while (b - a > width) {
    if (fx < fy) {
      [b, y, fy] = [y, x, fx];
      fx = look(x = b - ratio * (b - a));
    } else {
      [a, x, fx] = [x, y, fy];
      fy = look(y = a + ratio * (b - a));
    }
  }
  return { at, value, atEdge: best === 0 || best === last };
}
