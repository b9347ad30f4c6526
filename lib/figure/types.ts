/** @module A figure is data: panels of Observable Plot options, a title, a caption. Rendering is elsewhere. */
import type { PlotOptions } from "./plot_types.ts";

/** One coordinate system of a figure. Axis labels carry units. */
export interface Panel {
  /** Shown above the panel, beside its letter. */
  readonly title?: string;
  /** Scales with labelled axes, and marks; title, legend and caption belong to the panel and the figure instead. */
  readonly plot: PlotOptions;
  /** Width in CSS pixels; the renderer's default fits the figure's columns. */
  readonly width?: number;
  /** Height of the axes and what is between them in CSS pixels, without title and key. */
  readonly height?: number;
  /** Colour (or ramp) key drawn under the panel's title: text and colour, solid for theory, dots for runs. */
  readonly legend?: readonly LegendItem[];
  /** Colour bar drawn under the panel's title: what the colours of a heat map mean. */
  readonly ramp?: Ramp;
}

/** One entry of a panel's key. */
export interface LegendItem {
  /** What the colour stands for. */
  readonly label: string;
  /** Any CSS colour. */
  readonly color: string;
  /** The symbol drawn; a line unless said. */
  readonly mark?: "line" | "dash" | "dot" | "square";
}

/** A quantised colour scale: `colors[i]` stands for values in `[bounds[i], bounds[i + 1])`. */
export interface Ramp {
  /** What the values are, with their unit. */
  readonly label: string;
  /** One colour a step, in order. */
  readonly colors: readonly string[];
  /** One more entry than `colors`, ascending. */
  readonly bounds: readonly number[];
  /** How a bound is written; short decimal or power of ten unless said. */
  readonly format?: (bound: number) => string;
}

/** Where a figure's numbers come from; written to the figure's `.json` and summarised in its caption. */
export interface FigureSource {
  /** Name of the experiment. */
  readonly experiment: string;
  /** Content hash of the run's config; also its file name under `data/`. */
  readonly hash: string;
  /** `quick` or `full`. */
  readonly profile: string;
  /** The device and, for trained runs, the backend in parentheses. */
  readonly device: string;
  /** `gpu`, `software-gpu`, `cpu`, or `float64` for pure theory. */
  readonly kind: string;
}

/** A whole figure. `name` is the file name. */
export interface Figure {
  /** File name without ending, snake_case. */
  readonly name: string;
  /** Says what the figure shows, in one line. */
  readonly title: string;
  /** Symbols, settings, what lines and dots are; wrapped below the panels. */
  readonly caption: string;
  /** In reading order; more than one get letters. */
  readonly panels: readonly Panel[];
  /** Panels per row; 2 unless said. */
  readonly columns?: number;
  /** Runs whose numbers are drawn; none when the figure is theory alone. */
  readonly sources: readonly FigureSource[];
}
