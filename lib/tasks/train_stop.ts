/** @module The two ways training is asked to stop before its end: Ctrl-C, and a time budget. */

/** What stops training. Close it to give Ctrl-C back its usual meaning. */
export interface Stopping {
  readonly signal: AbortSignal;
  /** Why the signal was aborted. */
  readonly cause: () => "interrupt" | "budget" | undefined;
  [Symbol.dispose](): void;
}

/** Exit codes by convention: 128 + SIGINT, and that of `timeout`. */
export const STOP_CODES = { interrupt: 130, budget: 124 } as const;

/** One Ctrl-C may arrive twice: from the terminal, and passed on by the task runner. */
const SAME_KEY_MS = 300;

/**
 * Listens for Ctrl-C (and the polite kill, SIGTERM): the first asks for a stop with a checkpoint, a second ends the
 * process at once, which costs no more than what came after the last checkpoint.
 *
 * @param log Receives one line when a stop is asked for.
 * @param abort Called at the second Ctrl-C, just before the process ends.
 */
export function listenForStop(
  options: {
    readonly budgetMinutes?: number;
    readonly log: (line: string) => void;
    readonly abort?: () => void;
  },
): Stopping {
  const controller = new AbortController();
  let cause: "interrupt" | "budget" | undefined;
  const stop = (because: "interrupt" | "budget", line: string) => {
    cause = because;
    options.log(line);
    controller.abort();
  };
  let heard = -Infinity;
  const interrupt = () => {
    const again = performance.now() - heard > SAME_KEY_MS;
    heard = performance.now();
    if (cause === "interrupt") {
      if (!again) return;
      options.abort?.();
      Deno.exit(STOP_CODES.interrupt);
    }
    stop(
      "interrupt",
      "Stopping: saving a checkpoint first (Ctrl-C again ends at once, from the last checkpoint).",
    );
  };
  const signals: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  const { budgetMinutes } = options;
  const timer = budgetMinutes === undefined ? undefined : setTimeout(() => {
    if (cause === undefined) {
      stop("budget", `The budget of ${budgetMinutes} min is used up: saving a checkpoint.`);
    }
  }, budgetMinutes * 60_000);
  return {
    signal: controller.signal,
    cause: () => cause,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
      for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
    },
  };
}
