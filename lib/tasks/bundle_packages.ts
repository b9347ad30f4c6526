/**
 * @module The npm packages of a bundle: those `deno.json` names and what they depend on.
 *
 * What depends on another platform keeps its folder, its `package.json` and Deno's mark `.initialized`, and so does what
 * is never loaded: a Deno that manages `node_modules` itself would else try to download it.
 */
import { dirname, join, relative, resolve } from "node:path";
import { type BundleEntry, fileEntry, filesBelow, list } from "./bundle_files.ts";
import { isForeign, isRead } from "./bundle_unread.ts";

/** Deno's own store inside `node_modules`: one folder a package and version. */
const store = "node_modules/.deno";

/**
 * The files and links of `node_modules` that go into a bundle of the project at `root`.
 * @throws {Error} when a package of `deno.json` is not installed
 */
export function packageEntries(root: string): BundleEntry[] {
  const ids = reachable(root);
  const entries = [...ids].sort().flatMap((id) => storedPackage(root, id));
  for (const folder of ["node_modules", `${store}/node_modules`]) {
    entries.push(...links(root, folder).filter(({ path, link }) => ids.has(idOf(join(dirname(path), link)))));
  }
  return entries;
}

/** The stored packages that can be reached from the imports of `deno.json`. */
function reachable(root: string): Set<string> {
  const { imports } = JSON.parse(Deno.readTextFileSync(`${root}/deno.json`)) as {
    imports: Record<string, string>;
  };
  const ids = new Set<string>();
  const queue = Object.values(imports).flatMap((specifier) => {
    const name = specifier.match(/^npm:((?:@[^/]+\/)?[^@/]+)/)?.[1];
    if (name === undefined) return [];
    try {
      return [idOf(relative(root, Deno.realPathSync(`${root}/node_modules/${name}`)))];
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      throw new Error(`The package ${name} is not in node_modules: run \`deno install\` first.`);
    }
  });
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (id === "" || ids.has(id)) continue;
    ids.add(id);
    // Beside a package lie links to what it depends on.
    const folder = `${store}/${id}/node_modules`;
    queue.push(...links(root, folder).map(({ path, link }) => idOf(join(dirname(path), link))));
  }
  return ids;
}

/** One package with its mark and the links to its dependencies. */
function storedPackage(root: string, id: string): BundleEntry[] {
  const folder = `${store}/${id}`;
  const top = `${folder}/node_modules`;
  const packages = list(`${root}/${top}`).filter((entry) => entry.isDirectory).flatMap(({ name }) =>
    name.startsWith("@")
      ? list(`${root}/${top}/${name}`).filter((entry) => entry.isDirectory).map((entry) =>
        `${name}/${entry.name}`
      )
      : [name]
  );
  const entries = packages.flatMap((name) => {
    const at = `${root}/${top}/${name}`;
    const foreign = isForeign(JSON.parse(Deno.readTextFileSync(`${at}/package.json`)));
    return filesBelow(at).filter((path) => foreign ? path === "package.json" : isRead(name, path))
      .map((path) => fileEntry("node_modules", `${top}/${name}/${path}`, `${at}/${path}`));
  });
  const marks = list(`${root}/${folder}`).filter((entry) => entry.isFile);
  return [
    ...entries,
    ...links(root, top),
    ...marks.map(({ name }) => fileEntry("node_modules", `${folder}/${name}`, `${root}/${folder}/${name}`)),
  ];
}

/** The links in a folder and in its scopes (`@name`). */
function links(root: string, folder: string): (BundleEntry & { readonly link: string })[] {
  return list(`${root}/${folder}`).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory && entry.name.startsWith("@")) return links(root, path);
    if (!entry.isSymlink) return [];
    const target = resolve(root, folder, Deno.readLinkSync(`${root}/${path}`));
    return [{ part: "node_modules", path, link: relative(resolve(root, folder), target), size: 0 }];
  });
}

/** `.../.deno/<id>/node_modules/...` as `<id>`; "" for a path elsewhere. */
function idOf(path: string): string {
  return path.replaceAll("\\", "/").match(/(?:^|\/)\.deno\/([^/]+)\//)?.[1] ?? "";
}
