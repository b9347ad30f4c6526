/** @module What a notebook works with, outside of any kernel: it must not need one. */
import { afterEach, expect, test, vi } from "vitest";
import { openNotebook, readSettings, settingsEnvironment, variables } from "../../lib/notebook/mod.ts";
import { inKernel } from "../../lib/notebook/display.ts";
import { claims, series, sumsFigure } from "../e2e/tiny_paper.ts";
import { temporaryFolders } from "./support.ts";

const folder = temporaryFolders();
afterEach(() => vi.restoreAllMocks());

/** The settings with these variables and no others. */
const settings = (values: Record<string, string>) => readSettings((name) => values[name]);

test("a person who sets nothing gets the repository's records, any backend, no files", () => {
  const { data, ...rest } = settings({});
  expect(rest).toEqual({ profile: undefined, fresh: false, backend: "auto", out: undefined });
  expect(data).toBe(new URL("../../data", import.meta.url).pathname);
});

test("settings survive the way through the environment, and empty variables mean unset", () => {
  const some = settings({ [variables.profile]: "full", [variables.fresh]: "1", [variables.out]: "/o" });
  const through = settingsEnvironment(some);
  expect(settings(through)).toEqual(some);
  expect(settings(settingsEnvironment(settings({})))).toEqual(settings({}));
});

test("a variable with an impossible value is refused with its name and the possible ones", () => {
  expect(() => settings({ [variables.profile]: "fast" }))
    .toThrow(`TRAINED_PROVED_PROFILE must be one of quick, full; got "fast".`);
  expect(() => settings({ [variables.backend]: "cuda" })).toThrow(/tensorflow, webgpu, wasm, cpu/);
});

test("without a kernel, records are made and loaded, figures checked, claims evaluated, and text goes to the console", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  expect(inKernel()).toBe(false);
  const notebook = await openNotebook("tiny", { fresh: false, backend: "auto", data: folder() });
  const records = await notebook.records(series);
  expect((await notebook.records(series))[0]).toBe(records[0]);
  await notebook.show(sumsFigure(records));
  const results = await notebook.claims(claims(records));
  expect(results.map((r) => r.verdict)).toEqual(["holds", "holds"]);
  await notebook.note("**n** = 3");
  const printed = log.mock.calls.map(([text]) => String(text));
  expect(printed).toHaveLength(3);
  expect(printed[0]).toContain("Partial sums approach two");
  expect(printed[1]).toContain("the series tends to 2");
  expect(printed[2]).toBe("**n** = 3");
});

test("two cells that ask for the same records of a fresh run train once", async () => {
  const run = vi.spyOn(series, "run");
  const notebook = await openNotebook("tiny", { fresh: true, backend: "auto", data: folder() });
  await Promise.all([notebook.records(series), notebook.records(series)]);
  await notebook.records(series);
  expect(run).toHaveBeenCalledTimes(1);
});

test("a cell run again with other knobs gets records of its own, not those of the same name", async () => {
  const notebook = await openNotebook("tiny", { fresh: false, backend: "auto", data: folder() });
  const [first] = await notebook.records(series);
  const turned = { ...series, configs: () => [{ ...first.config, terms: first.config.terms + 1 }] };
  const [second] = await notebook.records(turned);
  expect(second.config).not.toEqual(first.config);
  expect((await notebook.records(series))[0]).toBe(first);
});

test("records that fail to be made are tried again by the next cell, not remembered as failed", async () => {
  const run = vi.spyOn(series, "run").mockRejectedValueOnce(new Error("out of memory"));
  const notebook = await openNotebook("tiny", { fresh: false, backend: "auto", data: folder() });
  await expect(notebook.records(series)).rejects.toThrow(/out of memory/);
  expect(await notebook.records(series)).toHaveLength(1);
  expect(run).toHaveBeenCalledTimes(2);
});

test("a profile asked for by name is the only one taken", async () => {
  const data = folder();
  const quick = await openNotebook("tiny", { fresh: false, backend: "auto", data });
  expect((await quick.records(series))[0].profile).toBe("quick");
  const full = await openNotebook("tiny", { fresh: false, backend: "auto", data, profile: "full" });
  expect((await full.records(series))[0].profile).toBe("full");
  const either = await openNotebook("tiny", { fresh: false, backend: "auto", data });
  expect((await either.records(series))[0].profile).toBe("full");
});

test("a faulty figure and a paper that cannot be a folder are refused with a sentence", async () => {
  const notebook = await openNotebook("tiny", { fresh: false, backend: "auto", data: folder() });
  const faulty = sumsFigure(await notebook.records(series), null);
  await expect(notebook.show(faulty)).rejects.toThrow(/^Figure sums: .*label/);
  await expect(openNotebook("../tiny")).rejects.toThrow(/snake_case; got "\.\.\/tiny"/);
});
