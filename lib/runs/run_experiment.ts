/**
 * @module Running an experiment: every config that has a record is loaded, the others are run, one after another, and
 * each is saved the moment it is done. Stopping, a failure or a killed process costs at most the run in progress, and
 * of that only what came after its last checkpoint.
 */
import type { BackendRequest, Device } from "../nn/types.ts";
import { canonicalJson } from "./canonical.ts";
import { RunError, Stopped } from "./errors.ts";
import { startSession } from "./session.ts";
import type { Store } from "./store.ts";
import type { Experiment, JsonObject, Profile, RunRecord } from "./types.ts";

/** Where an experiment is: one event per loaded, advanced, saved or failed run. */
export interface RunProgress {
  /** The paper's folder name. */
  readonly paper: string;
  /** The experiment's name. */
  readonly experiment: string;
  /** The profile being run. */
  readonly profile: Profile;
  /** Which config, from 0. */
  readonly index: number;
  /** Of how many. */
  readonly count: number;
  /** What just happened to this config. */
  readonly state: "loaded" | "running" | "saved" | "failed";
  /** How far this run is, in its own units (steps). */
  readonly done: number;
  /** Where `done` will end. */
  readonly total: number;
  /** What the run says of itself; the reason when it failed. */
  readonly note?: string;
}

/** How to run an experiment. */
export interface RunOptions {
  /** Where records are looked up and saved. */
  readonly store: Store;
  /** Which of the experiment's two sets of configs. */
  readonly profile: Profile;
  /** Passed to `openDevice`; `auto` unless given. A record made on any backend is a hit. */
  readonly backend?: BackendRequest;
  /** Run again what has a record; the old record stays until the new one replaces it. */
  readonly fresh?: boolean;
  /** Like `fresh`, but only for records older than this: what resumes an interrupted fresh series. */
  readonly freshSince?: Date;
  /** Abort it to stop after the run in progress has saved its checkpoint. */
  readonly signal?: AbortSignal;
  /** Hears every event. */
  readonly onProgress?: (progress: RunProgress) => void;
  /** Opens the device on a run's first request; usually `openDevice` of nn. Opened at most once. */
  readonly openDevice: (request: BackendRequest) => Promise<Device>;
}

/**
 * The records of all configs of one profile, in the order of `experiment.configs(profile)`.
 *
 * A run that throws does not keep the following ones from being run; afterwards the first error is thrown.
 *
 * @throws {RecordError} before anything runs, when a record in the way is damaged.
 * @throws {Stopped} when the signal was aborted; what is finished is saved, the run in progress has its checkpoint.
 * @throws {RunError} naming paper, experiment and config, when a run failed or the device could not be opened.
 */
export async function runExperiment<Config extends JsonObject, Metrics extends JsonObject>(
  experiment: Experiment<Config, Metrics>,
  options: RunOptions,
): Promise<RunRecord<Config, Metrics>[]> {
  const { store, profile, signal = new AbortController().signal } = options;
  const freshSince = options.fresh ? new Date() : options.freshSince;
  const configs = canonicalConfigs(experiment, profile);
  const place = { paper: experiment.paper, experiment: experiment.name, profile, count: configs.length };

  // All files are looked at before anything runs: a damaged one must not surface after hours of training.
  const records = [];
  for (const config of configs) records.push(await store.load(experiment, config));

  let device: Promise<Device> | undefined;
  let deviceFailed = false;
  const openDevice = () =>
    device ??= options.openDevice(options.backend ?? "auto").catch((error) => {
      deviceFailed = true;
      throw error;
    });
  let failure: RunError | undefined;

  for (const [index, config] of configs.entries()) {
    const report = (state: RunProgress["state"], done: number, total: number, note?: string) =>
      options.onProgress?.({ ...place, index, state, done, total, ...note === undefined ? {} : { note } });
    const checkpoint = store.checkpoint(experiment, config);
    const known = records[index];
    if (known && !(freshSince && new Date(known.finishedAt) <= freshSince)) {
      report("loaded", 1, 1);
      continue;
    }
    if (signal.aborted) throw new Stopped(`Stopped before run ${index + 1} of ${configs.length}.`);
    let last: [number, number] = [0, 1];
    report("running", 0, 1);
    const session = startSession(experiment as unknown as Experiment<JsonObject, Metrics>, config, {
      profile,
      checkpoint,
      signal,
      freshSince,
      openDevice,
      progress: (done, total, note) => report("running", ...last = [done, total], note),
    });
    try {
      const record = await session.record as RunRecord<Config, Metrics>;
      await store.save(record);
      await checkpoint.clear();
      records[index] = record;
      report("saved", last[1], last[1]);
    } catch (error) {
      if (error instanceof Stopped || (signal.aborted && error === signal.reason)) throw asStopped(error);
      report("failed", ...last, error instanceof Error ? error.message : String(error));
      const hint = session.resumed()
        ? "(It was resumed from a checkpoint; --fresh starts it over.)"
        : undefined;
      failure ??= new RunError(experiment.paper, experiment.name, config, error, hint);
      if (deviceFailed) break; // every other run would fail the same way
    }
  }
  if (failure) throw failure;
  return records as RunRecord<Config, Metrics>[];
}

/** The configs as they are hashed; two that are equal would be one run counted twice. */
function canonicalConfigs<Config extends JsonObject>(
  experiment: Experiment<Config>,
  profile: Profile,
): Config[] {
  const texts = experiment.configs(profile).map((config, i) => canonicalJson(config, `config ${i + 1}`));
  texts.forEach((text, i) => {
    const first = texts.indexOf(text);
    if (first === i) return;
    throw new TypeError(
      `${experiment.paper}/${experiment.name}: configs ${first + 1} and ${
        i + 1
      } of ${profile} are the same; give them ` +
        "different seeds or remove one.",
    );
  });
  return texts.map((text) => JSON.parse(text));
}

/** A run that obeyed by `signal.throwIfAborted()` stopped, too; it just saved nothing new. */
function asStopped(error: unknown): Stopped {
  return error instanceof Stopped ? error : new Stopped();
}
