/** @module The attention viewer as a reader uses it: the notebook's own two cells, with another context typed into the first, in a real kernel. */
import { beforeAll, describe, expect, test } from "vitest";
import { codeCells } from "../../lib/tasks/cell_module.ts";
import { executeNotebook, type Execution, parseNotebook } from "../../lib/notebook/mod.ts";
import { notebookOf, temporaryFolders } from "../notebook/support.ts";

const path = new URL("../../notebooks/2_markov_induction.ipynb", import.meta.url).pathname;
const cells = [...codeCells(parseNotebook(Deno.readTextFileSync(path), path))];
const cellWith = (text: string) => {
  const found = cells.filter((cell) => cell.includes(text));
  if (found.length !== 1) throw new Error(`${found.length} cells hold ${text}`);
  return found[0];
};
const [typing, viewing] = [cellWith('const typed = "";'), cellWith("attentionViewer(")];
const typed = (
  context: string,
) => [typing.replace('typed = ""', `typed = ${JSON.stringify(context)}`), viewing];
const texts = (execution: Execution, cell: number) => JSON.stringify(execution.cells[cell].outputs);

// Inside the checkout, so that a cell imports what the notebook imports; git ignores out/.
const folder = temporaryFolders(new URL("../../out", import.meta.url).pathname);

describe("contexts typed into the viewer", () => {
  let execution: Execution;
  beforeAll(async () => {
    const file = `${folder()}/viewer.ipynb`;
    Deno.writeTextFileSync(
      file,
      notebookOf(
        cellWith("await openNotebook("),
        "const threeStages = await notebook.records(experiments.threeStages);",
        ...["abcabcacbabcab", "", "abcabxab", "ab"].flatMap(typed),
      ),
    );
    execution = await executeNotebook(file, { keepGoing: true });
  }, 60_000);

  test("another context is shown, with a figure of its own and without a true row", () => {
    expect(texts(execution, 2)).toContain("abcabcacbabcab");
    const shown = texts(execution, 3);
    expect(shown).toContain("image/svg+xml");
    expect(shown).toContain("Context of 14 symbols");
    expect(shown).not.toContain("the row of the kernel");
  });
  test("as committed, a drawn context is shown beside the row of its kernel", () => {
    expect(texts(execution, 5)).toContain("the row of the kernel");
  });
  test("a symbol outside of the alphabet, and a context too short, are errors that say so", () => {
    expect(execution.cells.map(({ error }) => error !== undefined)).toEqual(
      [false, false, false, false, false, false, false, true, false, true],
    );
    expect(texts(execution, 7)).toContain(
      'symbol 6 of the context is \\"x\\", which is not in the alphabet a, b, c',
    );
    expect(texts(execution, 9)).toContain("the context has 2 symbols and needs at least 4: add 2");
  });
});
