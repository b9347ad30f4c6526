/** @module Temporary data folders, removed after each test. */
import { onTestFinished } from "vitest";
import { openStore, type Store } from "../../../lib/runs/mod.ts";

export async function temporaryFolder(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "runs_" });
  onTestFinished(() => Deno.remove(folder, { recursive: true }));
  return folder;
}

export async function temporaryStore(warnings: string[] = []): Promise<Store> {
  return openStore(await temporaryFolder(), { warn: (line) => warnings.push(line) });
}

/** Names of everything below a folder, hidden files included. */
export async function filesUnder(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (entry.isDirectory) {
      names.push(...(await filesUnder(`${folder}/${entry.name}`)).map((name) => `${entry.name}/${name}`));
    } else names.push(entry.name);
  }
  return names.sort();
}

/** For experiments that never ask for a device. */
export function noDevice(): Promise<never> {
  return Promise.reject(new Error("no device was expected to be opened"));
}
