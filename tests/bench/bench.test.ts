/** @module The benchmarks' own machinery: the table, missing peers, failures. The timings themselves assert nothing. */
import { describe, expect, test } from "vitest";
import { machineLine, thisMachine } from "./machine.ts";
import { runAll } from "./run_all.ts";
import { findTorch } from "./torch.ts";
import { table } from "./table.ts";
import { type Bench, type BenchOptions, type BenchRow, timed } from "./types.ts";

const row = (label: string, ours: number, peer: number | null, note = ""): BenchRow =>
  timed({ bench: "b", case: label, note }, ours, peer);
const options: BenchOptions = { peers: "/none", wanted: () => true, log: () => {} };
const bench = (rows: BenchRow[]): Bench => ({ name: "b", run: () => Promise.resolve(rows) });

describe("the table", () => {
  test("the ratio says how many times faster we are, with two digits where we are slower", () => {
    const [, faster, slower] = table([row("x", 2, 8), row("y", 8, 2)]).split("\n");
    expect(faster).toMatch(/ 2 +8 +ms +4\.0x$/);
    expect(slower).toMatch(/ 8 +2 +ms +0\.25x$/);
  });

  test("a missing peer is a dash, with the line that installs it", () => {
    const [, line] = table([row("x", 2, null, "SciPy not found: apt-get install python3-scipy")]).split("\n");
    expect(line).toMatch(/ 2 +- +ms +- +SciPy not found: apt-get install python3-scipy$/);
  });

  test("a row without a device was computed on the processor; the machine is named", () => {
    expect(table([row("x", 1, 1)])).toContain("processor");
    expect(machineLine(thisMachine())).toMatch(/, \d+ cores, \d+ GiB, .*, Deno \d+\.\d+\.\d+, load /);
  });
});

test("without the peers' scripts PyTorch is missing, and the note says what to give", async () => {
  const { cpu, cuda } = await findTorch("/none");
  expect(cpu).toBe("no torch_steps.py in /none: give its folder with --peers");
  expect(cuda).toBe(cpu);
});

test("a benchmark that fails is named, and the others are in the table; what there is is told after each", async () => {
  const seen: number[] = [];
  const benches = new Map([
    ["first", () => Promise.resolve(bench([row("x", 1, 1)]))],
    ["broken", () => Promise.reject(new Error("no such thing"))],
    ["last", () => Promise.resolve(bench([row("y", 1, 1)]))],
  ]);
  const { rows, failed } = await runAll(benches, options, ({ rows }) => void seen.push(rows.length));
  expect(rows.map((row) => row.case)).toEqual(["x", "y"]);
  expect(failed).toEqual(["broken: no such thing"]);
  expect(seen).toEqual([1, 1, 2]);
});

const files = [...Deno.readDirSync(import.meta.dirname!)].map(({ name }) => name)
  .filter((name) => name.endsWith(".bench.ts"));

test.each(files)("%s is a benchmark, called as its file is", async (file) => {
  const { name, run } = await import(new URL(file, import.meta.url).href);
  expect(name).toBe(file.replace(".bench.ts", ""));
  expect(run).toBeTypeOf("function");
});
