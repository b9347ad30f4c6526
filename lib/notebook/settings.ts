/** @module What a task tells a notebook, by environment variables; a person who opens it sets none. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { BackendRequest } from "../nn/types.ts";
import type { Profile } from "../runs/mod.ts";

/** Names of the environment variables. */
export const variables = {
  profile: "TRAINED_PROVED_PROFILE",
  fresh: "TRAINED_PROVED_FRESH",
  backend: "TRAINED_PROVED_BACKEND",
  out: "TRAINED_PROVED_OUT",
  data: "TRAINED_PROVED_DATA",
} as const;

/** Profiles a notebook can be asked for. */
export const profiles: readonly Profile[] = ["quick", "full"];
/** Backends a notebook can be asked for. */
export const backends: readonly BackendRequest[] = ["auto", "tensorflow", "webgpu", "wasm", "cpu"];

/** A notebook's settings. */
export interface Settings {
  /** Asked for by name; without it, full records are taken where they are complete, else quick ones. */
  readonly profile?: Profile;
  /** Run every experiment again, whatever records there are. */
  readonly fresh: boolean;
  /** What trains, when something must be trained. */
  readonly backend: BackendRequest;
  /** Folder figures are written to, as `<out>/<paper>/<figure>.svg`; nothing is written without it. */
  readonly out?: string;
  /** Folder of the records. */
  readonly data: string;
}

/**
 * The settings in the environment.
 * @throws {Error} naming the variable, its value and what it may be
 */
export function readSettings(
  get: (name: string) => string | undefined = (name) => Deno.env.get(name),
): Settings {
  const out = get(variables.out);
  return {
    profile: oneOf(variables.profile, get(variables.profile), profiles),
    fresh: oneOf(variables.fresh, get(variables.fresh), ["0", "1"]) === "1",
    backend: oneOf(variables.backend, get(variables.backend), backends) ?? "auto",
    out: out ? resolve(out) : undefined,
    data: resolve(get(variables.data) || fileURLToPath(new URL("../../data", import.meta.url))),
  };
}

/** The settings as an environment, for a kernel: each variable is set, so that none leaks in from outside. */
export function settingsEnvironment(settings: Settings): Record<string, string> {
  return {
    [variables.profile]: settings.profile ?? "",
    [variables.fresh]: settings.fresh ? "1" : "0",
    [variables.backend]: settings.backend,
    [variables.out]: settings.out ?? "",
    [variables.data]: settings.data,
  };
}

function oneOf<T extends string>(
  name: string,
  value: string | undefined,
  valid: readonly T[],
): T | undefined {
  if (!value) return undefined;
  const found = valid.find((v) => v === value);
  if (!found) throw new Error(`${name} must be one of ${valid.join(", ")}; got "${value}".`);
  return found;
}
