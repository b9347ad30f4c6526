/**
 * @module `deno task bench [names…]`: runs the benchmarks beside their peers and prints one table.
 *
 * Every `*.bench.ts` in this folder is one, and runs in a process of its own; a missing peer is an empty column with the line that
 * installs it, never a failure.
 */
import { Command } from "commander";
import { machineLine, thisMachine } from "./machine.ts";
import { inOwnProcess } from "./own_process.ts";
import { type Measured, runAll } from "./run_all.ts";
import { table } from "./table.ts";

const all = [...Deno.readDirSync(new URL(".", import.meta.url))].map(({ name }) => name)
  .filter((name) => name.endsWith(".bench.ts")).map((name) => name.replace(".bench.ts", "")).sort();

const program = new Command("deno task bench")
  .description(
    "Benchmarks beside SciPy and PyTorch. A ratio above one means that we are that many times faster.",
  )
  .argument("[names...]", `which to run (default: all of ${all.join(", ")})`)
  .option("--out <dir>", "also write bench.json there, anew after each benchmark")
  .option("--only <text>", "of nn, training and run_axis, only cases whose name contains this", "")
  .option("--peers <dir>", "folder of the peers' scripts", "../shared/peers")
  .option("--software", "measure WebGPU on a software Vulkan adapter as well, named as such", false)
  .exitOverride((error) => Deno.exit(error.exitCode === 0 ? 0 : 2))
  .parse(Deno.args, { from: "user" });

const names = program.args.length ? program.args : all;
const unknown = names.filter((name) => !all.includes(name));
if (unknown.length) {
  console.error(
    `no benchmark is called "${unknown.join('", "')}": there are ${all.join(", ")}`,
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

const { rows, failed } = await runAll(
  names.map((name) => inOwnProcess(name, { peers, software, only })),
  async (measured) => out ? await write(out, measured) : undefined,
);
console.log(table(rows));
for (const line of failed) console.error(`failed: ${line}`);
Deno.exitCode = failed.length ? 1 : 0;
