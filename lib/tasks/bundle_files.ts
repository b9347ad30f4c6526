/** @module The entries of a bundle, and how folders are listed. */

/** One file or link of the bundle. */
export interface BundleEntry {
  /** What it is counted under: a top folder, or `project` for the files beside them. */
  readonly part: string;
  /** Path in the bundle, `/` between names, without the top folder. */
  readonly path: string;
  /** Where its bytes are now, for a file that is taken as it is. */
  readonly source?: string;
  /** Its content, for a file made for the bundle. */
  readonly text?: string;
  /** What a link points to, relative to its folder. */
  readonly link?: string;
  /** Bytes; 0 for a link. */
  readonly size: number;
}

/** A file as an entry; its size is read now. */
export function fileEntry(part: string, path: string, source: string): BundleEntry {
  return { part, path, source, size: Deno.statSync(source).size };
}

/** A file made for the bundle. */
export function textEntry(part: string, path: string, text: string): BundleEntry {
  return { part, path, text, size: new TextEncoder().encode(text).length };
}

/** The names in a folder, sorted; none when there is no such folder. */
export function list(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Paths of all files below `folder`, relative to it; links are not followed. */
export function filesBelow(folder: string, below = ""): string[] {
  return list(`${folder}/${below}`).flatMap((entry) =>
    entry.isDirectory
      ? filesBelow(folder, `${below}${entry.name}/`)
      : entry.isFile
      ? [below + entry.name]
      : []
  );
}
