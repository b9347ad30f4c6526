/** @module The checks find what they are for: each test breaks one thing in a good figure. */
import * as Plot from "@observablehq/plot";
import { expect, test } from "vitest";
import {
  checkFigure,
  duplicateNames,
  type Figure,
  points,
  renderSvg,
  theoryLine,
} from "../../lib/figure/mod.ts";
import { samples } from "./samples.ts";

const line = (ys: number[]) => points(ys.map((_, i) => i + 1), ys);
const good: Figure = {
  name: "good_figure",
  title: "A title",
  caption: "A caption.",
  panels: [{ plot: { x: { label: "time t" }, y: { label: "loss" }, marks: [theoryLine(line([3, 2, 1]))] } }],
  sources: [],
};
const withPlot = (plot: Partial<Plot.PlotOptions>): Figure => ({
  ...good,
  panels: [{ plot: { ...good.panels[0].plot, ...plot } }],
});
const problems = (figure: Figure) => checkFigure(figure, renderSvg(figure));

test("good figures have no problems", () => {
  for (const figure of [good, ...samples]) expect(problems(figure)).toEqual([]);
});

test("a NaN in a curve is found although Plot draws around it", () => {
  expect(problems(withPlot({ marks: [theoryLine(line([3, NaN, 1]))] })))
    .toEqual(["panel a: 1 of the 3 y values of its theory mark are not finite"]);
  expect(problems(withPlot({ marks: [Plot.dot(line([1, Infinity]), { x: "x", y: "y" })] })).join()).toContain(
    "not finite",
  );
});

test("a value that a logarithmic axis cannot place is found", () => {
  const figure = withPlot({ y: { type: "log", label: "loss" }, marks: [theoryLine(line([1, 0.1, 0]))] });
  expect(problems(figure)).toEqual([
    "panel a: 1 of the 3 y values of its theory mark are not positive, on a logarithmic axis",
  ]);
});

test("NaN, undefined or Infinity in the SVG itself is found, in geometry but not in prose", () => {
  const svg = renderSvg(good);
  for (const bad of ["NaN", "undefined", "Infinity"]) {
    expect(checkFigure(good, svg.replace(/ d="M[\d.]+/, ` d="M${bad}`)).join()).toContain(bad);
  }
  expect(problems({ ...good, title: "Infinity and NaN, undefined" })).toEqual([]);
});

test("an axis without a label is found unless it is switched off", () => {
  for (const label of [undefined, null, " "]) {
    expect(problems(withPlot({ x: { label } })).join()).toContain("panel a: the x axis has no label");
    expect(problems(withPlot({ y: { label } })).join()).toContain("panel a: the y axis has no label");
  }
  expect(problems(withPlot({ x: { axis: null } }))).toEqual([]);
});

test("an empty panel is found, and axes alone do not fill it", () => {
  expect(problems(withPlot({ marks: [] })).join()).toContain("has no marks");
  expect(
    problems(
      withPlot({
        marks: [theoryLine([])],
        x: { label: "x", domain: [0, 1] },
        y: { label: "y", domain: [0, 1] },
      }),
    ),
  )
    .toEqual(["panel a is empty: no mark was drawn"]);
});

test("a curve of more than 500 points is found, and theoryLine never makes one", () => {
  const long = line(Array.from({ length: 900 }, (_, i) => i));
  expect(problems(withPlot({ marks: [Plot.line(long, { x: "x", y: "y" })] })).join()).toContain(
    "a curve has 900 points",
  );
  expect(problems(withPlot({ marks: [theoryLine(long)] }))).toEqual([]);
});

test("a missing xmlns, a missing background, a script and a repeated id are found", () => {
  const svg = renderSvg(good);
  expect(checkFigure(good, svg.replace(/ xmlns="[^"]*"/, "")).join()).toContain("xmlns");
  expect(checkFigure(good, svg.replace(/<rect width[^>]*>/, "")).join()).toContain("no white background");
  expect(checkFigure(good, svg.replace("</svg>", "<script></script></svg>")).join()).toContain("script");
  expect(checkFigure(good, svg.replace("<desc", `<g id="good_figure-1"></g><desc`)).join()).toContain(
    "occurs twice",
  );
});

test("an SVG above its size limit is found", () => {
  expect(checkFigure(good, renderSvg(good), { maxBytes: 1000 }).join()).toMatch(
    /has \d+ bytes, more than 1000/,
  );
});

test("x tick labels that touch are found", () => {
  const ticks = Array.from({ length: 60 }, (_, i) => 1000 + i);
  const figure = withPlot({
    x: { label: "x", ticks, tickFormat: (x: number) => String(x) },
    marks: [theoryLine(points(ticks, ticks))],
  });
  expect(problems(figure).join()).toContain("touch");
});

test("a warning by Plot drawn into the figure is found", () => {
  const svg = renderSvg(good).replace("</svg>", "<text>\u26a0</text></svg>");
  expect(checkFigure(good, svg).join()).toContain("is drawn");
});

test("names that cannot be files, empty titles and shared names are found", () => {
  expect(problems({ ...good, name: "../up", title: " ", caption: "" })).toHaveLength(3);
  expect(duplicateNames([{ name: "a" }, { name: "b" }, { name: "a" }])).toEqual(["a"]);
});
