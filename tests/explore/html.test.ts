/** @module The file itself: self-contained, small, safe to put inside a notebook's output. */
import { parseHTML } from "linkedom";
import { beforeAll, expect, test } from "vitest";
import { frameHtml, pageHtml } from "../../lib/explore/html.ts";
import { explorerHtml, showExplorer, viewFigure } from "../../lib/explore/mod.ts";
import { pack, unpackScript } from "../../lib/explore/pack.ts";

let page = "";
beforeAll(async () => {
  page = await explorerHtml("lazy_to_rich");
}, 60_000);

test("the page is one file of at most 600 KB, and building it again gives the same bytes", async () => {
  expect(new TextEncoder().encode(page).length).toBeLessThanOrEqual(600_000);
  expect(await explorerHtml("lazy_to_rich") === page).toBe(true);
});

/** The script `name` of a page, by the page's own lines. */
function unpackedFrom(html: string, name: string): Promise<string> {
  const { document } = parseHTML(html);
  return new Function("globalThis", "document", `${unpackScript}\nreturn globalThis.unpack("${name}")`)(
    {},
    document,
  );
}

test("nothing in the page is loaded from elsewhere", async () => {
  const { document } = parseHTML(page);
  expect([...document.querySelectorAll("script")].map((s: Element) => s.getAttribute("src"))).toEqual([
    null,
    null,
    null,
  ]);
  expect([...document.querySelectorAll("link")].map((l: Element) => l.getAttribute("href"))).toEqual([
    "data:,",
  ]);
  for (const name of ["explorer", "live"]) {
    const script = await unpackedFrom(page, name);
    expect(script.length).toBeGreaterThan(300_000);
    // A bundler puts what it leaves outside at the very start.
    expect(script.match(/^import\b.{0,40}|\bimport\(.{0,40}|import\.meta|\bDeno\.|from ?["']node:/)?.[0])
      .toBeUndefined();
  }
  expect(await unpackedFrom(page, "explorer")).not.toMatch(/@tensorflow|WEBGPU/);
  expect(await unpackedFrom(page, "live")).toMatch(/WEBGPU/);
  expect(document.querySelector("meta[http-equiv]")!.getAttribute("content")).toMatch(/^default-src 'none';/);
});

test("no script can end its own element, since it lies packed; unpacked it is the same, and a title is text", async () => {
  const script = 'const s = "</script><!-- ö 𝛼 ' + "x".repeat(200_000) + '";';
  const html = pageHtml("a <b> & c", { explorer: await pack(script) });
  expect(html.match(/<\/script/g)!.length).toBe(2);
  expect(html.length).toBeLessThan(10_000);
  expect(await unpackedFrom(html, "explorer") === script).toBe(true);
  expect(html).toContain("<title>a &lt;b&gt; &amp; c</title>");
  await expect(unpackedFrom(html.replace(/(?<=id="packed-explorer">.{60})../, "AA"), "explorer")).rejects
    .toThrow();
});

test("inside a notebook the page lies whole in a frame, with words for where HTML is not shown", async () => {
  const html = '<!doctype html><p title="a &amp; b">x</p>';
  const { document } = parseHTML(`<body>${frameHtml(html, "Not <trusted>")}</body>`);
  expect(document.querySelector("iframe")!.getAttribute("srcdoc")).toBe(html);
  // A sanitizer takes frames and styles away, and leaves the words.
  const hidden = document.querySelector(
    `p.${document.querySelector("style")!.textContent.match(/^\.([\w-]+)/)![1]}`,
  )!;
  expect(hidden.textContent).toBe("Not <trusted>");
  const shown = (await showExplorer("lazy_to_rich"))[Symbol.for("Jupyter.display")]();
  expect(shown["text/html"]).toContain("srcdoc=");
  // Live training is in the page on disk alone.
  expect(shown["text/html"]).toContain("packed-explorer");
  expect(shown["text/html"]).not.toContain("packed-live");
  expect(shown["text/html"].length).toBeLessThan(0.6 * page.length);
  expect(shown["text/plain"]).toContain("deno task explore lazy_to_rich");
}, 60_000);

test("a paper or view that is not there is refused by name", async () => {
  await expect(explorerHtml("nowhere")).rejects.toThrow(/no explorer of "nowhere"/);
  await expect(explorerHtml("../tasks")).rejects.toThrow(/no explorer/);
  await expect(viewFigure("lazy_to_rich", "nothing")).rejects.toThrow(
    /views are: copying, phases, retrieving, training/,
  );
});
