/** @module Deno's bundler for browsers (`deno bundle`): a program of its own, which Deno downloads at its first use. */
import { type BundleEntry, fileEntry, filesBelow } from "./bundle_files.ts";

/** What this machine's Deno has downloaded of it; nothing when it was never used here. */
export async function bundlerEntries(): Promise<BundleEntry[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", "--no-config"] })
    .output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string };
  return filesBelow(`${denoDir}/dl`).filter((path) => path.startsWith("esbuild-"))
    .map((path) => fileEntry("bundler", `out/.deno_dir/dl/${path}`, `${denoDir}/dl/${path}`));
}
