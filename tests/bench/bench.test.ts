/** @module The benchmarks' own machinery: the table, missing peers, failures. The timings themselves assert nothing. */
import { describe, expect, test } from "vitest";
import { machineLine, thisMachine } from "./machine.ts";
import { inOwnProcess } from "./own_process.ts";
import { runAll } from "./run_all.ts";
import { findTorch } from "./torch.ts";
import { table } from "./table.ts";
import { type BenchRow, timed } from "./types.ts";

const row = (label: string, ours: number, peer: number | null, note = ""): BenchRow =>
  timed({ bench: "b", case: label, note }, ours, peer);

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
  const benches = [
    { name: "first", run: () => Promise.resolve([row("x", 1, 1)]) },
    { name: "broken", run: () => Promise.reject(new Error("no such thing")) },
    { name: "last", run: () => Promise.resolve([row("y", 1, 1)]) },
  ];
  const { rows, failed } = await runAll(benches, ({ rows }) => void seen.push(rows.length));
  expect(rows.map((row) => row.case)).toEqual(["x", "y"]);
  expect(failed).toEqual(["broken: no such thing"]);
  expect(seen).toEqual([1, 1, 2]);
});

describe("a process of its own", () => {
  const options = { peers: "/none", only: "" };

  test("gives back the rows of its benchmark", async () => {
    const rows = await inOwnProcess("markov_induction", options).run();
    expect(rows.length).toBeGreaterThan(0);
    for (const { bench, ours } of rows) expect(bench === "markov_induction" && ours! > 0).toBe(true);
  });

  test("and the error, where it has none", async () => {
    await expect(inOwnProcess("nothing", options).run()).rejects.toThrow(/nothing\.bench\.ts/);
  });
});

const files = [...Deno.readDirSync(import.meta.dirname!)].map(({ name }) => name)
  .filter((name) => name.endsWith(".bench.ts"));

test.each(files)("%s is a benchmark, called as its file is", async (file) => {
  const { name, run } = await import(new URL(file, import.meta.url).href);
  expect(name).toBe(file.replace(".bench.ts", ""));
  expect(run).toBeTypeOf("function");
});
