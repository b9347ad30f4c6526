/** @module Type-checks the cells of notebooks, and reports errors by notebook and cell. */
import { basename, dirname, join } from "node:path";
import { parseNotebook } from "../notebook/mod.ts";
import { type CellModule, cellModule } from "./cell_module.ts";

/** Errors a notebook may have: a cell may declare what only the next edit uses. */
const allowed = /^TS(6133|6192|6196|6198)\b/;

/** One message per error of these notebooks; none when all is well. */
export async function checkCells(paths: readonly string[]): Promise<string[]> {
  const modules = new Map<string, { notebook: string; module: CellModule }>();
  try {
    for (const path of paths) {
      const notebook = parseNotebook(await Deno.readTextFile(path), basename(path));
      // In the notebook's own folder, so that relative imports and the import map resolve as they do in the kernel.
      const file = join(await Deno.realPath(dirname(path)), `.cells_${crypto.randomUUID()}.ts`);
      const module = cellModule(notebook);
      await Deno.writeTextFile(file, module.text);
      modules.set(file, { notebook: basename(path), module });
    }
    if (modules.size === 0) return [];
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", ...modules.keys()],
      env: { NO_COLOR: "1" },
    }).output();
    return code === 0 ? [] : messages(new TextDecoder().decode(stderr), modules);
  } finally {
    for (const file of modules.keys()) await Deno.remove(file);
  }
}

/** deno's report, error by error, with places in cells; what is not about a cell is kept as it is. */
function messages(
  report: string,
  modules: ReadonlyMap<string, { notebook: string; module: CellModule }>,
): string[] {
  const errors = report.split(/\n\n+|^(?=TS\d+ \[ERROR\])/m).map((error) => error.trim())
    .filter((error) =>
      error !== "" && !/^(error: Type checking failed|Found \d+ errors|Stack backtrace)/.test(error)
    )
    .filter((error) => !allowed.test(error));
  return errors.map((error) => {
    for (const [file, { notebook, module }] of modules) {
      error = error.replaceAll(new RegExp(`file://${escape(file)}:(\\d+):(\\d+)`, "g"), (_, line, column) => {
        const place = module.origin[Number(line) - 1];
        return place ? `${notebook}, cell ${place.cell}, line ${place.line}, column ${column}` : notebook;
      });
    }
    return error;
  });
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
