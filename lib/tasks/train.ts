/**
 * @module `deno task train [paper] [experiment]`: runs what has no record yet, and writes the records.
 * It may be stopped and called again at any time: finished runs are kept, the one in progress resumes.
 */
import type { BackendRequest, Device, Profile } from "../runs/mod.ts";
import { dataFolder, openStore, RecordError, RunError, runExperiment, Stopped } from "../runs/mod.ts";
import { choice, command, progressBar, runTask, UsageError } from "./cli.ts";
import { findPapers, type PaperEntry } from "./papers.ts";
import { planLine, planTraining } from "./train_plan.ts";
import { showProgress } from "./train_progress.ts";
import { listenForStop, STOP_CODES } from "./train_stop.ts";

const PROFILES: readonly Profile[] = ["quick", "full"];
const BACKENDS: readonly BackendRequest[] = ["auto", "tensorflow", "webgpu", "wasm", "cpu"];

/** The command line, read. */
interface TrainRequest {
  readonly papers: readonly PaperEntry[];
  readonly experiment?: string;
  readonly profile: Profile;
  readonly backend: BackendRequest;
  readonly freshSince?: Date;
  readonly data: string | URL;
  readonly budgetMinutes?: number;
}

/** What the task takes from outside; tests bring their own. */
export interface TrainWorld {
  readonly findPapers: (ids: string[]) => readonly PaperEntry[];
  readonly openDevice: (request: BackendRequest, log: (line: string) => void) => Promise<Device>;
}

const world: TrainWorld = {
  findPapers,
  // TensorFlow.js takes a second to load, which a call that finds everything recorded need not wait for.
  openDevice: async (request, log) => (await import("../nn/mod.ts")).openDevice(request, { log }),
};

/**
 * Runs the task.
 *
 * @returns 0 when every run of the request has a record, 1 when one failed or was refused, 130 after Ctrl-C, 124 when
 * the time budget ran out.
 * @throws {UsageError} for a command line that cannot be obeyed.
 */
export async function train(
  args: readonly string[],
  { findPapers, openDevice }: TrainWorld = world,
): Promise<number> {
  const request = await readRequest(args, findPapers);
  if (request === undefined) return 0;
  const { profile, freshSince, backend } = request;
  const bar = progressBar();
  const store = openStore(request.data, { warn: bar.log });
  const plan = await planTraining(request.papers, { ...request, store, name: request.experiment });
  for (const planned of plan) console.log(planLine(planned, profile));
  for (const { refused } of plan) if (refused) console.error(refused.message);
  const todo = plan.filter(({ runs, recorded, refused }) => !refused && recorded < runs);
  let failed = plan.some(({ refused }) => refused);
  if (todo.length === 0) return failed ? 1 : 0;

  using stopping = listenForStop({ ...request, log: bar.log, abort: () => bar.stop() });
  let device: Promise<Device> | undefined;
  const options = {
    store,
    profile,
    backend,
    signal: stopping.signal,
    ...freshSince === undefined ? {} : { freshSince },
    openDevice: (wanted: BackendRequest) => device ??= openDevice(wanted, bar.log),
  };
  const terminal = Deno.stderr.isTerminal();
  for (const { experiment } of todo) {
    try {
      await runExperiment(experiment, { ...options, onProgress: showProgress(bar, { terminal }) });
    } catch (error) {
      bar.stop();
      if (error instanceof Stopped) {
        console.error(`${error.message}\nTo resume: ${resumeCommand(args, freshSince)}`);
        return STOP_CODES[stopping.cause() ?? "interrupt"];
      }
      if (!(error instanceof RunError || error instanceof RecordError)) throw error;
      console.error(error.message);
      failed = true;
      // Without a device every other experiment would fail with the same sentence.
      if (await device?.then(() => false, () => true)) break;
    }
  }
  bar.stop();
  return failed ? 1 : 0;
}

async function readRequest(
  args: readonly string[],
  findPapers: TrainWorld["findPapers"],
): Promise<TrainRequest | undefined> {
  let request: TrainRequest | undefined;
  await command("train", "Run experiments and write their records. Recorded runs are not run again.")
    .argument("[paper]", "a paper's folder name; all papers unless given")
    .argument("[experiment]", "one experiment of that paper; all unless given")
    .option("--profile <name>", "quick (sized for two processor cores) or full (the paper's scale)", "quick")
    .option("--backend <name>", BACKENDS.join(", "), "auto")
    .option("--fresh", "run again what has a record; the old one stays until the new one replaces it")
    .option(
      "--fresh-since <time>",
      "as --fresh, but keep records newer than this: resumes an interrupted --fresh",
    )
    .option("--data <folder>", "where records are (default: the suite's own data)")
    .option("--budget-minutes <n>", "stop with a checkpoint after so long (exit code 124)")
    .addHelpText("after", "\nCtrl-C saves a checkpoint and says how to resume; a second Ctrl-C ends at once.")
    .action((paper: string | undefined, experiment: string | undefined, options: Record<string, string>) => {
      request = {
        papers: findPapers(paper === undefined ? [] : [paper]),
        ...experiment === undefined ? {} : { experiment },
        profile: choice("--profile", options.profile, PROFILES),
        backend: choice("--backend", options.backend, BACKENDS),
        ...readFresh(options),
        data: options.data ?? dataFolder,
        ...options.budgetMinutes === undefined ? {} : { budgetMinutes: readMinutes(options.budgetMinutes) },
      };
    })
    .parseAsync(args as string[], { from: "user" });
  return request;
}

function readFresh({ fresh, freshSince }: { fresh?: unknown; freshSince?: string }): { freshSince?: Date } {
  if (freshSince === undefined) return fresh ? { freshSince: new Date() } : {};
  const time = new Date(freshSince);
  if (Number.isNaN(time.getTime())) {
    throw new UsageError(`--fresh-since must be a time like 2026-01-31T12:00:00Z; got "${freshSince}".`);
  }
  return { freshSince: time };
}

function readMinutes(text: string): number {
  const minutes = Number(text);
  if (minutes > 0 && minutes < 35_000) return minutes; // a timer holds at most 2^31 ms
  throw new UsageError(`--budget-minutes must be a number above 0 and below 35000; got "${text}".`);
}

/** The same command, except that a fresh series goes on instead of starting over. */
function resumeCommand(args: readonly string[], freshSince: Date | undefined): string {
  const words = args.flatMap((word) =>
    word === "--fresh" ? ["--fresh-since", freshSince!.toISOString()] : [word]
  );
  return ["deno task train", ...words.map((word) => /^[\w./:-]+$/.test(word) ? word : `'${word}'`)].join(" ");
}

if (import.meta.main) await runTask(() => train(Deno.args));
