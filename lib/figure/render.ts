/**
 * @module One figure, one SVG: title, lettered panels with their keys, caption.
 *
 * Each panel is rendered by Observable Plot twice: once to learn its scales and tick labels, once with margins and
 * ticks that fit. Everything around the panels is laid out here, with widths from the bundled font, so the bytes
 * depend on the figure alone.
 */
import * as Plot from "@observablehq/plot";
import type { PlotOptions } from "./plot_types.ts";
import { baseOptions, finishOptions, type Measured, measuringOptions } from "./axes.ts";
import { wrapText } from "./font_metrics.ts";
import { defaultDocument } from "./host.ts";
import { drawLegend, drawRamp } from "./key.ts";
import { IdMap, type NodeLike, serializeChildren } from "./serialize.ts";
import { captionSources } from "./sources.ts";
import { decimal, escapeXml, textElement } from "./svg_text.ts";
import { theme } from "./theme.ts";
import type { Figure, Panel } from "./types.ts";

/** Where the rendering happens. */
export interface RenderOptions {
  /** The page's document, or one from linkedom or jsdom; linkedom's under Deno unless said. */
  readonly document?: Document;
}

const { padding, columnGap, rowGap, sizes, colors } = theme;

/**
 * Draws a figure as one self-contained SVG: `xmlns`, white background, fixed ids, three decimals, no scripts,
 * no HTML, no style sheets. The same figure always gives the same bytes.
 *
 * @throws RangeError when the figure has no panels.
 */
export function renderSvg(figure: Figure, options: RenderOptions = {}): string {
  if (figure.panels.length === 0) {
    throw new RangeError(`figure "${figure.name}" has no panels; give it at least one`);
  }
  const document = options.document ?? defaultDocument();
  const ids = new IdMap(figure.name);
  const columns = Math.max(1, Math.min(figure.columns ?? 2, figure.panels.length));
  const rows = chunk(
    figure.panels.map((panel, i) => ({ panel, letter: letterOf(i, figure.panels.length) })),
    columns,
  );
  const outer = columns > 2 ? theme.wideWidth : theme.width;
  const defaultWidth = (outer - 2 * padding - (columns - 1) * columnGap) / columns;

  const width = Math.ceil(Math.max(
    outer,
    ...rows.map((row) =>
      2 * padding +
      row.reduce((sum, { panel }) => sum + (panel.width ?? defaultWidth) + columnGap, -columnGap)
    ),
  ));
  let body = "";
  let y = padding;
  for (const line of wrapText(figure.title, width - 2 * padding, sizes.title, 600)) {
    body += textElement(line, padding, y + sizes.title, {
      size: sizes.title,
      weight: 600,
      color: colors.theory,
    });
    y += sizes.title * 1.3;
  }
  y += 10;
  for (const row of rows) {
    const drawn = row.map(({ panel, letter }) =>
      drawPanel(panel, letter, panel.width ?? defaultWidth, columns, document, ids)
    );
    // A lone panel narrower than the page stands in the middle; a row shares one line for its axes.
    const rowWidth = drawn.reduce((sum, panel) => sum + panel.width + columnGap, -columnGap);
    let x = columns === 1 ? (width - rowWidth) / 2 : padding;
    const header = Math.max(...drawn.map((panel) => panel.headerHeight));
    for (const panel of drawn) {
      body += `<g id="${ids.get(`panel ${panel.letter}`)}" aria-label="panel ${panel.letter}">` +
        `<g transform="translate(${decimal(x)},${decimal(y)})">${panel.header}</g>` +
        `<g transform="translate(${decimal(x)},${
          decimal(y + header)
        })" font-size="${sizes.tick}" text-anchor="middle" aria-label="plot">${panel.plot}</g></g>`;
      x += panel.width + columnGap;
    }
    y += header + Math.max(...drawn.map((panel) => panel.height)) + rowGap;
  }
  y -= rowGap - 10;
  const foot = (text: string, size: number, color: string) => {
    if (text === "") return;
    for (const line of wrapText(text, width - 2 * padding, size)) {
      body += textElement(line, padding, y + size, { size, color });
      y += Math.round(size * 1.42);
    }
    y += 3;
  };
  foot(figure.caption, sizes.caption, colors.ink);
  const source = captionSources(figure.sources);
  if (!figure.caption.includes(source)) foot(source, sizes.source, colors.faint);
  return frame(figure, width, Math.ceil(y + padding - 5), body, ids);
}

