/** @module What a run leaves behind, and what it takes to make one. */
import type { BackendName, Device } from "../nn/types.ts";

/** Anything JSON can hold; configs and metrics are nothing else. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** `quick` is sized for two processor cores, `full` for a GPU at the paper's scale. */
export type Profile = "quick" | "full";

/** What computed a record. `backend: "float64"` marks pure theory, computed in plain TypeScript. */
export interface RecordDevice {
  /** Which backend of nn, or none. */
  readonly backend: BackendName | "float64";
  /** Adapter or processor as the system reports it. */
  readonly name: string;
  /** Only `"gpu"` may be called a GPU. */
  readonly kind: "gpu" | "software-gpu" | "cpu";
}

/** One finished run, as stored in `data/<paper>/<experiment>/<hash>.json`. */
export interface RunRecord<Config extends JsonObject = JsonObject, Metrics extends JsonObject = JsonObject> {
  /** Raised when the file's layout changes. */
  readonly format: 1;
  /** The paper's folder name. */
  readonly paper: string;
  /** The experiment's name. */
  readonly experiment: string;
  /** The experiment's version when it ran; with it the hash can be checked from the file alone. */
  readonly experimentVersion: number;
  /** The profile it was run for. */
  readonly profile: Profile;
  /** Everything that distinguishes this run from the experiment's others, seed included. */
  readonly config: Config;
  /** SHA-256 over paper, experiment, version and config, independent of key order; also the file name. */
  readonly hash: string;
  /** What computed it. */
  readonly device: RecordDevice;
  /** Versions of the runtime and the packages that computed. */
  readonly versions: Readonly<Record<string, string>>;
  /** Seconds of computing, over all sessions of an interrupted run. */
  readonly wallSeconds: number;
  /** ISO 8601, UTC. */
  readonly finishedAt: string;
  /** The results, as small as the figures and claims allow. */
  readonly metrics: Metrics;
  /** SHA-256 over every other field: an edited record is refused. */
  readonly digest: string;
}

/** What a running experiment may use of the outside world. */
export interface RunContext {
  /** Opens the device on first use; an experiment that never calls it is pure float64 theory. */
  device(): Promise<Device>;
  /**
   * Aborted by Ctrl-C or a time budget: save and return by throwing `Stopped`. It is heard only when the event loop
   * turns: `train` of nn sees to that, other long loops call `breathe`.
   */
  readonly signal: AbortSignal;
  /** Says how far the run is, in its own units. */
  progress(done: number, total: number, note?: string): void;
  /** One slot per run: survives the process. A run of several trainings divides it with `checkpointParts`. */
  readonly checkpoint: CheckpointSlot;
}

/** Atomic storage for the state of one unfinished run. */
export interface CheckpointSlot {
  /** The last saved state, or `undefined` to start from the beginning. */
  load(): Promise<Uint8Array | undefined>;
  /** Replaces the saved state. */
  save(bytes: Uint8Array): Promise<void>;
  /** Forgets the saved state. */
  clear(): Promise<void>;
}

/** A named, typed study of one paper: frozen configs per profile and how one of them is run. */
export interface Experiment<Config extends JsonObject = JsonObject, Metrics extends JsonObject = JsonObject> {
  /** The paper's folder name: letters, digits, `-`, `_`. */
  readonly paper: string;
  /** Unique within the paper: letters, digits, `-`, `_`. */
  readonly name: string;
  /** One line for people. */
  readonly title: string;
  /** Raised when the meaning of a config changes, so that old records no longer match. */
  readonly version: number;
  /** The frozen configs of a profile; no two alike. */
  configs(profile: Profile): readonly Config[];
  /** Returns metrics or throws with the reason; called with validated metrics on load. */
  checkMetrics(metrics: unknown): Metrics;
  /** Runs one config; saves to `context.checkpoint` and throws `Stopped` when the signal is aborted. */
  run(config: Config, context: RunContext): Promise<Metrics>;
}
