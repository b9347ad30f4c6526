/** @module The file format: what is written is nbformat 4.5, stable, and small enough. */
import { expect, test } from "vitest";
import { firstLine, formatNotebook, maxNotebookBytes, parseNotebook } from "../../lib/notebook/nbformat.ts";
import { notebookOf } from "./support.ts";

test("formatting is idempotent: reading what was written and writing it again changes nothing", () => {
  const once = formatNotebook(parseNotebook(notebookOf("const a = 1\n\na", "ä"), "n"), "n");
  expect(formatNotebook(parseNotebook(once, "n"), "n")).toBe(once);
});

test("a source is stored as lines that keep their ends, and comes back as it was", () => {
  const source = "a\n\n  b\nc\n";
  const written = JSON.parse(formatNotebook(parseNotebook(notebookOf(source), "n"), "n"));
  expect(written.cells[0].source).toEqual(["a\n", "\n", "  b\n", "c\n"]);
  expect(written.cells[0].source.join("")).toBe(source);
});

test("keys are sorted at every depth, so key order in memory never makes a diff", () => {
  const notebook = parseNotebook(notebookOf("1"), "n");
  const turned = { ...notebook, metadata: Object.fromEntries(Object.entries(notebook.metadata).reverse()) };
  turned.metadata.z = { b: 1, a: 2 };
  notebook.metadata.z = { a: 2, b: 1 };
  expect(formatNotebook(turned, "n")).toBe(formatNotebook(notebook, "n"));
});

test("cells without an id get one from their position, as nbformat 4.5 demands; twins are refused", () => {
  const raw = JSON.parse(notebookOf("1", "2"));
  for (const cell of raw.cells) delete cell.id;
  expect(parseNotebook(JSON.stringify({ ...raw, nbformat_minor: 4 }), "n")).toMatchObject({
    nbformat_minor: 5,
    cells: [{ id: "cell-1" }, { id: "cell-2" }],
  });
  raw.cells[0].id = raw.cells[1].id = "same";
  expect(() => parseNotebook(JSON.stringify(raw), "n")).toThrow(/two cells with the id "same"/);
});

test("what is not a notebook is refused with its name", () => {
  expect(() => parseNotebook("{", "x.ipynb")).toThrow(/x\.ipynb is not JSON/);
  expect(() => parseNotebook(`{"nbformat": 3}`, "x.ipynb")).toThrow(/got nbformat 3/);
});

test("a notebook above the size limit is refused, naming its largest cell", () => {
  const notebook = parseNotebook(notebookOf("1", "2"), "n");
  notebook.cells[1].outputs = [{ output_type: "stream", name: "stdout", text: "x".repeat(maxNotebookBytes) }];
  expect(() => formatNotebook(notebook, "x.ipynb")).toThrow(/x\.ipynb would be .* largest cell is "c2"/);
});

test("the first line that says something skips blank lines and comments and is cut when long", () => {
  expect(firstLine("\n// why\n  const a = 1;\nb")).toBe("const a = 1;");
  expect(firstLine("x".repeat(200)).length).toBe(78);
});
