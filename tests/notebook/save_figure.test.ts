/** @module Files: three a figure, whole, and the same bytes each time. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { figureJson, saveFigure } from "../../lib/notebook/save_figure.ts";
import { copyKernels, lossCurves } from "../figure/samples.ts";

const out = mkdtempSync(join(tmpdir(), "figure-"));
afterAll(() => rmSync(out, { recursive: true }));

test(
  "a figure becomes an SVG, a PNG and a JSON beside one another, the same bytes twice, and nothing else",
  async () => {
    const read = () =>
      readdirSync(join(out, "paper")).sort().map((
        name,
      ) => [name, readFileSync(join(out, "paper", name)).toString("base64")]);
    const { files, problems } = await saveFigure(copyKernels, { paper: "paper", out });
    const once = read();
    expect(problems).toEqual([]);
    expect(Object.values(files).map((path) => path.slice(out.length + 7)).sort()).toEqual(
      once.map(([name]) => name),
    );
    expect(once.map(([name]) => name)).toEqual(["copy_kernels.json", "copy_kernels.png", "copy_kernels.svg"]);
    await saveFigure(copyKernels, { paper: "paper", out });
    expect(read()).toEqual(once);
  },
  30_000,
);

test("the JSON says what made the figure, whatever the order of its sources, and holds no time", () => {
  const [source] = lossCurves.sources;
  const other = { ...source, hash: "0a" };
  const text = figureJson({ ...lossCurves, sources: [source, other, source] }, { paper: "p" });
  expect(figureJson({ ...lossCurves, sources: [other, source] }, { paper: "p" })).toBe(text);
  const json = JSON.parse(text);
  expect(json.sources).toEqual([other, source]);
  expect(json).toMatchObject({
    paper: "p",
    name: "loss_curves",
    title: lossCurves.title,
    caption: lossCurves.caption,
  });
  expect(Object.keys(json.versions)).toEqual(["deno", "plot", "tfjs"]);
  for (const version of Object.values(json.versions)) expect(version).toMatch(/^\d+\.\d+\.\d+/);
  expect(text).not.toMatch(/\d{4}-\d\d-\d\d/);
});

test("a name that leaves its folder is refused", async () => {
  await expect(saveFigure({ ...copyKernels, name: "../x" }, { paper: "p", out })).rejects.toThrow(
    /cannot be a file name/,
  );
  await expect(saveFigure(copyKernels, { paper: "a/b", out })).rejects.toThrow(/cannot be a file name/);
});
