/** @module A figure on disk: `<out>/<paper>/<name>.svg`, `.png` and the `.json` that says what made it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { captionSources, checkFigure, type Figure, renderPng, renderSvg } from "../figure/mod.ts";
import { writeAtomically } from "../runs/mod.ts";

/** Where and how a figure is written. */
export interface SaveOptions {
  /** The paper's folder below `out`. */
  readonly paper: string;
  /** The folder of all figures. */
  readonly out: string | URL;
  /** Pixels of the PNG to each CSS pixel; 2 unless said. */
  readonly scale?: number;
  /** Written instead of the versions found, e.g. to compare bytes. */
  readonly versions?: Readonly<Record<string, string>>;
}

/** What was written, and what {@link checkFigure} says of it. */
export interface SavedFigure {
  /** Paths of the three files. */
  readonly files: Readonly<Record<"svg" | "png" | "json", string>>;
  /** The SVG's text. */
  readonly svg: string;
  /** Sentences; empty when all is well. */
  readonly problems: readonly string[];
}

/**
 * Renders a figure and writes its three files, each atomically. The same figure gives the same bytes: nothing in
 * them depends on the time or the place.
 *
 * @throws RangeError when the figure's or the paper's name is not a plain file name.
 */
export async function saveFigure(figure: Figure, options: SaveOptions): Promise<SavedFigure> {
  for (const name of [figure.name, options.paper]) {
    if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
      throw new RangeError(`"${name}" cannot be a file name; use letters, digits and _`);
    }
  }
  const svg = renderSvg(figure);
  const png = await renderPng(svg, options.scale);
  const out = options.out instanceof URL ? decodeURIComponent(options.out.pathname) : options.out;
  const stem = `${out.replace(/\/+$/, "")}/${options.paper}/${figure.name}`;
  const files = { svg: `${stem}.svg`, png: `${stem}.png`, json: `${stem}.json` };
  const text = new TextEncoder();
  await writeAtomically(files.svg, text.encode(svg));
  await writeAtomically(files.png, png);
  await writeAtomically(files.json, text.encode(figureJson(figure, options)));
  return { files, svg, problems: checkFigure(figure, svg) };
}

/** The `.json` beside a figure: sources sorted and without repeats, then the versions that drew it. */
export function figureJson(figure: Figure, options: Pick<SaveOptions, "paper" | "versions">): string {
  const byKey = new Map(figure.sources.map((source) => [`${source.experiment}/${source.hash}`, source]));
  const sources = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map((
    [, { experiment, hash, profile, device, kind }],
  ) => ({
    experiment,
    hash,
    profile,
    device,
    kind,
  }));
  const { name, title, caption } = figure;
  const versions = options.versions ?? drawingVersions();
  const json = {
    paper: options.paper,
    name,
    title,
    caption,
    madeBy: captionSources(figure.sources),
    sources,
    versions,
  };
  return JSON.stringify(json, null, 2) + "\n";
}

/** Versions of what drew and, for its records, trained. */
function drawingVersions(): Record<string, string> {
  return {
    deno: Deno.version.deno,
    plot: packageVersion("@observablehq/plot"),
    tfjs: packageVersion("@tensorflow/tfjs"),
  };
}

/** The installed version of an npm package. */
function packageVersion(name: string): string {
  const main = createRequire(import.meta.url).resolve(name).replaceAll("\\", "/");
  // Not every package exports its package.json; it lies in the last folder that bears the package's name.
  const root = main.slice(0, main.lastIndexOf(`/${name}/`) + name.length + 2);
  return (JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { version: string }).version;
}
