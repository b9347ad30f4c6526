/** @module `deno task check`: format, lint, types of lib, tests and cells, documentation of everything public. */
import { basename } from "node:path";
import { parseNotebook } from "../notebook/mod.ts";
import { codeCells } from "./cell_module.ts";
import { command, runTask } from "./cli.ts";
import { checkCells } from "./check_cells.ts";
import { root } from "./execute_paper.ts";

/** One check: its name and its complaints, none when all is well. */
type Check = readonly [name: string, run: () => Promise<string[]>];

async function main(args: readonly string[]): Promise<number> {
  command("check", "Format, lint and type-check lib, tests and the notebooks' cells; lint the documentation.")
    .parse(args, { from: "user" });
  const notebooks = await listNotebooks(`${root}/notebooks`);
  const { exports, fmt } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const checks: Check[] = [
    ["format of lib and tests", () => deno("fmt", "--check")],
    ["format of the cells", () => formatCells(notebooks, fmt.lineWidth)],
    ["lint", () => deno("lint")],
    ["types of lib and tests", () => deno("check", "--quiet", "lib", "tests")],
    ["types of the cells", () => checkCells(notebooks)],
    [
      "documentation of the public modules",
      () => deno("doc", "--lint", "--quiet", ...Object.values<string>(exports)),
    ],
  ];
  let failed = 0;
  for (const [name, run] of checks) {
    const complaints = await run();
    console.log(`${complaints.length === 0 ? "ok    " : "FAILED"} ${name}`);
    for (const complaint of complaints) console.error(`\n${complaint}\n`);
    if (complaints.length > 0) failed++;
  }
  console.log(
    failed === 0 ? `All ${checks.length} checks passed.` : `${failed} of ${checks.length} checks failed.`,
  );
  return failed === 0 ? 0 : 1;
}

async function listNotebooks(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  return entries.filter(({ name }) => name.endsWith(".ipynb")).map(({ name }) => `${folder}/${name}`).sort();
}

/** Only code is judged: Markdown with formulas is not the formatter's business. */
async function formatCells(notebooks: readonly string[], lineWidth: number): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "trained-proved-cells-" });
  try {
    for (const path of notebooks) {
      for (const [index, source] of codeCells(parseNotebook(await Deno.readTextFile(path), path)).entries()) {
        await Deno.writeTextFile(`${folder}/${basename(path, ".ipynb")}_cell_${index + 1}.ts`, `${source}\n`);
      }
    }
    const complaints = await deno("fmt", "--check", "--no-config", "--line-width", `${lineWidth}`, folder);
    return complaints.filter((text) => !text.includes("No target files found"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A deno command in the project's folder; its report when it fails. */
async function deno(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).output();
  if (code === 0) return [];
  return [[stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim()).filter(Boolean).join("\n")];
}

if (import.meta.main) await runTask(() => main(Deno.args));
