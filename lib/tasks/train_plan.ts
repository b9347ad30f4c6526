/** @module What `deno task train` is going to do: which experiments, how many of their runs have records already. */
import type { Experiment, Profile, Store } from "../runs/mod.ts";
import { UsageError } from "./cli.ts";
import type { PaperEntry } from "./papers.ts";

/** One experiment of the plan. */
export interface PlannedExperiment {
  readonly experiment: Experiment;
  /** Runs of the profile. */
  readonly runs: number;
  /** Those that need not be run. */
  readonly recorded: number;
  /** Why its records cannot be used; then nothing of it is run. */
  readonly refused?: Error;
}

/**
 * The experiments of the papers (only the named one, when a name is given), with the state of their records.
 * A record made before `freshSince` counts as none.
 *
 * @throws {UsageError} when the paper has no experiment of that name, listing those it has.
 */
export async function planTraining(
  papers: readonly PaperEntry[],
  options: {
    readonly store: Store;
    readonly profile: Profile;
    readonly name?: string;
    readonly freshSince?: Date;
  },
): Promise<PlannedExperiment[]> {
  const plan: PlannedExperiment[] = [];
  for (const paper of papers) {
    const all = Object.values((await paper.load()).experiments);
    const wanted = all.filter(({ name }) => options.name === undefined || name === options.name);
    if (wanted.length === 0 && options.name !== undefined) {
      const valid = all.map(({ name }) => name).join(", ");
      throw new UsageError(`${paper.id} has no experiment "${options.name}"; its experiments are: ${valid}.`);
    }
    for (const experiment of wanted) plan.push(await planExperiment(experiment, options));
  }
  return plan;
}

async function planExperiment(
  experiment: Experiment,
  { store, profile, freshSince }: { store: Store; profile: Profile; freshSince?: Date },
): Promise<PlannedExperiment> {
  const configs = experiment.configs(profile);
  let recorded = 0;
  try {
    for (const config of configs) {
      const record = await store.load(experiment, config);
      if (record && !(freshSince && new Date(record.finishedAt) <= freshSince)) recorded++;
    }
    return { experiment, runs: configs.length, recorded };
  } catch (error) {
    return { experiment, runs: configs.length, recorded, refused: error as Error };
  }
}

/** `lazy_to_rich/phases: 4 quick runs, 3 to do (1 recorded)`. */
export function planLine(
  { experiment, runs, recorded, refused }: PlannedExperiment,
  profile: Profile,
): string {
  const todo = refused ? "refused" : runs === recorded ? "all recorded" : `${runs - recorded} to do`;
  const done = !refused && recorded > 0 && recorded < runs ? ` (${recorded} recorded)` : "";
  return `${experiment.paper}/${experiment.name}: ${runs} ${profile} ${
    runs === 1 ? "run" : "runs"
  }, ${todo}${done}`;
}
