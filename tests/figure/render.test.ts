/** @module What every rendered figure holds: structure, escaping, text that fits, fixed bytes. */
import { execFileSync } from "node:child_process";
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { type Figure, renderSvg, theme } from "../../lib/figure/mod.ts";
import { textWidth } from "../../lib/figure/font_metrics.ts";
import { digests } from "./print_digests.ts";
import { copyKernels, lossCurves, riskMap, samples } from "./samples.ts";

const plain: Figure = {
  name: "plain",
  title: "A title",
  caption: "A caption.",
  panels: [{
    plot: { x: { label: "time t" }, y: { label: "loss" }, marks: [Plot.line([[0, 1], [1, 1 / 3]])] },
  }],
  sources: [],
};
const panel = plain.panels[0];
/** Every tag must close, in order: a parser for XML, not for HTML's forgiving rules. */
function wellFormed(svg: string): boolean {
  const open: string[] = [];
  for (const [, close, name, , empty] of svg.matchAll(/<(\/?)([A-Za-z]+)((?: [\w:-]+="[^"<]*")*)(\/?)>/g)) {
    if (close) { if (open.pop() !== name) return false; }
    else if (!empty) open.push(name);
  }
  return open.length === 0 && !/<(?!\/?[A-Za-z]+(?: [\w:-]+="[^"<]*")*\/?>)/.test(svg);
}
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

describe.each(samples.map((figure) => [figure.name, figure] as const))("%s", (_, figure) => {
  const svg = renderSvg(figure);

  test("is one well-formed, self-contained SVG with xmlns and a white background", () => {
    expect(svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).toBe(true);
    expect(svg.trimEnd().endsWith("</svg>")).toBe(true);
    expect(wellFormed(svg)).toBe(true);
    expect(svg).toContain(`fill="${theme.colors.background}"`);
    expect(svg).not.toMatch(
      /<figure|<style|<script|foreignObject|currentColor|var\(--| on\w+=|http:\/\/(?!www\.w3\.org)/,
    );
  });

  test("tells a screen reader its title and caption", () => {
    const { document } = parseHTML(svg);
    const root = document.querySelector("svg")!;
    expect(root.getAttribute("role")).toBe("img");
    const [title, description] = root.getAttribute("aria-labelledby")!.split(" ").map((id) =>
      document.getElementById(id)!
    );
    expect(title.textContent).toBe(figure.title);
    expect(description.textContent).toBe(figure.caption);
  });

  test("has every title, key and axis label as text in the bundled font", () => {
    const drawn = texts(svg);
    expect(svg).toContain(`font-family="Inter, `);
    for (const { plot, legend = [], ramp } of figure.panels) {
      for (
        const label of [
          plot.x?.label,
          plot.y?.label,
          ...legend.map((item) => item.label),
          ...(ramp ? [ramp.label] : []),
        ]
      ) {
        expect(drawn).toContain(label);
      }
    }
  });

  test("rounds every number to three decimals", () => {
    for (
      const [, value] of svg.matchAll(/ (?:d|x|y|x1|y1|x2|y2|cx|cy|r|width|height|transform)="([^"]*)"/g)
    ) {
      expect(value).not.toMatch(/\.\d{4,}|\de-?\d/);
    }
  });

  test("uses every id once and refers to none that is missing", () => {
    const ids = [...svg.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of svg.matchAll(/url\(#([^)]*)\)/g)) expect(ids).toContain(id);
  });

  test("keeps the caption inside the page", () => {
    const width = Number(/width="(\d+)"/.exec(svg)![1]);
    const caption = [...svg.matchAll(/<text x="14" y="[\d.]+" font-size="11.5" fill="[^"]*">([^<]*)/g)].map((
      [, line],
    ) => line);
    expect(caption.join(" ")).toBe(figure.caption.replace(/&/g, "&amp;"));
    for (const line of caption) expect(14 + textWidth(line, 11.5)).toBeLessThanOrEqual(width - 14);
  });
});

describe("renderSvg", () => {
  test("gives the same bytes again, in this process and in a fresh one", async () => {
    const here = await digests();
    expect(await digests()).toEqual(here);
    const root = new URL("../..", import.meta.url);
    const script = new URL("print_digests.ts", import.meta.url).pathname;
    const fresh = execFileSync(process.execPath, ["run", "-A", script], { cwd: root, encoding: "utf8" });
    expect(fresh.trim().split("\n")).toEqual(here);
  }, 60_000);

  test("letters panels only when there are several", () => {
    expect(texts(renderSvg(lossCurves)).filter((text) => /^\([ab]\) /.test(text))).toHaveLength(2);
    expect(texts(renderSvg(copyKernels)).some((text) => text.startsWith("(a)"))).toBe(false);
  });

  test("draws each key symbol: line, dash, dot and square", () => {
    const legend = (["line", "dash", "dot", "square"] as const).map((mark) => ({
      label: `as ${mark}`,
      color: "#123456",
      mark,
    }));
    const svg = renderSvg({ ...plain, panels: [{ ...panel, legend }] });
    const keys = svg.match(/<g aria-label="key">.*?<\/g>/g)!;
    expect(keys).toHaveLength(4);
    expect(keys[0]).toMatch(/<line (?!.*dasharray)/);
    expect(keys[1]).toMatch(/<line .*stroke-dasharray/);
    expect(keys[2]).toContain("<circle");
    expect(keys[3]).toContain("<rect");
    for (const key of keys) expect(key).toContain('"#123456"');
  });

  test("breaks a key's label that is wider than its panel", () => {
    const label =
      "a very long label that cannot stand on one line of a single panel, however it is set, and so is broken";
    const svg = renderSvg({ ...plain, panels: [{ ...panel, legend: [{ label, color: "red" }] }, panel] });
    const lines = texts(svg).filter((text) => label.includes(text) && text.length > 12);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.join(" ")).toBe(label);
  });

  test("draws a colour bar with one box a colour", () => {
    const svg = renderSvg(riskMap);
    for (const { ramp } of riskMap.panels) {
      for (const color of ramp!.colors) expect(svg).toContain(`fill="${color}"`);
    }
  });

  test("escapes text everywhere and leaves scripts no way in", () => {
    const nasty = `<script>alert("1 & 2")</script>`;
    const svg = renderSvg({
      ...plain,
      title: nasty,
      caption: nasty,
      panels: [{
        title: nasty,
        legend: [{ label: nasty, color: "red" }],
        plot: { ...panel.plot, x: { label: nasty } },
      }, panel],
    });
    expect(wellFormed(svg)).toBe(true);
    expect(svg).not.toContain("<script");
    expect(svg.split("&lt;script&gt;").length - 1).toBeGreaterThanOrEqual(5);
  });

  test("keeps clip paths of different panels apart", () => {
    const clipped = () => ({
      ...panel,
      plot: { ...panel.plot, marks: [Plot.line([[0, 1], [1, 2]], { clip: true })] },
    });
    const svg = renderSvg({ ...plain, panels: [clipped(), clipped()] });
    const ids = [...svg.matchAll(/<clipPath id="([^"]+)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^plain-\d+$/);
  });

  test("ignores Plot's own title, caption and legend instead of becoming HTML", () => {
    const plot = {
      ...panel.plot,
      title: "no",
      caption: "no",
      color: { legend: true, type: "categorical" as const, domain: ["a"] },
    };
    expect(renderSvg({ ...plain, panels: [{ plot }] })).not.toMatch(/<figure|<h2|<div/);
  });

  test("widens the left margin for long tick labels", () => {
    const margin = (values: number[]) => {
      const plot = { ...panel.plot, marks: [Plot.line(values.map((y, x) => [x, y]))] };
      const svg = renderSvg({ ...plain, panels: [{ plot }] });
      return Number(/<line aria-label="frame"[^>]* x1="([\d.]+)" x2="\1"/.exec(svg)![1]);
    };
    // 20,000 is five characters longer than 1 (or three than 0.5); a digit is some 6 px wide at this size.
    expect(margin([0, 20_000])).toBeGreaterThan(margin([0, 1]) + 15);
  });

  test("says below the figure what trained the runs", () => {
    const sources = [{
      experiment: "e",
      hash: "h",
      profile: "quick",
      device: "llvmpipe (webgpu)",
      kind: "software-gpu",
    }];
    expect(texts(renderSvg({ ...plain, sources })).join(" ")).toMatch(
      /software GPU.*quick profile: llvmpipe/,
    );
    expect(texts(renderSvg(plain)).join(" ")).toContain("nothing was trained");
  });

  test("refuses a figure without panels", () => {
    expect(() => renderSvg({ ...plain, panels: [] })).toThrow(/"plain" has no panels/);
  });

  test("takes a foreign document, as in a browser", () => {
    const { document } = parseHTML("<p></p>");
    expect(renderSvg(plain, { document: document as unknown as Document })).toBe(renderSvg(plain));
  });

  test("draws a figure in well under a second", () => {
    const times = samples.map((figure) => {
      const start = performance.now();
      renderSvg(figure);
      return performance.now() - start;
    }).sort((a, b) => a - b);
    // Typically 5-20 ms; the margin is for a loaded machine.
    expect(times[2]).toBeLessThan(600);
  });
});
