/** @module The one file of an explorer: style, script and nothing fetched; a content policy makes the browser enforce that. */
import { packedElement, runPacked } from "./pack.ts";
import { style } from "./style.ts";

/** Name of the packed script that is the page. */
export const pageScript = "explorer";

/** Identifier of the unpacked script's element, whose text is also the worker's. */
export const scriptId = "explorer-script";

// Formulas are compiled by `new Function`; figures are saved through blobs.
const policy = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:; " +
  "style-src 'unsafe-inline'; img-src blob: data:";

const escape = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);

/**
 * A page from bundled scripts, which lie in it compressed. The one named `explorer` is run when the page opens.
 * @param packed what `pack` made of each script
 */
export function pageHtml(title: string, packed: Readonly<Record<string, string>>): string {
  const scripts = Object.entries(packed).map(([name, text]) => packedElement(name, text));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="icon" href="data:,">
<title>${escape(title)}</title>
<style>${style}</style>
<div class="page" id="explorer"><noscript>This page computes with JavaScript.</noscript></div>
${scripts.join("\n")}
<script type="module">${runPacked(pageScript, scriptId, "explorer")}</script>
</html>
`;
}

/**
 * A page inside a notebook's output: a frame of its own, so that neither can disturb the other. Notebooks that the reader has not trusted
 * are shown without frames and without styles: then the words show that are hidden by a style else.
 */
export function frameHtml(page: string, words: string, height = 900): string {
  return `<iframe title="Explorer" style="width: 100%; height: ${height}px; border: 0" allow="clipboard-write" srcdoc="${
    page.replace(/&/g, "&amp;").replace(/"/g, "&quot;")
  }"></iframe><style>.instead-of-frame { display: none }</style><p class="instead-of-frame">${
    escape(words)
  }</p>`;
}
