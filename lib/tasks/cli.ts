/** @module What all tasks share at the command line: parsing, one-sentence errors, exit codes, a progress bar. */
import { Command, CommanderError } from "commander";
import { Presets, SingleBar } from "cli-progress";

/** The command was typed wrongly: one sentence on stderr, exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** A commander program that throws instead of exiting, so that {@linkcode runTask} alone decides exit codes. */
export function command(name: string, description: string): Command {
  return new Command(`deno task ${name}`).description(description)
    .exitOverride().configureOutput({ outputError: () => {} }).showSuggestionAfterError();
}

/**
 * Runs a task and exits with the code it returns. A wrong command line is one sentence and code 2; any other error is
 * its message and code 1 (the stack only with `DEBUG` set: a reader needs the sentence, not the frames).
 */
export async function runTask(main: () => Promise<number>): Promise<never> {
  Deno.exit(await exitCode(main));
}

/** {@linkcode runTask} without the exit, for tests: the code, after the sentence went to `write`. */
export async function exitCode(
  main: () => Promise<number>,
  write: (line: string) => void = console.error,
): Promise<number> {
  try {
    return await main();
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      write(oneSentence(error.message));
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    write(Deno.env.get("DEBUG") && error instanceof Error ? error.stack ?? message : message);
    return error instanceof UsageError ? 2 : 1;
  }
}

/**
 * `value` if it is one of `valid`.
 * @throws {UsageError} naming the option, the value and the valid ones
 */
export function choice<T extends string>(name: string, value: string, valid: readonly T[]): T {
  const found = valid.find((v) => v === value);
  if (found === undefined) {
    throw new UsageError(`${name} must be one of ${valid.join(", ")}; got "${value}".`);
  }
  return found;
}

/** Progress of a task with a known number of steps. */
export interface Progress {
  /** Call at the start, and whenever the total becomes known or a new phase starts. */
  start(total: number, note?: string): void;
  update(done: number, note?: string): void;
  /** Prints a line without tearing the bar. */
  log(line: string): void;
  stop(): void;
}

/** A bar on a terminal; elsewhere (CI logs, pipes) a plain line whenever the note changes. Both write to stderr. */
export function progressBar(terminal: boolean = Deno.stderr.isTerminal()): Progress {
  return terminal ? barProgress() : lineProgress((line) => console.error(line));
}

/** Plain lines: one per step, and within a long step one every ten seconds, so that a log stays readable. */
export function lineProgress(
  write: (line: string) => void,
  now: () => number = () => performance.now(),
): Progress {
  let total = 0;
  let last = { done: -1, note: "", at: 0 };
  const line = (done: number, note = last.note) => {
    const news = done !== last.done || (note !== last.note && now() - last.at >= 10_000);
    if (!news || note === "") return;
    last = { done, note, at: now() };
    write(`[${done}/${total}] ${note}`);
  };
  return {
    start: (all, note) => {
      total = all;
      last = { done: -1, note: "", at: 0 };
      line(0, note);
    },
    update: line,
    log: write,
    stop: () => {},
  };
}

/** One re-drawn line of a terminal. */
function barProgress(): Progress {
  const bar = new SingleBar({
    format: "{bar} {value}/{total} {eta_formatted} {note}",
    clearOnComplete: true,
    hideCursor: true,
    fps: 5,
  }, Presets.shades_classic);
  return {
    start: (total, note) => bar.start(total, 0, { note: note ?? "" }),
    update: (done, note) => bar.update(done, note === undefined ? {} : { note }),
    log: (line) => {
      // Erases the bar's line first; the bar redraws itself below at its next tick.
      Deno.stderr.writeSync(new TextEncoder().encode(`\r\x1b[K${line}\n`));
    },
    stop: () => bar.stop(),
  };
}

/** commander's `error: unknown option '--x'\n(Did you mean --y?)` as one sentence. */
function oneSentence(message: string): string {
  const [first, hint] = message.replace(/^error: /, "").split("\n");
  const suggestion = hint?.match(/\((Did you mean .*\?)\)/)?.[1];
  return `${first[0].toUpperCase()}${first.slice(1).replace(/\.$/, "")}: ${
    suggestion ?? "--help lists what there is."
  }`;
}
