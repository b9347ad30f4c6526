/** @module The file itself: self-contained, small, safe to put inside a notebook's output. */
import { parseHTML } from "linkedom";
import { beforeAll, expect, test } from "vitest";
import { frameHtml, pageHtml, scriptId } from "../../lib/explore/html.ts";
import { explorerHtml, showExplorer, viewFigure } from "../../lib/explore/mod.ts";

let page = "";
beforeAll(async () => {
  page = await explorerHtml("lazy_to_rich");
}, 60_000);

test("the page is one file of at most 600 KB, and building it again gives the same bytes", async () => {
  expect(new TextEncoder().encode(page).length).toBeLessThanOrEqual(600_000);
  expect(await explorerHtml("lazy_to_rich") === page).toBe(true);
});

test("nothing in the page is loaded from elsewhere", () => {
  const { document } = parseHTML(page);
  expect([...document.querySelectorAll("script")].map((s: Element) => s.getAttribute("src"))).toEqual([null]);
  expect([...document.querySelectorAll("link")].map((l: Element) => l.getAttribute("href"))).toEqual([
    "data:,",
  ]);
  const script = document.getElementById(scriptId)!.textContent!;
  // A bundler puts what it leaves outside at the very start.
  expect(script.match(/^import\b.{0,40}|\bimport\(.{0,40}|import\.meta|@tensorflow|\bDeno\./)?.[0])
    .toBeUndefined();
  expect(document.querySelector("meta[http-equiv]")!.getAttribute("content")).toMatch(/^default-src 'none';/);
});

test("a script cannot end its own element, and a title is text", () => {
  const html = pageHtml("a <b> & c", 'const s = "</script><b>";');
  expect(html.match(/<\/script/g)!.length).toBe(1);
  expect(html).toContain('const s = "<\\/script><b>";');
  expect(html).toContain("<title>a &lt;b&gt; &amp; c</title>");
  expect(html).toContain(`id="${scriptId}"`);
  expect(() => pageHtml("t", 'const s = "<!--";')).toThrow(/<!--/);
});

test("inside a notebook the page lies whole in a frame, with words for where HTML is not shown", async () => {
  const html = '<!doctype html><p title="a &amp; b">x</p>';
  const { document } = parseHTML(`<body>${frameHtml(html)}</body>`);
  expect(document.querySelector("iframe")!.getAttribute("srcdoc")).toBe(html);
  const shown = (await showExplorer("lazy_to_rich"))[Symbol.for("Jupyter.display")]();
  expect(shown["text/html"]).toContain("srcdoc=");
  expect(shown["text/plain"]).toContain("deno task explore lazy_to_rich");
}, 60_000);

test("a paper or view that is not there is refused by name", async () => {
  await expect(explorerHtml("nowhere")).rejects.toThrow(/no explorer of "nowhere"/);
  await expect(explorerHtml("../tasks")).rejects.toThrow(/no explorer/);
  await expect(viewFigure("lazy_to_rich", "nothing")).rejects.toThrow(
    /views are: copying, phases, retrieving/,
  );
});
