/** @module From an experiment's events to a progress bar: which run of how many, and when all of them will be done. */
import type { RunProgress } from "../runs/mod.ts";
import type { Progress } from "./cli.ts";

/** How often the note beside the bar may change, in milliseconds: on a terminal, and in a log that keeps every line. */
export const NOTE_EVERY = { terminal: 1000, log: 15_000 } as const;

/** A listener for `runExperiment` that drives a bar; one bar a run, in the run's own units. */
export function showProgress(
  bar: Progress,
  options: { readonly noteEvery: number; readonly now?: () => number },
): (event: RunProgress) => void {
  const { noteEvery, now = () => performance.now() } = options;
  let begun: number | undefined;
  let current = -1;
  let pending = 0;
  let finished = 0;
  let total = 0;
  let noted = -Infinity;

  return ({ paper, experiment, index, count, state, done, total: all, note }) => {
    const name = `${paper}/${experiment} run ${index + 1} of ${count}`;
    if (state === "loaded") return;
    begun ??= now();
    if (state === "running") {
      if (index !== current || all !== total) {
        if (index !== current) pending = count - index;
        if (current >= 0) bar.stop();
        current = index;
        total = all;
        bar.start(all, name);
        noted = now();
      }
      const due = now() - noted >= noteEvery;
      if (due) noted = now();
      const left = remaining(now() - begun, finished, done / all, pending);
      bar.update(done, due ? [name, note, left].filter(Boolean).join(", ") : undefined);
      return;
    }
    bar.stop();
    current = -1;
    total = 0;
    finished++;
    bar.log(state === "saved" ? `${name}: saved` : `${name}: failed: ${note}`);
  };
}

/**
 * Time left for all runs of the experiment, supposing that they take equally long; nothing before it can be guessed.
 *
 * @param elapsed Milliseconds since the first run began, in which `finished` runs and `part` of another were made.
 * @param pending Runs not finished, the present one included.
 */
function remaining(elapsed: number, finished: number, part: number, pending: number): string | undefined {
  const made = finished + part;
  if (elapsed < 2000 || !(made > 0.02)) return undefined;
  return `${duration(elapsed / made * (pending - part) / 1000)} left`;
}

/** `40 s`, `12 min`, `3 h 20 min`: as exact as a guess deserves. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
