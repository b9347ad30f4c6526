/**
 * @module `deno task claims [papers...]`: every claim of the papers, measured on the records at hand, and its verdict.
 * Nothing is trained: a claim whose records are missing is `not run`.
 */
import { type ClaimResult, claimsTable, evaluateClaims, failures } from "../claims/mod.ts";
import {
  dataFolder,
  describeSources,
  openStore,
  type Profile,
  type RunRecord,
  selectRecords,
  type Store,
} from "../runs/mod.ts";
import { choice, command, runTask } from "./cli.ts";
import { findPapers, type PaperEntry } from "./papers.ts";

interface PaperClaims {
  readonly paper: PaperEntry;
  readonly records: readonly RunRecord[];
  readonly results: readonly ClaimResult[];
}

/**
 * Runs the task.
 *
 * @returns 1 when a claim fails or a control is not refuted, else 0; claims that were not run do not count.
 * @throws {UsageError} for an unknown paper or profile.
 * @throws {RecordError} when a record that is needed is damaged.
 */
export async function claims(
  args: readonly string[],
  find: (ids: string[]) => readonly PaperEntry[] = findPapers,
): Promise<number> {
  let request:
    | { papers: readonly PaperEntry[]; json: boolean; profile?: Profile; data: string | URL }
    | undefined;
  await command("claims", "The claims of every paper and their verdicts, from the records at hand.")
    .argument("[papers...]", "folder names of papers; all unless given")
    .option("--json", "print a JSON array and nothing else")
    .option(
      "--profile <name>",
      "use only quick or only full records (default: full where complete, else quick)",
    )
    .option("--data <folder>", "where records are (default: the suite's own data)")
    .addHelpText("after", "\nExit code 1 when a claim that should hold fails.")
    .action((papers: string[], options: { json?: boolean; profile?: string; data?: string }) => {
      request = {
        papers: find(papers),
        json: options.json ?? false,
        ...options.profile === undefined
          ? {}
          : { profile: choice<Profile>("--profile", options.profile, ["quick", "full"]) },
        data: options.data ?? dataFolder,
      };
    })
    .parseAsync(args as string[], { from: "user" });
  if (request === undefined) return 0;

  const store = openStore(request.data);
  const all: PaperClaims[] = [];
  for (const paper of request.papers) all.push(await evaluatePaper(paper, store, request.profile));
  const results = all.flatMap((paper) => paper.results);
  if (request.json) console.log(JSON.stringify(results, null, 2));
  else {
    console.log(claimsTable(results, Deno.stdout.isTerminal() ? Deno.consoleSize().columns : 120));
    for (const { paper, records } of all) console.log(`${paper.id}: ${describeSources(records)}`);
  }
  return failures(results).length > 0 ? 1 : 0;
}

async function evaluatePaper(paper: PaperEntry, store: Store, profile?: Profile): Promise<PaperClaims> {
  const module = await paper.load();
  const records: Record<string, RunRecord[]> = {};
  for (const [key, experiment] of Object.entries(module.experiments)) {
    records[key] = await selectRecords(experiment, store, profile === undefined ? {} : { profile });
  }
  return { paper, records: Object.values(records).flat(), results: evaluateClaims(module.claims(records)) };
}

if (import.meta.main) await runTask(() => claims(Deno.args));
