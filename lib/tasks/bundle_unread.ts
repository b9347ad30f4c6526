/** @module Which files of npm packages the suite never reads, so that a bundle leaves them out. */
import { fontFiles } from "../figure/mod.ts";

/** Which packages, which of their files. */
const unread: readonly (readonly [packages: RegExp, files: RegExp])[] = [
  // Source maps, builds for other loaders, texts, pictures, sources. Declarations stay: `deno task check` reads them.
  [
    /./,
    /\.map$|\.min\.[cm]?js$|es2017|\.fesm\.|\.tsbuildinfo$|\.flow$|\.html$|\.md$|\.png$|(?<!\.d)\.[cm]?ts$/i,
  ],
  [/./, /(^|\/)\.[^/]+\//],
  // TensorFlow.js: all of its code is in *.node.js, and once more in modules, of which an explorer's live training is bundled. CUDA's
  // library (deps, lib) is larger than all the rest together.
  [/^@tensorflow\/tfjs(?!-node|-core|-backend-(cpu|webgpu))/, /(?<!\.node)\.js$/],
  [
    /^@tensorflow\/tfjs-(core|backend-(cpu|webgpu))$/,
    /^dist\/tf-[^/]*(?<!\.node)\.js$|_test\.js$|^dist\/miniprogram\//,
  ],
  [/^@tensorflow\/tfjs-node/, /^(deps|lib|binding|build-tmp[^/]*|scripts|test)\//],
  // Packages imported as ES modules, which also carry a build for `require` or for the browser.
  [/^mathjs$/, /^lib\/(cjs|browser)\//],
  [/^zod$/, /\.cjs$|^v3\/.*\.js$/],
  // The pages of its viewers.
  [/^playwright-core$/, /^lib\/vite\//],
  // Named as dependencies, never loaded: polyfills, and the compiler of style sheets.
  [/^(core-js|regenerator-runtime|lightningcss-.*)$/, /./],
];

/** Whether the suite may read a file of a package. `path` starts in the package's folder. */
export function isRead(name: string, path: string): boolean {
  if (path === "package.json") return true;
  if (path.endsWith(".ttf")) return fontFiles.includes(`${name}/${path}`);
  return !unread.some(([packages, files]) => packages.test(name) && files.test(path));
}

/** What a package says about where it runs; lists as npm reads them, `!x` for any but x. */
export interface PlatformFields {
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

/** Whether a package is for another operating system, processor or C library than `here`. */
export function isForeign(
  fields: PlatformFields,
  here: { readonly os: string; readonly arch: string; readonly target: string } = Deno.build,
): boolean {
  const os = here.os === "windows" ? "win32" : here.os;
  const cpu = here.arch === "x86_64" ? "x64" : "arm64";
  const libc = here.target.endsWith("musl") ? "musl" : "glibc";
  return excludes(fields.os, os) || excludes(fields.cpu, cpu) ||
    (os === "linux" && excludes(fields.libc, libc));
}

function excludes(list: readonly string[] | undefined, value: string): boolean {
  if (list === undefined || list.includes(value)) return false;
  return list.includes(`!${value}`) || !list.some((item) => item.startsWith("!"));
}
