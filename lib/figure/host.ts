/**
 * @module The one door to what a browser lacks: npm packages and files, loaded on first use.
 *
 * `createRequire` instead of `import`, so that a bundle for the browser neither contains nor resolves linkedom, the
 * rasteriser or the file system, and so that rendering can stay synchronous.
 */

interface Host {
  getBuiltinModule?(name: string): unknown;
}
type Require = ((name: string) => unknown) & { resolve(name: string): string };

function requireHere(): Require {
  const host = (globalThis as { process?: Host }).process;
  const module = host?.getBuiltinModule?.("node:module") as
    | { createRequire(url: string): Require }
    | undefined;
  if (module === undefined) {
    throw new Error(
      "this needs Deno or Node; in a browser pass { document } to renderSvg, and draw the SVG itself",
    );
  }
  return module.createRequire(import.meta.url);
}

/** An npm package by its bare name. */
export function loadPackage(name: string): unknown {
  return requireHere()(name);
}

/** The bytes of a file inside an npm package, e.g. `"@resvg/resvg-wasm/index_bg.wasm"`. */
export function readPackageFile(path: string): Uint8Array<ArrayBuffer> {
  const require = requireHere();
  const { readFileSync } = require("node:fs") as { readFileSync(path: string): Uint8Array<ArrayBuffer> };
  return new Uint8Array(readFileSync(require.resolve(path)));
}

let document: Document | undefined;

/** The page's document where there is one, linkedom's elsewhere. */
export function defaultDocument(): Document {
  document ??= globalThis.document ??
    (loadPackage("linkedom") as { parseHTML(html: string): { document: Document } }).parseHTML(
      "<body></body>",
    ).document;
  return document;
}
