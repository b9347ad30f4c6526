/** @module What goes into a bundle, what does not, and what is refused. */
import { describe, expect, test } from "vitest";
import { bundle } from "../../lib/tasks/bundle.ts";
import { layOut, pack, requirePrograms } from "../../lib/tasks/bundle_archive.ts";
import { bundleEntries, configuration, partSizes } from "../../lib/tasks/bundle_contents.ts";
import { isForeign, isRead } from "../../lib/tasks/bundle_unread.ts";
import { loaderIn } from "../../lib/tasks/bundle_vulkan.ts";
import { temporaryFolders } from "../notebook/support.ts";

const folder = temporaryFolders();

/** Writes files by path, and links as [target]. */
function write(root: string, files: Record<string, string | [string]>): string {
  for (const [path, content] of Object.entries(files)) {
    Deno.mkdirSync(`${root}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    if (typeof content === "string") Deno.writeTextFileSync(`${root}/${path}`, content);
    else Deno.symlinkSync(content[0], `${root}/${path}`);
  }
  return root;
}

const store = "node_modules/.deno";
const otherLibc = Deno.build.target.endsWith("musl") ? "glibc" : "musl";
const elsewhere = Deno.build.os === "windows" ? "linux" : "win32";

/** A project of one package `a`, which needs `@s/b`, which needs `foreign`; `old` is not needed any more. */
const project = {
  "deno.json": '{"imports": {"a": "npm:a@1.0.0", "x": "./x.ts"}, "nodeModulesDir": "auto"}',
  "deno.lock": "{}",
  "README.md": "",
  "LICENSE": "",
  ".gitignore": "out/\n",
  "lib/x.ts": "export {};",
  "lib/x.ts.tmp": "",
  "data/p/run.json": "{}",
  "data/.checkpoints/p.bin": "",
  "notebooks/.ipynb_checkpoints/n.ipynb": "",
  "out/scratch.txt": "",
  "node_modules/a": [".deno/a@1.0.0/node_modules/a"] as [string],
  "node_modules/old": [".deno/old@1.0.0/node_modules/old"] as [string],
  [`${store}/a@1.0.0/.initialized`]: "",
  [`${store}/a@1.0.0/node_modules/a/package.json`]: "{}",
  [`${store}/a@1.0.0/node_modules/a/main.js`]: "1;",
  [`${store}/a@1.0.0/node_modules/a/main.js.map`]: "{}",
  [`${store}/a@1.0.0/node_modules/@s/b`]: ["../../../@s+b@2.0.0/node_modules/@s/b"] as [string],
  [`${store}/@s+b@2.0.0/.initialized`]: "",
  [`${store}/@s+b@2.0.0/node_modules/@s/b/package.json`]: "{}",
  [`${store}/@s+b@2.0.0/node_modules/foreign`]: ["../../foreign@3.0.0/node_modules/foreign"] as [string],
  [`${store}/foreign@3.0.0/.initialized`]: "",
  [`${store}/foreign@3.0.0/node_modules/foreign/package.json`]: `{"os": ["${elsewhere}"]}`,
  [`${store}/foreign@3.0.0/node_modules/foreign/code.node`]: "machine code",
  [`${store}/old@1.0.0/node_modules/old/package.json`]: "{}",
  [`${store}/node_modules/foreign`]: ["../foreign@3.0.0/node_modules/foreign"] as [string],
  [`${store}/node_modules/old`]: ["../old@1.0.0/node_modules/old"] as [string],
};

describe("the contents", () => {
  test("Deno, the needed packages and the project; nothing stale, foreign or left over", () => {
    const entries = bundleEntries(write(folder(), project));
    expect(entries.map(({ path }) => path).sort()).toEqual([
      ".gitignore",
      "LICENSE",
      "README.md",
      "bin/deno",
      "data/p/run.json",
      "deno.json",
      "deno.lock",
      "lib/x.ts",
      `${store}/@s+b@2.0.0/.initialized`,
      `${store}/@s+b@2.0.0/node_modules/@s/b/package.json`,
      `${store}/@s+b@2.0.0/node_modules/foreign`,
      `${store}/a@1.0.0/.initialized`,
      `${store}/a@1.0.0/node_modules/@s/b`,
      `${store}/a@1.0.0/node_modules/a/main.js`,
      `${store}/a@1.0.0/node_modules/a/package.json`,
      `${store}/foreign@3.0.0/.initialized`,
      `${store}/foreign@3.0.0/node_modules/foreign/package.json`,
      `${store}/node_modules/foreign`,
      "node_modules/a",
    ]);
    const parts = partSizes(entries);
    expect(parts.map(({ part }) => part)).toEqual(["bin", "node_modules", "lib", "data", "project"]);
    expect(parts[0]).toEqual({ part: "bin", files: 1, bytes: Deno.statSync(Deno.execPath()).size });
    expect(parts[2]).toEqual({ part: "lib", files: 1, bytes: "export {};".length });
  });

  test("a package that is not installed is named, with the cure", () => {
    const { "node_modules/a": _, ...rest } = project;
    expect(() => bundleEntries(write(folder(), rest))).toThrow(
      "The package a is not in node_modules: run `deno install` first.",
    );
  });

  test("the bundle's deno.json differs from the suite's in one word", () => {
    const text = Deno.readTextFileSync(new URL("../../deno.json", import.meta.url));
    expect(JSON.parse(configuration(text))).toEqual({ ...JSON.parse(text), nodeModulesDir: "manual" });
    expect(JSON.parse(text).nodeModulesDir).toBe("auto");
  });

  test.each([
    ["a", "index.js", true],
    ["a", "index.js.map", false],
    ["a", "index.min.js", false],
    ["a", "types.d.ts", true],
    ["a", "types.d.mts", true],
    ["a", "source.ts", false],
    ["@tensorflow/tfjs-core", "dist/tf-core.node.js", true],
    ["@tensorflow/tfjs-core", "dist/tf-core.js", false],
    ["@tensorflow/tfjs-core", "dist/index.d.ts", true],
    ["@tensorflow/tfjs-core", "dist/gradients/Add_grad.js", true],
    ["@tensorflow/tfjs-core", "dist/ops/add_test.js", false],
    ["@tensorflow/tfjs-backend-webgpu", "dist/base.js", true],
    ["@tensorflow/tfjs-backend-webgpu", "dist/tf-backend-webgpu.es2017.js", false],
    ["@tensorflow/tfjs-layers", "dist/index.js", false],
    ["@tensorflow/tfjs-backend-wasm", "dist/tfjs-backend-wasm-simd.wasm", true],
    ["@tensorflow/tfjs-node-gpu", "dist/index.js", true],
    ["@tensorflow/tfjs-node-gpu", "deps/lib/libtensorflow.so.2", false],
    ["mathjs", "lib/esm/index.js", true],
    ["mathjs", "lib/cjs/index.js", false],
    ["core-js", "index.js", false],
    ["core-js", "package.json", true],
    ["@expo-google-fonts/inter", "400Regular/Inter_400Regular.ttf", true],
    ["@expo-google-fonts/inter", "900Black/Inter_900Black.ttf", false],
  ])("of %s, %s is read: %s", (name, path, read) => expect(isRead(name, path)).toBe(read));

  const here = { os: "linux", arch: "x86_64", target: "x86_64-unknown-linux-gnu" };
  test.each([
    [{}, false],
    [{ os: ["linux"], cpu: ["x64"], libc: ["glibc"] }, false],
    [{ os: ["linux"], cpu: ["x64"], libc: ["musl"] }, true],
    [{ os: ["darwin", "linux"], cpu: ["arm64"] }, true],
    [{ os: ["!win32"] }, false],
    [{ os: ["!linux"] }, true],
  ])("on 64-bit Linux with glibc a package for %j is foreign: %s", (fields, foreign) => {
    expect(isForeign(fields, here)).toBe(foreign);
  });
  test("this machine's own C library is not foreign, the other is", () => {
    if (Deno.build.os === "linux") expect(isForeign({ libc: [otherLibc] })).toBe(true);
    expect(isForeign({ libc: [otherLibc === "musl" ? "glibc" : "musl"] })).toBe(false);
  });
});

describe("the file", () => {
  const tools = Deno.build.os !== "windows";
  const entries = [
    { part: "p", path: "run.sh", text: "#!/bin/sh\necho ran", size: 1 },
    { part: "p", path: "b/link", link: "../run.sh", size: 0 },
    { part: "p", path: "b/source.ts", source: new URL(import.meta.url).pathname, size: 1 },
  ];

  test.skipIf(!tools)("unpacks to what was laid out: files, links, modes", async () => {
    const at = folder();
    layOut({ folder: `${at}/stage`, name: "top" }, entries);
    const size = await pack({ folder: `${at}/stage`, name: "top" }, `${at}/b.tar.xz`, 0);
    expect(size).toBe(Deno.statSync(`${at}/b.tar.xz`).size);
    await new Deno.Command("tar", { args: ["-xJf", "b.tar.xz"], cwd: at }).output();
    expect(Deno.readLinkSync(`${at}/top/b/link`)).toBe("../run.sh");
    expect(Deno.readTextFileSync(`${at}/top/b/source.ts`)).toContain("unpacks to what was laid out");
    const { stdout } = await new Deno.Command(`${at}/top/run.sh`).output();
    expect(new TextDecoder().decode(stdout)).toBe("ran\n");
  });

  test.skipIf(!tools)("a bundle over the limit is refused and leaves nothing", async () => {
    const at = folder();
    layOut({ folder: `${at}/stage`, name: "top" }, entries);
    await expect(pack({ folder: `${at}/stage`, name: "top" }, `${at}/b.tar.xz`, 0, 100))
      .rejects.toThrow(
        /^The bundle has 0\.0 MiB, more than 0\.0 MiB: not written\. A higher --level makes it smaller\.$/,
      );
    expect([...Deno.readDirSync(at)].map(({ name }) => name)).toEqual(["stage"]);
  });

  test("a program that is missing is named", async () => {
    await expect(requirePrograms("no-such-program")).rejects.toThrow(
      "The program no-such-program was not found: install it.",
    );
  });
});

describe("the command line", () => {
  test("another platform, another ending and a loader that is none are refused before any work", async () => {
    await expect(bundle(["--out", "b.tar.xz", "--platform", "riscv"])).rejects.toThrow(
      `--platform must be one of ${Deno.build.target}; got "riscv".`,
    );
    await expect(bundle(["--out", "b.zip"])).rejects.toThrow('--out must end in .tar.xz; got "b.zip".');
    await expect(bundle(["--out", "b.tar.xz", "--level", "10"])).rejects.toThrow(/whole number from 0 to 9/);
    if (Deno.build.os !== "linux") return;
    await expect(bundle(["--out", "b.tar.xz", "--vulkan-loader", "deno.json"])).rejects.toThrow(
      '--vulkan-loader must name libvulkan.so.1; got "deno.json".',
    );
  });

  test("the loader of this processor is found among those ldconfig knows", () => {
    const text = [
      "2 libs found in cache",
      "\tlibvulkan.so.1 (libc6) => /lib/i386-linux-gnu/libvulkan.so.1",
      "\tlibvulkan.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libvulkan.so.1",
    ].join("\n");
    expect(loaderIn(text, "x86-64")).toBe("/lib/x86_64-linux-gnu/libvulkan.so.1");
    expect(loaderIn(text, "AArch64")).toBeUndefined();
    expect(loaderIn("\tlibvulkan_lvp.so (libc6,x86-64) => /lib/libvulkan_lvp.so", "x86-64")).toBeUndefined();
  });
});
