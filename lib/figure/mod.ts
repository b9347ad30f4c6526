/**
 * Figures: Observable Plot options in, one self-contained SVG or PNG out, in one theme. Safe to import in a browser:
 * nothing here writes a file.
 *
 * A paper's `figures.ts` returns data, rendering happens elsewhere:
 * ```ts ignore
 * import { type Figure, points, renderSvg, runColor, runDots, theme, theoryLine, verticalTimes } from "@trained/proved/figure";
 *
 * const times = Array.from({ length: 200 }, (_, i) => 10 ** (i / 50));
 * const figure: Figure = {
 *   name: "decay",
 *   title: "The loss decays as 1/(4t)",
 *   caption: "Dots: means over seeds ± one standard error. Line: closed form. t in units of gradient flow.",
 *   panels: [{
 *     legend: [
 *       { label: "theory", color: theme.colors.theory },
 *       { label: "runs", color: runColor(0), mark: "dot" },
 *     ],
 *     plot: {
 *       x: { type: "log", label: "time t" },
 *       y: { type: "log", label: "loss" },
 *       marks: [
 *         verticalTimes([{ at: 100, label: "T₁" }]),
 *         theoryLine(points(times, times.map((t) => 1 / (4 * t)))),
 *         runDots([{ x: 10, y: 0.024, se: 0.002 }], { log: true }),
 *       ],
 *     },
 *   }],
 *   sources: [], // records.map(sourceOf)
 * };
 * renderSvg(figure);
 * ```
 *
 * @module
 */
export type { ColorScheme, Markish, PlotOptions } from "./plot_types.ts";
export type { Figure, FigureSource, LegendItem, Panel, Ramp } from "./types.ts";
export { runColor, sequence, theme } from "./theme.ts";
export { renderSvg } from "./render.ts";
export type { RenderOptions } from "./render.ts";
export { fontFiles, renderPng, renderPreview } from "./png.ts";
export { slimSvg } from "./slim.ts";
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
