import { expect, test } from "vitest";
import { openStore, runExperiment } from "../../lib/runs/mod.ts";
import { exitCode, UsageError } from "../../lib/tasks/cli.ts";
import { claims } from "../../lib/tasks/claims.ts";
import { noDevice, temporaryFolder } from "../runs/support/folder.ts";
import { runTask } from "./support/run_task.ts";
import { findToyPaper, toyExperiments } from "./support/toy_paper.ts";

async function folderWithRecords() {
  const data = await temporaryFolder();
  const options = { store: openStore(data), profile: "quick", openDevice: noDevice } as const;
  await runExperiment(toyExperiments.walk, options);
  return data;
}

test("--json prints an array of results with exactly the agreed keys, and nothing else", async () => {
  const { code, stdout, stderr } = await runTask(["claims", "--json", "--data", await folderWithRecords()]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const results = JSON.parse(stdout);
  expect(results.map((r: { id: string; verdict: string }) => `${r.id} ${r.verdict}`)).toEqual([
    "first-sample holds",
    "inside holds",
    "constant holds",
    "slow not run",
  ]);
  for (const result of results) {
    expect(Object.keys(result).sort()).toEqual([
      "control",
      "expected",
      "id",
      "measured",
      "paper",
      "relation",
      "source",
      "standardError",
      "statement",
      "tolerance",
      "verdict",
    ]);
  }
  expect(results[1]).toMatchObject({ measured: expect.any(Number), standardError: 0.01, control: false });
  expect(results[3]).toMatchObject({ measured: null, standardError: null });
});

test("the table names verdicts, the tally and what the records are", async () => {
  const { code, stdout } = await runTask(["claims", "toy", "--data", await folderWithRecords()]);
  expect(code).toBe(0);
  expect(stdout).toContain("holds    0.318");
  expect(stdout).toContain("3 hold, 0 fail, 1 not run.");
  expect(stdout).toMatch(/^toy: 2 quick runs in float64 \(theory\)$/m);
});

test("a claim that should hold and does not makes the exit code 1, in both forms", async () => {
  const data = await folderWithRecords();
  for (const form of [[], ["--json"]]) {
    const { code, stdout } = await runTask(["claims", ...form, "--data", data], {
      env: { TOY_CLAIMS: "false" },
    });
    expect(code).toBe(1);
    expect(stdout).toContain("fails");
  }
});

test("without records nothing was run, which is no failure; a profile can be asked for", async () => {
  const nothing = await runTask(["claims", "--data", await temporaryFolder()]);
  expect(nothing.code).toBe(0);
  expect(nothing.stdout).toContain("0 hold, 0 fail, 4 not run.");
  const full = await runTask(["claims", "--profile", "full", "--data", await folderWithRecords()]);
  expect(full.stdout).toContain("0 hold, 0 fail, 4 not run.");
});

test("a damaged record is an error with its path, and no JSON is printed", async () => {
  const data = await folderWithRecords();
  const path = await openStore(data).pathOf(toyExperiments.walk, toyExperiments.walk.configs("quick")[0]);
  await Deno.truncate(path, 100);
  const { code, stdout, stderr } = await runTask(["claims", "--json", "--data", data]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(`${path} is refused because`);
});

test("unknown papers and profiles are one sentence and exit code 2", async () => {
  const lines: string[] = [];
  const run = (...args: string[]) => exitCode(() => claims(args, findToyPaper), (line) => lines.push(line));
  expect(await run("nope")).toBe(2);
  expect(await run("--profile", "huge")).toBe(2);
  expect(lines).toEqual([
    'There is no paper "nope"; the papers are: toy.',
    '--profile must be one of quick, full; got "huge".',
  ]);
  await expect(claims(["nope"], findToyPaper)).rejects.toThrow(UsageError);
});
