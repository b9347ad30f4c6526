/** @module Batches drawn ahead: the same bits whoever draws them, and nothing lost when a thread fails. */
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { BatchesAhead } from "../../lib/nn/ahead.ts";
import { batchesOf, type BatchSource } from "../../lib/nn/batches.ts";
import { adam, type HostArrays, openDevice, train } from "../../lib/nn/mod.ts";
import { sixScalarModel } from "../../lib/lazy_to_rich/model/six_scalars.ts";
import { programsOf } from "../../lib/tasks/device_checks.ts";
import { constant, failingSource, numbered, slowSource, source } from "./draws.ts";

const opened: BatchesAhead[] = [];
afterEach(() => opened.splice(0).forEach((ahead) => ahead.stop()));

function open(batches: BatchSource, steps: number, threads?: number): BatchesAhead {
  const ahead = new BatchesAhead(batches, steps, threads);
  opened.push(ahead);
  return ahead;
}
/** A copy: what a thread drew may be used until the next batch is asked for. */
const copy = (arrays: HostArrays) =>
  Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]),
  );

describe("batches drawn by threads", () => {
  it.each([1, 3])("are those of the source, constants the same objects (%i threads)", async (threads) => {
    const ahead = open(source, 20, threads);
    expect(ahead.threads).toBe(threads);
    for (let step = 0; step < 20; step++) {
      const batch = await ahead.next(step);
      expect(batch.constant).toBe(constant);
      expect(copy(batch)).toEqual(copy(source(step)));
    }
    expect(ahead.threads).toBe(threads);
  });

  it("may be asked for again, and out of turn", async () => {
    const ahead = open(source, 40, 2), seen: number[] = [];
    for (const step of [0, 1, 2, 3, 1, 2, 3, 4, 30, 31, 5]) {
      seen.push((await ahead.next(step)).labels.data[0]);
    }
    expect(seen).toEqual([0, 1, 2, 3, 1, 2, 3, 4, 30, 31, 5]);
  });

  it("are made here when the draws fail there, and then say why", async () => {
    const ahead = open(failingSource, 20, 2);
    for (let step = 0; step < 3; step++) expect((await ahead.next(step)).x.data[0]).toBe(step);
    await expect((async () => await ahead.next(3))()).rejects.toThrow("no numbers at step 3");
    expect(ahead.threads).toBe(0);
  });

  it.each([
    [
      "has no such function",
      batchesOf(
        {},
        function unknown() {
          return numbered({ factor: 1 });
        },
        0,
        () => new URL("./draws.ts", import.meta.url).href,
      ),
    ],
    [
      "does not exist",
      batchesOf({}, numbered, { factor: 1 }, () => new URL("./nowhere.ts", import.meta.url).href),
    ],
  ])("are made here when their module %s", async (_, batches) => {
    const ahead = open(batches, 20, 1);
    expect((await ahead.next(4)).x.data[1]).toBe(5);
    expect(ahead.threads).toBe(0);
    expect((await ahead.next(5)).x.data[1]).toBe(6);
  });
});

describe("whether threads draw", () => {
  it("is decided by what is left to draw: none for little, none without an address", async () => {
    const [short, plain] = [open(slowSource, 100), open((step) => slowSource(step), 10 ** 6)];
    for (let step = 0; step < 30; step++) await short.next(step), await plain.next(step);
    expect([short.threads, plain.threads]).toEqual([0, 0]);
  });

  it.skipIf(navigator.hardwareConcurrency < 2)(
    "and they start for much, while the batches go on",
    async () => {
      const ahead = open(slowSource, 10 ** 6), seen: number[] = [];
      for (let step = 0; step < 40; step++) seen.push((await ahead.next(step)).x.data[0]);
      expect(seen).toEqual(Array.from({ length: 40 }, (_, step) => step));
      expect(ahead.threads).toBeGreaterThanOrEqual(1);
      expect(ahead.threads).toBeLessThan(navigator.hardwareConcurrency);
    },
  );

  it("is never, when told so", async () => {
    const ahead = open(slowSource, 10 ** 6, 0);
    for (let step = 0; step < 30; step++) await ahead.next(step);
    expect(ahead.threads).toBe(0);
  });
});

describe("a training", () => {
  beforeAll(() => openDevice("wasm"));
  const run = { alphaStar: 1, wStar: 0.5, sigma: 0.1 };
  const model = sixScalarModel({
    L: 8,
    batch: 4,
    stage: "two",
    runs: [{ ...run, seed: 1 }, { ...run, seed: 2 }],
  });
  const result = async (threads: number, learningRate: number[], batch: BatchSource = model.batchAt) => {
    const options = {
      optimizer: adam({ learningRate }),
      steps: 60,
      every: 7,
      onDivergence: "continue",
    } as const;
    const { message, ...rest } = await train({ ...options, model, batch, threads });
    return { message, rest: JSON.stringify(rest) };
  };

  it("is the same bit for bit with threads, also when it goes back to find where a run diverged", async () => {
    for (const rates of [[0.05, 0.02], [0.05, 1e30]]) {
      const alone = await result(0, rates);
      expect(await result(2, rates)).toEqual(alone);
      expect(alone.message).toMatch(rates[1] > 1 ? /run 1 diverged/ : /^60 steps$/);
    }
  });

  it("depends on the batches: other ones give another result", async () => {
    const later: BatchSource = (step) => model.batchAt(step + 1);
    expect((await result(0, [0.05, 0.02], later)).rest).not.toBe((await result(0, [0.05, 0.02])).rest);
  });
});

describe("what the papers draw", async () => {
  const drawn = (await programsOf()).filter(({ make }) => make(2).batch.parts);
  it("is found by its address", () => expect(drawn.length).toBeGreaterThanOrEqual(8));

  it.each(drawn)("$paper, $name: the module at the address draws the same", async ({ make }) => {
    const { batch } = make(2), { constants, draws: { module, name, parameters } } = batch.parts!;
    const there = (await import(/* @vite-ignore */ module()))[name](structuredClone(parameters));
    for (const step of [0, 5]) {
      expect(copy({ ...constants, ...there(step) })).toEqual(copy(batch(step)));
    }
  });
});
