/** @module Whether a figure is fit to be shown: nothing lost, nothing unlabelled, nothing empty. */
import { checkPlot } from "./check_data.ts";
import { checkSvg } from "./check_svg.ts";
import type { Figure } from "./types.ts";

/** Limits of {@link checkFigure}. */
export interface CheckOptions {
  /** Largest SVG in bytes; `theme.maxSvgBytes` unless said. */
  readonly maxBytes?: number;
}

/**
 * What is wrong with a figure and its rendering, as sentences; empty when all is well.
 *
 * Looked for: axes without a label, values that are not finite (or not positive on a logarithmic axis) and would be
 * dropped silently, panels in which no mark was drawn, `NaN` in the SVG, curves of more than 500 points, touching
 * tick labels, scripts, missing xmlns or background, an SVG larger than `maxBytes`, an unusable name.
 */
export function checkFigure(figure: Figure, svg: string, options: CheckOptions = {}): string[] {
  const problems: string[] = [];
  if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(figure.name)) {
    problems.push(`the name "${figure.name}" is not snake_case; it becomes a file name`);
  }
  if (figure.title.trim() === "") problems.push("the figure has no title");
  if (figure.caption.trim() === "") problems.push("the figure has no caption");
  figure.panels.forEach(({ plot }, i) => {
    const letter = String.fromCharCode(97 + i);
    problems.push(...checkPlot(plot).map((problem) => `panel ${letter}: ${problem}`));
  });
  return [...problems, ...checkSvg(svg, options.maxBytes)];
}

/** Names that several figures of one folder share: the later would overwrite the earlier. */
export function duplicateNames(figures: Iterable<Pick<Figure, "name">>): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of figures) (seen.has(name) ? twice : seen).add(name);
  return [...twice].sort();
}
