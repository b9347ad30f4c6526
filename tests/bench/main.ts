/**
 * @module `deno task bench [names…]`: runs the benchmarks beside their peers and prints one table.
 *
 * Every `*.bench.ts` in this folder is one; a missing peer is an empty column with the line that installs it, never a
 * failure.
 */
import { Command } from "commander";
import { machineLine, thisMachine } from "./machine.ts";
import type { Bench, BenchRow } from "./types.ts";

const here = new URL(".", import.meta.url);

function benchFiles(): Map<string, URL> {
  const files = [...Deno.readDirSync(here)].map(({ name }) => name).filter((name) =>
    name.endsWith(".bench.ts")
  );
  return new Map(files.sort().map((name) => [name.replace(".bench.ts", ""), new URL(name, here)]));
}

/** Four significant digits, without exponents for times between a nanosecond and hours in the units used. */
const figure = (x: number) => Number(x.toPrecision(4)).toString();

function table(rows: readonly BenchRow[]): string {
  const head = ["bench", "case", "device", "ours", "peer", "unit", "ratio", "note"];
  const cells = rows.map((row) => [
    row.bench,
    row.case,
    row.device?.split(":")[0] ?? "processor",
    row.ours === null ? "-" : figure(row.ours),
    row.peer === null ? "-" : figure(row.peer),
    row.unit,
    row.ratio === null ? "-" : `${row.ratio.toFixed(1)}x`,
    row.note,
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  return [head, ...cells].map((row) => row.map((cell, i) => cell.padEnd(widths[i])).join("  ").trimEnd())
    .join("\n");
}

const program = new Command("deno task bench")
  .description(
    "Benchmarks beside SciPy and PyTorch. A ratio above one means that we are that many times faster.",
  )
  .argument("[names...]", `which to run (default: all of ${[...benchFiles().keys()].join(", ")})`)
  .option("--out <dir>", "also write bench.json there")
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

const { out, peers, software } = program.opts<{ out?: string; peers: string; software: boolean }>();
const machine = thisMachine();
console.log(machineLine(machine));
const rows: BenchRow[] = [];
for (const name of names) {
  const bench: Bench = await import(files.get(name)!.href);
  rows.push(...await bench.run({ peers, software, log: (line) => console.error(`${bench.name}: ${line}`) }));
}
console.log(table(rows));
if (out) {
  await Deno.mkdir(out, { recursive: true });
  const named = rows.map((row) => ({
    ...row,
    device: row.device ?? "processor, TypeScript, one thread",
    statistic: row.statistic ?? "median",
  }));
  const report = {
    made: new Date().toISOString(),
    machine: { ...machine, loadAtTheEnd: thisMachine().load },
    versions: Deno.version,
    rows: named.map((row) => ({ ...row, machine: machine.processor })),
  };
  await Deno.writeTextFile(`${out}/bench.json`, JSON.stringify(report, null, 2) + "\n");
}
