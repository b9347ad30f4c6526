/**
 * @module What a notebook works with: records (loaded, or trained on the spot), figures, claims.
 *
 * Saved outputs must not change from one execution to the next, so nothing here shows a time, a machine or how records
 * were come by; progress is shown while a cell runs and never stored by this project's runner.
 */
import { type Claim, type ClaimResult, claimsHtml, claimsTable, evaluateClaims } from "../claims/mod.ts";
import type { Figure } from "../figure/mod.ts";
import {
  canonicalJson,
  type Experiment,
  type JsonObject,
  openStore,
  type Profile,
  type RunRecord,
  selectRecords,
  type Store,
} from "../runs/mod.ts";
import { display, settle } from "./display.ts";
import { readSettings, type Settings } from "./settings.ts";
import { showFigure } from "./show.ts";
import { trainInCell } from "./train_in_cell.ts";

/** The MIME type under which the claims table carries its results for programs. */
export const claimsType = "application/vnd.trained-proved.claims+json";

/** One open notebook. Every method ends with an `await`, so end a cell with `await notebook.…`. */
export interface Notebook {
  /** The paper's folder name. */
  readonly paper: string;
  /** The profile experiments are trained at when there are no records. */
  readonly profile: Profile;
  /** Where records are. */
  readonly store: Store;
  /**
   * The records of an experiment: full ones where they are complete, else quick ones, else trained here and saved.
   * SIGINT ends training after a checkpoint and keeps the kernel; running the cell again resumes, also in a new kernel.
   */
  records<Config extends JsonObject, Metrics extends JsonObject>(
    experiment: Experiment<Config, Metrics>,
  ): Promise<RunRecord<Config, Metrics>[]>;
  /**
   * Shows a figure below the cell, and saves it when a task asked for files.
   * @throws {Error} when the figure is faulty (axis without label, curve not finite, empty panel)
   */
  show(figure: Figure): Promise<void>;
  /** Evaluates claims, shows them as a table, and returns the verdicts. */
  claims(claims: readonly Claim[]): Promise<ClaimResult[]>;
  /** Shows Markdown, for sentences with numbers in them. */
  note(markdown: string): Promise<void>;
}

/**
 * Opens the notebook of a paper (its folder name, such as `lazy_to_rich`).
 *
 * ```ts
 * const notebook = await openNotebook("lazy_to_rich");
 * const runs = await notebook.records(experiments.phases);
 * await notebook.show(figures.fourPhases(runs));
 * ```
 * @throws {Error} when an environment variable of a task has a value it cannot have
 */
export function openNotebook(paper: string, settings: Settings = readSettings()): Promise<Notebook> {
  if (!/^[a-z0-9_]+$/.test(paper)) {
    return Promise.reject(new Error(`A paper is named by its folder in lib, in snake_case; got "${paper}".`));
  }
  const store = openStore(settings.data);
  const profile = settings.profile ?? "quick";
  // A second cell that asks for the same records gets what the first one got: --fresh trains once, not twice.
  // The configs belong to the name: a cell whose knobs were turned asks for an experiment of the same name.
  const known = new Map<string, Promise<RunRecord[]>>();
  const keyOf = ({ name, version, configs }: Pick<Experiment, "name" | "version" | "configs">) =>
    canonicalJson([name, version, configs("quick"), configs("full")]);

  const load = async (experiment: Experiment): Promise<RunRecord[]> => {
    const found = settings.fresh ? [] : await selectRecords(experiment, store, { profile: settings.profile });
    return found.length > 0 ? found : await trainInCell(experiment, { store, profile, settings });
  };

  return Promise.resolve({
    paper,
    profile,
    store,
    records: async <Config extends JsonObject, Metrics extends JsonObject>(
      experiment: Experiment<Config, Metrics>,
    ) => {
      const key = keyOf(experiment);
      const records = known.get(key) ?? load(experiment as unknown as Experiment);
      known.set(key, records);
      // A failed or stopped training may be tried again by running the cell again.
      records.catch(() => known.delete(key));
      return await records as RunRecord<Config, Metrics>[];
    },
    show: (figure) => showFigure(figure, { paper, out: settings.out }),
    claims: async (claims) => {
      const results = evaluateClaims(claims);
      await display({
        "text/html": claimsHtml(results),
        "text/plain": claimsTable(results),
        [claimsType]: results,
      });
      await settle();
      return results;
    },
    note: async (markdown) => {
      await display({ "text/markdown": markdown, "text/plain": markdown });
      await settle();
    },
  });
}
