/** @module Whole notebooks through a real Deno kernel: what is stored, and what makes an execution fail. */
import { expect, test } from "vitest";
import { executeNotebook } from "../../lib/notebook/execute.ts";
import { formatNotebook, joined, type Output } from "../../lib/notebook/nbformat.ts";
import { notebookOf, temporaryFolders } from "./support.ts";

const folder = temporaryFolders();

async function execute(
  cells: Parameters<typeof notebookOf>,
  options?: Parameters<typeof executeNotebook>[1],
) {
  const path = `${folder()}/fixture.ipynb`;
  Deno.writeTextFileSync(path, notebookOf(...cells));
  return { path, ...await executeNotebook(path, options) };
}

const text = (output: Output) => output.output_type === "stream" ? joined(output.text) : undefined;

test("the canary: a notebook whose second cell throws fails, names the cell, and stops there", async () => {
  const { error, cells } = await execute([
    "1",
    "// why\nthrow new TypeError('boom')",
    "console.log('never')",
  ]);
  expect(error!.message).toBe("fixture.ipynb, cell 2 (throw new TypeError('boom')) threw TypeError: boom");
  expect(error).toMatchObject({ cell: 2, kind: "threw" });
  expect(error!.traceback.join("\n")).toContain("TypeError: boom");
  expect(cells.length).toBe(2);
});

test("it goes on after a throwing cell only when told to, and still reports the error", async () => {
  const { error, cells } = await execute(["throw new Error('a')", "console.log('b')"], { keepGoing: true });
  expect(error!.cell).toBe(1);
  expect(cells[1].outputs.map(text)).toEqual(["b\n"]);
});

test("a hung cell is named with its first line, and ends the notebook whatever was asked", async () => {
  const { error, cells } = await execute(["1", "for (;;) {\n}", "2"], { cellTimeout: 1, keepGoing: true });
  expect(error!.message).toBe(
    "fixture.ipynb, cell 2 (for (;;) {) gave no sign of life for 1 s; the kernel was stopped",
  );
  expect(error!.kind).toBe("hung");
  expect(cells.length).toBe(2);
});

test("a cell that ends the kernel is named", async () => {
  const { error } = await execute(["Deno.exit(7)"]);
  expect(error!.message).toMatch(/cell 1 \(Deno\.exit\(7\)\) ended the kernel: .*exit code 7/);
});

test("a cell tagged raises-exception must throw", async () => {
  const shown = { source: "throw new Error('shown on purpose')", tags: ["raises-exception"] };
  expect((await execute([shown, "1"])).error).toBeUndefined();
  expect((await execute([{ ...shown, source: "1" }])).error!.message).toContain("did not");
});

test("only the last state of an updated display is stored, also when a later cell updates it", async () => {
  const show = (text: string, update: boolean) =>
    `await Deno.jupyter.display({ [Deno.jupyter.$display]: () => ({ "text/plain": "${text}" }) },
      { display_id: "bar", update: ${update} });`;
  const { cells } = await execute([show("10 %", false) + show("90 %", true), "2", show("done", true)]);
  expect(cells[0].outputs).toMatchObject([{ output_type: "display_data", data: { "text/plain": "done" } }]);
  expect(cells[2].outputs).toEqual([]);
});

test("a progress display reaches the caller while the cell runs and is not stored", async () => {
  const send = (type: string, text: string) =>
    `await Deno.jupyter.broadcast("${type}", { data: { "text/plain": "${text}" },
      metadata: { trained_proved: { progress: true } }, transient: { display_id: "p" } });`;
  const notes: string[] = [];
  const path = `${folder()}/fixture.ipynb`;
  Deno.writeTextFileSync(path, notebookOf(send("display_data", "1/2") + send("update_display_data", "2/2")));
  const { notebook } = await executeNotebook(path, { onProgress: ({ note }) => notes.push(note) });
  expect(notes.slice(1)).toEqual(["1/2", "2/2", ""]);
  expect(notebook.cells[0].outputs).toEqual([]);
});

test("text cut into many messages is one output, and what follows an error is stored before it", async () => {
  const { cells } = await execute([
    "for (let i = 0; i < 3; i++) console.log(i); console.error('e'); console.log(4); throw new Error('x')",
  ]);
  expect(cells[0].outputs.map((o) => text(o) ?? o.output_type)).toEqual(["0\n1\n2\n", "e\n", "4\n", "error"]);
});

test("executing and saving twice gives the same bytes, without colours, times or this machine's paths", async () => {
  const sources: Parameters<typeof notebookOf> = [
    "console.log('%cred', 'color: red'); ({ a: 1, b: 'ä' })",
    "setTimeout(() => console.log('late'), 30); Deno.cwd()",
    { source: "JSON.parse('{')", tags: ["raises-exception"] },
    "",
  ];
  const { path, notebook } = await execute(sources);
  const first = formatNotebook(notebook, "fixture.ipynb");
  Deno.writeTextFileSync(path, first);
  const second = formatNotebook((await executeNotebook(path)).notebook, "fixture.ipynb");
  expect(second).toBe(first);
  expect(first).not.toContain("\\u001b");
  expect(first.endsWith("}\n")).toBe(true);
  expect(JSON.parse(first).cells.map((c: { execution_count: number }) => c.execution_count)).toEqual([
    1,
    2,
    3,
    null,
  ]);
});

test("executing does not write the file", async () => {
  const { path } = await execute(["1"]);
  expect(Deno.readTextFileSync(path)).toBe(notebookOf("1"));
});

test("the environment given is the cell's environment, and the folder is the notebook's", async () => {
  const { cells, path } = await execute(["Deno.env.get('KNOB') + Deno.cwd()"], { env: { KNOB: "11" } });
  const [output] = cells[0].outputs;
  const shown = output.output_type === "execute_result" ? output.data["text/plain"] : "";
  expect(shown).toBe(JSON.stringify(`11${Deno.realPathSync(path.slice(0, path.lastIndexOf("/")))}`));
});

test("a notebook that is not there is a sentence with its path", async () => {
  await expect(executeNotebook("nowhere.ipynb")).rejects.toThrow(
    /The notebook nowhere\.ipynb cannot be read/,
  );
});
