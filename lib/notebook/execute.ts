/** @module Executes a notebook from top to bottom in a fresh Deno kernel, as a reader would. */
import { dirname, resolve } from "node:path";
import { CellHung, type Kernel, KernelDied, startKernel } from "./kernel.ts";
import { type Cell, firstLine, joined, type NotebookFile, type Output, parseNotebook } from "./nbformat.ts";
import { noteOf, OutputCollector } from "./outputs.ts";

/** How a notebook is executed. */
export interface ExecuteNotebookOptions {
  /** Seconds without output or progress after which a cell counts as hung; 600 unless said. */
  readonly cellTimeout?: number;
  /** Added to the kernel's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Go on after a cell that throws; a hung cell or a dead kernel always ends the execution. */
  readonly keepGoing?: boolean;
  /** Called before each cell, after the last one, and whenever a cell reports progress of its own. */
  onProgress?(progress: ExecutionProgress): void;
}

/** Where an execution is. */
export interface ExecutionProgress {
  /** Code cells finished. */
  readonly done: number;
  /** Code cells in all. */
  readonly total: number;
  /** First line of the running cell, or what the cell itself reports. */
  readonly note: string;
}

/** One code cell after it ran. */
export interface ExecutedCell {
  /** Counted from 1 over the notebook's code cells, as in `[3]`. */
  readonly number: number;
  /** The cell's code. */
  readonly source: string;
  /** What it showed, progress displays included. */
  readonly outputs: Output[];
  /** Wall time. */
  readonly seconds: number;
  /** Why it failed, if it did. */
  readonly error?: CellError;
}

/** A notebook after it ran. */
export interface Execution {
  /** The code cells that ran, in order. */
  readonly cells: ExecutedCell[];
  /** The notebook with its outputs, ready for `formatNotebook`. */
  readonly notebook: NotebookFile;
  /** The first error, if any. */
  readonly error?: CellError;
}

/** A cell failed; the message names the notebook, the cell and the reason. */
export class CellError extends Error {
  /** The class name. */
  override name = "CellError";
  /** The message is made of the parts. */
  constructor(
    readonly notebook: string,
    readonly cell: number,
    readonly firstLine: string,
    readonly kind: "threw" | "hung" | "died",
    reason: string,
    readonly traceback: readonly string[] = [],
  ) {
    super(`${notebook}, cell ${cell} (${firstLine}) ${reason}`);
  }
}

/**
 * Executes the notebook at `path`, with the notebook's folder as working directory.
 *
 * A cell tagged `raises-exception` must throw: it is how a notebook shows an error on purpose. The file is not
 * written.
 * @throws {KernelDied} when no kernel can be started; failures of cells are in the result
 */
export async function executeNotebook(
  path: string,
  options: ExecuteNotebookOptions = {},
): Promise<Execution> {
  const folder = dirname(resolve(path));
  const name = path.slice(path.lastIndexOf("/") + 1);
  const notebook = parseNotebook(await readNotebook(path), name);
  const codeCells = notebook.cells.filter((cell) => cell.cell_type === "code");
  for (const cell of codeCells) Object.assign(cell, { outputs: [], execution_count: null });
  const toRun = codeCells.filter((cell) => joined(cell.source).trim() !== "");
  const cells: ExecutedCell[] = [];
  const collector = new OutputCollector(projectRoot(folder));
  const kernel = await startKernel({ cwd: folder, env: options.env });
  try {
    for (const cell of toRun) {
      const progress = { done: cells.length, total: toRun.length };
      const say = (note: string) => options.onProgress?.({ ...progress, note });
      say(firstLine(joined(cell.source)));
      const executed = await executeCell(kernel, name, cell, cells.length + 1, collector, options, say);
      cells.push(executed);
      const { error } = executed;
      if (error && (error.kind !== "threw" || !options.keepGoing)) break;
    }
  } finally {
    await kernel.close();
  }
  for (const cell of codeCells) cell.outputs = cell.outputs!.filter((output) => !noteOf(output).progress);
  options.onProgress?.({ done: cells.length, total: toRun.length, note: "" });
  return { cells, notebook, error: cells.find((cell) => cell.error)?.error };
}

async function readNotebook(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new Error(`The notebook ${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
}

async function executeCell(
  kernel: Kernel,
  notebook: string,
  cell: Cell,
  number: number,
  collector: OutputCollector,
  { cellTimeout = 600 }: ExecuteNotebookOptions,
  say: (note: string) => void,
): Promise<ExecutedCell> {
  const source = joined(cell.source);
  const outputs = collector.begin();
  Object.assign(cell, { outputs, execution_count: number });
  const begun = performance.now();
  const fail = (kind: CellError["kind"], reason: string, traceback?: readonly string[]) =>
    new CellError(notebook, number, firstLine(source), kind, reason, traceback);
  let error: CellError | undefined;
  try {
    const reply = await kernel.execute(source, {
      timeout: cellTimeout,
      onOutput: (message) => {
        const note = collector.add(message, number);
        if (note !== undefined) say(note);
      },
    });
    const mustThrow = (cell.metadata.tags as string[] | undefined)?.includes("raises-exception") ?? false;
    if (mustThrow && reply.status === "ok") {
      error = fail("threw", "must throw (it is tagged raises-exception), but did not");
    }
    if (!mustThrow && reply.status === "error") {
      error = fail("threw", `threw ${reply.ename}: ${reply.evalue}`, reply.traceback);
    }
  } catch (thrown) {
    if (thrown instanceof CellHung) error = fail("hung", `${thrown.message}; the kernel was stopped`);
    else if (thrown instanceof KernelDied) error = fail("died", `ended the kernel: ${thrown.message}`);
    else throw thrown;
  }
  return { number, source, outputs, seconds: (performance.now() - begun) / 1000, error };
}

/** The nearest folder with a `deno.json`, where the kernel finds its import map; the folder itself if there is none. */
function projectRoot(folder: string): string {
  for (let at = folder;; at = dirname(at)) {
    try {
      Deno.statSync(`${at}/deno.json`);
      return at;
    } catch { /* look one folder up */ }
    if (dirname(at) === at) return folder;
  }
}
