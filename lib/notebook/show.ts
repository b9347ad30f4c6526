/** @module A figure below its cell, and in its files: `<out>/<paper>/<name>.svg`, `.png` and `.json` (what made it). */
import { checkFigure, type Figure, renderPng, renderSvg } from "../figure/mod.ts";
import { display, settle } from "./display.ts";

/** Where a figure belongs. */
export interface FigurePlace {
  readonly paper: string;
  /** Folder of all papers' figures; nothing is written without it. */
  readonly out?: string;
}

/**
 * Renders, checks, saves and displays a figure.
 * @throws {Error} listing what is wrong with the figure: an axis without label, a curve that is not finite, an empty panel
 */
export async function showFigure(figure: Figure, place: FigurePlace): Promise<void> {
  if (!/^[a-z0-9_]+$/.test(figure.name)) {
    throw new Error(`A figure's name is its file name, in snake_case; got "${figure.name}".`);
  }
  const svg = renderSvg(figure);
  const problems = checkFigure(figure, svg);
  if (problems.length > 0) throw new Error(`Figure ${figure.name}: ${problems.join("; ")}.`);
  const png = await renderPng(svg);
  if (place.out) await saveFigure(`${place.out}/${place.paper}`, figure, place.paper, svg, png);
  const text = `${figure.title}. ${figure.caption}`;
  await display({ "image/svg+xml": svg, "image/png": png.toBase64(), "text/plain": text }, {
    note: { figure: figure.name },
  });
  await settle();
}

async function saveFigure(
  folder: string,
  figure: Figure,
  paper: string,
  svg: string,
  png: Uint8Array,
): Promise<void> {
  const { name, title, caption, sources } = figure;
  const provenance = JSON.stringify({ paper, name, title, caption, sources }, null, 2) + "\n";
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/${name}.svg`, svg);
  await Deno.writeFile(`${folder}/${name}.png`, png);
  await Deno.writeTextFile(`${folder}/${name}.json`, provenance);
}
