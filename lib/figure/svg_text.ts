/** @module Small SVG pieces as strings: escaped text, rounded numbers. */
import { theme } from "./theme.ts";

/** Text as XML character data or attribute value; characters XML forbids are dropped. */
export function escapeXml(text: string): string {
  return text
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "")
    .replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** A number with at most three decimals, never `-0` or an exponent. */
export function decimal(x: number): string {
  const rounded = Math.round(x * 1000) / 1000;
  return Object.is(rounded, -0) ? "0" : String(rounded);
}

/** Every decimal number inside an attribute value, rounded by {@link decimal}. */
export function roundNumbers(value: string): string {
  return value.replace(/-?\d*\.\d+(?:e[-+]?\d+)?|-?\d+e[-+]?\d+/gi, (number) => decimal(Number(number)));
}

/** One line of text with its baseline at `(x, y)`. */
export function textElement(
  text: string,
  x: number,
  y: number,
  style: { size: number; weight?: 400 | 600; color?: string; anchor?: "start" | "middle" | "end" },
): string {
  const weight = style.weight === 600 ? ' font-weight="600"' : "";
  const anchor = style.anchor === undefined || style.anchor === "start"
    ? ""
    : ` text-anchor="${style.anchor}"`;
  return `<text x="${decimal(x)}" y="${decimal(y)}" font-size="${style.size}"${weight}${anchor} fill="${
    style.color ?? theme.colors.ink
  }">${escapeXml(text)}</text>`;
}
