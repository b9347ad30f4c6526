/**
 * @module The folder of finished runs: `<root>/<paper>/<experiment>/<hash>.json`, beside `<root>/.checkpoints/` for the
 * unfinished. A file that is not exactly the record its name promises is refused with a sentence and left alone.
 * Writers take no locks: a record is replaced by one rename, so of several processes that finish the same run at once
 * the last one wins, whole; their results are the same run's.
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readIfPresent, sweepTemporaries, writeAtomically } from "./atomic_write.ts";
import { type CheckpointFile, checkpointFile } from "./checkpoint.ts";
import { RecordError } from "./errors.ts";
import { contentHash } from "./hash.ts";
import { parseRecord, recordText } from "./record.ts";
import type { Experiment, JsonObject, RunRecord } from "./types.ts";

/** The suite's own data folder: the committed records. */
export const dataFolder: URL = new URL("../../data", import.meta.url);

/** A file of the data folder: a record, or the reason why it is none. */
export type ListedFile =
  | { readonly path: string; readonly record: RunRecord; readonly refused?: undefined }
  | { readonly path: string; readonly record?: undefined; readonly refused: RecordError };

/** Where records and checkpoints live. */
export interface Store {
  /** Absolute path of the data folder. */
  readonly root: string;
  /** The file of one run, whether it exists or not. */
  pathOf<C extends JsonObject, M extends JsonObject>(
    experiment: Experiment<C, M>,
    config: C,
  ): Promise<string>;
  /**
   * The record of one run, or `undefined` when it has not been run.
   * @throws {RecordError} for a file that is truncated, edited, foreign, of a newer format, or whose metrics the
   * experiment's `checkMetrics` rejects.
   */
  load<C extends JsonObject, M extends JsonObject>(
    experiment: Experiment<C, M>,
    config: C,
  ): Promise<RunRecord<C, M> | undefined>;
  /**
   * Writes a sealed record to its place, replacing an earlier valid one.
   * @throws {RecordError} when the record does not hold together, or when the file in its place is not a valid record.
   */
  save(record: RunRecord): Promise<void>;
  /** Every file of the folder (of one paper's), sorted by path, the refused ones included with their reasons. */
  list(paper?: string): Promise<ListedFile[]>;
  /** The checkpoint of one run. */
  checkpoint<C extends JsonObject, M extends JsonObject>(
    experiment: Experiment<C, M>,
    config: C,
  ): CheckpointFile;
}

/** What a store says beside its results. */
export interface StoreOptions {
  /** Receives one sentence per damaged checkpoint; standard error unless given. */
  readonly warn?: (line: string) => void;
}

/**
 * Opens the data folder; nothing is created before something is written.
 *
 * @param root Path or file URL of the folder.
 */
export function openStore(root: string | URL, options: StoreOptions = {}): Store {
  const folder = resolve(typeof root === "string" ? root : fileURLToPath(root));
  const warn = options.warn ?? console.warn;

  const pathOf = async (experiment: Experiment, config: JsonObject) =>
    join(
      folder,
      safe(experiment.paper),
      safe(experiment.name),
      `${await contentHash(experiment, config)}.json`,
    );

  const read = async (path: string): Promise<RunRecord | undefined> => {
    const content = await readIfPresent(path);
    if (content === undefined) return undefined;
    const record = await parseRecord(content, path);
    requirePlace(record, path);
    return record;
  };

  return {
    root: folder,
    pathOf: (experiment, config) => pathOf(experiment as unknown as Experiment, config),
    load: async (experiment, config) => {
      const path = await pathOf(experiment as unknown as Experiment, config);
      const record = await read(path);
      if (record === undefined) return undefined;
      try {
        return {
          ...record,
          config: record.config as typeof config,
          metrics: experiment.checkMetrics(record.metrics),
        };
      } catch (error) {
        throw new RecordError(
          path,
          `its metrics are not those of ${experiment.name}: ${(error as Error).message}`,
        );
      }
    },
    save: async (record) => {
      const path = join(folder, safe(record.paper), safe(record.experiment), `${record.hash}.json`);
      const bytes = new TextEncoder().encode(recordText(record));
      await parseRecord(bytes, path);
      await read(path); // refuses to replace what is not a record
      await writeAtomically(path, bytes);
      await sweepTemporaries(path);
    },
    list: async (paper) => {
      const files: ListedFile[] = [];
      for (const path of await visibleFiles(paper === undefined ? folder : join(folder, safe(paper)))) {
        try {
          const record = await read(path);
          if (record) files.push({ path, record });
        } catch (error) {
          if (!(error instanceof RecordError)) throw error;
          files.push({ path, refused: error });
        }
      }
      return files;
    },
    checkpoint: (experiment, config) =>
      checkpointFile(
        join(folder, ".checkpoints", safe(experiment.paper), safe(experiment.name)),
        () => contentHash(experiment as unknown as Experiment, config),
        warn,
      ),
  };
}

/** A record in the wrong folder or under the wrong name would be another run's result. */
function requirePlace(record: RunRecord, path: string): void {
  const expected = join(record.paper, record.experiment, `${record.hash}.json`);
  if (!path.endsWith(`/${expected}`) && !path.endsWith(`\\${expected}`)) {
    throw new RecordError(path, `it is the record of ${record.paper}/${record.experiment}/${record.hash}`);
  }
}

/** Files at any depth, without hidden ones (checkpoints, temporaries, a system's own). */
async function visibleFiles(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) {
      if (name.startsWith(".")) continue;
      const path = join(folder, name);
      if ((await Deno.stat(path)).isDirectory) found.push(...await visibleFiles(path));
      else found.push(path);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort();
}

/** A name that is one folder and nothing more. */
function safe(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(name)) return name;
  throw new TypeError(`"${name}" cannot name a folder of records: use letters, digits, "-" and "_".`);
}
