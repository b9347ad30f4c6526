/** @module One paper's notebook, executed and looked at closely: a figure that is not there is an error, not a detail. */
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClaimResult } from "../claims/mod.ts";
import { renderPreview, slimSvg } from "../figure/mod.ts";
import {
  type Cell,
  claimsType,
  type ExecutedCell,
  executeNotebook,
  type Execution,
  type ExecutionProgress,
  firstLine,
  formatNotebook,
  joined,
  noteOf,
  type Output,
  type Settings,
  settingsEnvironment,
} from "../notebook/mod.ts";

/** The project's folder. */
export const root: string = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** What is executed, and how. */
export interface ExecutePaperOptions {
  /** The paper's folder name. */
  readonly id: string;
  /** Path of its notebook. */
  readonly notebook: string;
  /** `out` is where its figures must appear. */
  readonly settings: Settings & { readonly out: string };
  /** Write the outputs back into the notebook, unless a cell failed. */
  readonly save?: boolean;
  /** Seconds of silence after which a cell counts as hung. */
  readonly cellTimeout?: number;
  /** Hears of every cell. */
  onProgress?(progress: ExecutionProgress): void;
}

/** What came of it. */
export interface PaperResult {
  readonly id: string;
  /** Names of the figures shown and written. */
  readonly figures: readonly string[];
  /** The verdicts the notebook ends with. */
  readonly claims: readonly ClaimResult[];
  /** Code cells that ran. */
  readonly cells: number;
  readonly seconds: number;
  /** One sentence per problem; empty when all is well. */
  readonly problems: readonly string[];
  /** Whether the notebook's file changed. */
  readonly saved: boolean;
  /** Files beside the figures that this execution did not make. */
  readonly stale: readonly string[];
}

/**
 * Executes the notebook in a real kernel and verifies what it leaves.
 * @throws {KernelDied} when no kernel starts; everything a cell does wrong is in `problems`
 */
export async function executePaper(options: ExecutePaperOptions): Promise<PaperResult> {
  const { id, notebook, settings, cellTimeout, onProgress } = options;
  const begun = performance.now();
  const execution = await executeNotebook(notebook, {
    cellTimeout,
    onProgress,
    env: settingsEnvironment(settings),
  });
  const folder = `${settings.out}/${id}`;
  const outputs = execution.cells.flatMap((cell) => cell.outputs);
  const figures = outputs.flatMap((output) => noteOf(output).figure ?? []);
  const claims = outputs.flatMap((output) => (dataOf(output)[claimsType] ?? []) as ClaimResult[]);
  const problems = [
    ...(execution.error ? [describe(execution.error)] : []),
    ...execution.cells.flatMap(cellProblems),
    ...outputs.flatMap((output) => fileProblems(output, folder)),
    ...figures.filter((name, i) => figures.indexOf(name) !== i).map((name) =>
      `The figure ${name} is shown twice.`
    ),
    ...(claims.length === 0 && !execution.error ? ["The notebook shows no claims."] : []),
  ];
  return {
    id,
    figures,
    claims,
    cells: execution.cells.length,
    seconds: (performance.now() - begun) / 1000,
    problems,
    saved: options.save === true && !execution.error && await save(notebook, execution),
    stale: staleFiles(folder, figures),
  };
}

/** A path as a reader types it. */
export function fromRoot(path: string): string {
  const short = relative(root, resolve(path));
  return short.startsWith("..") ? path : short || ".";
}

function describe({ message, traceback }: NonNullable<Execution["error"]>): string {
  return [message, ...traceback.slice(1, 6)].join("\n");
}

/** A cell that says `.show(` must carry a figure: output can be lost between kernel and client without any error. */
function cellProblems(cell: ExecutedCell): string[] {
  const code = cell.source.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "");
  if (!/\.show\(/.test(code) || cell.error) return [];
  const shown = cell.outputs.filter((output) => noteOf(output).figure && svgOf(output).startsWith("<svg"));
  return shown.length > 0
    ? []
    : [`Cell ${cell.number} (${firstLine(cell.source)}) shows a figure, but carries none.`];
}

/** The files must hold what the notebook shows. */
function fileProblems(output: Output, folder: string): string[] {
  const name = noteOf(output).figure;
  if (name === undefined) return [];
  const expected = [["svg", svgOf(output)], ["png", dataOf(output)["image/png"]]] as const;
  return [
    ...expected.filter(([type, content]) => read(`${folder}/${name}.${type}`, type) !== content).map((
      [type],
    ) => `${fromRoot(folder)}/${name}.${type} is not the figure the notebook shows.`),
    ...(read(`${folder}/${name}.json`, "json") ? [] : [`${fromRoot(folder)}/${name}.json was not written.`]),
  ];
}

function read(path: string, type: "svg" | "png" | "json"): string | undefined {
  try {
    return type === "png" ? Deno.readFileSync(path).toBase64() : Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

function dataOf(output: Output): Record<string, unknown> {
  return "data" in output ? output.data : {};
}

function svgOf(output: Output): string {
  return joined((dataOf(output)["image/svg+xml"] ?? "") as string | string[]);
}

function staleFiles(folder: string, figures: readonly string[]): string[] {
  try {
    const names = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
    return names.filter((name) => !figures.includes(name.replace(/\.(svg|png|json)$/, "")));
  } catch {
    return [];
  }
}

/** Replaces the notebook by its executed self through a rename; true when its bytes changed. */
async function save(path: string, execution: Execution): Promise<boolean> {
  const { cells, ...rest } = execution.notebook;
  const text = formatNotebook({ ...rest, cells: await Promise.all(cells.map(withPreviews)) }, fromRoot(path));
  if (text === await Deno.readTextFile(path)) return false;
  const temporary = `${path}.tmp`;
  await Deno.writeTextFile(temporary, text);
  await Deno.rename(temporary, path);
  return true;
}

/** A saved figure is a slim SVG and a preview: those in `figures/` would make the notebook several times as large. */
async function withPreviews(cell: Cell): Promise<Cell> {
  if (cell.outputs === undefined) return cell;
  const outputs = await Promise.all(cell.outputs.map(async (output) => {
    if (!("data" in output) || output.data["image/svg+xml"] === undefined) return output;
    const svg = svgOf(output), preview = (await renderPreview(svg)).toBase64();
    return { ...output, data: { ...output.data, "image/svg+xml": slimSvg(svg), "image/png": preview } };
  }));
  return { ...cell, outputs };
}
