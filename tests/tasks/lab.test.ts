/** @module The kernelspec: where it goes, what it says, and that a kernel really starts from it. */
import { expect, test } from "vitest";
import { installKernel, jupyterDataFolder, kernelName, kernelSpec } from "../../lib/tasks/kernelspec.ts";
import { papers } from "../../lib/tasks/papers.ts";
import { temporaryFolders } from "../notebook/support.ts";

const folder = temporaryFolders();
const root = new URL("../..", import.meta.url).pathname;

/** `deno task lab` with these arguments. */
async function lab(args: string[], env: Record<string, string> = {}) {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "lib/tasks/lab.ts", ...args],
    cwd: root,
    env,
  });
  const { code, stdout, stderr } = await command.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

test("Jupyter's data folder is found as Jupyter finds it", () => {
  const env = (values: Record<string, string>) => (name: string) => values[name];
  expect(jupyterDataFolder("linux", env({ HOME: "/h" }))).toBe("/h/.local/share/jupyter");
  expect(jupyterDataFolder("linux", env({ HOME: "/h", XDG_DATA_HOME: "/x" }))).toBe("/x/jupyter");
  expect(jupyterDataFolder("darwin", env({ HOME: "/h" }))).toBe("/h/Library/Jupyter");
  expect(jupyterDataFolder("linux", env({ HOME: "/h", JUPYTER_DATA_DIR: "/j" }))).toBe("/j");
  expect(() => jupyterDataFolder("linux", env({}))).toThrow(/--dir/);
});

test("installing writes a kernelspec pinned to the running Deno, and again over an older one", async () => {
  const data = folder();
  await installKernel(data, "/old/deno");
  const spec = JSON.parse(Deno.readTextFileSync(await installKernel(data)));
  expect(spec.argv).toEqual([Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"]);
  expect(spec).toMatchObject({ language: "typescript", interrupt_mode: "message" });
});

test("the task honours JUPYTER_DATA_DIR and --dir, and --print writes nothing", async () => {
  const [byVariable, byOption, neither] = [folder(), folder(), folder()];
  expect((await lab(["--no-open"], { JUPYTER_DATA_DIR: byVariable })).code).toBe(0);
  expect((await lab(["--no-open", "--dir", byOption], { JUPYTER_DATA_DIR: neither })).code).toBe(0);
  for (const data of [byVariable, byOption]) {
    expect(Deno.statSync(`${data}/kernels/trained-proved/kernel.json`).isFile).toBe(true);
  }
  const printed = await lab(["--print"], { JUPYTER_DATA_DIR: neither });
  expect(JSON.parse(printed.stdout).argv[1]).toBe("jupyter");
  expect([...Deno.readDirSync(neither)]).toEqual([]);
});

test("the notebooks ask for the kernel that the task installs", () => {
  const { display_name, language } = kernelSpec("deno");
  for (const { notebook } of papers) {
    const { metadata } = JSON.parse(Deno.readTextFileSync(`${root}/notebooks/${notebook}`));
    expect(metadata.kernelspec).toEqual({ name: kernelName, display_name, language });
  }
});

test("without JupyterLab, Jupyter Notebook is opened", async () => {
  const programs = folder();
  Deno.writeTextFileSync(`${programs}/jupyter-notebook`, '#!/bin/sh\necho "opened $1"\n', { mode: 0o755 });
  const { code, stdout } = await lab(["--dir", folder()], { PATH: programs });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^opened .*\/notebooks$/m);
});

test("without either the task says how to open the notebooks, and succeeds", async () => {
  const { code, stdout } = await lab(["--dir", folder()], { PATH: "/nowhere" });
  expect(code).toBe(0);
  expect(stdout).toMatch(/Neither JupyterLab nor Jupyter Notebook was found[^]*VS Code/);
});

test("an unknown option is one sentence and exit code 2", async () => {
  const { code, stderr } = await lab(["--prnt"]);
  expect(code).toBe(2);
  expect(stderr.trim()).toBe("Unknown option '--prnt': Did you mean --print?");
});
