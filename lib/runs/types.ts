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
  readonly backend: BackendName | "float64";
  readonly name: string;
  readonly kind: "gpu" | "software-gpu" | "cpu";
}

/** One finished run, as stored in `data/<paper>/<experiment>/<hash>.json`. */
export interface RunRecord<Config extends JsonObject = JsonObject, Metrics extends JsonObject = JsonObject> {
  readonly format: 1;
  readonly paper: string;
  readonly experiment: string;
  readonly profile: Profile;
  readonly config: Config;
  /** SHA-256 over paper, experiment, version and config, independent of key order; also the file name. */
  readonly hash: string;
  readonly device: RecordDevice;
  readonly versions: Readonly<Record<string, string>>;
  readonly wallSeconds: number;
  readonly finishedAt: string;
  readonly metrics: Metrics;
  /** SHA-256 over everything above: an edited record is refused. */
  readonly digest: string;
}

/** What a running experiment may use of the outside world. */
export interface RunContext {
  /** Opens the device on first use; an experiment that never calls it is pure float64 theory. */
  device(): Promise<Device>;
  /** Aborted by Ctrl-C or a time budget: save and return by throwing `Stopped`. */
  readonly signal: AbortSignal;
  progress(done: number, total: number, note?: string): void;
  /** One slot per run: survives the process. */
  readonly checkpoint: CheckpointSlot;
}

/** Atomic storage for the state of one unfinished run. */
export interface CheckpointSlot {
  load(): Promise<Uint8Array | undefined>;
  save(bytes: Uint8Array): Promise<void>;
  clear(): Promise<void>;
}

/** A named, typed study of one paper: frozen configs per profile and how one of them is run. */
export interface Experiment<Config extends JsonObject = JsonObject, Metrics extends JsonObject = JsonObject> {
  readonly paper: string;
  readonly name: string;
  readonly title: string;
  /** Raised when the meaning of a config changes, so that old records no longer match. */
  readonly version: number;
  configs(profile: Profile): readonly Config[];
  /** Returns metrics or throws with the reason; called with validated metrics on load. */
  checkMetrics(metrics: unknown): Metrics;
  run(config: Config, context: RunContext): Promise<Metrics>;
}
