import fc from "fast-check";
import { expect, test } from "vitest";
import { openStore } from "../../lib/runs/mod.ts";
import { filesUnder, temporaryFolder, temporaryStore } from "./support/folder.ts";
import { walkConfig, walkExperiment } from "./support/walk.ts";

const walk = walkExperiment();
const bytes = new Uint8Array([0, 10, 255, 10, 13, 1]);

test("what is saved is loaded, byte for byte, by another opening of the store", async () => {
  const folder = await temporaryFolder();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (state) => {
      await openStore(folder).checkpoint(walk, walkConfig).save(state);
      expect(await openStore(folder).checkpoint(walk, walkConfig).load()).toEqual(state);
    }),
    { numRuns: 30 },
  );
});

test("there is nothing before the first save and after clear", async () => {
  const store = await temporaryStore();
  const slot = store.checkpoint(walk, walkConfig);
  expect(await slot.load()).toBeUndefined();
  await slot.clear();
  await slot.save(bytes);
  await slot.clear();
  expect(await slot.load()).toBeUndefined();
  expect(await filesUnder(store.root)).toEqual([]);
});

test("each config has its own slot", async () => {
  const store = await temporaryStore();
  await store.checkpoint(walk, walkConfig).save(bytes);
  expect(await store.checkpoint(walk, { ...walkConfig, seed: 8 }).load()).toBeUndefined();
  expect(await store.checkpoint(walkExperiment({ version: 2 }), walkConfig).load()).toBeUndefined();
});

test("a checkpoint cut off or changed anywhere is never resumed from, is kept, and says so once", async () => {
  const warnings: string[] = [];
  const store = await temporaryStore(warnings);
  const slot = store.checkpoint(walk, walkConfig);
  await slot.save(bytes);
  const path = await slot.path();
  const whole = await Deno.readFile(path);
  const damaged: Uint8Array[] = [];
  for (let length = 0; length < whole.length; length += 7) damaged.push(whole.slice(0, length));
  damaged.push(whole.slice(0, -1), new Uint8Array([...whole, 0]));
  const flipped = whole.slice();
  flipped[whole.length - 2] ^= 4;
  damaged.push(flipped);
  for (const content of damaged) {
    await Deno.writeFile(path, content);
    expect(await slot.load()).toBeUndefined();
    expect(warnings.pop()).toMatch(
      /is refused because .*; it was kept as .*\.damaged.* starts from its beginning/,
    );
    expect(warnings).toEqual([]);
  }
  const kept = (await filesUnder(store.root)).filter((name) => name.includes(".damaged"));
  expect(kept).toHaveLength(damaged.length);
  expect(await Deno.readFile(`${path}.damaged`)).toEqual(damaged[0]); // the first one was not overwritten
  expect(await Deno.readFile(`${path}.damaged-${damaged.length}`)).toEqual(flipped);
});

test("another run's checkpoint under this run's name is refused", async () => {
  const warnings: string[] = [];
  const store = await temporaryStore(warnings);
  const stranger = store.checkpoint(walk, { ...walkConfig, seed: 8 });
  await stranger.save(bytes);
  const slot = store.checkpoint(walk, walkConfig);
  await Deno.copyFile(await stranger.path(), await slot.path());
  expect(await slot.load()).toBeUndefined();
  expect(warnings.join()).toContain("belongs to another run");
});
