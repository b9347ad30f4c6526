/**
 * @module A figure for a page: each panel as its own SVG, as wide as there is room, in the colours of the reader's scheme.
 *
 * The renderer lays out whole figures of 720 px. A panel is drawn as a figure of its own and the page around it is cut off by
 * the viewBox, so a page shows exactly what the figure on disk will show, at a size that can be read on a telephone.
 */
import { type Figure, type Panel, renderSvg, theme } from "../figure/mod.ts";

const { colors } = theme;

/** The theme's colours on a dark page: meaning and order of lightness are kept. */
const night: Readonly<Record<string, string>> = {
  [colors.theory]: "#f2f4f8",
  [colors.ink]: "#d3d8e0",
  [colors.faint]: "#9aa4b2",
  [colors.reference]: "#828c9a",
  [colors.grid]: "#2c323c",
  [colors.missing]: "#252a33",
  [colors.background]: "#181b21",
  white: "#181b21",
  ...Object.fromEntries(
    ["#4fb3ee", "#ff8a3d", "#2fcf9c", "#e79bc8", "#ffc24d", "#93d2f9"].map((c, i) => [colors.runs[i], c]),
  ),
  ...Object.fromEntries(["#1d2633", "#2d251c", "#1b2b25", "#2b2129"].map((c, i) => [colors.phases[i], c])),
};
const light = new RegExp(
  Object.keys(night).map((c) => c === "white" ? '(?<=")white(?=")' : `${c}\\b`).join("|"),
  "gi",
);

/** Colours of an SVG of this theme for a dark page. */
export function darken(svg: string): string {
  // Lines and dots of an ordered family start almost black; cells of a heat map (rects) are told apart from their neighbours.
  const seen = svg.replace(
    /<(?!rect\b)[a-z]+\s[^>]*>/gi,
    (tag) => tag.replace(/#[0-9a-f]{6}\b/gi, (found) => night[found.toLowerCase()] ? found : lifted(found)),
  );
  return seen.replace(light, (found) => night[found.toLowerCase()] ?? found);
}

/** Relative luminance of a colour, 0 to 1 (WCAG 2). */
function luminance(rgb: readonly number[]): number {
  const [r, g, b] = rgb.map((c) => c <= 10 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The colour mixed with white, as little as makes it stand out from the dark page (3 : 1). */
function lifted(color: string): string {
  const parts = (hex: string) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const own = parts(color), back = luminance(parts(night[colors.background]));
  for (let white = 0;; white += 0.05) {
    const mixed = own.map((c) => Math.round(c + (255 - c) * white));
    if ((luminance(mixed) + 0.05) / (back + 0.05) < 3) continue;
    return white === 0 ? color : `#${mixed.map((c) => c.toString(16).padStart(2, "0")).join("")}`;
  }
}

/** Where the panels of a page stand. */
export interface Arrangement {
  readonly columns: number;
  /** Width of each panel in CSS pixels; a last one that is left alone in its row takes the whole row. */
  readonly widths: readonly number[];
}

/** One or two columns, as they fit. */
export function arrange(width: number, panels: number): Arrangement {
  const gap = 24, least = 300;
  const columns = Math.max(1, Math.min(panels, 2, Math.floor((width + gap) / (least + gap))));
  const one = Math.floor((width - (columns - 1) * gap) / columns);
  const alone = columns === 2 && panels % 2 === 1;
  return {
    columns,
    widths: Array.from({ length: panels }, (_, k) => alone && k === panels - 1 ? width : one),
  };
}

/** What a panel looked like; a view that hands out the same panel again has nothing new in it. */
const drawn = new WeakMap<Panel, { key: string; svg: string }>();

/** One SVG a panel. */
export function drawPanels(figure: Figure, widths: readonly number[], dark: boolean): string[] {
  return figure.panels.map((panel, index) => {
    const key = `${index} ${widths[index]} ${dark}`, known = drawn.get(panel);
    if (known?.key === key) return known.svg;
    const svg = drawPanel(panel, `${figure.name}_${index}`, widths[index]);
    const coloured = dark ? darken(svg) : svg;
    drawn.set(panel, { key, svg: coloured });
    return coloured;
  });
}

function drawPanel(panel: Panel, name: string, width: number): string {
  const height = Math.round(Math.min(Math.max(width * 0.64, 215), 270));
  const svg = renderSvg({
    name,
    title: panel.title ?? name,
    caption: "",
    columns: 1,
    panels: [{ ...panel, width, height }],
    sources: [],
  });
  return cropped(svg, width, height);
}

/** Only the panel of a figure of one panel: from the corner of its title to the foot of its axes. */
function cropped(svg: string, width: number, height: number): string {
  const corner =
    /aria-label="panel a"><g transform="translate\(([\d.]+),([\d.]+)\)">.*?<g transform="translate\([\d.]+,([\d.]+)\)"[^>]* aria-label="plot">/s
      .exec(svg);
  if (corner === null) throw new Error("a figure's SVG has no panel a with a plot: see lib/figure/render.ts");
  const [left, top, plot] = corner.slice(1).map(Number);
  const tall = plot - top + height + 4; // axis labels have descenders
  return svg.replace(
    / width="\d+" height="\d+" viewBox="[^"]*"/,
    ` width="${width}" height="${tall}" viewBox="${left} ${top} ${width} ${tall}"`,
  );
}
