/** @module `deno task explore [paper]`: one self-contained page with the paper's theory behind sliders, to a file or served. */
import { explorerHtml, hasExplorer } from "../explore/mod.ts";
import { command, runTask, UsageError } from "./cli.ts";
import { root } from "./execute_paper.ts";
import { findPapers } from "./papers.ts";

/** Papers that have an explorer, of those named (all unless given). */
async function explorable(ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const { id } of findPapers(ids)) {
    if (await hasExplorer(id)) found.push(id);
    else if (ids.length > 0) {
      throw new UsageError(`The paper "${id}" has no explorer yet (lib/${id}/explorer.ts).`);
    }
  }
  return found;
}

/** Opens an address in the system's browser; where there is none, the address has been printed. */
function openBrowser(address: string): void {
  const [program, ...args] = Deno.build.os === "windows"
    ? ["cmd", "/c", "start", address]
    : [Deno.build.os === "darwin" ? "open" : "xdg-open", address];
  try {
    new Deno.Command(program, { args, stdout: "null", stderr: "null" }).spawn().unref();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Runs the task.
 * @returns 0; with `--serve`, when it is stopped
 * @throws {UsageError} for an unknown paper, or one without an explorer
 */
export async function explore(args: readonly string[]): Promise<number> {
  let request: { papers: string[]; out: string; serve: boolean } | undefined;
  await command("explore", "Build a paper's explorer: one HTML page that needs no network.")
    .argument("[papers...]", "folder names of papers; all that have an explorer unless given")
    .option("--out <folder>", "where to write <paper>.html", `${root}/out/explorers`)
    .option("--serve", "serve the page on this machine and open it in the browser", false)
    .action(async (papers: string[], options: { out: string; serve: boolean }) => {
      request = { papers: await explorable(papers), ...options };
    })
    .parseAsync(args as string[], { from: "user" });
  if (request === undefined) return 0;
  const { papers, out, serve } = request;
  const pages = new Map<string, string>();
  await Deno.mkdir(out, { recursive: true });
  for (const paper of papers) {
    const page = await explorerHtml(paper);
    pages.set(`/${paper}.html`, page);
    await Deno.writeTextFile(`${out}/${paper}.html`, page);
    console.log(`${out}/${paper}.html (${Math.round(page.length / 1024)} KB)`);
  }
  if (serve) await serveUntilStopped(pages);
  return 0;
}

async function serveUntilStopped(pages: ReadonlyMap<string, string>): Promise<void> {
  const [first] = pages.keys();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: ({ port }) => {
      const address = `http://127.0.0.1:${port}${first}`;
      console.log(`${address}  (Ctrl+C stops)`);
      openBrowser(address);
    },
  }, (request) => {
    const page = pages.get(new URL(request.url).pathname);
    return page === undefined
      ? new Response("Not found", { status: 404 })
      : new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
  });
  Deno.addSignalListener("SIGINT", () => server.shutdown());
  await server.finished;
}

if (import.meta.main) await runTask(() => explore(Deno.args));