interface DrawnPanel {
  letter: string;
  width: number;
  height: number;
  header: string;
  headerHeight: number;
  plot: string;
}

function drawPanel(
  panel: Panel,
  letter: string,
  width: number,
  columns: number,
  document: Document,
  ids: IdMap,
): DrawnPanel {
  ids.nextPanel();
  const height = panel.height ??
    Math.round(columns === 1 ? Math.min(width * 0.52, 360) : Math.max(width * 0.74, 220));
  let header = "";
  let y = 0;
  const title = [letter === "" ? "" : `(${letter})`, panel.title ?? ""].filter((part) => part !== "").join(
    " ",
  );
  if (title !== "") {
    for (const line of wrapText(title, width, sizes.panelTitle, 600)) {
      header += textElement(line, 0, y + sizes.panelTitle, { size: sizes.panelTitle, weight: 600 });
      y += 17;
    }
    y += 4;
  }
  for (
    const block of [
      ...(panel.legend === undefined || panel.legend.length === 0 ? [] : [drawLegend(panel.legend, width)]),
      ...(panel.ramp === undefined ? [] : [drawRamp(panel.ramp, width)]),
    ]
  ) {
    header += `<g transform="translate(0,${decimal(y)})">${block.svg}</g>`;
    y += block.height + 3;
  }
  const base = baseOptions(panel.plot, width, height);
  const measured = measure(
    Plot.plot({ ...measuringOptions(panel.plot, base), document } as PlotOptions),
  );
  const plot = Plot.plot({ ...finishOptions(panel.plot, base, measured), document } as PlotOptions);
  return {
    letter: letter || "a",
    width,
    height,
    header,
    headerHeight: y,
    plot: serializeChildren(plot as unknown as NodeLike, ids),
  };
}

function measure(plot: ReturnType<typeof Plot.plot>): Measured {
  const scale = (name: "x" | "y" | "fx" | "fy") => plot.scale(name) as Measured["scales"]["x"];
  const labels: string[] = [];
  for (const group of (plot as unknown as NodeLike).childNodes) {
    const name = [...group.attributes ?? []].find((a) => a.name === "aria-label")?.value;
    if (name === "y-axis tick label") labels.push(...leaves(group));
  }
  return { scales: { x: scale("x"), y: scale("y"), fx: scale("fx"), fy: scale("fy") }, yTickLabels: labels };
}

/** The pieces of text below a node; in a faceted plot the labels lie one group deeper. */
function leaves(node: NodeLike): string[] {
  return node.nodeType === 3 ? [node.nodeValue ?? ""] : [...node.childNodes].flatMap(leaves);
}

/** The root element, with what a screen reader says. */
function frame(figure: Figure, width: number, height: number, body: string, ids: IdMap): string {
  const title = ids.get("title");
  const description = ids.get("description");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `role="img" aria-labelledby="${title} ${description}" font-family="${
      escapeXml(theme.fontFamily)
    }" fill="${colors.ink}">` +
    `<title id="${title}">${escapeXml(figure.title)}</title><desc id="${description}">${
      escapeXml(figure.caption)
    }</desc>` +
    `<rect width="${width}" height="${height}" fill="${colors.background}"/>${body}</svg>\n`;
}

function letterOf(i: number, panels: number): string {
  return panels === 1 ? "" : String.fromCharCode(97 + i);
}

function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / size) },
    (_, i) => items.slice(i * size, (i + 1) * size),
  );
}
