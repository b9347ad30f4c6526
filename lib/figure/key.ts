/** @module The key above a panel: what its lines, dots and colours stand for. Drawn here because Plot's legends are HTML. */
import { textWidth, wrapText } from "./font_metrics.ts";
import { decimal, textElement } from "./svg_text.ts";
import { theme } from "./theme.ts";
import { formatNumber } from "./ticks.ts";
import type { LegendItem, Ramp } from "./types.ts";

/** SVG text whose top left corner is the origin, and its height in pixels. */
export interface Block {
  readonly svg: string;
  readonly height: number;
}

const size = theme.sizes.key;
const lineHeight = 17;

/** The entries in rows no wider than `width`. */
export function drawLegend(items: readonly LegendItem[], width: number): Block {
  let svg = "";
  let x = 0;
  let row = 0;
  for (const item of items) {
    const symbol = item.mark === "dot" || item.mark === "square" ? 10 : 22;
    const lines = wrapText(item.label, width - symbol - 5, size);
    const wide = symbol + 5 + Math.max(...lines.map((line) => textWidth(line, size)));
    if (x > 0 && x + wide > width) {
      x = 0;
      row++;
    }
    const middle = row * lineHeight + 8;
    const text = lines.map((line, i) =>
      textElement(line, x + symbol + 5, middle + size * 0.36 + i * lineHeight, { size })
    );
    svg += `<g aria-label="key">${drawSymbol(item, x, middle, symbol)}${text.join("")}</g>`;
    // A label of several lines has its rows to itself.
    row += lines.length - 1;
    x = lines.length > 1 ? width : x + wide + 16;
  }
  return { svg, height: items.length === 0 ? 0 : (row + 1) * lineHeight };
}

function drawSymbol(item: LegendItem, x: number, y: number, width: number): string {
  const color = `"${item.color}"`;
  if (item.mark === "dot") return `<circle cx="${decimal(x + 5)}" cy="${decimal(y)}" r="3.6" fill=${color}/>`;
  if (item.mark === "square") {
    return `<rect x="${decimal(x)}" y="${decimal(y - 5)}" width="10" height="10" rx="1.5" fill=${color}/>`;
  }
  const dash = item.mark === "dash" ? ' stroke-dasharray="5 3.5"' : "";
  return `<line x1="${decimal(x)}" x2="${decimal(x + width)}" y1="${decimal(y)}" y2="${
    decimal(y)
  }" stroke=${color} stroke-width="2"${dash}/>`;
}

/** A colour bar: label on the left, equal boxes, their bounds below (as many as fit). */
export function drawRamp(ramp: Ramp, width: number): Block {
  if (ramp.bounds.length !== ramp.colors.length + 1) {
    throw new RangeError(
      `ramp "${ramp.label}" needs one bound more than colours, got ${ramp.bounds.length} bounds for ${ramp.colors.length} colours`,
    );
  }
  const format = ramp.format ?? ((bound: number) => formatNumber(bound));
  const labels = ramp.bounds.map(format);
  const labelWidth = textWidth(ramp.label, size) + 10;
  const beside = labelWidth < width * 0.45;
  const edge = Math.max(textWidth(labels[0], 10), textWidth(labels[labels.length - 1], 10)) / 2;
  const left = beside ? Math.max(labelWidth, edge) : edge;
  const top = beside ? 0 : lineHeight;
  const bar = Math.min(width - left - edge, 280);
  const box = bar / ramp.colors.length;
  let svg = textElement(ramp.label, 0, beside ? 10 : 12, { size });
  ramp.colors.forEach((color, i) => {
    svg += `<rect x="${decimal(left + i * box)}" y="${top}" width="${
      decimal(box + (i < ramp.colors.length - 1 ? 0.3 : 0))
    }" height="11" fill="${color}"/>`;
  });
  const widest = Math.max(...labels.map((label) => textWidth(label, 10))) + 8;
  const every = Math.max(1, Math.ceil(widest / box));
  labels.forEach((label, i) => {
    if (i % every !== 0) return;
    svg += textElement(label, left + i * box, top + 22, {
      size: 10,
      color: theme.colors.faint,
      anchor: "middle",
    });
  });
  return { svg: `<g aria-label="key">${svg}</g>`, height: top + 27 };
}
