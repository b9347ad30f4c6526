import fc from "fast-check";
import { expect, test } from "vitest";
import { checkpointParts } from "../../lib/runs/mod.ts";
import { filesUnder, temporaryStore } from "./support/folder.ts";
import { walkConfig, walkExperiment } from "./support/walk.ts";

const walk = walkExperiment();

test("parts behave as slots of their own, also for the next process", async () => {
  const operations = fc.array(
    fc.record({
      name: fc.constantFrom("first", "second", "third\n", "__proto__"),
      bytes: fc.option(fc.uint8Array({ maxLength: 20 })),
      reopen: fc.boolean(),
    }),
    { maxLength: 15 },
  );
  await fc.assert(
    fc.asyncProperty(operations, async (steps) => {
      const slot = (await temporaryStore()).checkpoint(walk, walkConfig);
      let part = checkpointParts(slot);
      const expected = new Map<string, Uint8Array>();
      for (const { name, bytes, reopen } of steps) {
        if (reopen) part = checkpointParts(slot);
        if (bytes === null) {
          expected.delete(name);
          await part(name).clear();
        } else {
          expected.set(name, bytes.slice());
          await part(name).save(bytes);
          bytes.fill(255); // a caller may reuse its buffer
        }
        for (const key of ["first", "second", "third\n", "__proto__"]) {
          expect(await part(key).load()).toEqual(expected.get(key));
        }
      }
      const reopened = checkpointParts(slot);
      for (const key of expected.keys()) expect(await reopened(key).load()).toEqual(expected.get(key));
    }),
    { numRuns: 25 },
  );
});

test("clearing the last part leaves no file", async () => {
  const store = await temporaryStore();
  const part = checkpointParts(store.checkpoint(walk, walkConfig));
  await part("a").save(new Uint8Array(3));
  await part("b").save(new Uint8Array(3));
  await part("a").clear();
  expect(await filesUnder(store.root)).toHaveLength(1);
  await part("b").clear();
  expect(await filesUnder(store.root)).toEqual([]);
});

test("a state that was saved undivided is refused, not taken for a part's", async () => {
  const slot = (await temporaryStore()).checkpoint(walk, walkConfig);
  for (const state of [[1, 2, 3], [10, 123, 125, 10], [123, 125, 10]]) {
    await slot.save(new Uint8Array(state));
    await expect(checkpointParts(slot)("a").load()).rejects.toThrow(
      "saved by a run without parts: start it afresh",
    );
  }
});
