import { expect, test } from "vitest";
import { describeSources, runExperiment, type RunRecord, selectRecords } from "../../lib/runs/mod.ts";
import { noDevice, temporaryStore } from "./support/folder.ts";
import { type WalkConfig, walkConfig, walkExperiment } from "./support/walk.ts";

const config = (seed: number): WalkConfig => ({ ...walkConfig, seed });
const walk = walkExperiment({ configs: [config(1)], fullConfigs: [config(11), config(12)] });
const seeds = (records: readonly { config: WalkConfig }[]) => records.map((record) => record.config.seed);

test("full is preferred once it is complete, quick until then, never a mixture", async () => {
  const store = await temporaryStore();
  expect(await selectRecords(walk, store)).toEqual([]);

  await runExperiment(walkExperiment({ fullConfigs: [config(11)] }), {
    store,
    profile: "full",
    openDevice: noDevice,
  });
  expect(await selectRecords(walk, store)).toEqual([]); // half of full, no quick

  await runExperiment(walk, { store, profile: "quick", openDevice: noDevice });
  expect(seeds(await selectRecords(walk, store))).toEqual([1]);
  expect(await selectRecords(walk, store, { profile: "full" })).toEqual([]);

  await runExperiment(walk, { store, profile: "full", openDevice: noDevice });
  expect(seeds(await selectRecords(walk, store))).toEqual([11, 12]);
  expect(seeds(await selectRecords(walk, store, { profile: "quick" }))).toEqual([1]);
});

test("a damaged full record is an error, not a reason to fall back", async () => {
  const store = await temporaryStore();
  for (const profile of ["quick", "full"] as const) {
    await runExperiment(walk, { store, profile, openDevice: noDevice });
  }
  await Deno.writeTextFile(await store.pathOf(walk, config(12)), "");
  await expect(selectRecords(walk, store)).rejects.toThrow("is refused because");
  expect(seeds(await selectRecords(walk, store, { profile: "quick" }))).toEqual([1]);
});

test("a profile without configs is never complete", async () => {
  const store = await temporaryStore();
  const quickOnly = walkExperiment({ configs: [config(1)], fullConfigs: [] });
  await runExperiment(quickOnly, { store, profile: "quick", openDevice: noDevice });
  expect(seeds(await selectRecords(quickOnly, store))).toEqual([1]);
});

test("sources are described by profile and device, and software is not called a GPU", () => {
  const record = (profile: string, backend: string, name: string, kind: string) =>
    ({ profile, device: { backend, name, kind } }) as unknown as RunRecord;
  expect(describeSources([
    record("full", "webgpu", "NVIDIA H200", "gpu"),
    record("quick", "webgpu", "llvmpipe", "software-gpu"),
    record("full", "webgpu", "NVIDIA H200", "gpu"),
    record("quick", "float64", "Deno", "cpu"),
  ])).toBe(
    "2 full runs on NVIDIA H200 (GPU, webgpu); 1 quick run on llvmpipe (software GPU, webgpu); " +
      "1 quick run in float64 (theory)",
  );
  expect(describeSources([])).toBe("no records");
});
