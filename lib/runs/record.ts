/**
 * @module Making and believing records. A record is sealed once, when its run is done; reading one back checks
 * everything that can be checked without running it again, and says what is wrong in one sentence.
 */
import { z } from "zod";
import { canonicalJson } from "./canonical.ts";
import { RecordError } from "./errors.ts";
import { contentHash, sha256 } from "./hash.ts";
import { stableText } from "./text.ts";
import type { JsonObject, RunRecord } from "./types.ts";

/** The format this code writes and reads. */
export const RECORD_FORMAT = 1;

const FIELDS = [
  "format",
  "paper",
  "experiment",
  "experimentVersion",
  "profile",
  "hash",
  "device",
  "versions",
  "wallSeconds",
  "finishedAt",
  "config",
  "metrics",
  "digest",
] as const satisfies readonly (keyof RunRecord)[];

const hexDigest = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");
/** Only the outline: what is inside config and metrics is the experiment's business. */
const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);
const recordSchema: z.ZodType<RunRecord> = z.strictObject({
  format: z.literal(RECORD_FORMAT),
  paper: z.string().min(1),
  experiment: z.string().min(1),
  experimentVersion: z.int().nonnegative(),
  profile: z.enum(["quick", "full"]),
  hash: hexDigest,
  device: z.strictObject({
    backend: z.enum(["tensorflow", "webgpu", "wasm", "cpu", "float64"]),
    name: z.string().min(1),
    kind: z.enum(["gpu", "software-gpu", "cpu"]),
  }),
  versions: z.record(z.string(), z.string()),
  wallSeconds: z.number().nonnegative(),
  finishedAt: z.iso.datetime(),
  config: jsonObject,
  metrics: jsonObject,
  digest: hexDigest,
});

/** A record before its seal: everything that is not computed from the rest. */
export type UnsealedRecord<Config extends JsonObject = JsonObject, Metrics extends JsonObject = JsonObject> =
  Omit<
    RunRecord<Config, Metrics>,
    "format" | "hash" | "digest"
  >;

/**
 * Computes hash and digest of a finished run. The result is what a reader of the file will get: keys sorted, nothing
 * shared with the arguments.
 *
 * @throws {TypeError} naming the path when config or metrics hold what JSON cannot (a NaN loss, a typed array).
 */
export async function sealRecord<Config extends JsonObject, Metrics extends JsonObject>(
  parts: UnsealedRecord<Config, Metrics>,
): Promise<RunRecord<Config, Metrics>> {
  canonicalJson(parts.metrics, "metrics");
  const hash = await hashOf(parts);
  const open = { format: RECORD_FORMAT, ...parts, hash, digest: "" };
  const sealed = { ...open, digest: await digestOf(open) };
  return JSON.parse(recordText(sealed as unknown as RunRecord));
}

/** A record as it is written to its file. */
export function recordText(record: RunRecord): string {
  return stableText(record, FIELDS);
}

/**
 * Reads a record's file content, believing nothing: whole, JSON, this format, this shape, unedited, rightly named.
 *
 * @param content The file's bytes.
 * @param path The file's path, for messages.
 * @throws {RecordError} with the path and the first reason not to use it.
 */
export async function parseRecord(content: Uint8Array, path: string): Promise<RunRecord> {
  const refuse = (reason: string): never => {
    throw new RecordError(path, reason);
  };
  const value = parseJson(content, refuse);
  const format = (value as { format?: unknown } | null)?.format;
  if (typeof format === "number" && format > RECORD_FORMAT) {
    refuse(`it has format ${format} and this version reads format ${RECORD_FORMAT}; update the suite`);
  }
  const outline = recordSchema.safeParse(value);
  if (!outline.success) {
    const [issue] = outline.error.issues;
    refuse(`it is not a run record (${issue.path.map(String).join(".") || "file"}: ${issue.message})`);
  }
  // The value itself, not zod's copy: the digest covers exactly what was read.
  const record = value as RunRecord;
  const digest = await digestOf(record).catch((error: Error) => refuse(error.message));
  if (digest !== record.digest) {
    refuse("its digest does not match: it was edited or damaged after it was written");
  }
  if (await hashOf(record) !== record.hash) refuse("its hash is not the hash of its config");
  return record;
}

function parseJson(content: Uint8Array, refuse: (reason: string) => never): unknown {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return refuse("it is not UTF-8 text");
  }
  // The last newline is written last: without it the file is not known to be whole.
  if (!/\}\r?\n$/.test(text)) return refuse("it is cut off: its last line is missing");
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`it is not JSON (${(error as Error).message})`);
  }
}

/** SHA-256 over every field but the digest itself. */
function digestOf(record: object): Promise<string> {
  const rest: Record<string, unknown> = { ...record };
  delete rest.digest;
  try {
    return sha256(canonicalJson(rest, "record"));
  } catch (error) {
    return Promise.reject(error);
  }
}

function hashOf({ paper, experiment, experimentVersion, config }: UnsealedRecord): Promise<string> {
  return contentHash({ paper, name: experiment, version: experimentVersion }, config);
}
