/** @module The command line of `deno task figures`; what it does to a notebook is tested in tests/e2e. */
import { expect, test } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

/** `deno task figures` with these arguments. */
async function figures(...args: string[]) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "lib/tasks/figures.ts", ...args],
    cwd: root,
  });
  const { code, stdout, stderr } = await command.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr).trim() };
}

test("--help names every option", async () => {
  const { code, stdout } = await figures("--help");
  expect(code).toBe(0);
  for (const option of ["--profile", "--fresh", "--backend", "--out", "--save", "--cell-timeout"]) {
    expect(stdout).toContain(option);
  }
});

test.each([
  [["--profile", "fast"], /^--profile must be one of quick, full; got "fast"\.$/],
  [["--backend", "cuda"], /^--backend must be one of auto, tensorflow, webgpu, wasm, cpu; got "cuda"\.$/],
  [["no_paper"], /^There is no paper "no_paper"; the papers are: lazy_to_rich/],
  [["--cell-timeout", "soon"], /positive number of seconds/],
  [["--bakend", "cpu"], /^Unknown option '--bakend': Did you mean --backend\?$/],
])("%j is refused with one sentence and exit code 2, before any kernel starts", async (args, sentence) => {
  const { code, stdout, stderr } = await figures(...args);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(sentence);
  expect(stderr.split("\n")).toHaveLength(1);
});
