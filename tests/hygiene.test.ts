/** @module What is committed speaks of this project alone: no machine's paths, no download hosts. */
import { expect, test } from "vitest";

const root = new URL("..", import.meta.url).pathname;

/** Paths of one machine, and hosts packages are fetched from. Written so that this file does not contain them. */
const forbidden: readonly [name: string, pattern: RegExp][] = [
  ["a home folder", /(^|[\s"'`(=:])\/(root|home\/[a-z][\w-]*|Users\/[A-Za-z][\w-]*)\//m],
  ["a working folder of a machine", /(^|[\s"'`(=:])\/(work|workspace|mnt)\/[\w.-]/m],
  ["a registry host", /registry\.[a-z]+js\.org|registry\.yarnpkg\.com|npm\.[a-z]+\.(com|org|net)|jsr\.io\/@/],
  ["an address with credentials", /https?:\/\/[^\s/"']+:[^\s/"']+@/],
];

/** One sentence per forbidden thing in a text. */
function found(path: string, text: string): string[] {
  return forbidden.flatMap(([name, pattern]) => {
    const hit = text.match(pattern);
    return hit ? [`${path} contains ${name}: ${hit[0].trim()}`] : [];
  });
}

/** Folders git ignores, or whose content is git's own. */
const ignored = ["node_modules", ".git", "out", ".checkpoints", ".ipynb_checkpoints"];

/** Files of the checkout; a copy without git has the same. */
function files(folder = ""): string[] {
  return [...Deno.readDirSync(root + folder)].flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory) return ignored.includes(entry.name) ? [] : files(`${path}/`);
    return entry.isFile && !path.endsWith(".tmp") ? [path] : [];
  });
}

test("no committed file names a path of a machine or a registry", async () => {
  const paths = files().filter((path) =>
    /\.(ts|md|json|jsonc|ipynb|svg|lock|yml|yaml|txt|sh)$|\.ci\//.test(path)
  );
  expect(paths.length).toBeGreaterThan(20);
  const problems: string[] = [];
  for (const path of paths) {
    const text = await Deno.readTextFile(`${root}/${path}`).catch(() => "");
    if (path !== "tests/hygiene.test.ts") problems.push(...found(path, text));
  }
  expect(problems).toEqual([]);
});

test("deno.lock records integrity and no address", async () => {
  const lock = await Deno.readTextFile(`${root}/deno.lock`);
  expect(lock).toContain("integrity");
  expect(lock).not.toMatch(/https?:|tarball/);
});

test("planted paths and hosts are found; ordinary text is not", () => {
  const slash = "/";
  expect(found("a", `see ${slash}root/project`)).toHaveLength(1);
  expect(found("a", `"${slash}home/ada/project"`)).toHaveLength(1);
  expect(found("a", `cd ${slash}work/main`)).toHaveLength(1);
  expect(found("a", `https://registry.npm${"js"}.org/x`)).toHaveLength(1);
  expect(found("a", `https://user:secret${"@"}host/x`)).toHaveLength(1);
  expect(found("a", "lib/work/main.ts and ./home/page.html, 3/root/2, https://arxiv.org/abs/2410.11474"))
    .toEqual([]);
});
