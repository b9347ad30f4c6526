/** @module Panels for a page: as wide as there is room, cut out whole, and in the dark as readable as in the light. */
import { expect, test } from "vitest";
import { arrange, darken, drawPanels } from "../../lib/explore/panels.ts";
import { type Figure, points, runColor, runDots, theme, theoryLine } from "../../lib/figure/mod.ts";

const curve = points([1, 10, 100], [3, 2, 1]);
const figure: Figure = {
  name: "decay",
  title: "decay",
  caption: "",
  panels: [1, 2, 3].map((k) => ({
    title: `panel ${k}`,
    legend: [{ label: "theory", color: theme.colors.theory }],
    plot: {
      x: { type: "log" as const, label: "time t" },
      y: { label: "loss" },
      marks: [theoryLine(curve), runDots(curve, { color: runColor(k) })],
    },
  })),
  sources: [],
};

test("panels stand side by side where two of them can be read, else below one another", () => {
  expect(arrange(366, 3)).toEqual({ columns: 1, widths: [366, 366, 366] });
  expect(arrange(900, 3)).toEqual({ columns: 2, widths: [438, 438, 900] });
  expect(arrange(900, 2)).toEqual({ columns: 2, widths: [438, 438] });
  for (let width = 200; width < 1600; width += 37) {
    const { columns, widths } = arrange(width, 4);
    expect(columns * widths[0] + (columns - 1) * 24).toBeLessThanOrEqual(width);
  }
});

test.each([280, 366, 900])("at %s px a panel is that wide and holds title, key, axes and curve", (width) => {
  const svgs = drawPanels(
    { ...figure, panels: figure.panels.map((p) => ({ ...p })) },
    [width, width, width],
    false,
  );
  expect(svgs.length).toBe(3);
  svgs.forEach((svg, k) => {
    const box = /^<svg[^>]* width="(\d+)" height="([\d.]+)" viewBox="([\d.]+) ([\d.]+) (\d+) ([\d.]+)"/.exec(
      svg,
    )!;
    expect(Number(box[1])).toBe(width);
    expect([box[5], box[6]]).toEqual([box[1], box[2]]);
    for (const text of [`panel ${k + 1}`, "time t", "loss", "theory"]) expect(svg).toContain(text);
    expect(svg).toContain(runColor(k + 1));
    expect(svg).not.toContain("NaN");
  });
});

test("a panel handed out again is not drawn again, unless its width or the scheme changed", () => {
  const first = drawPanels(figure, [400, 400, 400], false);
  // The same string object would be equal anyway: a changed title in place shows whether the panel was drawn again.
  const touched = figure.panels[0] as { title: string };
  touched.title = "changed";
  expect(drawPanels(figure, [400, 400, 400], false)).toEqual(first);
  expect(drawPanels(figure, [410, 400, 400], false)[0]).toContain("changed");
  expect(drawPanels(figure, [400, 400, 400], true)[0]).toContain("changed");
  touched.title = "panel 1";
});

/** Relative luminance of #rrggbb (WCAG 2). */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test("on a dark page every colour that carries meaning stands out at least 4.5 to 1, and none of paper is left", () => {
  const { theory, ink, faint, reference, runs, background } = theme.colors;
  const dark = (color: string) => darken(`fill="${color}"`).slice(6, -1);
  for (const color of [theory, ink, faint, reference, ...runs]) {
    const contrast = (luminance(dark(color)) + 0.05) / (luminance(dark(background)) + 0.05);
    expect(contrast, color).toBeGreaterThan(4.5); // what WCAG 2 asks of text
  }
  expect(darken('stroke="white"')).toBe(`stroke="${dark(background)}"`);
  const [svg] = drawPanels(figure, [400, 400, 400], true);
  for (const color of [theory, ink, runs[1], background]) expect(svg).not.toContain(`"${color}"`);
});
