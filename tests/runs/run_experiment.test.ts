import { expect, test } from "vitest";
import { type Device, RunError, runExperiment, type RunProgress, Stopped } from "../../lib/runs/mod.ts";
import { filesUnder, noDevice, temporaryStore } from "./support/folder.ts";
import { type WalkConfig, walkConfig, walkExperiment } from "./support/walk.ts";

const three = [1, 2, 3].map((seed): WalkConfig => ({ ...walkConfig, seed }));
const quick = { profile: "quick", openDevice: noDevice } as const;

test("a config is run once and loaded ever after", async () => {
  const store = await temporaryStore();
  let sessions = 0;
  const walk = walkExperiment({ configs: three, onStart: () => sessions++ });
  const first = await runExperiment(walk, { ...quick, store });
  expect(await runExperiment(walk, { ...quick, store })).toEqual(first);
  expect(sessions).toBe(3);
  expect(first.map((record) => record.config)).toEqual(three);
  expect(first[0].device.backend).toBe("float64");
});

test("a config that is in both profiles is run once", async () => {
  const store = await temporaryStore();
  let sessions = 0;
  const walk = walkExperiment({ configs: [three[0]], fullConfigs: three, onStart: () => sessions++ });
  await runExperiment(walk, { ...quick, store });
  await runExperiment(walk, { ...quick, store, profile: "full" });
  expect(sessions).toBe(3);
});

test("an added or changed config is run, the others are not", async () => {
  const store = await temporaryStore();
  await runExperiment(walkExperiment({ configs: three }), { ...quick, store });
  const seeds: number[] = [];
  const configs = [...three, { ...walkConfig, seed: 4 }];
  await runExperiment(walkExperiment({ configs, onStart: (_, { seed }) => seeds.push(seed) }), {
    ...quick,
    store,
  });
  expect(seeds).toEqual([4]);
});

test("fresh runs again and replaces, and the result is the same", async () => {
  const store = await temporaryStore();
  let sessions = 0;
  const walk = walkExperiment({ onStart: () => sessions++ });
  const [first] = await runExperiment(walk, { ...quick, store });
  const [second] = await runExperiment(walk, { ...quick, store, fresh: true });
  expect(sessions).toBe(2);
  expect(second.metrics).toEqual(first.metrics);
  expect(second.finishedAt >= first.finishedAt).toBe(true);
  expect(await store.load(walk, walkConfig)).toEqual(second);
});

test("an interrupted fresh series goes on where it was, and the old record stays until then", async () => {
  const store = await temporaryStore();
  await runExperiment(walkExperiment({ configs: three }), { ...quick, store });
  const old = await store.load(walkExperiment(), three[2]);
  await new Promise((resolve) => setTimeout(resolve, 2)); // a later millisecond
  const freshSince = new Date();
  const stop = new AbortController();
  const starts: string[] = [];
  const habits = {
    configs: three,
    onStart: (step: number, { seed }: WalkConfig) => void starts.push(`seed ${seed} from ${step}`),
  };
  const interrupted = walkExperiment({
    ...habits,
    beforeStep: (step, { seed }) => (seed === 2 && step === 25 ? stop.abort() : undefined),
  });
  const options = { ...quick, store, freshSince };
  await expect(runExperiment(interrupted, { ...options, signal: stop.signal })).rejects.toThrow(Stopped);
  expect(await store.load(interrupted, three[2])).toEqual(old);
  await runExperiment(walkExperiment(habits), options);
  expect(starts).toEqual(["seed 1 from 0", "seed 2 from 0", "seed 2 from 26", "seed 3 from 0"]);
});

test("fresh does not take up a checkpoint of before", async () => {
  const store = await temporaryStore();
  const stop = new AbortController();
  const starts: number[] = [];
  const onStart = (step: number) => void starts.push(step);
  const interrupted = walkExperiment({
    onStart,
    beforeStep: (step) => (step === 33 ? stop.abort() : undefined),
  });
  await expect(runExperiment(interrupted, { ...quick, store, signal: stop.signal })).rejects.toThrow(Stopped);
  await new Promise((resolve) => setTimeout(resolve, 2));
  await runExperiment(walkExperiment({ onStart }), { ...quick, store, fresh: true });
  expect(starts).toEqual([0, 0]);
});

