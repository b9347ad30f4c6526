/** @module Formatting of the notebooks' cells: complaints, or the cells formatted in place. */
import { basename } from "node:path";
import { formatNotebook, joined, parseNotebook } from "../notebook/mod.ts";
import { codeCells } from "./cell_module.ts";
import { deno } from "./deno_command.ts";

/**
 * Judges the code of notebooks by `deno fmt`, or with `fix` formats it and leaves everything else as it is. Markdown with
 * formulas is not the formatter's business.
 */
export async function formatCells(
  paths: readonly string[],
  lineWidth: number,
  fix: boolean,
): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "trained-proved-cells-" });
  try {
    const files: { path: string; index: number; file: string }[] = [];
    for (const path of paths) {
      for (const [index, source] of codeCells(parseNotebook(await Deno.readTextFile(path), path)).entries()) {
        const file = `${folder}/${basename(path, ".ipynb")}_cell_${index + 1}.ts`;
        await Deno.writeTextFile(file, `${source}\n`);
        files.push({ path, index, file });
      }
    }
    const complaints = await deno(
      "fmt",
      ...fix ? [] : ["--check"],
      "--no-config",
      "--line-width",
      `${lineWidth}`,
      folder,
    );
    for (const path of fix ? paths : []) {
      const notebook = parseNotebook(await Deno.readTextFile(path), path);
      const code = notebook.cells.filter(({ cell_type, source }) =>
        cell_type === "code" && joined(source).trim() !== ""
      );
      for (const { index, file } of files.filter((entry) => entry.path === path)) {
        code[index].source = (await Deno.readTextFile(file)).trimEnd();
      }
      await Deno.writeTextFile(path, formatNotebook(notebook, path));
    }
    return complaints.filter((text) => !text.includes("No target files found"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
