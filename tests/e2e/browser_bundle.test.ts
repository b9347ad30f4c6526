/** @module What must run in a browser can be bundled for one: nothing of the host is linked in, only looked up. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { papersIn, readGraph } from "../support/import_graph.ts";

const root = new URL("../..", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

const papers = papersIn(readGraph(root)).filter((paper) => existsSync(`${root}/lib/${paper}/figures.ts`));

test.each(papers)(
  "the figures of %s, with all they need, are bundled for a browser without any host module",
  async (paper) => {
    const out = join(folder, `${paper}.js`);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["bundle", "--platform", "browser", "-o", out, `lib/${paper}/figures.ts`],
      cwd: root,
    }).output();
    expect(success, new TextDecoder().decode(stderr)).toBe(true);
    const code = readFileSync(out, "utf8");
    expect(code.length).toBeGreaterThan(100_000); // Observable Plot is in it
    expect(code.match(/^\s*(import|export)\b.*["'](node|npm):.*$/m)?.[0]).toBeUndefined();
    expect(code).not.toMatch(/\bDeno\.|@tensorflow|resvg-wasm\/index_bg/);
  },
  60_000,
);

test("there are figures to bundle", () => expect(papers.length).toBeGreaterThan(0));
