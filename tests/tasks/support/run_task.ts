/** @module Runs a task on the toy paper in a process of its own and collects all it said. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

export interface TaskOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Sends SIGINT once a line of stderr or stdout matches `when`, and again after `againAfter` milliseconds. */
export interface Interrupt {
  readonly when: RegExp;
  readonly againAfter?: number;
}

const script = new URL("./toy_task.ts", import.meta.url).pathname;

export async function runTask(
  args: readonly string[],
  options: { readonly interrupt?: Interrupt; readonly env?: Record<string, string> } = {},
): Promise<TaskOutcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", script, ...args],
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...options.env },
  }).spawn();
  let asked = false;
  const interrupt = async (line: string) => {
    if (asked || !options.interrupt?.when.test(line)) return;
    asked = true;
    child.kill("SIGINT");
    if (options.interrupt.againAfter === undefined) return;
    await new Promise((resolve) => setTimeout(resolve, options.interrupt!.againAfter));
    child.kill("SIGINT");
  };
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    const lines: string[] = [];
    for await (const line of createInterface({ input: Readable.fromWeb(stream as never) })) {
      lines.push(line);
      interrupt(line).catch(() => {}); // it may have ended by itself
    }
    return lines.map((line) => `${line}\n`).join("");
  };
  const [stdout, stderr, { code }] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    child.status,
  ]);
  return { code, stdout, stderr };
}
