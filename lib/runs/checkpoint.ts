/**
 * @module The state of one unfinished run in a file: a line that names the run and seals the bytes, then the bytes.
 * Written atomically and checked on the way in, so that `kill -9` at any moment leaves the last whole state or none.
 */
import { z } from "zod";
import { readIfPresent, sweepTemporaries, writeAtomically } from "./atomic_write.ts";
import { sha256 } from "./hash.ts";
import type { CheckpointSlot, RecordDevice } from "./types.ts";

/** What a checkpoint remembers beside the run's own state. */
export interface CheckpointNote {
  /** When the run was first started, ISO 8601. */
  readonly began: string;
  /** Seconds spent on the run so far, over all its sessions. */
  readonly seconds: number;
  /** The devices of those sessions, in order, without repeats. */
  readonly devices: readonly RecordDevice[];
}

/** A checkpoint slot that also keeps the note. */
export interface CheckpointFile extends CheckpointSlot {
  /** The file's path, known once the run's hash is computed. */
  path(): Promise<string>;
  /** State and note, or `undefined` when there is none or it was damaged (then set aside, and said so). */
  read(): Promise<{ readonly bytes: Uint8Array; readonly note: CheckpointNote } | undefined>;
  /** Replaces the saved state; without a note the run counts as begun now. */
  save(bytes: Uint8Array, note?: CheckpointNote): Promise<void>;
}

const MAGIC = "trained-and-proved checkpoint 1\n";
const NEWLINE = 10;

const headerSchema = z.strictObject({
  hash: z.string(),
  size: z.int().nonnegative(),
  sha256: z.string(),
  began: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  devices: z.array(z.custom<RecordDevice>((value) => typeof value === "object" && value !== null)),
});

/**
 * The checkpoint of one run in `folder/<hash>.ckpt`.
 *
 * A damaged file is never resumed from and never deleted: it is renamed to `<hash>.ckpt.damaged` (then `.damaged-2` and
 * so on), `warn` says so, and the run starts from its beginning.
 */
export function checkpointFile(
  folder: string,
  hash: () => Promise<string>,
  warn: (line: string) => void,
): CheckpointFile {
  const path = async () => `${folder}/${await hash()}.ckpt`;

  const read: CheckpointFile["read"] = async () => {
    const file = await path();
    const content = await readIfPresent(file);
    if (content === undefined) return undefined;
    try {
      return await decode(content, await hash());
    } catch (error) {
      const aside = await setAside(file);
      warn(
        `The checkpoint ${file} is refused because ${
          (error as Error).message
        }; it was kept as ${aside} and the run ` +
          "starts from its beginning.",
      );
      return undefined;
    }
  };

  return {
    path,
    read,
    load: async () => (await read())?.bytes,
    save: async (bytes, note = { began: new Date().toISOString(), seconds: 0, devices: [] }) => {
      await writeAtomically(await path(), await encode(bytes, await hash(), note));
    },
    clear: async () => {
      const file = await path();
      await Deno.remove(file).catch(ignoreMissing);
      await sweepTemporaries(file);
    },
  };
}

async function encode(bytes: Uint8Array, hash: string, note: CheckpointNote): Promise<Uint8Array> {
  const header = { hash, size: bytes.length, sha256: await sha256(bytes), ...note };
  const head = new TextEncoder().encode(`${MAGIC}${JSON.stringify(header)}\n`);
  const content = new Uint8Array(head.length + bytes.length);
  content.set(head);
  content.set(bytes, head.length);
  return content;
}

async function decode(content: Uint8Array, hash: string) {
  const decoder = new TextDecoder();
  if (decoder.decode(content.subarray(0, MAGIC.length)) !== MAGIC) throw new Error("it is not a checkpoint");
  const end = content.indexOf(NEWLINE, MAGIC.length);
  if (end < 0) throw new Error("it is cut off");
  const header = headerSchema.parse(JSON.parse(decoder.decode(content.subarray(MAGIC.length, end))));
  // A copy, so that the run's state does not keep the header's memory alive nor share it.
  const bytes = content.slice(end + 1);
  if (header.hash !== hash) throw new Error("it belongs to another run");
  if (bytes.length !== header.size) throw new Error(`it holds ${bytes.length} of ${header.size} bytes`);
  if (await sha256(bytes) !== header.sha256) throw new Error("its checksum does not match");
  return { bytes, note: { began: header.began, seconds: header.seconds, devices: header.devices } };
}

/** Renames without ever replacing an earlier damaged file. */
async function setAside(path: string): Promise<string> {
  for (let n = 1;; n++) {
    const aside = n === 1 ? `${path}.damaged` : `${path}.damaged-${n}`;
    if (await readIfPresent(aside) !== undefined) continue;
    await Deno.rename(path, aside).catch(ignoreMissing);
    return aside;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
