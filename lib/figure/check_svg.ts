/** @module What an SVG must not contain, and what it must: read from its text, without a DOM. */
import { textWidth } from "./font_metrics.ts";
import { theme } from "./theme.ts";

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** `aria-label`s (or tag names) of the elements around it, outermost first. */
  readonly inside: readonly string[];
  text: string;
}

const tags = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)/g;
const shapes = new Set(["path", "circle", "rect", "line", "text", "polygon", "ellipse"]);
/** Part of every panel, whether or not it shows anything. */
const furniture = /-axis|-grid|^frame$|^clipPath$|^defs$/;
const spoken = new Set(["aria-label", "aria-description", "font-family", "id", "aria-labelledby"]);

function elementsOf(svg: string): Element[] {
  const elements: Element[] = [];
  const open: { label: string; element: Element }[] = [];
  for (const [, closing, name, attributeText, empty, text] of svg.matchAll(tags)) {
    if (text !== undefined) {
      const parent = open[open.length - 1]?.element;
      if (parent !== undefined) parent.text += text;
    } else if (closing === "/") open.pop();
    else {
      const attributes = new Map(
        [...attributeText.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, k, v]) => [k, v]),
      );
      const element = { name, attributes, inside: open.map(({ label }) => label), text: "" };
      elements.push(element);
      if (empty !== "/") open.push({ label: attributes.get("aria-label") ?? name, element });
    }
  }
  return elements;
}

/** Sentences about a rendered figure; none when all is well. */
export function checkSvg(svg: string, maxBytes: number = theme.maxSvgBytes): string[] {
  const problems: string[] = [];
  if (!svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')) {
    problems.push("the SVG does not start with its xmlns");
  }
  const bytes = new TextEncoder().encode(svg).length;
  if (bytes > maxBytes) problems.push(`the SVG has ${bytes} bytes, more than ${maxBytes}; thin its curves`);
  const elements = elementsOf(svg);
  const [root] = elements;
  const covers = ({ name, attributes }: Element) =>
    name === "rect" && attributes.get("fill") === theme.colors.background &&
    attributes.get("width") === root.attributes.get("width") &&
    attributes.get("height") === root.attributes.get("height");
  if (!elements.some(covers)) problems.push("the SVG has no white background");
  const ids = new Set<string>();
  const drawn = new Map<string, number>();
  for (const { name, attributes, inside, text } of elements) {
    if (name === "script" || name === "foreignObject") problems.push(`the SVG contains a ${name} element`);
    const label = attributes.get("aria-label") ?? name;
    for (const [key, value] of attributes) {
      if (key.startsWith("on")) problems.push(`the SVG contains a script in the attribute ${key}`);
      if (!spoken.has(key) && /NaN|undefined|Infinity/.test(value)) {
        problems.push(`${inside.at(-1) ?? "the SVG"}: a ${name} has ${key}="${value.slice(0, 60)}"`);
      }
    }
    if (text === "NaN" || text === "undefined" || text.includes("⚠")) {
      problems.push(`${inside.at(-1)}: the text "${text}" is drawn`);
    }
    const id = attributes.get("id");
    if (id !== undefined && ids.has(id)) problems.push(`the id "${id}" occurs twice`);
    if (id !== undefined) ids.add(id);
    const vertices = (attributes.get("d")?.match(/[a-z]/gi) ?? []).length;
    if (name === "path" && vertices > theme.maxPoints + 1) {
      problems.push(
        `${inside.at(-1)}: a curve has ${vertices} points, more than ${theme.maxPoints}; use thin()`,
      );
    }
    const panel = inside.find((around) => around.startsWith("panel "));
    if (label.startsWith("panel ")) drawn.set(label, 0);
    if (
      panel !== undefined && inside.includes("plot") && shapes.has(name) &&
      ![...inside, label].some((l) => furniture.test(l))
    ) {
      drawn.set(panel, drawn.get(panel)! + 1);
    }
  }
  for (const [panel, count] of drawn) if (count === 0) problems.push(`${panel} is empty: no mark was drawn`);
  problems.push(...crowdedTicks(elements));
  return problems;
}

/** Neighbouring labels of a horizontal axis that touch each other. */
function crowdedTicks(elements: readonly Element[]): string[] {
  const problems: string[] = [];
  const ends = new Map<string, { end: number; text: string }>();
  for (const { name, attributes, inside, text } of elements) {
    if (
      name !== "text" || inside.at(-1) !== "x-axis tick label" ||
      attributes.get("transform")?.includes("rotate")
    ) continue;
    const x = Number(/translate\(([-\d.]+)/.exec(attributes.get("transform") ?? "")?.[1]);
    const half = textWidth(text, theme.sizes.tick) / 2;
    const panel = inside.find((around) => around.startsWith("panel ")) ?? "";
    const before = ends.get(panel);
    if (before !== undefined && x > before.end - half && x - half < before.end) {
      problems.push(`${panel}: the x tick labels "${before.text}" and "${text}" touch; set fewer x ticks`);
    }
    ends.set(panel, { end: x + half, text });
  }
  return problems;
}
