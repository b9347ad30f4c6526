/** @module The parts authors build figures from: ramps, cells, bars, sources, wrapped text, colours. */
import { readdirSync, readFileSync } from "node:fs";
import type * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import {
  bars,
  captionSources,
  errorBars,
  type Figure,
  heatmap,
  rampLegend,
  renderSvg,
  runColor,
  sequence,
  sourceOf,
  theme,
  verticalTimes,
} from "../../lib/figure/mod.ts";
import { textWidth, wrapText } from "../../lib/figure/font_metrics.ts";

const axes = { x: { label: "x" }, y: { label: "y" } };
const draw = (plot: Plot.PlotOptions): Element => {
  const figure: Figure = { name: "f", title: "t", caption: "c", panels: [{ plot }], sources: [] };
  return parseHTML(renderSvg(figure)).document.querySelector('[aria-label="plot"]') as unknown as Element;
};
const all = (root: Element, selector: string) => [...root.querySelectorAll(selector)];

describe("rampLegend", () => {
  const ramp = rampLegend({ label: "risk", domain: [0.01, 100], steps: 4, log: true });

  test("has one bound more than colours, evenly spaced in the logarithm", () => {
    expect(ramp.colors).toHaveLength(4);
    expect(ramp.bounds).toHaveLength(5);
    ramp.bounds.forEach((bound, i) => expect(Math.log10(bound)).toBeCloseTo(i - 2, 12));
  });

  test("gives a value the colour of its box, and the end colours beyond the ends", () => {
    for (let i = 0; i < 4; i++) expect(ramp.color(ramp.bounds[i] * 1.5)).toBe(ramp.colors[i]);
    expect(ramp.color(1e-9)).toBe(ramp.colors[0]);
    expect(ramp.color(1e9)).toBe(ramp.colors[3]);
    expect(ramp.color(NaN)).toBe(theme.colors.missing);
  });

  test("refuses an empty domain, and zero on a logarithmic one", () => {
    expect(() => rampLegend({ label: "a", domain: [1, 1] })).toThrow(/needs low < high, got \[1, 1\]/);
    expect(() => rampLegend({ label: "a", domain: [0, 1], log: true })).toThrow(/0 < low/);
  });
});

test("a heat map draws each cell at its place in its colour, the first row below or above", () => {
  const ramp = rampLegend({ label: "v", domain: [0, 1], steps: 2 });
  const cells = [{ x: 1, y: 1, value: 0.2 }, { x: 2, y: 1, value: 0.9 }, { x: 1, y: 2, value: 0.9 }, {
    x: 2,
    y: 2,
    value: 0.2,
  }];
  for (const first of ["bottom", "top"] as const) {
    const drawn = all(
      draw(heatmap(cells, { ramp, xLabel: "a", yLabel: "b", first }).plot),
      '[aria-label="cell"] rect',
    );
    expect(drawn.map((rect) => rect.getAttribute("fill"))).toEqual(
      cells.map(({ value }) => ramp.color(value)),
    );
    const [y1, , y2] = drawn.map((rect) => Number(rect.getAttribute("y")));
    expect(first === "bottom" ? y1 > y2 : y1 < y2).toBe(true);
  }
});

test("bars start at zero and are as long as their values, groups side by side", () => {
  const rows = ["p", "q"].flatMap((label) => ["g", "h"].map((group, i) => ({ label, group, value: i + 1 })));
  const drawn = all(draw(bars(rows, { xLabel: "a", yLabel: "b" })), '[aria-label="rect"] rect');
  const box = drawn.map((rect) =>
    ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)))
  );
  // Coordinates are rounded to 0.001 pixels.
  expect(box[1][3] / box[0][3]).toBeCloseTo(2, 3);
  expect(box[0][1] + box[0][3]).toBeCloseTo(box[1][1] + box[1][3], 2);
  for (let i = 1; i < 4; i++) expect(box[i][0]).toBeGreaterThan(box[i - 1][0] + box[i - 1][2]);
});

