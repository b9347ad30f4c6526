/**
 * @module What a bundle holds: Deno, the packages, the project.
 *
 * Nothing is asked of git, so that a bundle can be made from an unpacked bundle.
 */
import { type BundleEntry, fileEntry, filesBelow, textEntry } from "./bundle_files.ts";
import { packageEntries } from "./bundle_packages.ts";

/** Number and bytes of the files of one part. */
export interface PartSize {
  readonly part: string;
  readonly files: number;
  readonly bytes: number;
}

/** Not `figures`: they are redrawn from the records, and their pixels do not get smaller. */
const folders = ["lib", "notebooks", "data", "tests"];
const files = ["deno.lock", "README.md", "LICENSE", ".gitignore"];
/** What work on this machine leaves in those folders. */
const leftovers = /(^|\/)(\.checkpoints|\.ipynb_checkpoints)\/|(^|\/)(\.DS_Store|\.cells_[^/]*|[^/]*\.tmp)$/;

/**
 * Everything that the suite at `root` needs on a machine without network, in the order of the archive.
 * @throws {Error} when a package is not installed
 */
export function bundleEntries(root: string, deno: string = Deno.execPath()): BundleEntry[] {
  return [
    fileEntry("bin", "bin/deno", deno),
    ...packageEntries(root),
    ...folders.flatMap((folder) =>
      filesBelow(`${root}/${folder}`).filter((path) => !leftovers.test(path))
        .map((path) => fileEntry(folder, `${folder}/${path}`, `${root}/${folder}/${path}`))
    ),
    textEntry("project", "deno.json", configuration(Deno.readTextFileSync(`${root}/deno.json`))),
    ...files.map((path) => fileEntry("project", path, `${root}/${path}`)),
  ];
}

/**
 * The bundle's `deno.json`: `node_modules` is as it is. Under `auto` Deno asks the registry about every package at each
 * start, which does no harm without network, but is told to the user line by line.
 */
export function configuration(text: string): string {
  return text.replace(/"nodeModulesDir":\s*"auto"/, '"nodeModulesDir": "manual"');
}

/** Sums by part, in the order of first appearance. */
export function partSizes(entries: readonly BundleEntry[]): PartSize[] {
  return [...Map.groupBy(entries, ({ part }) => part)].map(([part, members]) => ({
    part,
    files: members.length,
    bytes: members.reduce((sum, { size }) => sum + size, 0),
  }));
}
