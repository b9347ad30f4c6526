/** @module Small notebooks written to a temporary folder. */
import { afterEach } from "vitest";

/** A notebook with these code cells; a cell may carry tags. */
export function notebookOf(...cells: (string | { source: string; tags: string[] })[]): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "deno", display_name: "Deno", language: "typescript" } },
    cells: cells.map((cell, index) => ({
      id: `c${index + 1}`,
      cell_type: "code",
      metadata: typeof cell === "string" ? {} : { tags: cell.tags },
      source: typeof cell === "string" ? cell : cell.source,
      outputs: [],
      execution_count: null,
    })),
  });
}

/** A function that makes temporary folders, removed after each test; the system's place for them unless said. */
export function temporaryFolders(dir?: string): () => string {
  const made: string[] = [];
  afterEach(() => {
    for (const folder of made.splice(0)) Deno.removeSync(folder, { recursive: true });
  });
  return () => {
    if (dir) Deno.mkdirSync(dir, { recursive: true });
    const folder = Deno.makeTempDirSync({ prefix: "trained-proved-test-", dir });
    made.push(folder);
    return folder;
  };
}
