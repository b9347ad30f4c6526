/** @module Builds an explorer: the paper's `explorer.ts` and the page, bundled for a browser into one file. */
import { frameHtml, pageHtml } from "./html.ts";
import type { Explorer, State } from "./types.ts";
import { startOf } from "./address.ts";
import { pack } from "./pack.ts";
import type { Figure } from "../figure/mod.ts";

const root = new URL("../../", import.meta.url);
const explorerOf = (paper: string) => new URL(`lib/${paper}/explorer.ts`, root);

/** Whether a paper has an explorer. */
export async function hasExplorer(paper: string): Promise<boolean> {
  if (!/^[a-z0-9_]+$/.test(paper)) return false;
  return await Deno.stat(explorerOf(paper)).then(() => true, () => false);
}

/** @throws {Error} for a paper without one */
async function loadExplorer(paper: string): Promise<Explorer> {
  if (!await hasExplorer(paper)) {
    throw new Error(`There is no explorer of "${paper}"; it would be the file lib/${paper}/explorer.ts.`);
  }
  const { explorer } = await import(explorerOf(paper).href) as { explorer: Explorer };
  explorer.receive?.(await dataOf(paper));
  return explorer;
}

/** What a paper keeps of its committed records for its page; nothing for a paper without `explorer_data.ts`. */
async function dataOf(paper: string): Promise<unknown> {
  const file = new URL(`lib/${paper}/explorer_data.ts`, root);
  return await Deno.stat(file).then(() => true, () => false) ? await (await import(file.href)).explorerData() : undefined;
}

/**
 * The whole page of a paper's explorer, self-contained: open it from a file, serve it, send it.
 * @param paper its folder in lib
 * @throws {Error} for a paper without an explorer, or when the bundler fails (with its words)
 */
export async function explorerHtml(paper: string): Promise<string> {
  const { title } = await loadExplorer(paper);
  return pageHtml(`${title} – explorer`, await pack(await bundle(paper)));
}

/**
 * An explorer as the last expression of a notebook's cell: `await showExplorer("lazy_to_rich")`.
 * @param height of the frame in CSS pixels
 */
export async function showExplorer(
  paper: string,
  height = 900,
): Promise<{ [mime: symbol]: () => Record<string, string> }> {
  const page = await explorerHtml(paper);
  return {
    [Symbol.for("Jupyter.display")]: () => ({
      "text/html": frameHtml(page, height),
      "text/plain": `Explorer of ${paper}: run "deno task explore ${paper}" to open it in a browser.`,
    }),
  };
}

/**
 * The figure that a view shows at a state, its longer computation included; what an explorer copies into a notebook.
 * @param state values of controls; those not given are at their start
 * @throws {Error} for an unknown paper or view, or outside the theory's domain
 */
export async function viewFigure(paper: string, view: string, state: State = {}): Promise<Figure> {
  const { views } = await loadExplorer(paper);
  const found = views.find(({ id }) => id === view);
  if (found === undefined) {
    throw new Error(
      `There is no view "${view}" of ${paper}; the views are: ${views.map(({ id }) => id).join(", ")}.`,
    );
  }
  const whole = { ...startOf(found), ...state };
  const model = found.compute(whole);
  const total = found.job?.total(whole) ?? 0;
  return found.figure(model, Array.from({ length: total }, (_, index) => found.job!.part(whole, index)));
}

/** The script of a page. mathjs comes in through `formula_engine.ts`, by an import map of this build alone. */
async function bundle(paper: string): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const folder = await Deno.makeTempDir({ prefix: "explorer-" });
  try {
    const [entry, map, out] = ["entry.ts", "import_map.json", "page.js"].map((name) => `${folder}/${name}`);
    const here = (path: string) => new URL(path, root).href;
    await Deno.writeTextFile(
      entry,
      `import { openExplorer } from "${here("lib/explore/page.ts")}";\n` +
        `import { explorer } from "${here(`lib/${paper}/explorer.ts`)}";\n` +
        `explorer.receive?.(${JSON.stringify(await dataOf(paper))});\nopenExplorer(explorer);\n`,
    );
    await Deno.writeTextFile(
      map,
      JSON.stringify({
        imports: { ...imports, "mathjs/number": `${imports.mathjs}/number` },
        scopes: { [here("lib/numerics/")]: { "mathjs/number": here("lib/explore/formula_engine.ts") } },
      }),
    );
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--platform", "browser", "--minify", "--import-map", map, "-o", out, entry],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) {
      throw new Error(`The explorer of ${paper} was not bundled: ${new TextDecoder().decode(stderr)}`);
    }
    // Known to modules only, and a worker made from a blob is none. What asks for it is the door to the host, which a page never opens.
    return (await Deno.readTextFile(out)).replaceAll("import.meta.url", "location.href");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
