/** @module `run.sh` of a bundle, run by the system's shell, with a script in the place of Deno that prints what it gets. */
import { describe, expect, test } from "vitest";
import { launcher, type LauncherOptions } from "../../lib/tasks/bundle_launcher.ts";
import { temporaryFolders } from "../notebook/support.ts";

const folder = temporaryFolders();
const printing = '#!/bin/sh\n[ "$1" = --version ] && exit 0\npwd\necho "$@"\nenv';

/** Runs the script of a made-up bundle, in a folder with a space in its name. */
async function run(
  options: Partial<LauncherOptions> = {},
  { args = ["task", "x y"], env = {}, deno = printing }: {
    args?: string[];
    env?: Record<string, string>;
    deno?: string;
  } = {},
) {
  const at = `${Deno.realPathSync(folder())}/a bundle`;
  Deno.mkdirSync(`${at}/bin`, { recursive: true });
  Deno.writeTextFileSync(`${at}/bin/deno`, deno, { mode: 0o755 });
  Deno.writeTextFileSync(`${at}/run.sh`, launcher({ target: "some-target", vulkan: false, ...options }), {
    mode: 0o755,
  });
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", 'exec "a bundle/run.sh" "$@"', "sh", ...args],
    cwd: `${at}/..`,
    clearEnv: true,
    env: { PATH: "/usr/bin:/bin", ...env },
  }).output();
  const [cwd, given, ...lines] = new TextDecoder().decode(stdout).split("\n");
  const seen = Object.fromEntries(lines.filter(Boolean).map((line) => line.split(/=(.*)/s).slice(0, 2)));
  return { at, code, cwd, given, env: seen, stderr: new TextDecoder().decode(stderr) };
}

describe.skipIf(Deno.build.os === "windows")("run.sh", () => {
  test("Deno starts in the bundle's folder with the same arguments, itself first on the path", async () => {
    const { at, code, cwd, given, env } = await run();
    expect([code, cwd, given]).toEqual([0, at, "task x y"]);
    expect(env.PATH.split(":")).toEqual([`${at}/bin`, "/usr/bin", "/bin"]);
    expect(env.DENO_DIR).toBe(`${at}/out/.deno_dir`);
    expect(env.DENO_NO_UPDATE_CHECK).toBe("1");
  });

  test("downloads go to this machine, where nothing answers, whatever was set before", async () => {
    const { env } = await run({}, { env: { NPM_CONFIG_REGISTRY: "https://example.org/" } });
    expect(env.NPM_CONFIG_REGISTRY).toMatch(/^http:\/\/127\.0\.0\.1:9\//);
    expect(env.JSR_URL).toBe(env.NPM_CONFIG_REGISTRY);
  });

  test("a home folder that is set is kept; without one there is a folder in the bundle", async () => {
    expect((await run({}, { env: { HOME: "/somewhere" } })).env.HOME).toBe("/somewhere");
    const { at, env } = await run();
    expect(env.HOME).toBe(`${at}/out/.home`);
  });

  test("without arguments it says how it is used; a Deno that does not start is one sentence", async () => {
    expect(await run({}, { args: [] })).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Usage: /) });
    const { code, stderr } = await run({}, { deno: "#!/bin/sh\nexit 126" });
    expect([code, stderr]).toEqual([
      1,
      "The Deno in this bundle is for some-target and does not start here.\n",
    ]);
  });

  test("without --vulkan nothing about libraries and drivers is set", async () => {
    const { env } = await run({ hasLoader: "false" });
    expect(Object.keys(env).filter((name) => /^VK_|^LD_/.test(name))).toEqual([]);
  });

  test("the loader inside is for systems that have none, after the folders already named", async () => {
    const none = { vulkan: true, hasLoader: "false", nvidiaFiles: [] };
    const bare = await run(none);
    expect(bare.env.LD_LIBRARY_PATH).toBe(`${bare.at}/vulkan`);
    const named = await run(none, { env: { LD_LIBRARY_PATH: "/a:/b" } });
    expect(named.env.LD_LIBRARY_PATH).toBe(`/a:/b:${named.at}/vulkan`);
    expect((await run({ ...none, hasLoader: "true" })).env.LD_LIBRARY_PATH).toBeUndefined();
  });

  test("NVIDIA's driver is named when the loader would find none, with the libraries beside it", async () => {
    const root = `${folder()}/nvidia it's`;
    const file = `${root}/share/vulkan/icd.d/nvidia_icd.json`;
    const driverFolders = [`${root}/etc/vulkan/icd.d`];
    const options = {
      vulkan: true,
      hasLoader: "true",
      driverFolders,
      nvidiaFiles: [`${root}/no.json`, file],
    };
    expect((await run(options)).env.VK_DRIVER_FILES).toBeUndefined();

    Deno.mkdirSync(`${root}/share/vulkan/icd.d`, { recursive: true });
    Deno.writeTextFileSync(file, "{}");
    const { env } = await run(options);
    expect(env.VK_DRIVER_FILES).toBe(file);
    expect(env.LD_LIBRARY_PATH).toBe(`${root}/lib64`);

    expect((await run(options, { env: { VK_DRIVER_FILES: "/mine.json" } })).env.VK_DRIVER_FILES)
      .toBe("/mine.json");
    expect((await run(options, { env: { VK_ICD_FILENAMES: "/mine.json" } })).env.VK_DRIVER_FILES)
      .toBeUndefined();
    Deno.mkdirSync(driverFolders[0], { recursive: true });
    Deno.writeTextFileSync(`${driverFolders[0]}/other_icd.json`, "{}");
    expect((await run(options)).env.VK_DRIVER_FILES).toBeUndefined();
  });
});
