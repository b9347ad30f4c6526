/**
 * @module One run of one config, from its checkpoint to its sealed record: what the run sees of the outside world, and
 * what is remembered about it across interrupted sessions (when it began, how long it took, which devices computed).
 */
import type { Device } from "../nn/types.ts";
import { canonicalJson } from "./canonical.ts";
import type { CheckpointFile, CheckpointNote } from "./checkpoint.ts";
import { sealRecord } from "./record.ts";
import type { Experiment, JsonObject, Profile, RecordDevice, RunContext, RunRecord } from "./types.ts";

/** What a session needs besides the experiment and its config. */
export interface SessionOptions {
  readonly profile: Profile;
  readonly checkpoint: CheckpointFile;
  readonly signal: AbortSignal;
  /** Checkpoints of runs begun before this are not resumed. */
  readonly freshSince?: Date;
  readonly openDevice: () => Promise<Device>;
  readonly progress: (done: number, total: number, note?: string) => void;
}

/** A started session. */
export interface Session<Metrics extends JsonObject> {
  /** Whether the run took up a checkpoint; meaningful once `record` has settled. */
  resumed(): boolean;
  readonly record: Promise<RunRecord<JsonObject, Metrics>>;
}

/** Starts the run of one config. The checkpoint is left in place; clear it once the record is safe. */
export function startSession<Metrics extends JsonObject>(
  experiment: Experiment<JsonObject, Metrics>,
  config: JsonObject,
  options: SessionOptions,
): Session<Metrics> {
  const { checkpoint, freshSince } = options;
  const start = performance.now();
  let earlier: CheckpointNote | undefined;
  let opened: Promise<Device> | undefined;
  let current: Device | undefined;

  const seconds = () => (earlier?.seconds ?? 0) + (performance.now() - start) / 1000;
  const devices = () => {
    const all = [...earlier?.devices ?? [], ...current ? [deviceOf(current)] : []];
    return all.filter((device, i) =>
      all.findIndex((other) => canonicalJson(other) === canonicalJson(device)) === i
    );
  };
  const began = new Date().toISOString();

  const context: RunContext = {
    signal: options.signal,
    progress: options.progress,
    device: async () => current = await (opened ??= options.openDevice()),
    checkpoint: {
      load: async () => {
        const saved = await checkpoint.read();
        if (saved === undefined || (freshSince && new Date(saved.note.began) < freshSince)) return undefined;
        earlier = saved.note;
        return saved.bytes;
      },
      save: (bytes) =>
        checkpoint.save(bytes, { began: earlier?.began ?? began, seconds: seconds(), devices: devices() }),
      clear: () => checkpoint.clear(),
    },
  };

  const execute = async () => {
    // What runs is exactly what is hashed: canonical, and frozen so that a run cannot change its own name.
    const metrics = experiment.checkMetrics(await experiment.run(freeze(config), context));
    return sealRecord({
      paper: experiment.paper,
      experiment: experiment.name,
      experimentVersion: experiment.version,
      profile: options.profile,
      config,
      device: describeDevices(devices()),
      versions: current?.versions ?? runtimeVersions(),
      wallSeconds: Math.round(seconds() * 1000) / 1000,
      finishedAt: new Date().toISOString(),
      metrics,
    });
  };
  return { resumed: () => earlier !== undefined, record: execute() };
}

function deviceOf({ backend, name, kind }: Device): RecordDevice {
  return { backend, name, kind };
}

/**
 * The device of a record. A run that was resumed elsewhere names every device, and is called what the least of them is:
 * half a run on a GPU is not a GPU run.
 */
function describeDevices(devices: readonly RecordDevice[]): RecordDevice {
  if (devices.length === 0) return { backend: "float64", name: runtimeName(), kind: "cpu" };
  if (devices.length === 1) return devices[0];
  const kinds = ["cpu", "software-gpu", "gpu"] as const;
  return {
    backend: devices[devices.length - 1].backend,
    name: devices.map(({ backend, name }) => `${name} (${backend})`).join(", then "),
    kind: kinds.find((kind) => devices.some((device) => device.kind === kind))!,
  };
}

function runtimeName(): string {
  return `Deno ${Deno.version.deno}, ${Deno.build.os} ${Deno.build.arch}`;
}

function runtimeVersions(): Record<string, string> {
  return { deno: Deno.version.deno, v8: Deno.version.v8 };
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(freeze);
    Object.freeze(value);
  }
  return value;
}
