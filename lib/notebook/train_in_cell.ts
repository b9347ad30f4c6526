/** @module Training inside a cell: progress below it, and a SIGINT that saves instead of killing. */
import {
  describeSources,
  type Experiment,
  type Profile,
  runExperiment,
  type RunProgress,
  type RunRecord,
  type Store,
} from "../runs/mod.ts";
import { display } from "./display.ts";
import type { Settings } from "./settings.ts";

/** What training needs besides the experiment. */
export interface TrainInCellOptions {
  readonly store: Store;
  readonly profile: Profile;
  readonly settings: Pick<Settings, "fresh" | "backend">;
}

/** How often a progress line changes, in milliseconds. */
const refresh = 250;

/**
 * Runs what has no record yet (everything, when fresh), with one progress line below the cell.
 * @throws {Stopped} after SIGINT; a checkpoint has been saved
 */
export async function trainInCell(experiment: Experiment, options: TrainInCellOptions): Promise<RunRecord[]> {
  const { store, profile, settings } = options;
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  const line = await progressLine();
  let due = 0;
  // Without a listener the signal kills the kernel, and every variable of the notebook with it.
  Deno.addSignalListener("SIGINT", onSignal);
  try {
    const records = await runExperiment(experiment, {
      store,
      profile,
      backend: settings.backend,
      fresh: settings.fresh,
      signal: stop.signal,
      onProgress: (progress) => {
        if (performance.now() < due && progress.state === "running") return;
        due = performance.now() + refresh;
        line(progressText(progress));
      },
      // Loaded only here: tfjs takes seconds to load, and a notebook with records never needs it.
      openDevice: async (request) => (await import("../nn/mod.ts")).openDevice(request),
    });
    await line(`${experiment.name}: ${describeSources(records)}`);
    return records;
  } finally {
    Deno.removeSignalListener("SIGINT", onSignal);
  }
}

/** One line of text below the cell that is replaced, not repeated. */
async function progressLine(): Promise<(text: string) => Promise<void>> {
  const id = crypto.randomUUID();
  const show = (text: string, update: boolean) =>
    display({ "text/plain": text }, { id, update, note: { progress: true } });
  await show("Starting…", false);
  return (text) => show(text, true);
}

/** `four_phases (quick): run 2 of 8, 340/1000, loss 0.31`. */
export function progressText(
  { experiment, profile, index, count, state, done, total, note }: RunProgress,
): string {
  const where = state === "running" ? `${done}/${total}` : state;
  return `${experiment} (${profile}): run ${index + 1} of ${count}, ${where}${note ? `, ${note}` : ""}`;
}
