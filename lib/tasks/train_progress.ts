/** @module From an experiment's events to a progress bar: which run of how many, and when all of them will be done. */
import type { RunProgress } from "../runs/mod.ts";
import type { Progress } from "./cli.ts";

/** How often the note beside a bar changes, and how often a log that keeps every line gets one, in milliseconds. */
const NOTE_EVERY = { terminal: 1000, log: 15_000 } as const;

/**
 * A listener for `runExperiment` that drives a bar; one bar a run, in the run's own units.
 *
 * @param options `terminal`: the bar is redrawn, so every event may reach it; else it is a log, and few do.
 */
export function showProgress(
  bar: Progress,
  options: { readonly terminal: boolean; readonly now?: () => number },
): (event: RunProgress) => void {
  const { terminal, now = () => performance.now() } = options;
  const noteEvery = terminal ? NOTE_EVERY.terminal : NOTE_EVERY.log;
  const estimate = new Estimate();
  let bars = "";
  let noted = 0;

  return ({ paper, experiment, index, count, state, done, total, note }) => {
    const name = `${paper}/${experiment} run ${index + 1} of ${count}`;
    if (state === "loaded") return;
    if (state !== "running") {
      bar.stop();
      bars = "";
      estimate.end();
      bar.log(state === "saved" ? `${name}: saved` : `${name}: failed: ${note}`);
      return;
    }
    // Before a run says how long it is, it is announced as 0 of 1, which is no length to show.
    if (total === 1 && done === 0) return;
    if (bars !== `${index} ${total}`) {
      if (bars !== "") bar.stop();
      bars = `${index} ${total}`;
      bar.start(total, name);
      noted = now();
      estimate.begin(noted, done / total);
    }
    if (now() - noted >= noteEvery) {
      noted = now();
      const left = estimate.secondsLeft(noted, done / total, count - index);
      bar.update(
        done,
        [name, note, left === undefined ? "" : `${duration(left)} left`].filter(Boolean).join(", "),
      );
    } else if (terminal) bar.update(done);
  };
}

/** Supposes that all runs take equally long; a run that resumes half-way counts for the half it still makes. */
class Estimate {
  #made = 0; // runs' worth of work, apart from the present run's
  #from = 0; // where the present run was first heard of
  #last = 0;
  #began: number | undefined;

  begin(now: number, part: number): void {
    this.#began ??= now;
    this.#made += this.#last - this.#from;
    this.#from = this.#last = part;
  }

  /** The present run is over. */
  end(): void {
    this.#last = 1;
  }

  secondsLeft(now: number, part: number, pending: number): number | undefined {
    this.#last = part;
    const made = this.#made + part - this.#from;
    const elapsed = now - this.#began!;
    // A guess from a second or a hundredth of a run would be none.
    return elapsed < 2000 || made < 0.01 ? undefined : elapsed / made * (pending - part) / 1000;
  }
}

/** `40 s`, `12 min`, `3 h 20 min`: as exact as a guess deserves. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
