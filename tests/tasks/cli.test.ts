/** @module The shared command line: exit codes, sentences, progress in a log. */
import { expect, test } from "vitest";
import { choice, command, exitCode, lineProgress, UsageError } from "../../lib/tasks/cli.ts";
import { findPapers, papers } from "../../lib/tasks/papers.ts";

/** Exit code and sentences of a task. */
async function run(main: () => Promise<number>) {
  const lines: string[] = [];
  return { code: await exitCode(main, (line) => lines.push(line)), lines };
}

test("a task's own code is the exit code, and nothing is said", async () => {
  expect(await run(() => Promise.resolve(0))).toEqual({ code: 0, lines: [] });
  expect(await run(() => Promise.resolve(1))).toEqual({ code: 1, lines: [] });
});

test("a usage error is its sentence and code 2; any other error is its message and code 1", async () => {
  expect(await run(() => Promise.reject(new UsageError("No.")))).toEqual({ code: 2, lines: ["No."] });
  expect(await run(() => Promise.reject(new Error("Broken.")))).toEqual({ code: 1, lines: ["Broken."] });
});

test("an unknown option and a missing value are one sentence and code 2", async () => {
  const program = () => command("demo", "Demo.").option("--out <folder>", "where");
  const parse = (...args: string[]) =>
    run(() => Promise.resolve(program().parse(args, { from: "user" }) && 0));
  const unknown = await parse("--ot");
  expect(unknown).toEqual({ code: 2, lines: ["Unknown option '--ot': Did you mean --out?"] });
  const missing = await parse("--out");
  expect(missing.code).toBe(2);
  expect(missing.lines).toHaveLength(1);
});

test("a choice outside the list names option, value and list", () => {
  expect(choice("--profile", "full", ["quick", "full"])).toBe("full");
  expect(() => choice("--profile", "fast", ["quick", "full"]))
    .toThrow(new UsageError(`--profile must be one of quick, full; got "fast".`));
});

test("no paper means all papers; an unknown one is refused with the list of valid ones", () => {
  expect(findPapers([])).toEqual(papers);
  expect(findPapers(["lazy_to_rich"]).map((paper) => paper.id)).toEqual(["lazy_to_rich"]);
  expect(() => findPapers(["lazy_to_poor"])).toThrow(/"lazy_to_poor"; the papers are: lazy_to_rich/);
});

test("in a log, each step is one line, and a long step one line every ten seconds", () => {
  const lines: string[] = [];
  let now = 0;
  const progress = lineProgress((line) => lines.push(line), () => now);
  progress.start(2, "a");
  for (now = 0; now < 25_000; now += 1000) progress.update(0, `a ${now}`);
  progress.update(1, "b");
  progress.update(1, "b");
  expect(lines).toEqual(["[0/2] a", "[0/2] a 10000", "[0/2] a 20000", "[1/2] b"]);
});
