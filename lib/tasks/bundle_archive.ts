/** @module Writes a bundle: the entries copied into a folder, that folder through the system's `tar` and `xz`. */
import { dirname } from "node:path";
import type { BundleEntry } from "./bundle_files.ts";

/** A folder whose only content is `name`, ready to be packed. */
export interface Stage {
  readonly folder: string;
  readonly name: string;
}

const install: Record<string, string> = { tar: "tar", xz: "xz-utils" };

/** @throws {Error} naming the program that is missing */
export async function requirePrograms(...programs: readonly string[]): Promise<void> {
  for (const program of programs) {
    try {
      await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      const hint = install[program] ? ` (Debian: apt-get install ${install[program]})` : "";
      throw new Error(`The program ${program} was not found: install it${hint}.`);
    }
  }
}

/** Lays the entries out under `stage`, as copies: tar refuses a file that changes while it is read, even in its links. */
export function layOut(stage: Stage, entries: readonly BundleEntry[]): void {
  const made = new Set<string>();
  for (const { path, source, text, link } of entries) {
    const target = `${stage.folder}/${stage.name}/${path}`;
    const folder = dirname(target);
    if (!made.has(folder)) Deno.mkdirSync(folder, { recursive: true });
    made.add(folder);
    if (link !== undefined) Deno.symlinkSync(link, target);
    else if (text !== undefined) {
      Deno.writeTextFileSync(target, text, { mode: path.endsWith(".sh") ? 0o755 : 0o644 });
    } else Deno.copyFileSync(source!, target);
  }
}

/** Largest bundle: what still travels by every way. */
export const limit = 64 * 2 ** 20;

/**
 * Packs the stage into `file` through a temporary name; `level` is xz's. Returns the size in bytes.
 * @throws {Error} when the bundle is larger than `most`; then there is no file
 */
export async function pack(stage: Stage, file: string, level: number, most = limit): Promise<number> {
  // xz reads machine code better when told where it jumps: 3 % of the whole.
  const filters = Deno.build.arch === "x86_64" ? ["--x86", `--lzma2=preset=${level}`] : [`-${level}`];
  const compress = Deno.build.os === "windows" ? ["xz"] : ["nice", "-n", "10", "xz"];
  const tar = new Deno.Command("tar", {
    args: [...await anonymous(), "-C", stage.folder, "-cf", "-", stage.name],
    stdout: "piped",
  }).spawn();
  const xz = new Deno.Command(compress[0], {
    args: [...compress.slice(1), "-T1", "-c", ...filters],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const temporary = unfinished(file);
  try {
    const output = await Deno.open(temporary, { write: true, create: true, truncate: true });
    // A pipe breaks when either program ends too early. When xz does, tar does too; so xz is asked first.
    await Promise.allSettled([tar.stdout.pipeTo(xz.stdin), xz.stdout.pipeTo(output.writable)]);
    for (const [program, { code }] of [["xz", await xz.status], ["tar", await tar.status]] as const) {
      if (code !== 0) throw new Error(`${program} ended with exit code ${code}: the bundle was not written.`);
    }
    const { size } = await Deno.stat(temporary);
    if (size > most) {
      const smaller = level < 6 ? " A higher --level makes it smaller." : "";
      throw new Error(
        `The bundle has ${mebibytes(size)}, more than ${mebibytes(most)}: not written.${smaller}`,
      );
    }
    await Deno.rename(temporary, file);
    return size;
  } finally {
    removeTemporary(file);
  }
}

function unfinished(file: string): string {
  return `${file}.tmp`;
}

/** Removes what {@linkcode pack} has written so far. */
export function removeTemporary(file: string): void {
  try {
    Deno.removeSync(unfinished(file));
  } catch { /* it has its name, or was not begun */ }
}

/** Bytes for a reader. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** GNU tar would store who made the bundle, and the order of the file system. */
async function anonymous(): Promise<string[]> {
  const { stdout } = await new Deno.Command("tar", { args: ["--version"] }).output();
  return new TextDecoder().decode(stdout).includes("GNU")
    ? ["--sort=name", "--owner=0", "--group=0", "--numeric-owner"]
    : [];
}
