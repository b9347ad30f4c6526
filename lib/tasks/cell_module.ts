/**
 * @module A notebook's code cells as one TypeScript module, because the kernel runs cells without checking a type.
 *
 * Each cell is a block inside the block of the cell before: it sees what was declared above, and may declare the same
 * name again, as cells may. Imports are hoisted, once each. Every line of the module knows its cell and line.
 */
import { joined, type NotebookFile } from "../notebook/mod.ts";

/** Where a line of the module comes from. */
export interface CellLine {
  /** Counted from 1 over the notebook's code cells that are not empty. */
  readonly cell: number;
  /** Counted from 1 in the cell. */
  readonly line: number;
}

/** The module and the origin of each of its lines. */
export interface CellModule {
  readonly text: string;
  readonly origin: readonly (CellLine | undefined)[];
}

const importStatement =
  /^import\s+(type\s+)?(?:([^"';]+?)\s+from\s+)?(["'][^"']+["'])(\s+with\s+\{[^}]*\})?;?/gm;

/** The sources of the code cells that are not empty, in order. */
export function codeCells(notebook: NotebookFile): string[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code").map((cell) => joined(cell.source))
    .filter((source) => source.trim() !== "");
}

/** The module of a notebook; line for line, columns included, its cells. */
export function cellModule(notebook: NotebookFile): CellModule {
  const sources = notebook.cells.filter((cell) => cell.cell_type === "code").map((cell) =>
    joined(cell.source)
  )
    .filter((source) => source.trim() !== "");
  const imports: string[] = [];
  const body: string[] = [];
  const importOrigin: CellLine[] = [];
  const bodyOrigin: (CellLine | undefined)[] = [];
  const seen = new Set<string>();
  sources.forEach((source, index) => {
    const cell = index + 1;
    const rest = source.replace(
      importStatement,
      (statement, type, names, from, attributes, offset: number) => {
        const line = source.slice(0, offset).split("\n").length;
        for (const single of splitImport(type ?? "", names, `${from}${attributes ?? ""}`)) {
          if (seen.has(single)) continue;
          seen.add(single);
          imports.push(single);
          importOrigin.push({ cell, line });
        }
        return "\n".repeat(statement.split("\n").length - 1);
      },
    );
    body.push("{", ...rest.split("\n"));
    bodyOrigin.push(undefined, ...rest.split("\n").map((_, line) => ({ cell, line: line + 1 })));
  });
  const text = [...imports, ...body, "}".repeat(sources.length), "export {};", ""].join("\n");
  return { text, origin: [...importOrigin, ...bodyOrigin] };
}

/** `import a, { b, type c as d } from "m"` as one statement a name, so that a repeated name can be dropped. */
function splitImport(type: string, names: string | undefined, from: string): string[] {
  if (names === undefined) return [`import ${from};`];
  const [, outside, braces] = names.match(/^([^{]*)(?:\{([^}]*)\})?$/) ?? [];
  if (outside === undefined) return [`import ${type}${names} from ${from};`];
  const list = (text: string | undefined) =>
    (text ?? "").split(",").map((part) => part.trim()).filter(Boolean);
  return [
    ...list(outside).map((name) => `import ${type}${name} from ${from};`),
    ...list(braces).map((name) => `import ${type}{ ${name} } from ${from};`),
  ];
}
