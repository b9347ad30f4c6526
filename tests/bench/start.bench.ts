/**
 * @module How long a reader waits: from the start of a kernel to its first answer, and to the first figure of each notebook, with a
 * kernel of its own every time and the figures drawn from the committed records.
 */
import { readSettings, settingsEnvironment } from "../../lib/notebook/mod.ts";
import { startKernel } from "../../lib/notebook/kernel.ts";
import { joined, parseNotebook } from "../../lib/notebook/nbformat.ts";
import { median } from "../../lib/numerics/mod.ts";
import { papers } from "../../lib/tasks/papers.ts";
import { type BenchOptions, type BenchRow, timed } from "./types.ts";

/** What `deno task bench start` runs. */
export const name = "start";

const ROUNDS = 3;
const notebooks = new URL("../../notebooks/", import.meta.url).pathname;

/** Seconds until a kernel answers, and until it shows a figure. */
async function wait(file: string, out: string): Promise<{ answer: number; figure: number }> {
  const cells = parseNotebook(await Deno.readTextFile(`${notebooks}${file}`), file).cells
    .filter((cell) => cell.cell_type === "code").map((cell) => joined(cell.source)).filter((source) =>
      source.trim()
    );
  const env = settingsEnvironment({ ...readSettings(() => undefined), out });
  const begun = performance.now(), since = () => (performance.now() - begun) / 1000;
  const kernel = await startKernel({ cwd: notebooks, env });
  let figure = NaN;
  try {
    await kernel.execute("1", { timeout: 120, onOutput: () => {} });
    const answer = since();
    for (const source of cells) {
      const { status } = await kernel.execute(source, {
        timeout: 600,
        onOutput: ({ content }) => {
          if (Number.isNaN(figure) && "image/svg+xml" in ((content.data ?? {}) as object)) figure = since();
        },
      });
      if (status !== "ok") throw new Error(`a cell of ${file} fails before the first figure`);
      if (!Number.isNaN(figure)) return { answer, figure };
    }
    throw new Error(`${file} shows no figure`);
  } finally {
    await kernel.close();
  }
}

/** Measures every notebook. */
export async function run({ log }: BenchOptions): Promise<BenchRow[]> {
  const answers: number[] = [], figures = new Map<string, number[]>();
  const out = await Deno.makeTempDir({ prefix: "bench-start-" });
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      for (const { id, notebook } of papers) {
        log(`${id}, round ${round} of ${ROUNDS}`);
        const { answer, figure } = await wait(notebook, out);
        answers.push(answer);
        figures.set(id, [...figures.get(id) ?? [], figure]);
      }
    }
  } finally {
    await Deno.remove(out, { recursive: true });
  }
  const row = (label: string, times: number[]) =>
    timed(
      { bench: name, case: label, unit: "s", note: `no peer; median of ${times.length}` },
      median(times),
      null,
    );
  return [
    row("kernel start to its first answer", answers),
    ...[...figures].map(([id, times]) => row(`kernel start to the first figure, ${id}`, times)),
  ];
}
