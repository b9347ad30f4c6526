/** @module `deno task figures`: execute the notebooks in a real kernel, write every figure, end with the claims. */
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { type ClaimResult, claimsTable, failures } from "../claims/mod.ts";
import { backends, killOnSignal, profiles, readSettings } from "../notebook/mod.ts";
import { choice, command, progressBar, runTask } from "./cli.ts";
import { executePaper, fromRoot, type PaperResult, root } from "./execute_paper.ts";
import { findPapers, papers } from "./papers.ts";

async function main(args: readonly string[]): Promise<number> {
  const program = command(
    "figures",
    "Execute the notebooks and regenerate their figures (SVG, PNG and what made them).",
  )
    .argument("[papers...]", `which papers; all of them unless named (${papers.map((p) => p.id).join(", ")})`)
    .option(
      "--profile <profile>",
      "records of this profile only: quick or full (default: full where complete, else quick)",
    )
    .option("--fresh", "train everything again, whatever records there are", false)
    .option("--backend <backend>", `what trains: ${backends.join(", ")}`, "auto")
    .option("--out <folder>", "where figures go, as <folder>/<paper>/<figure>.svg (default: figures)")
    .option("--save", "write the outputs back into the notebooks", false)
    .option("--cell-timeout <seconds>", "give up a cell that is silent for so long", seconds, 600)
    .parse(args, { from: "user" });
  const chosen = findPapers(program.args);
  const options = program.opts();
  const settings = {
    data: readSettings().data,
    out: options.out ? resolve(options.out) : `${root}/figures`,
    fresh: options.fresh as boolean,
    profile: options.profile === undefined ? undefined : choice("--profile", options.profile, profiles),
    backend: choice("--backend", options.backend, backends),
  };

  killOnSignal();
  const bar = progressBar();
  const results: PaperResult[] = [];
  for (const { id, notebook } of chosen) {
    let total = -1;
    const result = await executePaper({
      id,
      settings,
      notebook: `${root}/notebooks/${notebook}`,
      save: options.save,
      cellTimeout: options.cellTimeout,
      onProgress: (progress) => {
        if (total !== progress.total) bar.start(total = progress.total, `${id}: ${progress.note}`);
        else bar.update(progress.done, `${id}: ${progress.note}`);
      },
    }).finally(() => bar.stop());
    results.push(result);
    report(result, settings.out);
  }
  return conclude(results);
}

function report(result: PaperResult, out: string): void {
  const { id, figures, cells, seconds, problems, saved, stale } = result;
  console.log(
    `${id}: ${cells} cells in ${seconds.toFixed(1)} s, ${figures.length} figures in ${fromRoot(out)}/${id}`,
  );
  if (saved) console.log(`${id}: the notebook's outputs were updated`);
  if (stale.length > 0) console.log(`${id}: not made by this notebook: ${stale.join(", ")}`);
  for (const problem of problems) console.error(`${id}: ${problem}`);
}

/** The claims of all papers, then one line that says whether all is well. */
function conclude(results: readonly PaperResult[]): number {
  const claims: ClaimResult[] = results.flatMap((result) => result.claims);
  if (claims.length > 0) console.log(`\n${claimsTable(claims)}\n`);
  const failed = failures(claims).length;
  const problems = results.reduce((sum, result) => sum + result.problems.length, 0);
  if (failed + problems === 0) return 0;
  console.error(`Failed: ${failed} claims, ${problems} problems in notebooks.`);
  return 1;
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError("It must be a positive number of seconds.");
  return value;
}

if (import.meta.main) await runTask(() => main(Deno.args));