test("stopped and resumed equals uninterrupted, bit for bit, wherever it is stopped", async () => {
  const [uninterrupted] = await runExperiment(walkExperiment(), { ...quick, store: await temporaryStore() });
  for (const at of [0, 1, 8, 9, 10, 58]) {
    const store = await temporaryStore();
    const stop = new AbortController();
    const starts: number[] = [];
    const walk = walkExperiment({
      onStart: (step) => void starts.push(step),
      beforeStep: (step) => (step === at ? stop.abort() : undefined),
    });
    const options = { ...quick, store };
    await expect(runExperiment(walk, { ...options, signal: stop.signal })).rejects.toThrow(
      /^Stopped at step/,
    );
    const [resumed] = await runExperiment(walk, options);
    expect(resumed.metrics).toEqual(uninterrupted.metrics);
    expect(starts).toEqual([0, at + 1]);
    expect(await filesUnder(store.root)).toHaveLength(1); // the checkpoint is gone
  }
});

test("seconds add up over the sessions of one run", async () => {
  const store = await temporaryStore();
  const stop = new AbortController();
  const slow = (step: number) =>
    step === 5 ? new Promise<void>((resolve) => setTimeout(resolve, 80)) : undefined;
  const first = walkExperiment({
    beforeStep: (step) => (step === 20 ? stop.abort() : undefined, slow(step)),
  });
  await expect(runExperiment(first, { ...quick, store, signal: stop.signal })).rejects.toThrow(Stopped);
  const [record] = await runExperiment(walkExperiment(), { ...quick, store });
  expect(record.wallSeconds).toBeGreaterThanOrEqual(0.075); // the first session's pause, less a timer's slack
});

test("a run that throws names itself and leaves the others intact", async () => {
  const store = await temporaryStore();
  const events: RunProgress[] = [];
  const failing = walkExperiment({
    configs: three,
    beforeStep: (step, { seed }) => {
      if (seed === 2 && step === 30) throw new Error("The loss is not finite.");
    },
  });
  const outcome = await runExperiment(failing, { ...quick, store, onProgress: (event) => events.push(event) })
    .catch((error) => error);
  expect(outcome).toBeInstanceOf(RunError);
  expect(outcome.message).toBe(
    'toy/walk failed for config {"seed":2,"steps":60,"width":5}: The loss is not finite.',
  );
  expect(outcome.config).toEqual(three[1]);
  expect(await store.load(failing, three[0])).toBeDefined();
  expect(await store.load(failing, three[1])).toBeUndefined();
  expect(await store.load(failing, three[2])).toBeDefined();
  expect(events.filter(({ state }) => state === "failed")).toMatchObject([{
    index: 1,
    note: "The loss is not finite.",
  }]);
});

test("a run whose metrics are refused leaves no record but keeps its checkpoint", async () => {
  const store = await temporaryStore();
  const walk = walkExperiment();
  const broken = {
    ...walk,
    checkMetrics: () => {
      throw new Error("too few samples");
    },
  };
  await expect(runExperiment(broken, { ...quick, store })).rejects.toThrow("too few samples");
  expect(await filesUnder(store.root)).toEqual([expect.stringMatching(/^\.checkpoints\/.*\.ckpt$/)]);
  await expect(runExperiment(broken, { ...quick, store })).rejects.toThrow("--fresh starts it over");
  const nan = { ...walk, run: () => Promise.resolve({ samples: [NaN], last: [] }) };
  await expect(runExperiment(nan, { ...quick, store })).rejects.toThrow("metrics.samples[0] is NaN");
});

test("a damaged record stops the call before anything is run", async () => {
  const store = await temporaryStore();
  const walk = walkExperiment({ configs: three });
  await runExperiment(walk, { ...quick, store });
  await Deno.writeTextFile(await store.pathOf(walk, three[2]), "{}");
  await Deno.remove(await store.pathOf(walk, three[0]));
  for (const fresh of [false, true]) {
    await expect(runExperiment(walk, { ...quick, store, fresh })).rejects.toThrow("is refused because");
  }
  expect(await store.load(walk, three[0])).toBeUndefined();
});

test("progress tells the state of every run in order", async () => {
  const store = await temporaryStore();
  await runExperiment(walkExperiment({ configs: [three[0]] }), { ...quick, store });
  const events: RunProgress[] = [];
  await runExperiment(walkExperiment({ configs: three }), {
    ...quick,
    store,
    onProgress: (event) => events.push(event),
  });
  expect(events.filter(({ state }) => state !== "running").map(({ index, state }) => `${index} ${state}`))
    .toEqual(["0 loaded", "1 saved", "2 saved"]);
  const steps = events.filter(({ index, state }) => index === 1 && state === "running");
  expect(steps.map(({ done }) => done)).toEqual(Array.from({ length: 61 }, (_, i) => i));
  expect(new Set(steps.slice(1).map(({ total, count }) => `${total} ${count}`))).toEqual(new Set(["60 3"]));
});

