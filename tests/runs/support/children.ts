/** @module Child processes that are stopped by a signal once they have printed so many lines. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/** What became of a child. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs a script; after `lines` lines of output and then `milliseconds` it is sent `signal`, unless it ended before. */
export async function runUntil(
  script: URL,
  args: readonly string[],
  stop?: { readonly signal: Deno.Signal; readonly lines: number; readonly milliseconds?: number },
): Promise<Ended> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script.pathname, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const lines: string[] = [];
  for await (
    const line of createInterface({ input: Readable.fromWeb(child.stdout as never) })
  ) {
    lines.push(line);
    if (lines.length !== stop?.lines) continue;
    await new Promise((resolve) => setTimeout(resolve, stop.milliseconds ?? 0));
    try {
      child.kill(stop.signal);
    } catch {
      // It ended by itself in the meantime.
    }
  }
  const { code, signal } = await child.status;
  return { code, signal, lines, errors: await errors };
}
