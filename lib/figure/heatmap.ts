/** @module Heat maps of cells with a quantised colour scale; rasters and continuous legends need a canvas, these do not. */
import * as Plot from "@observablehq/plot";
import type { ColorScheme, Markish, PlotOptions } from "./plot_types.ts";
import { hex, theme } from "./theme.ts";
import { formatNumber, formatPower } from "./ticks.ts";
import type { Panel, Ramp } from "./types.ts";

/** A ramp that also says which colour a value gets. Values beyond the ends get the end colours. */
export interface ColorRamp extends Ramp {
  /** The colour of a value; pale grey for one that is not finite. */
  color(value: number): string;
}

/** How a ramp is made. */
export interface RampOptions {
  /** What the values are, with their unit. */
  readonly label: string;
  /** Lowest and highest value; both positive when `log`. */
  readonly domain: readonly [number, number];
  /** Number of colours; 8 unless said. */
  readonly steps?: number;
  /** Any scheme of Observable Plot; `"viridis"`, or `"rdbu"` when `diverging`. */
  readonly scheme?: ColorScheme;
  /** Equal steps of the logarithm. */
  readonly log?: boolean;
  /** How a bound is written. */
  readonly format?: (bound: number) => string;
}

/**
 * A colour bar and scale of equal steps between the ends of `domain`. A domain centred on zero with a diverging
 * scheme (`"rdbu"`, `"brbg"`, …) and an even number of steps has zero on a bound.
 *
 * @throws RangeError when the domain is empty or, with `log`, not positive.
 */
export function rampLegend(options: RampOptions): ColorRamp {
  const { label, domain: [low, high], steps = 8, scheme = "viridis", log = false } = options;
  if (!(low < high) || (log && low <= 0)) {
    throw new RangeError(`ramp "${label}" needs ${log ? "0 < " : ""}low < high, got [${low}, ${high}]`);
  }
  const bounds = Array.from({ length: steps + 1 }, (_, i) => {
    const t = i / steps;
    return log ? low * (high / low) ** t : low + t * (high - low);
  });
  const scale = Plot.scale({ color: { type: "linear", scheme, domain: [0, 1] } });
  const colors = Array.from(
    { length: steps },
    (_, i) => hex(scale.apply(steps === 1 ? 0.5 : i / (steps - 1))),
  );
  const color = (value: number): string => {
    if (!Number.isFinite(value)) return theme.colors.missing;
    let i = 0;
    while (i < steps - 1 && value >= bounds[i + 1]) i++;
    return colors[i];
  };
  const plain = bounds.every((bound) =>
    Math.abs(bound) < 1e-12 || (Math.abs(bound) >= 0.01 && Math.abs(bound) <= 1e4)
  );
  return {
    label,
    colors,
    bounds,
    color,
    format: options.format ?? (plain || !log ? (b) => formatNumber(b, 2) : formatPower),
  };
}

/** One cell; a value that is not finite is drawn as missing. */
export interface Cell {
  /** Category along x. */
  readonly x: number | string;
  /** Category along y. */
  readonly y: number | string;
  /** What the colour shows. */
  readonly value: number;
}

/** How a heat map is drawn. */
export interface HeatmapOptions {
  /** Colours of the values. */
  readonly ramp: ColorRamp;
  /** What the columns are. */
  readonly xLabel: string;
  /** What the rows are. */
  readonly yLabel: string;
  /** Where the first y stands: `"bottom"` (parameters; the default) or `"top"` (matrices). */
  readonly first?: "bottom" | "top";
  /** Writes the value into each cell. */
  readonly values?: boolean | ((value: number) => string);
  /** Marks over the cells, in the same categories. */
  readonly marks?: readonly Markish[];
}

/** A panel's plot and ramp: one coloured cell for each entry, rows and columns in the order in which they first appear. */
export function heatmap(cells: readonly Cell[], options: HeatmapOptions): Pick<Panel, "plot" | "ramp"> {
  const { ramp, xLabel, yLabel, first = "bottom", values = false, marks = [] } = options;
  const xs = [...new Set(cells.map(({ x }) => x))];
  const ys = [...new Set(cells.map(({ y }) => y))];
  const largest = Math.max(...ramp.bounds.map(Math.abs));
  const decimals = Math.max(0, Math.min(6, 2 - Math.ceil(Math.log10(largest))));
  const write = typeof values === "function"
    ? values
    : (value: number) => formatNumber(Number(value.toFixed(decimals)));
  const axis = (categories: readonly (number | string)[], most: number) => ({
    type: "band" as const,
    domain: first === "bottom" && categories === ys ? [...categories].reverse() : [...categories],
    paddingInner: categories.length > 16 ? 0 : 0.04,
    paddingOuter: 0,
    round: false,
    tickSize: 0,
    ticks: everyNth(categories, most),
    tickFormat: (category: unknown) =>
      typeof category === "number" ? formatNumber(category) : String(category),
  });
  const plot: PlotOptions = {
    x: { ...axis(xs, 12), label: xLabel },
    y: { ...axis(ys, 12), label: yLabel },
    marks: [
      Plot.cell(cells, {
        x: "x",
        y: "y",
        shapeRendering: cells.length > 256 ? "crispEdges" : undefined,
        fill: { value: (cell: Cell) => ramp.color(cell.value), scale: null },
      }),
      values === false ? null : Plot.text(cells, {
        x: "x",
        y: "y",
        text: (cell: Cell) => Number.isFinite(cell.value) ? write(cell.value) : "–",
        fill: { value: (cell: Cell) => readable(ramp.color(cell.value)), scale: null },
      }),
      ...marks,
    ],
  };
  return { plot, ramp };
}

function everyNth<T>(items: readonly T[], most: number): T[] {
  const every = Math.ceil(items.length / most);
  return items.filter((_, i) => i % every === 0);
}

/** Dark or white, whichever stands out against a `#rrggbb` background (relative luminance, WCAG 2 weights). */
function readable(background: string): string {
  const [r, g, b] = [1, 3, 5].map((i) => (parseInt(background.slice(i, i + 2), 16) / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.36 ? theme.colors.theory : theme.colors.background;
}
