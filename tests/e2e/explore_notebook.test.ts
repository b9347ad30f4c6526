/** @module In a real kernel: one line shows an explorer, and the cell that an explorer copies draws its figure. */
import { expect, test } from "vitest";
import { cellOf } from "../../lib/explore/save.ts";
import { startOf } from "../../lib/explore/address.ts";
import { explorer } from "../../lib/lazy_to_rich/explorer.ts";
import { executeNotebook } from "../../lib/notebook/mod.ts";
import { notebookOf, temporaryFolders } from "../notebook/support.ts";

// Inside the checkout, so that a cell imports what a real notebook imports; git ignores out/.
const folder = temporaryFolders(new URL("../../out", import.meta.url).pathname);

test(
  "one line shows the explorer inside the notebook, and its copied cell draws the figure of the view",
  async () => {
    const path = `${folder()}/explorer.ipynb`;
    const [, phases] = explorer.views;
    Deno.writeTextFileSync(
      path,
      notebookOf(
        'import { showExplorer } from "@trained/proved/explore";\nawait showExplorer("lazy_to_rich");',
        cellOf("lazy_to_rich", phases.id, { ...startOf(phases), wStar: 0.4 }),
      ),
    );
    const { cells } = await executeNotebook(path, { cellTimeout: 60 });
    const data = cells.map(({ outputs }) =>
      Object.assign({}, ...outputs.map((output) => "data" in output ? output.data : {}))
    );
    expect(String(data[0]["text/html"])).toMatch(/^<iframe [^>]*srcdoc="<!doctype html>/);
    expect(String(data[1]["image/svg+xml"])).toContain("w* = 0.4");
  },
  90_000,
);
