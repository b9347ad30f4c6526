/** @module A figure is data: panels of Observable Plot options, a title, a caption. Rendering is elsewhere. */
import type { PlotOptions } from "@observablehq/plot";

/** One coordinate system of a figure. Axis labels carry units. */
export interface Panel {
  /** Shown above the panel, beside its letter. */
  readonly title?: string;
  readonly plot: PlotOptions;
  /** Width and height in CSS pixels; the renderer's defaults fit two panels a row. */
  readonly width?: number;
  readonly height?: number;
  /** Colour (or ramp) key drawn under the panel's title: text and colour, solid for theory, dots for runs. */
  readonly legend?: readonly LegendItem[];
  /** Colour bar drawn under the panel's title: what the colours of a heat map mean. */
  readonly ramp?: Ramp;
}

/** One entry of a panel's key. */
export interface LegendItem {
  readonly label: string;
  readonly color: string;
  readonly mark?: "line" | "dash" | "dot" | "square";
}

/** A quantised colour scale: `colors[i]` stands for values in `[bounds[i], bounds[i + 1])`. */
export interface Ramp {
  readonly label: string;
  readonly colors: readonly string[];
  /** One more entry than `colors`, ascending. */
  readonly bounds: readonly number[];
  /** How a bound is written; short decimal or power of ten unless said. */
  readonly format?: (bound: number) => string;
}

/** Where a figure's numbers come from; written to the figure's `.json` and summarised in its caption. */
export interface FigureSource {
  readonly experiment: string;
  readonly hash: string;
  readonly profile: string;
  readonly device: string;
  readonly kind: string;
}

/** A whole figure. `name` is the file name. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  readonly caption: string;
  readonly panels: readonly Panel[];
  /** Panels per row; 2 unless said. */
  readonly columns?: number;
  readonly sources: readonly FigureSource[];
}
