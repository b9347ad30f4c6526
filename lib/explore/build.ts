/** @module Builds an explorer: the paper's `explorer.ts` and the page, bundled for a browser into one file. */
import { frameHtml, pageHtml, pageScript } from "./html.ts";
import { liveScript } from "./live_panel.ts";
import type { Explorer, State } from "./types.ts";
import { startOf } from "./address.ts";
import { pack } from "./pack.ts";
import type { Figure } from "../figure/mod.ts";

const root = new URL("../../", import.meta.url);
const explorerOf = (paper: string) => new URL(`lib/${paper}/explorer.ts`, root);

/** Whether a paper has an explorer. */
export async function hasExplorer(paper: string): Promise<boolean> {
  if (!/^[a-z0-9_]+$/.test(paper)) return false;
  return await exists(explorerOf(paper));
}

const exists = (file: URL) => Deno.stat(file).then(() => true, () => false);

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
  return await exists(file) ? await (await import(file.href)).explorerData() : undefined;
}

/** What a page carries. */
export interface PageOptions {
  /** TensorFlow.js and what trains with it, if the paper has a `live.ts`. Default true; without it a page is half as large. */
  readonly live?: boolean;
}

/**
 * The whole page of a paper's explorer, self-contained: open it from a file, serve it, send it.
 * @param paper its folder in lib
 * @throws {Error} for a paper without an explorer, or when the bundler fails (with its words)
 */
export async function explorerHtml(paper: string, { live = true }: PageOptions = {}): Promise<string> {
  const { title } = await loadExplorer(paper);
  const trains = live && await exists(new URL(`lib/${paper}/live.ts`, root));
  return pageHtml(`${title} – explorer`, {
    [pageScript]: await pack(await bundle(paper, viewEntry(paper, await dataOf(paper)))),
    ...trains ? { [liveScript]: await pack(await bundle(paper, liveEntry(paper))) } : {},
  });
}

/**
 * An explorer as the last expression of a notebook's cell: `await showExplorer("lazy_to_rich")`. Live training is left to the page
 * that `deno task explore` writes, so that a saved notebook stays small.
 * @param height of the frame in CSS pixels
 */
export async function showExplorer(
  paper: string,
  height = 900,
): Promise<{ [mime: symbol]: () => Record<string, string> }> {
  const page = await explorerHtml(paper, { live: false });
  const elsewhere = `"deno task explore ${paper}" opens it in a browser`;
  const words = "The explorer is not shown in a notebook that is not trusted: run this cell, " +
    `or choose "Trust Notebook"; ${elsewhere}.`;
  return {
    [Symbol.for("Jupyter.display")]: () => ({
      "text/html": frameHtml(page, words, height),
      "text/plain": `Explorer of ${paper}: ${elsewhere}.`,
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

const here = (path: string) => new URL(path, root).href;

/** What the page runs, and its first worker. */
const viewEntry = (paper: string, data: unknown) =>
  `import { openExplorer } from "${here("lib/explore/page.ts")}";
import { explorer } from "${here(`lib/${paper}/explorer.ts`)}";
explorer.receive?.(${JSON.stringify(data)});
openExplorer(explorer);
`;

/** What the worker of a live training runs. */
const liveEntry = (paper: string) =>
  `import { serveTrainings } from "${here("lib/explore/live_worker.ts")}";
import { trainings } from "${here(`lib/${paper}/live.ts`)}";
serveTrainings(trainings);
`;

/**
 * A bundled script. An import map of this build alone puts what a page carries in the place of what the house has: mathjs from its
 * factories, `nn` with a page's devices, TensorFlow.js without what it would not use.
 */
async function bundle(paper: string, entry: string): Promise<string> {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const core = "@tensorflow/tfjs-core";
  const map = {
    imports: {
      ...imports,
      [`${core}/`]: `npm:/${imports[core].slice("npm:".length)}/`,
      "mathjs/number": `${imports.mathjs}/number`,
      "@tensorflow/tfjs": here("lib/nn/browser_tensorflow.ts"),
      [here("lib/nn/mod.ts")]: here("lib/nn/browser.ts"),
    },
    scopes: { [here("lib/numerics/")]: { "mathjs/number": here("lib/explore/formula_engine.ts") } },
  };
  const folder = await Deno.makeTempDir({ prefix: "explorer-" });
  try {
    const files = ["entry.ts", "import_map.json", "page.js"].map((name) => `${folder}/${name}`);
    await Deno.writeTextFile(files[0], entry);
    await Deno.writeTextFile(files[1], JSON.stringify(map));
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "bundle",
        "--platform",
        "browser",
        "--minify",
        "--import-map",
        files[1],
        "-o",
        files[2],
        files[0],
      ],
      cwd: root,
      env: { NO_COLOR: "1" },
    }).output();
    if (!success) {
      throw new Error(`The explorer of ${paper} was not bundled: ${new TextDecoder().decode(stderr)}`);
    }
    // Known to modules only, and a worker made from a blob is none. What asks for it is the door to the host, which a page never opens.
    return (await Deno.readTextFile(files[2])).replaceAll("import.meta.url", "location.href");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
