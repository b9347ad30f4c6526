/** @module `deno task check`: format, lint, types of lib, tests and cells, documentation of everything public. */
import { command, runTask } from "./cli.ts";
import { checkCells } from "./check_cells.ts";
import { deno } from "./deno_command.ts";
import { root } from "./execute_paper.ts";
import { formatCells } from "./format_cells.ts";

/** One check: its name and its complaints, none when all is well. */
type Check = readonly [name: string, run: () => Promise<string[]>];

async function main(args: readonly string[]): Promise<number> {
  const { fix = false } = command(
    "check",
    "Format, lint and type-check lib, tests and the notebooks' cells; lint the documentation.",
  ).option("--fix", "format what is not, instead of complaining").parse(args, { from: "user" })
    .opts<{ fix?: boolean }>();
  const notebooks = await listNotebooks(`${root}/notebooks`);
  const { exports, fmt } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
  const checks: Check[] = [
    ["format of lib and tests", () => deno("fmt", ...fix ? [] : ["--check"])],
    ["format of the cells", () => formatCells(notebooks, fmt.lineWidth, fix)],
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

if (import.meta.main) await runTask(() => main(Deno.args));
