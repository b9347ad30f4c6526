/** @module SHA-256 over canonical JSON: the name of a run and the seal of a record. Runs in a browser too. */
import { canonicalJson } from "./canonical.ts";
import type { Experiment, JsonObject } from "./types.ts";

/** What of an experiment enters the hash; any object with these three fields can be hashed. */
export type ExperimentIdentity = Pick<Experiment, "paper" | "name" | "version">;

/** SHA-256 of bytes, or of a text in UTF-8, as 64 lower-case hexadecimal digits. */
export async function sha256(content: string | Uint8Array): Promise<string> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The name of one run: SHA-256 over `{paper, experiment, version, config}` as canonical JSON. It does not depend on
 * the order of keys nor on how a number was typed; any changed value, also a changed default, gives another name.
 * The profile is not part of it: a config that both profiles contain is one run.
 *
 * @throws {TypeError} when the config holds something JSON cannot, with its path.
 */
export function contentHash(experiment: ExperimentIdentity, config: JsonObject): Promise<string> {
  const configText = canonicalJson(config, "config");
  const { paper, name, version } = experiment;
  // Written by hand in key order, so that a message about the config starts its path at `config`.
  return sha256(
    `{"config":${configText},"experiment":${JSON.stringify(name)},"paper":${JSON.stringify(paper)},` +
      `"version":${canonicalJson(version, "version")}}`,
  );
}
