import { describe, expect, test, vi } from "vitest";
import { openStore } from "../../lib/runs/mod.ts";
import { exitCode } from "../../lib/tasks/cli.ts";
import { train } from "../../lib/tasks/train.ts";
import { noDevice, temporaryFolder } from "../runs/support/folder.ts";
import { runTask } from "./support/run_task.ts";
import { findToyPaper, toyExperiments } from "./support/toy_paper.ts";

const { slow, walk } = toyExperiments;
/** Escape sequences and carriage returns have no place in a log. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\x1b\r]/;

/** The task in this process: exit code, and what went to standard output and standard error. */
async function trainHere(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => void out.push(line));
  const error = vi.spyOn(console, "error").mockImplementation((line) => void err.push(line));
  const code = await exitCode(
    () => train(args, { findPapers: findToyPaper, openDevice: noDevice }),
    console.error,
  );
  log.mockRestore();
  error.mockRestore();
  return { code, out, err };
}

test("it says what it will do, does it, and the second time finds it done", async () => {
  const data = await temporaryFolder();
  const first = await trainHere("toy", "walk", "--data", data);
  expect(first.code).toBe(0);
  expect(first.out).toEqual(["toy/walk: 2 quick runs, 2 to do"]);
  expect(first.err.filter((line) => line.endsWith("saved"))).toEqual([
    "toy/walk run 1 of 2: saved",
    "toy/walk run 2 of 2: saved",
  ]);
  expect(first.err.join("")).not.toMatch(CONTROL);
  const second = await trainHere("toy", "walk", "--data", data);
  expect(second).toEqual({ code: 0, out: ["toy/walk: 2 quick runs, all recorded"], err: [] });
  const full = await trainHere("toy", "walk", "--profile", "full", "--data", data);
  expect(full.out).toEqual(["toy/walk: 1 full run, 1 to do"]);
});

test("a missing record is run, the others are left as they are", async () => {
  const data = await temporaryFolder();
  await trainHere("toy", "walk", "--data", data);
  const store = openStore(data);
  const [first, second] = walk.configs("quick");
  const kept = await store.load(walk, first);
  await Deno.remove(await store.pathOf(walk, second));
  const again = await trainHere("toy", "walk", "--data", data);
  expect(again.out).toEqual(["toy/walk: 2 quick runs, 1 to do (1 recorded)"]);
  expect(await store.load(walk, first)).toEqual(kept);
  expect(await store.load(walk, second)).toBeDefined();
});

test("a failing run and a damaged record are reported by name, end with 1, and do not stop the others", async () => {
  const data = await temporaryFolder();
  const store = openStore(data);
  await trainHere("toy", "walk", "--data", data);
  const path = await store.pathOf(walk, walk.configs("quick")[0]);
  await Deno.writeTextFile(path, "{");
  const deaf = vi.spyOn(toyExperiments.deaf, "run").mockResolvedValue({ samples: [], last: [] });
  const outcome = await trainHere("toy", "--data", data);
  expect(deaf).toHaveBeenCalledOnce();
  deaf.mockRestore();
  expect(outcome.code).toBe(1);
  expect(outcome.out).toContain("toy/walk: 2 quick runs, refused");
  expect(outcome.err.join("\n")).toContain(`${path} is refused because it is cut off`);
  expect(outcome.err.join("\n")).toContain(
    'toy/failing failed for config {"seed":1}: run 0 diverged at step 3',
  );
  expect(await store.load(slow, slow.configs("quick")[0])).toBeDefined();
  expect(await Deno.readTextFile(path)).toBe("{");
});

describe("a command line that cannot be obeyed is one sentence that lists what is valid, and exit code 2", () => {
  test.each([
    [["nope"], 'There is no paper "nope"; the papers are: toy.'],
    [["toy", "nope"], 'toy has no experiment "nope"; its experiments are: walk, slow, deaf, failing.'],
    [["toy", "--profile", "huge"], '--profile must be one of quick, full; got "huge".'],
    [
      ["toy", "--backend", "cuda"],
      '--backend must be one of auto, tensorflow, webgpu, wasm, cpu; got "cuda".',
    ],
    [
      ["toy", "--budget-minutes", "soon"],
      '--budget-minutes must be a number above 0 and below 35000; got "soon".',
    ],
    [["toy", "--budget-minutes", "0"], '--budget-minutes must be a number above 0 and below 35000; got "0".'],
    [["toy", "--fresh-since", "noon"], '--fresh-since must be a time like 2026-01-31T12:00:00Z; got "noon".'],
  ])("%j", async (args, sentence) => {
    expect(await trainHere(...args)).toEqual({ code: 2, out: [], err: [sentence] });
  });

  test.each([[["toy", "walk", "more"]], [["--frsh"]], [["--data"]]])("%j", async (args) => {
    const { code, out, err } = await trainHere(...args);
    expect({ code, out, lines: err.length }).toEqual({ code: 2, out: [], lines: 1 });
  });
});

