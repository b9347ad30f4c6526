import { expect, test } from "vitest";
import {
  parseRecord,
  RecordError,
  recordText,
  type RunRecord,
  sealRecord,
  sha256,
} from "../../lib/runs/mod.ts";
import { canonicalJson } from "../../lib/runs/mod.ts";

const parts = {
  paper: "toy",
  experiment: "walk",
  experimentVersion: 1,
  profile: "quick",
  config: { steps: 3, seed: 1 },
  device: { backend: "float64", name: "Testbed µ", kind: "cpu" },
  versions: { deno: "2.9.6" },
  wallSeconds: 0.25,
  finishedAt: "2026-01-02T03:04:05.678Z",
  metrics: { loss: [1, 0.1 + 0.2, -0, 5e-324] },
} as const;

const bytesOf = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => parseRecord(bytesOf(text), "some.json");

test("a sealed record reads back as it was, bit for bit", async () => {
  const record = await sealRecord(parts);
  expect(await parse(recordText(record))).toEqual(record);
  expect(record.metrics).toEqual(parts.metrics);
});

test("the same parts give the same bytes, whatever the order of their keys", async () => {
  const turned = Object.fromEntries(Object.entries({ ...parts, config: { seed: 1, steps: 3 } }).reverse());
  expect(recordText(await sealRecord(turned as never))).toBe(recordText(await sealRecord(parts)));
});

test("a record cut off at any byte is never accepted", async () => {
  const bytes = bytesOf(recordText(await sealRecord(parts)));
  for (let length = 0; length < bytes.length; length++) {
    await expect(parseRecord(bytes.subarray(0, length), "some.json"), `${length} bytes`).rejects.toThrow(
      RecordError,
    );
  }
  expect(await parseRecord(bytes, "some.json")).toBeDefined(); // the whole one is
});

test("a record with any one bit flipped is refused or still means the same", async () => {
  const record = await sealRecord(parts);
  const bytes = bytesOf(recordText(record));
  let refused = 0;
  for (let i = 0; i < bytes.length; i++) {
    const damaged = bytes.slice();
    damaged[i] ^= 1 << (i * 5) % 8; // a different bit from byte to byte, the same in every test run
    await parseRecord(damaged, "some.json").then(
      (read) => expect(canonicalJson(read)).toBe(canonicalJson(record)), // `1e-7` and `1E-7` differ in one bit
      (error) => (expect(error).toBeInstanceOf(RecordError), refused++),
    );
  }
  expect(refused).toBeGreaterThan(bytes.length - 4);
});

test("every edited field is refused", async () => {
  const record = await sealRecord(parts);
  const edits: Partial<Record<keyof RunRecord, unknown>> = {
    paper: "other",
    experiment: "other",
    experimentVersion: 2,
    profile: "full",
    config: { steps: 3, seed: 2 },
    hash: "0".repeat(64),
    device: { ...parts.device, kind: "gpu" },
    versions: { deno: "3.0.0" },
    wallSeconds: 1,
    finishedAt: "2026-01-02T03:04:05.679Z",
    metrics: { loss: [1, 0.3, 0, 5e-324] },
  };
  for (const [field, value] of Object.entries(edits)) {
    await expect(parse(recordText({ ...record, [field]: value } as RunRecord)), field).rejects.toThrow(
      /^some\.json is refused because its digest does not match/,
    );
  }
});

test("a record with a digest of its own making but another config's hash is refused", async () => {
  const record = await sealRecord(parts);
  const { digest: _, ...forged } = { ...record, hash: "0".repeat(64) };
  const digest = await sha256(canonicalJson(forged));
  await expect(parse(recordText({ ...forged, digest } as RunRecord))).rejects.toThrow(
    "hash is not the hash of its config",
  );
});

test.each([
  [
    "a newer format",
    (r: RunRecord) => recordText({ ...r, format: 2 as never }),
    "format 2 and this version reads format 1",
  ],
  ["an unknown field", (r: RunRecord) => recordText(r).replace("{", '{ "extra": 1,'), "is not a run record"],
  ["a missing field", (r: RunRecord) => recordText(r).replace(/.*wallSeconds.*\n/, ""), "wallSeconds"],
  ["a number beyond float64", (r: RunRecord) => recordText(r).replace("[1,", "[1e999,"), "is Infinity"],
  [
    "a list instead of metrics",
    (r: RunRecord) => recordText({ ...r, metrics: [] as never }),
    "metrics: must be an object",
  ],
  ["another file's JSON", () => '{"cells": []}\n', "is not a run record"],
  ["a bare null", () => "null\n", "cut off"],
])("%s is refused with the reason", async (_, write, reason) => {
  await expect(parse(write(await sealRecord(parts) as RunRecord))).rejects.toThrow(reason);
});

test("line ends of another system do not break the seal", async () => {
  const record = await sealRecord(parts);
  expect(await parse(recordText(record).replaceAll("\n", "\r\n"))).toEqual(record);
});

test("metrics that JSON cannot hold are refused with their path", () => {
  return expect(sealRecord({ ...parts, metrics: { loss: [1, NaN] } })).rejects.toThrow(
    "metrics.loss[1] is NaN",
  );
});
