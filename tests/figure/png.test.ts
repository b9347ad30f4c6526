/** @module PNGs: size, pixels, and a glyph for everything the papers write. */
import { expect, test } from "vitest";
import { fontFiles, renderPng, renderPreview, renderSvg, theme } from "../../lib/figure/mod.ts";
import { advanceWidths } from "../../lib/figure/font_metrics.ts";
import { loadPackage, readPackageFile } from "../../lib/figure/host.ts";
import { countColor, readPng } from "./png_pixels.ts";
import { copyKernels } from "./samples.ts";
import { readWidths } from "./ttf.ts";

const [regular, semiBold, mathematical] = fontFiles.map((file) => readWidths(readPackageFile(file)));
const svg = renderSvg(copyKernels);

test.each([1, 2, 1.5])("a PNG at scale %f has that many times the SVG's pixels", async (scale) => {
  const { width, height } = readPng(await renderPng(svg, scale));
  const [, w, h] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);
  // The rasteriser rounds each side to whole pixels.
  expect(Math.abs(width - w * scale)).toBeLessThanOrEqual(1);
  expect(Math.abs(height - h * scale)).toBeLessThanOrEqual(1);
});

test("a PNG shows the bars in their colours on a white page", async () => {
  const pixels = readPng(await renderPng(svg, 1));
  const area = pixels.width * pixels.height;
  expect(countColor(pixels, theme.colors.background)).toBeGreaterThan(area / 2);
  expect([...pixels.rgba.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
  // A bar of height 0.9 covers some 30 by 280 pixels.
  for (const color of theme.colors.runs.slice(0, 3)) expect(countColor(pixels, color)).toBeGreaterThan(4000);
});

test("text is drawn with the bundled faces, also what only the mathematical one has", async () => {
  const ink = async (text: string) => {
    const page =
      `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40" font-family="${theme.fontFamily}">` +
      `<rect width="80" height="40" fill="#fff"/><text x="10" y="28" font-size="24">${text}</text></svg>`;
    const { rgba } = readPng(await renderPng(page, 1));
    return rgba.join();
  };
  const blank = await ink("");
  const missing = await ink("\u{10ffff}");
  for (const text of ["a", "α", "⟨", "∇", "∝", "ₖ", "⁻"]) {
    const drawn = await ink(text);
    expect(drawn).not.toBe(blank);
    expect(drawn).not.toBe(missing);
  }
}, 30_000);

test("a bundled face has a glyph for every character that labels use", () => {
  const used = "αβγδεζηθκλμνξπρστφχψωΓΔΘΛΞΠΣΦΨΩ⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿ₀₁₂₃₄₅₆₇₈₉₊₋∞≤≥≪≫×√∂∇⟨⟩‖∝∼≈≠±·−–—…′∗→∈∑∫∘⊙⊤ℓℝ𝔼";
  for (const character of [...used, ...advanceWidths.keys()]) {
    const code = character.codePointAt(0)!;
    expect(regular.has(code) || mathematical.has(code), `no glyph for ${character}`).toBe(true);
  }
});

test("the table of widths is what the font files say", () => {
  for (const [character, width] of advanceWidths) {
    const code = character.codePointAt(0)!;
    // The table holds whole thousandths.
    expect(Math.abs(width - (regular.get(code) ?? mathematical.get(code)!)), character).toBeLessThanOrEqual(
      0.51,
    );
  }
  const mean = (widths: Map<number, number>) =>
    Array.from({ length: 95 }, (_, i) => widths.get(32 + i)!).reduce((a, b) => a + b) / 95;
  expect(mean(semiBold) / mean(regular)).toBeCloseTo(1.031, 2);
});

test("a scale that makes no picture is refused", async () => {
  for (const scale of [0, -1, NaN, 100]) {
    await expect(renderPng(svg, scale)).rejects.toThrow(/PNG scale must be/);
  }
});

test("a preview has the pixels of the PNG up to its 48 colours, in far fewer bytes, and the same bytes each time", async () => {
  const [full, preview] = [await renderPng(svg, 1), await renderPreview(svg)];
  expect(await renderPreview(svg)).toEqual(preview);
  expect(preview.length).toBeLessThan(full.length / 2);
  const { decode, toRGBA8 } = loadPackage("upng-js") as {
    decode(png: ArrayBuffer): object;
    toRGBA8(image: object): ArrayBuffer[];
  };
  const seen = new Uint8Array(toRGBA8(decode(new Uint8Array(preview).buffer))[0]);
  const { rgba } = readPng(full);
  expect(seen.length).toBe(rgba.length);
  // Only shades between colours (smoothed edges of text) are merged: by a grey level or two on average.
  const difference = rgba.reduce((sum, value, i) => sum + Math.abs(value - seen[i]), 0) / rgba.length;
  expect(difference).toBeLessThan(1);
  expect(difference).toBeGreaterThan(0); // it was merged at all
});
