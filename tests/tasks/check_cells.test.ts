/** @module The cells of a notebook are type-checked as the kernel would run them, and errors name the cell. */
import { expect, test } from "vitest";
import { parseNotebook } from "../../lib/notebook/mod.ts";
import { cellModule } from "../../lib/tasks/cell_module.ts";
import { checkCells } from "../../lib/tasks/check_cells.ts";
import { notebookOf, temporaryFolders } from "../notebook/support.ts";

const folder = temporaryFolders();

async function check(...cells: string[]): Promise<string[]> {
  const path = `${folder()}/fixture.ipynb`;
  Deno.writeTextFileSync(path, notebookOf(...cells));
  const errors = await checkCells([path]);
  expect([...Deno.readDirSync(path.replace("/fixture.ipynb", ""))].map((f) => f.name)).toEqual([
    "fixture.ipynb",
  ]);
  return errors;
}

test("what the kernel accepts is accepted: top-level await, redeclared names, repeated imports, unused names", async () => {
  expect(
    await check(
      `import { join } from "node:path";\nconst a: number = await Promise.resolve(1);`,
      `import { dirname, join } from "node:path";\nconst a = dirname(join("x", "y"));\na.length;`,
      `const unused = 1;\nfunction f(): string { return a; }\nf();`,
    ),
  ).toEqual([]);
});

test("a wrong type is an error that names notebook, cell, line and column", async () => {
  const errors = await check("const a = 1;", `\n// text\nconst b: string = a;\nb;`);
  expect(errors.length).toBe(1);
  expect(errors[0]).toContain("TS2322");
  expect(errors[0]).toContain("fixture.ipynb, cell 2, line 3, column 7");
});

test("two errors in two cells are both reported, also below imports of several lines", async () => {
  const errors = await check(`import {\n  join,\n} from "node:path";\njoin(1);`, `nowhere();`);
  expect(errors.map((error) => error.match(/cell \d, line \d/)?.[0])).toEqual([
    "cell 1, line 4",
    "cell 2, line 1",
  ]);
});

test("a module that does not exist and code that does not parse are errors, too", async () => {
  expect((await check(`import { a } from "./nowhere.ts";\na;`)).join("\n")).toMatch(/nowhere\.ts/);
  expect((await check("const = 1")).join("\n")).toMatch(/fixture\.ipynb, cell 1/);
});

test("each line of the module knows its cell, and columns are kept", () => {
  const { text, origin } = cellModule(parseNotebook(notebookOf("const a = 1;\n  a;", "a;"), "n"));
  const lines = text.split("\n");
  expect(lines[origin.findIndex((o) => o?.cell === 1 && o.line === 2)]).toBe("  a;");
  expect(lines[origin.findIndex((o) => o?.cell === 2)]).toBe("a;");
});
