/** @module From a notebook to figures and verdicts, through a real kernel, for the smallest possible paper. */
import { expect, test } from "vitest";
import type { RunRecord } from "../../lib/runs/types.ts";
import { executePaper } from "../../lib/tasks/execute_paper.ts";
import { notebookOf, temporaryFolders } from "../notebook/support.ts";

// Inside the checkout, so that a cell imports what a real notebook imports; git ignores out/.
const folder = temporaryFolders(new URL("../../out", import.meta.url).pathname);
const href = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);

const opening = `import { openNotebook } from "@trained/proved/notebook";
import { claims, series, sumsFigure } from ${href("./tiny_paper.ts")};
const notebook = await openNotebook("tiny");`;
const training = "const runs = await notebook.records(series);\nruns[0].metrics.sums.length;";
const showing = "await notebook.show(sumsFigure(runs));";
const ending = "const verdicts = await notebook.claims(claims(runs));";

/** A folder with one notebook, its records and its figures. */
function project(...cells: string[]) {
  const at = folder();
  const notebook = `${at}/tiny.ipynb`;
  Deno.writeTextFileSync(notebook, notebookOf(...cells));
  const settings = { data: `${at}/data`, out: `${at}/figures`, fresh: false, backend: "auto" as const };
  const execute = (options: { save?: boolean; fresh?: boolean } = {}) =>
    executePaper({
      id: "tiny",
      notebook,
      save: options.save,
      settings: { ...settings, fresh: options.fresh ?? false },
    });
  const records = () =>
    [...Deno.readDirSync(`${at}/data/tiny/series`)].filter((f) => f.name.endsWith(".json"))
      .map((f): RunRecord => JSON.parse(Deno.readTextFileSync(`${at}/data/tiny/series/${f.name}`)));
  return { at, notebook, execute, records, text: () => Deno.readTextFileSync(notebook) };
}

test("a notebook trains what is missing, writes its figure three ways, and ends with its verdicts", async () => {
  const { at, execute, records, text } = project(opening, training, showing, ending);
  const before = text();
  const result = await execute();
  expect(result.problems).toEqual([]);
  expect(result).toMatchObject({ figures: ["sums"], cells: 4, saved: false, stale: [] });
  expect(result.claims.map(({ id, verdict }) => [id, verdict])).toEqual([["limit", "holds"], [
    "wrong limit",
    "holds",
  ]]);
  expect([...Deno.readDirSync(`${at}/figures/tiny`)].map((f) => f.name).sort())
    .toEqual(["sums.json", "sums.png", "sums.svg"]);
  expect(Deno.readTextFileSync(`${at}/figures/tiny/sums.svg`)).toMatch(
    /^<svg[^>]* xmlns="http:\/\/www.w3.org\/2000\/svg"/,
  );
  // The first eight bytes of every PNG file.
  expect([...Deno.readFileSync(`${at}/figures/tiny/sums.png`).slice(0, 8)]).toEqual([
    137,
    80,
    78,
    71,
    13,
    10,
    26,
    10,
  ]);
  const [record] = records();
  expect(JSON.parse(Deno.readTextFileSync(`${at}/figures/tiny/sums.json`)).sources[0].hash).toBe(record.hash);
  expect(text()).toBe(before);
  expect([...Deno.readDirSync(at)].map((f) => f.name).sort())
    .toEqual(["data", "figures", "tiny.ipynb"]);
});

test("a second execution loads the records, and saving it again changes no byte of notebook or figures", async () => {
  const { at, execute, records, text } = project(opening, training, showing, ending);
  expect((await execute({ save: true })).saved).toBe(true);
  const first = {
    notebook: text(),
    svg: Deno.readTextFileSync(`${at}/figures/tiny/sums.svg`),
    records: records(),
  };
  expect(first.notebook).toContain("image/svg+xml");
  expect(first.notebook).not.toContain(at);
  // Progress is shown while a cell trains, never stored.
  expect(first.notebook).not.toContain("run 1 of 1");
  const second = await execute({ save: true });
  expect(second.saved).toBe(false);
  expect({ notebook: text(), svg: Deno.readTextFileSync(`${at}/figures/tiny/sums.svg`), records: records() })
    .toEqual(first);
});

test("fresh trains again although there are records, and the figure stays the same", async () => {
  const { at, execute, records } = project(opening, training, showing, ending);
  await execute();
  const [svg, [old]] = [Deno.readTextFileSync(`${at}/figures/tiny/sums.svg`), records()];
  await execute({ fresh: true });
  const [again] = records();
  expect(again.hash).toBe(old.hash);
  expect(again.finishedAt > old.finishedAt).toBe(true);
  expect(Deno.readTextFileSync(`${at}/figures/tiny/sums.svg`)).toBe(svg);
});

test("a cell that throws, a claim that fails and a missing table of claims are each reported", async () => {
  const { problems } = await project(opening, "throw new Error('boom')", training).execute({ save: true });
  expect(problems[0]).toMatch(/^tiny\.ipynb, cell 2 \(throw new Error\('boom'\)\) threw Error: boom/);
  const failing = await project(opening, training, "await notebook.claims(claims(runs, true));").execute();
  expect(failing.claims.map(({ verdict }) => verdict)).toEqual(["fails", "holds"]);
  expect((await project(opening).execute()).problems).toEqual(["The notebook shows no claims."]);
});

test("a figure cell without a figure is a problem, although no cell threw", async () => {
  const lost = "const page = { show: () => {} };\npage.show();";
  const { problems } = await project(opening, training, lost, ending).execute();
  expect(problems).toEqual(["Cell 3 (const page = { show: () => {} };) shows a figure, but carries none."]);
});

test("a faulty figure stops the notebook with the reason, and is not written", async () => {
  const { at, execute } = project(opening, training, "await notebook.show(sumsFigure(runs, null));", ending);
  const { problems } = await execute();
  expect(problems[0]).toMatch(/cell 3 .* threw Error: Figure sums: .*label/);
  expect(() => Deno.statSync(`${at}/figures/tiny`)).toThrow();
});

test("files that this execution did not make are named, not deleted", async () => {
  const { at, execute } = project(opening, training, showing, ending);
  Deno.mkdirSync(`${at}/figures/tiny`, { recursive: true });
  Deno.writeTextFileSync(`${at}/figures/tiny/old.svg`, "<svg/>");
  expect((await execute()).stale).toEqual(["old.svg"]);
});