describe("as a process", { timeout: 60_000 }, () => {
  test("--help names every option and ends well", async () => {
    const { code, stdout } = await runTask(["train", "--help"]);
    expect(code).toBe(0);
    for (
      const option of ["--profile", "--backend", "--fresh", "--data", "--budget-minutes", "[experiment]"]
    ) {
      expect(stdout).toContain(option);
    }
  });

  test("Ctrl-C saves and says how to resume; resuming equals never having stopped, bit for bit", async () => {
    const [data, other] = [await temporaryFolder(), await temporaryFolder()];
    const args = ["train", "toy", "slow", "--data", data];
    const stopped = await runTask(args, { interrupt: { when: /slow run 1 of 1/ } });
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain("Stopped at step");
    expect(stopped.stderr).toContain(`To resume: deno task train toy slow --data ${data}\n`);
    expect(stopped.stdout + stopped.stderr).not.toMatch(CONTROL);
    expect(await openStore(data).list()).toEqual([]);
    expect((await runTask(args)).code).toBe(0);
    await runTask(["train", "toy", "slow", "--data", other]);
    const [config] = slow.configs("quick");
    const resumed = await openStore(data).load(slow, config);
    expect(resumed!.metrics).toEqual((await openStore(other).load(slow, config))!.metrics);
  });

  test("a second Ctrl-C ends at once, even when the run does not listen", async () => {
    const data = await temporaryFolder();
    const begun = performance.now();
    const { code, stderr } = await runTask(["train", "toy", "deaf", "--data", data], {
      interrupt: { when: /deaf run 1 of 1/, againAfter: 600 },
    });
    expect(code).toBe(130);
    expect(stderr).toContain("Ctrl-C again ends at once");
    expect(performance.now() - begun).toBeLessThan(15_000); // the run alone takes 30 s
  });

  test("one Ctrl-C that arrives twice, from the terminal and from the task runner, is one", async () => {
    const { code, stderr } = await runTask(["train", "toy", "slow", "--data", await temporaryFolder()], {
      interrupt: { when: /slow run 1 of 1/, againAfter: 5 },
    });
    expect(code).toBe(130);
    expect(stderr).toContain("To resume:");
  });

  test("a used-up budget stops with a checkpoint and its own exit code", async () => {
    const data = await temporaryFolder();
    const args = ["train", "toy", "slow", "--data", data, "--budget-minutes", "0.004"];
    const { code, stderr } = await runTask(args);
    expect(code).toBe(124);
    expect(stderr).toContain("The budget of 0.004 min is used up");
    expect(stderr).toContain("To resume: deno task train toy slow");
    expect(await openStore(data).checkpoint(slow, slow.configs("quick")[0]).load()).toBeDefined();
  });

  test("an interrupted --fresh resumes by --fresh-since and replaces the old record", async () => {
    const data = await temporaryFolder();
    const args = ["train", "toy", "slow", "--data", data];
    const load = () => openStore(data).load(slow, slow.configs("quick")[0]);
    await runTask(args);
    const old = await load();
    const stopped = await runTask([...args, "--fresh"], { interrupt: { when: /slow run 1 of 1/ } });
    expect(await load()).toEqual(old);
    const since = /--fresh-since (\S+)/.exec(stopped.stderr)![1];
    expect((await runTask([...args, "--fresh-since", since])).code).toBe(0);
    const replaced = await load();
    expect(replaced!.finishedAt > old!.finishedAt).toBe(true);
    expect(replaced!.metrics).toEqual(old!.metrics);
    const done = await runTask([...args, "--fresh-since", since]);
    expect(done.stdout).toBe("toy/slow: 1 quick run, all recorded\n");
  });
});
