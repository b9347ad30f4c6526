/** @module Cells that are badly formatted are named, and formatted on request without touching anything else. */
import { expect, test } from "vitest";
import { formatCells } from "../../lib/tasks/format_cells.ts";
import { formatNotebook, type NotebookFile } from "../../lib/notebook/mod.ts";

const cell = (id: string, source: string) => ({
  cell_type: "code" as const,
  id,
  metadata: {},
  execution_count: 1,
  source,
  outputs: [{ output_type: "stream" as const, name: "stdout" as const, text: "kept\n" }],
});
const notebook = (...sources: string[]) =>
  ({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {},
    cells: [
      { cell_type: "markdown", id: "formula", metadata: {}, source: "$a  +  b$" },
      ...sources.map((source, i) => cell(`c${i}`, source)),
    ],
  }) as unknown as NotebookFile;

test("a badly formatted cell is a complaint that names it; fixed, it is not, and the rest is as it was", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/1_x.ipynb`;
  try {
    await Deno.writeTextFile(path, formatNotebook(notebook("const a = 1;", "", "const  b=[1,2]"), path));
    const before = await Deno.readTextFile(path);
    const complaints = await formatCells([path], 100, false);
    expect(complaints.join()).toContain("1_x_cell_2.ts");
    expect(complaints.join()).not.toContain("1_x_cell_1.ts");
    expect(await Deno.readTextFile(path)).toBe(before);

    expect(await formatCells([path], 100, true)).toEqual([]);
    expect(await formatCells([path], 100, false)).toEqual([]);
    expect(await Deno.readTextFile(path)).toBe(
      formatNotebook(notebook("const a = 1;", "", "const b = [1, 2];"), path),
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