test("error bars reach the stated number of standard errors, and stop above zero on a logarithmic axis", () => {
  const ends = (log: boolean) => {
    const mark = errorBars([{ x: 1, y: 1, se: 2 }, { x: 2, y: 5 }], {
      standardErrors: 2,
      log,
    }) as unknown as {
      initialize(): { channels: Record<string, { value: number[] }> };
    };
    const { y1, y2 } = mark.initialize().channels;
    return [[...y1.value], [...y2.value]];
  };
  expect(ends(false)).toEqual([[-3], [5]]);
  expect(ends(true)).toEqual([[0.1], [5]]);
});

test("labels of close moments are put on different rows, of distant ones on the same", () => {
  const rowsOf = (at: number[]) => {
    const plot = {
      ...axes,
      x: { label: "x", domain: [0, 100] },
      marks: [verticalTimes(at.map((t, i) => ({ at: t, label: `T${i}00` })))],
    };
    const texts = all(draw({ ...plot, y: { axis: null } }), '[aria-label="moments"] text');
    return texts.map((text) => /,([\d.]+)\)/.exec(text.getAttribute("transform")!)![1]);
  };
  expect(new Set(rowsOf([10, 50, 90])).size).toBe(1);
  expect(new Set(rowsOf([50, 51, 52])).size).toBe(3);
});

test("a caption is wrapped at spaces, never inside a relation, and loses no word", () => {
  const text = "the weight w* = 0.49 and σ = 10⁻² for all runs ± one standard error";
  for (const width of [80, 120, 300]) {
    const lines = wrapText(text, width, 11.5);
    expect(lines.join(" ")).toBe(text);
    for (const line of lines) {
      expect(textWidth(line, 11.5) <= width || line.split(" ").length <= 4).toBe(true);
    }
    for (const line of lines) expect(line).not.toMatch(/(=|±)$|^(=|±)/);
  }
  expect(wrapText("one\ntwo", 100, 11)).toEqual(["one", "two"]);
});

test("the source sentence names device, kind and profile, and never calls software a GPU", () => {
  const record = (backend: string, name: string, kind: string, profile = "quick") =>
    sourceOf({ experiment: "e", hash: name, profile, device: { backend, name, kind } });
  expect(captionSources([record("wasm", "2 cores", "cpu"), record("wasm", "2 cores", "cpu")]))
    .toBe("Trained on a CPU, quick profile: 2 cores (wasm).");
  expect(captionSources([record("webgpu", "llvmpipe", "software-gpu")])).toMatch(/software GPU \(emulated/);
  expect(captionSources([record("float64", "TypeScript", "cpu")])).toBe(
    "Computed in float64, quick profile: TypeScript.",
  );
  expect(
    captionSources([record("webgpu", "H100", "gpu", "full"), record("wasm", "2 cores", "cpu")]).match(
      /Trained/g,
    ),
  ).toHaveLength(2);
  expect(captionSources([])).toContain("nothing was trained");
});

test("run colours differ in lightness from the page and from one another", () => {
  const luminance = (color: string) =>
    [1, 3, 5].map((i) => (parseInt(color.slice(i, i + 2), 16) / 255) ** 2.2)
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  for (const color of theme.colors.runs) expect(1.05 / (luminance(color) + 0.05), color).toBeGreaterThan(2);
  const lightness = sequence(6).map(luminance);
  expect(lightness).toEqual([...lightness].sort((a, b) => a - b));
  expect(() => runColor(6)).toThrow(/from 0 to 5, got 6; for ordered series use sequence/);
});

test("every file loads in a browser: no server package is imported, no Deno or Node name used", () => {
  const folder = new URL("../../lib/figure/", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts"))) {
    const source = readFileSync(new URL(file, folder), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    expect(source, file).not.toMatch(
      /^(import|export) (?!type)[^;]*from "(node:|linkedom|@resvg)/m,
    );
    expect(source, file).not.toMatch(/\bDeno\./);
  }
});
