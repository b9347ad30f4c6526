/** @module A bundle, made, unpacked and used as on the node of a cluster: no network, no home, no Deno but its own. */
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../../lib/tasks/bundle.ts";

const loopbackUp = fileURLToPath(new URL("./loopback_up.ts", import.meta.url));

/** Output of a program; undefined when it is not there. */
async function output(program: string, args: readonly string[], cwd?: string) {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args], cwd }).output();
    return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return Deno.stat(path).then(() => true, () => false);
}

/** How a namespace without network is made here: as root, or as a user where users may; undefined where neither may. */
async function isolation(): Promise<string | undefined> {
  if (Deno.build.os !== "linux" || await output("xz", ["--version"]) === undefined) return undefined;
  for (const flags of ["-n", "-rn"]) {
    if ((await output("unshare", [flags, "true"]))?.code === 0) return flags;
  }
}

const flags = await isolation();
const skipped = flags === undefined ? " (skipped: unshare -n is not permitted here, or xz is missing)" : "";

describe.skipIf(flags === undefined)(`an unpacked bundle without network${skipped}`, () => {
  let folder: string;
  let home: string;

  /** run.sh in a namespace without network; `loopback` decides whether 127.0.0.1 answers in it. */
  async function run(args: readonly string[], { loopback = false } = {}) {
    const script = `${folder}/trained_proved/run.sh`;
    const up = `"${script}" run -A --no-config "${loopbackUp}" && `;
    const line = `${loopback ? up : ""}exec "${script}" "$@"`;
    const clean = ["env", "-i", `HOME=${home}`, "PATH=/usr/bin:/bin", "NO_COLOR=1", "DENO_NO_UPDATE_CHECK=1"];
    return (await output("unshare", [flags!, ...clean, "sh", "-c", line, "sh", ...args], home))!;
  }

  beforeAll(async () => {
    folder = await Deno.makeTempDir({ prefix: "trained-proved-bundle-" });
    home = `${folder}/home`;
    await Deno.mkdir(home);
    expect(await bundle(["--out", `${folder}/b.tar.xz`, "--level", "1"])).toBe(0);
    expect(await output("tar", ["-xJf", `${folder}/b.tar.xz`, "-C", folder])).toMatchObject({ code: 0 });
  }, 300_000);
  afterAll(() => Deno.remove(folder, { recursive: true }), 60_000);

  test("the namespace has no network, and what is not inside is refused in words", async () => {
    const { stdout } = await run(["eval", "console.log(Deno.networkInterfaces().length)"]);
    expect(stdout).toBe("0\n");
    const { code, stderr } = await run(["eval", `import "npm:left-pad@1.3.0"`]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/npm:left-pad@1\.3\.0' in the node_modules directory/);
  });

  test("claims are evaluated", async () => {
    const { code, stdout, stderr } = await run(["task", "claims", "lazy_to_rich", "--json"]);
    expect(stderr).not.toMatch(/Download|error/);
    expect(code).toBe(0);
    const verdicts: { verdict: string }[] = JSON.parse(stdout);
    expect(verdicts.length).toBeGreaterThan(10);
    expect(verdicts.filter(({ verdict }) => verdict !== "holds")).toEqual([]);
  }, 120_000);

  test("a notebook is executed and its figures are drawn", async () => {
    const out = `${folder}/figures`;
    const { code, stderr } = await run(["task", "figures", "lazy_to_rich", "--out", out], { loopback: true });
    expect(stderr).not.toMatch(/Download/);
    expect(code).toBe(0);
    const drawn = [...Deno.readDirSync(`${out}/lazy_to_rich`)].map(({ name }) => name);
    // The one the README shows.
    expect(drawn).toEqual(expect.arrayContaining(["four_phases.json", "four_phases.png", "four_phases.svg"]));
  }, 240_000);

  test("a page for a browser is bundled, when this Deno has its bundler", async ({ skip }) => {
    const out = `${folder}/page.js`;
    if (!(await exists(`${folder}/trained_proved/out/.deno_dir/dl`))) {
      skip("Deno's bundler was never used here");
    }
    const { code } = await run(["bundle", "--platform", "browser", "-o", out, "lib/lazy_to_rich/figures.ts"]);
    expect(code).toBe(0);
    expect(await exists(out)).toBe(true);
  }, 60_000);

  test("a kernel without loopback says at once what is missing", async () => {
    const { code, stderr } = await run(["task", "figures", "lazy_to_rich", "--out", `${folder}/none`]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/127\.0\.0\.1, which does not answer .*`ip link set lo up`\./);
  }, 30_000);

  // Vitest, which is next, keeps a token of its own there.
  test("nothing was written to the home folder", () => expect([...Deno.readDirSync(home)]).toEqual([]));

  test("tests run", async () => {
    const { code, stdout, stderr } = await run([
      "task",
      "test",
      "tests/numerics/philox.test.ts",
      "tests/nn/wasm.test.ts",
    ]);
    expect(stdout + stderr).toMatch(/Test Files\s+2 passed/);
    expect(code).toBe(0);
  }, 120_000);
});
