/** @module Figures: Observable Plot options in, one self-contained SVG or PNG out, in one theme. Safe to import in a browser. */
export type { ColorScheme, Markish, PlotOptions } from "@observablehq/plot";
export type { Figure, FigureSource, LegendItem, Panel, Ramp } from "./types.ts";
export { runColor, sequence, theme } from "./theme.ts";
export { renderSvg } from "./render.ts";
export type { RenderOptions } from "./render.ts";
export { fontFiles, renderPng } from "./png.ts";
export type { RecordOrigin } from "./sources.ts";
export { captionSources, sourceOf } from "./sources.ts";
export { formatNumber, formatPower, superscript } from "./ticks.ts";
export { extent, points, thin } from "./points.ts";
export type { Estimate, Point } from "./points.ts";
export {
  diagonal,
  errorBars,
  label,
  referenceLine,
  referenceValue,
  runBand,
  runDots,
  runLine,
  theoryLine,
} from "./marks.ts";
export type { BandPoint, DotStyle, LineStyle } from "./marks.ts";
export { phases, verticalTime, verticalTimes } from "./times.ts";
export type { Moment, Phase } from "./times.ts";
export { heatmap, rampLegend } from "./heatmap.ts";
export type { Cell, ColorRamp, HeatmapOptions, RampOptions } from "./heatmap.ts";
export { bars } from "./bars.ts";
export type { Bar, BarsOptions } from "./bars.ts";
export { checkFigure, duplicateNames } from "./check.ts";
export type { CheckOptions } from "./check.ts";
