import { expect, test } from "vitest";
import { openStore, RecordError, recordText, runExperiment, sealRecord } from "../../lib/runs/mod.ts";
import { sweepTemporaries, writeAtomically } from "../../lib/runs/atomic_write.ts";
import { filesUnder, noDevice, temporaryFolder, temporaryStore } from "./support/folder.ts";
import { walkConfig, walkExperiment } from "./support/walk.ts";

const walk = walkExperiment();
const other = { ...walkConfig, seed: 8 };

/** A store that holds the record of `walk`, and that record's path. */
async function storeWithRecord() {
  const store = await temporaryStore();
  const [record] = await runExperiment(walk, { store, profile: "quick", openDevice: noDevice });
  return { store, record, path: await store.pathOf(walk, walkConfig) };
}

test("a record lies at paper/experiment/hash.json and loads as it was saved", async () => {
  const { store, record, path } = await storeWithRecord();
  expect(path).toBe(`${store.root}/toy/walk/${record.hash}.json`);
  expect(await store.load(walk, walkConfig)).toEqual(record);
  expect(await filesUnder(store.root)).toEqual([`toy/walk/${record.hash}.json`]);
});

test("what has not been run is undefined, and looking creates nothing", async () => {
  const store = openStore(new URL(`file://${await temporaryFolder()}/data/`));
  expect(await store.load(walk, walkConfig)).toBeUndefined();
  expect(await store.list()).toEqual([]);
  await expect(Deno.stat(store.root)).rejects.toThrow(Deno.errors.NotFound);
});

test("damaged records are refused with path and reason, on load, on save and in the list, and stay as they are", async () => {
  const { store, record, path } = await storeWithRecord();
  const whole = await Deno.readTextFile(path);
  const damages: [string, string][] = [
    [whole.slice(0, whole.length / 2), "cut off"],
    ["", "cut off"],
    [whole.replace('"profile": "quick"', '"profile": "full"'), "digest does not match"],
    [whole.replace('"format": 1', '"format": 2'), "update the suite"],
  ];
  for (const [text, reason] of damages) {
    await Deno.writeTextFile(path, text);
    await expect(store.load(walk, walkConfig)).rejects.toThrow(`${path} is refused because`);
    await expect(store.load(walk, walkConfig)).rejects.toThrow(reason);
    await expect(store.save(record)).rejects.toThrow(reason);
    const [listed] = await store.list();
    expect(listed).toMatchObject({ path, refused: { path, reason: expect.stringContaining(reason) } });
    expect(await Deno.readTextFile(path)).toBe(text);
  }
});

test("a valid record under another run's name is refused", async () => {
  const { store, path } = await storeWithRecord();
  const elsewhere = await store.pathOf(walk, other);
  await Deno.copyFile(path, elsewhere);
  await expect(store.load(walk, other)).rejects.toThrow("it is the record of toy/walk/");
  const misfiled = `${store.root}/stranger/walk/${path.split("/").at(-1)}`;
  await Deno.mkdir(`${store.root}/stranger/walk`, { recursive: true });
  await Deno.copyFile(path, misfiled);
  const refused = (await store.list()).filter((file) => file.refused).map((file) => file.path);
  expect(refused).toEqual([misfiled, elsewhere].sort());
});

test("metrics that the experiment does not accept are refused", async () => {
  const { store, record, path } = await storeWithRecord();
  const wrong = await sealRecord({ ...unsealed(record), metrics: { samples: 3 } });
  await Deno.writeTextFile(path, recordText(wrong));
  await expect(store.load(walk, walkConfig)).rejects.toThrow(
    "its metrics are not those of walk: samples and last",
  );
});

test("an unsealed or altered record cannot be saved", async () => {
  const { store, record } = await storeWithRecord();
  await expect(store.save({ ...record, wallSeconds: 99 })).rejects.toThrow(RecordError);
});

test("a record of an older experiment version is another run, not an error", async () => {
  const { store } = await storeWithRecord();
  expect(await store.load(walkExperiment({ version: 2 }), walkConfig)).toBeUndefined();
  expect((await store.list()).map((file) => file.record?.experimentVersion)).toEqual([1]);
});

test("the list names every visible file, sorted, and can be kept to one paper", async () => {
  const { store, path } = await storeWithRecord();
  await Deno.mkdir(`${store.root}/another/x`, { recursive: true });
  await Deno.writeTextFile(`${store.root}/another/x/notes.txt`, "hello");
  await Deno.writeTextFile(`${store.root}/toy/walk/.DS_Store`, "hidden");
  expect((await store.list()).map((file) => file.path)).toEqual([`${store.root}/another/x/notes.txt`, path]);
  expect((await store.list("toy")).map((file) => file.path)).toEqual([path]);
});

test("names that would leave the data folder are refused", async () => {
  const store = await temporaryStore();
  for (const paper of ["..", "a/b", "", "a b", ".hidden"]) {
    await expect(store.pathOf({ ...walk, paper }, walkConfig)).rejects.toThrow("cannot name a folder");
    expect(() => store.checkpoint({ ...walk, name: paper }, walkConfig)).toThrow("cannot name a folder");
  }
});

test("while three processes replace one record, every reading of it is a whole record", async () => {
  const root = await temporaryFolder();
  const store = openStore(root);
  const script = new URL("./support/write_many.ts", import.meta.url).pathname;
  const writers = ["a", "b", "c"].map((label) =>
    new Deno.Command(Deno.execPath(), { args: ["run", "-A", script, root, "60", label], stdout: "inherit" })
      .output()
  );
  let writing = true;
  const codes = Promise.all(writers).finally(() => writing = false);
  const seen = new Set<string>();
  while (writing) {
    const record = await store.load(walk, walkConfig); // throws on half a file
    if (record) seen.add(`${record.device.name} ${record.wallSeconds}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect((await codes).map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(seen.size).toBeGreaterThan(5); // the readings did overlap the writing
  expect(await filesUnder(root)).toHaveLength(1); // no temporary file is left
});

test("a write that fails leaves the old file and no litter", async () => {
  const folder = await temporaryFolder();
  await Deno.mkdir(`${folder}/target/full`, { recursive: true });
  // A folder that is not empty cannot be renamed over, which is the last thing that can go wrong.
  await expect(writeAtomically(`${folder}/target`, new Uint8Array(3))).rejects.toThrow();
  expect(await filesUnder(folder)).toEqual([]);
  expect((await Deno.stat(`${folder}/target/full`)).isDirectory).toBe(true);
});

test("what a killed writer left is swept once it is old, and only what belongs to that file", async () => {
  const folder = await temporaryFolder();
  for (const name of [".a.json.1.x.tmp", ".b.json.1.x.tmp", ".a.json.1.x.txt"]) {
    await Deno.writeTextFile(`${folder}/${name}`, "half");
  }
  await sweepTemporaries(`${folder}/a.json`);
  expect(await filesUnder(folder)).toHaveLength(3); // a minute-old file may be another process at work
  await sweepTemporaries(`${folder}/a.json`, 0);
  expect(await filesUnder(folder)).toEqual([".a.json.1.x.txt", ".b.json.1.x.tmp"]);
});

function unsealed<T extends { format: unknown; hash: unknown; digest: unknown }>(record: T) {
  const { format: _format, hash: _hash, digest: _digest, ...rest } = record;
  return rest;
}
