/** @module Which records a figure or a claim is made from, and how to say so in one line. */
import type { Store } from "./store.ts";
import type { Experiment, JsonObject, Profile, RunRecord } from "./types.ts";

/**
 * The records of an experiment: every config of `full` when all of them are there, else every config of `quick` when
 * all of those are, else none. A half-finished full sweep is never mixed with a quick one.
 *
 * @param options `profile` asks for that profile or nothing.
 * @throws {RecordError} for a damaged record; it does not count as missing.
 */
export async function selectRecords<Config extends JsonObject, Metrics extends JsonObject>(
  experiment: Experiment<Config, Metrics>,
  store: Store,
  options: { readonly profile?: Profile } = {},
): Promise<RunRecord<Config, Metrics>[]> {
  const profiles: readonly Profile[] = options.profile ? [options.profile] : ["full", "quick"];
  for (const profile of profiles) {
    const configs = experiment.configs(profile);
    const records: RunRecord<Config, Metrics>[] = [];
    for (const config of configs) {
      const record = await store.load(experiment, config);
      if (record) records.push(record);
    }
    if (configs.length > 0 && records.length === configs.length) return records;
  }
  return [];
}

const KINDS = { gpu: "GPU", "software-gpu": "software GPU", cpu: "CPU" } as const;

/**
 * What made these records, for a caption: `3 full runs on NVIDIA H200 (GPU, webgpu); 1 quick run in float64 (theory)`.
 * A software adapter is called that and never a GPU.
 */
export function describeSources(records: readonly RunRecord[]): string {
  const groups = new Map<string, { profile: Profile; where: string; count: number }>();
  for (const { profile, device } of records) {
    const where = device.backend === "float64"
      ? "in float64 (theory)"
      : `on ${device.name} (${KINDS[device.kind]}, ${device.backend})`;
    const group = groups.get(profile + where) ?? { profile, where, count: 0 };
    group.count++;
    groups.set(profile + where, group);
  }
  const parts = [...groups.values()].map(({ profile, where, count }) =>
    `${count} ${profile} ${count === 1 ? "run" : "runs"} ${where}`
  );
  return parts.length === 0 ? "no records" : parts.join("; ");
}
