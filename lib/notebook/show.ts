/** @module A figure below its cell, and in its files when a task asked for them. */
import { checkFigure, type Figure, renderPng, renderSvg } from "../figure/mod.ts";
import { display, settle } from "./display.ts";
import { saveFigure } from "./save_figure.ts";

/** Where a figure belongs. */
export interface FigurePlace {
  readonly paper: string;
  /** Folder of all papers' figures; nothing is written without it. */
  readonly out?: string;
}

/**
 * Renders, checks, saves and displays a figure; a faulty one is neither saved nor shown.
 * @throws {Error} listing what is wrong: an axis without label, a curve that is not finite, an empty panel, …
 */
export async function showFigure(figure: Figure, { paper, out }: FigurePlace): Promise<void> {
  const svg = renderSvg(figure);
  const problems = checkFigure(figure, svg);
  if (problems.length > 0) throw new Error(`Figure ${figure.name}: ${problems.join("; ")}.`);
  const png = out
    ? await Deno.readFile((await saveFigure(figure, { paper, out })).files.png)
    : await renderPng(svg);
  const text = `${figure.title}. ${figure.caption}`;
  await display({ "image/svg+xml": svg, "image/png": png.toBase64(), "text/plain": text }, {
    note: { figure: figure.name },
  });
  await settle();
}
