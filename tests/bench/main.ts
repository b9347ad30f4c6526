/**
 * @module `deno task bench [names…]`: runs the benchmarks beside their peers and prints one table.
 *
 * Every `*.bench.ts` in this folder is one; a missing peer is an empty column with the line that installs it, never a
 * failure.
 */
import { Command } from "commander";
import { machineLine, thisMachine } from "./machine.ts";
import { type Measured, runAll } from "./run_all.ts";
import { table } from "./table.ts";
import type { Bench } from "./types.ts";

const here = new URL(".", import.meta.url);

function benchFiles(): Map<string, URL> {
  const files = [...Deno.readDirSync(here)].map(({ name }) => name).filter((name) =>
    name.endsWith(".bench.ts")
  );
  return new Map(files.sort().map((name) => [name.replace(".bench.ts", ""), new URL(name, here)]));
}

const program = new Command("deno task bench")
  .description(
    "Benchmarks beside SciPy and PyTorch. A ratio above one means that we are that many times faster.",
  )
  .argument("[names...]", `which to run (default: all of ${[...benchFiles().keys()].join(", ")})`)
  .option("--out <dir>", "also write bench.json there, anew after each benchmark")
  .option("--only <text>", "of nn, training and run_axis, only cases whose name contains this", "")
  .option("--peers <dir>", "folder of the peers' scripts", "../shared/peers")
  .option("--software", "measure WebGPU on a software Vulkan adapter as well, named as such", false)
  .exitOverride((error) => Deno.exit(error.exitCode === 0 ? 0 : 2))
  .parse(Deno.args, { from: "user" });

const files = benchFiles();
const names = program.args.length ? program.args : [...files.keys()];
const unknown = names.filter((name) => !files.has(name));
if (unknown.length) {
  console.error(
    `no benchmark is called "${unknown.join('", "')}": there are ${[...files.keys()].join(", ")}`,
  );
  Deno.exit(2);
}

const { out, only, peers, software } = program.opts<
  { out?: string; only: string; peers: string; software: boolean }
>();
const machine = thisMachine();
console.log(machineLine(machine));

/** Writes what was measured so far, for programs. */
async function write(folder: string, { rows, failed }: Measured): Promise<void> {
  const report = {
    made: new Date().toISOString(),
    machine: { ...machine, loadAtTheEnd: thisMachine().load },
    versions: Deno.version,
    rows: rows.map((row) => ({
      ...row,
      device: row.device ?? "processor, TypeScript, one thread",
      statistic: row.statistic ?? "median",
      machine: machine.processor,
    })),
    failed,
  };
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/bench.json`, JSON.stringify(report, null, 2) + "\n");
}

const chosen = names.map((name) => [name, (): Promise<Bench> => import(files.get(name)!.href)] as const);
const { rows, failed } = await runAll(
  new Map(chosen),
  { peers, software, wanted: (label) => label.includes(only), log: (line) => console.error(line) },
  async (measured) => out ? await write(out, measured) : undefined,
);
console.log(table(rows));
for (const line of failed) console.error(`failed: ${line}`);
Deno.exitCode = failed.length ? 1 : 0;
