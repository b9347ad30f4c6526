/**
 * @module A rendered plot as text: one fixed spelling of every element, so that figures diff cleanly.
 *
 * Written against the few DOM members that browsers, linkedom and jsdom share. Generated ids are renumbered in
 * order of appearance, attributes sorted (DOMs differ in their order), decimals rounded, `currentColor` and CSS variables replaced by colours, because an SVG
 * shown in an `<img>` or by a rasteriser has no page to inherit them from.
 */
import { decimal, escapeXml, roundNumbers } from "./svg_text.ts";
import { theme } from "./theme.ts";

/** The part of a DOM node that is read. */
export interface NodeLike {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly nodeValue: string | null;
  readonly childNodes: Iterable<NodeLike>;
  readonly attributes?: Iterable<{ readonly name: string; readonly value: string }>;
}

/** SVG names are case-sensitive; some DOMs shout them. */
const camelCase = new Map(
  ["clipPath", "linearGradient", "radialGradient", "textPath", "foreignObject"].map((
    n,
  ) => [n.toLowerCase(), n]),
);
/** Text to a reader, never geometry: left as it is. */
const verbatim = new Set(["aria-label", "aria-description", "font-family", "class", "fill", "stroke", "id"]);
/** Plot's own style sheet needs its class, and tabular digits would not fit the measured widths. */
const dropped = new Set(["class", "font-variant"]);
const sizes: Readonly<Record<string, number>> = {
  "x-axis label": theme.sizes.axisLabel,
  "y-axis label": theme.sizes.axisLabel,
  "fx-axis label": theme.sizes.axisLabel,
  "fy-axis label": theme.sizes.axisLabel,
};

/** Renumbers ids across all panels of one figure; the figure's name keeps two figures on one page apart. */
export class IdMap {
  readonly #ids = new Map<string, string>();
  #panel = 0;
  readonly #prefix: string;
  constructor(figureName: string) {
    this.#prefix = figureName.replace(/[^A-Za-z0-9_-]/g, "-");
  }
  /** Ids of different panels never meet, even if a renderer restarts its numbering. */
  nextPanel(): void {
    this.#panel++;
  }
  /** The fixed id for a generated one. */
  get(id: string): string {
    const key = `${this.#panel}/${id}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const fresh = `${this.#prefix}-${this.#ids.size + 1}`;
    this.#ids.set(key, fresh);
    return fresh;
  }
}

/** The children of a rendered plot as SVG text. Scripts, style sheets and HTML are left out. */
export function serializeChildren(node: NodeLike, ids: IdMap): string {
  let text = "";
  for (const child of node.childNodes) text += serialize(child, ids);
  return text;
}

function serialize(node: NodeLike, ids: IdMap): string {
  if (node.nodeType === 3) return escapeXml(node.nodeValue ?? "");
  if (node.nodeType !== 1) return "";
  const lower = node.nodeName.toLowerCase();
  const name = camelCase.get(lower) ?? lower;
  if (name === "style" || name === "script" || name === "foreignObject") return "";
  let attributes = "";
  for (const { name: key, value } of [...node.attributes ?? []].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (dropped.has(key) || key.startsWith("on")) continue;
    attributes += ` ${key}="${escapeXml(attribute(key, value, ids))}"`;
    if (key === "aria-label" && sizes[value] !== undefined) {
      attributes += ` font-size="${decimal(sizes[value])}"`;
    }
  }
  const children = serializeChildren(node, ids);
  return children === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${children}</${name}>`;
}

function attribute(key: string, value: string, ids: IdMap): string {
  if (key === "id") return ids.get(value);
  if (key.endsWith("href") && value.startsWith("#")) return "#" + ids.get(value.slice(1));
  const resolved = value
    .replace(/url\(#([^)]+)\)/g, (_, id: string) => `url(#${ids.get(id)})`)
    .replaceAll("var(--plot-background)", theme.colors.background)
    .replaceAll("currentColor", theme.colors.ink);
  return verbatim.has(key) || resolved.startsWith("url(") ? resolved : roundNumbers(resolved);
}
