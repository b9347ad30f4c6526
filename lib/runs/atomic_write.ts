/**
 * @module Files that are either the old one or the new one, never half of either: the bytes go to a temporary file in
 * the same folder, are forced to the disk, and are renamed over the target. Writers do not lock one another out; of
 * several at once the last rename wins, whole.
 */
import { basename, dirname, join } from "node:path";

/** Temporary files this old belong to a process that was killed while it wrote. */
const STALE_MS = 60 * 60 * 1000;

/**
 * Replaces or creates `path` atomically. Makes the folder when it is missing.
 *
 * @throws what the file system throws (disk full, no permission); the old file is then still there.
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await Deno.mkdir(folder, { recursive: true });
  const temporary = join(folder, `${temporaryPrefix(path)}${Deno.pid}.${crypto.randomUUID()}.tmp`);
  try {
    const file = await Deno.open(temporary, { write: true, createNew: true });
    try {
      for (let written = 0; written < bytes.length;) written += await file.write(bytes.subarray(written));
      await file.sync();
    } finally {
      file.close();
    }
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
  await syncFolder(folder);
}

/** Removes what killed processes left of their attempts to write `path`, once it is old enough to be nobody's. */
export async function sweepTemporaries(path: string, olderThanMs = STALE_MS): Promise<void> {
  const folder = dirname(path);
  const prefix = temporaryPrefix(path);
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.startsWith(prefix) || !name.endsWith(".tmp")) continue;
      const { mtime } = await Deno.stat(join(folder, name));
      if (mtime && Date.now() - mtime.getTime() >= olderThanMs) await Deno.remove(join(folder, name));
    }
  } catch (error) {
    // Another process may sweep the same folder at the same moment.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The content of a file, or `undefined` when there is none. */
export async function readIfPresent(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Hidden, and never ending in `.json`: no reader takes it for a record. */
function temporaryPrefix(path: string): string {
  return `.${basename(path)}.`;
}

/** Makes the rename itself durable. Not every system lets a folder be opened; there the rename is still atomic. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await Deno.open(folder, { read: true });
    try {
      await handle.sync();
    } finally {
      handle.close();
    }
  } catch {
    // Windows, some network file systems.
  }
}