test("an aborted signal runs nothing, but what is finished is still loaded", async () => {
  const store = await temporaryStore();
  const signal = AbortSignal.abort();
  await expect(runExperiment(walkExperiment(), { ...quick, store, signal })).rejects.toThrow(
    "Stopped before run 1 of 1",
  );
  await runExperiment(walkExperiment(), { ...quick, store });
  expect(await runExperiment(walkExperiment(), { ...quick, store, signal })).toHaveLength(1);
});

test("a run that obeys by throwing the signal's reason was stopped, not failed", async () => {
  const stop = new AbortController();
  const walk = walkExperiment({
    beforeStep: (step) => (step === 3 && stop.abort(), stop.signal.throwIfAborted()),
  });
  await expect(runExperiment(walk, { ...quick, store: await temporaryStore(), signal: stop.signal })).rejects
    .toBeInstanceOf(Stopped);
});

test("a run cannot change its own config", async () => {
  const meddler = walkExperiment({ beforeStep: (_, config) => void Object.assign(config, { steps: 1 }) });
  await expect(runExperiment(meddler, { ...quick, store: await temporaryStore() })).rejects.toThrow(
    /read.only/,
  );
});

test("two equal configs are refused, in whatever order their keys are", async () => {
  const configs = [three[0], { width: 5, steps: 60, seed: 1 }];
  await expect(runExperiment(walkExperiment({ configs }), { ...quick, store: await temporaryStore() }))
    .rejects
    .toThrow("configs 1 and 2 of quick are the same");
});

const device = (name: string, kind: Device["kind"]): Device => ({
  backend: kind === "cpu" ? "wasm" : "webgpu",
  name,
  kind,
  why: "a test",
  versions: { tfjs: "0" },
});

/** The walk, but it opens a device first, as training does. */
function onDevice(habits: Parameters<typeof walkExperiment>[0] = {}) {
  const walk = walkExperiment(habits);
  return {
    ...walk,
    run: async (...[config, context]: Parameters<typeof walk.run>) => {
      await context.device();
      return walk.run(config, context);
    },
  };
}

test("the record says which device made it; it is opened once for all configs", async () => {
  let opened: string[] = [];
  const [record] = await runExperiment(onDevice({ configs: three }), {
    store: await temporaryStore(),
    profile: "quick",
    backend: "wasm",
    openDevice: (request) => (opened.push(request), Promise.resolve(device("SIMD", "cpu"))),
  });
  expect(opened).toEqual(["wasm"]);
  expect(record.device).toEqual({ backend: "wasm", name: "SIMD", kind: "cpu" });
  expect(record.versions).toEqual({ tfjs: "0" });
  opened = [];
});

test("a run that a GPU began and a processor finished is not called a GPU run", async () => {
  const store = await temporaryStore();
  const stop = new AbortController();
  const openGpu = () => Promise.resolve(device("Big GPU", "gpu"));
  const interrupted = onDevice({ beforeStep: (step) => (step === 20 ? stop.abort() : undefined) });
  await expect(
    runExperiment(interrupted, { store, profile: "quick", openDevice: openGpu, signal: stop.signal }),
  ).rejects
    .toThrow(Stopped);
  const openCpu = () => Promise.resolve(device("SIMD", "cpu"));
  const [record] = await runExperiment(onDevice(), { store, profile: "quick", openDevice: openCpu });
  expect(record.device).toEqual({ backend: "wasm", name: "Big GPU (webgpu), then SIMD (wasm)", kind: "cpu" });
});

test("a device that cannot be opened is one error, not one a config", async () => {
  let attempts = 0;
  const failed: number[] = [];
  const outcome = runExperiment(onDevice({ configs: three }), {
    store: await temporaryStore(),
    profile: "quick",
    openDevice: () => (attempts++, Promise.reject(new Error("No adapter answers; install a Vulkan driver."))),
    onProgress: ({ state, index }) => void (state === "failed" && failed.push(index)),
  });
  await expect(outcome).rejects.toThrow("No adapter answers; install a Vulkan driver.");
  expect({ attempts, failed }).toEqual({ attempts: 1, failed: [0] });
});

test("a run keeps the date of its beginning however often it is interrupted", async () => {
  const store = await temporaryStore();
  const began: string[] = [];
  for (const at of [20, 40]) {
    const stop = new AbortController();
    const walk = walkExperiment({ beforeStep: (step) => (step === at ? stop.abort() : undefined) });
    await expect(runExperiment(walk, { ...quick, store, signal: stop.signal })).rejects.toThrow(Stopped);
    began.push((await store.checkpoint(walk, walkConfig).read())!.note.began);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(began[1]).toBe(began[0]);
});
