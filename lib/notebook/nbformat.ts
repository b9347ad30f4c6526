/** @module Notebooks on disk (nbformat 4.5): read, and written so that nothing but content can change a byte. */

/** The largest notebook this project keeps; the web views of code hosts give up not far above. */
export const maxNotebookBytes = 1_500_000;

/** Data of one output, by MIME type. */
export type MimeBundle = Record<string, unknown>;

/** One output of a code cell. */
export type Output =
  | { output_type: "stream"; name: string; text: string | string[] }
  | { output_type: "display_data"; data: MimeBundle; metadata: Record<string, unknown> }
  | {
    output_type: "execute_result";
    data: MimeBundle;
    metadata: Record<string, unknown>;
    execution_count: number | null;
  }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** One cell; `outputs` and `execution_count` on code cells only. */
export interface Cell {
  /** Unique in its notebook. */
  id?: string;
  /** What kind of cell it is. */
  cell_type: "code" | "markdown" | "raw";
  /** Tags and what editors keep. */
  metadata: Record<string, unknown>;
  /** The text, or its lines with their ends. */
  source: string | string[];
  /** What the last execution showed. */
  outputs?: Output[];
  /** `3` in `[3]`; null when not executed. */
  execution_count?: number | null;
  /** Files pasted into a Markdown cell. */
  attachments?: Record<string, MimeBundle>;
}

/** A whole notebook. */
export interface NotebookFile {
  /** From top to bottom. */
  cells: Cell[];
  /** Kernel and language. */
  metadata: Record<string, unknown>;
  /** 4 */
  nbformat: number;
  /** 5: cells have ids. */
  nbformat_minor: number;
}

/**
 * Reads a notebook; cells without an id get one from their position.
 * @throws {Error} when the file is not a notebook of nbformat 4
 */
export function parseNotebook(text: string, name: string): NotebookFile {
  let value: NotebookFile;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} is not JSON: ${(error as Error).message}`);
  }
  if (value?.nbformat !== 4 || !Array.isArray(value.cells)) {
    throw new Error(`${name} is not a notebook of nbformat 4; got nbformat ${value?.nbformat}.`);
  }
  const cells = value.cells.map((cell, index) => ({ ...cell, id: cell.id ?? `cell-${index + 1}` }));
  const repeated = cells.find((cell, index) => cells.findIndex((other) => other.id === cell.id) !== index);
  if (repeated) throw new Error(`${name} has two cells with the id "${repeated.id}"; give one another id.`);
  return { ...value, cells, nbformat_minor: Math.max(5, value.nbformat_minor) };
}

/**
 * The file's text: sorted keys, indent 1 and lists of lines, as Jupyter itself writes, so that opening and saving a
 * notebook in an editor makes no diff.
 * @throws {Error} above {@linkcode maxNotebookBytes}, naming the largest cell
 */
export function formatNotebook(notebook: NotebookFile, name: string): string {
  const cells = notebook.cells.map((cell) => ({
    ...cell,
    source: lines(cell.source),
    ...(cell.outputs ? { outputs: cell.outputs.map(onDisk) } : {}),
  }));
  const text = JSON.stringify(sorted({ ...notebook, cells }), null, 1) + "\n";
  const size = (part: unknown) => new TextEncoder().encode(JSON.stringify(part)).length;
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > maxNotebookBytes) {
    const largest = cells.reduce((a, b) => size(b) > size(a) ? b : a);
    throw new Error(
      `${name} would be ${bytes} bytes, more than ${maxNotebookBytes}; its largest cell is "${largest.id}" with ` +
        `${size(largest)} bytes. Thin the curves of its figure.`,
    );
  }
  return text;
}

/** A cell's source or a stream's text as one string. */
export function joined(text: string | string[]): string {
  return Array.isArray(text) ? text.join("") : text;
}

/** The first line of a cell that says something, for messages. */
export function firstLine(source: string): string {
  const line = source.split("\n").map((l) => l.trim()).find((l) => l !== "" && !l.startsWith("//")) ??
    source.trim();
  return line.length > 80 ? `${line.slice(0, 77)}…` : line;
}

/** Textual data is stored as lines, so that a changed line is one changed line of the file. */
function onDisk(output: Output): Output {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  if (output.output_type === "error") return output;
  const data = Object.fromEntries(
    Object.entries(output.data).map(([type, value]) => {
      const textual = type.startsWith("text/") || type === "image/svg+xml" ||
        type === "application/javascript";
      return [type, textual && typeof value === "string" ? lines(value) : value];
    }),
  );
  return { ...output, data };
}

function lines(text: string | string[]): string[] {
  return joined(text).match(/[^\n]*\n|[^\n]+/g) ?? [];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1).map(([k, v]) => [k, sorted(v)]));
}
