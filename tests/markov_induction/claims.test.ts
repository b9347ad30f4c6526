/** @module The claims: all of them hold on the committed records, none holds without records, and controls are refuted. */
import { beforeAll, describe, expect, test } from "vitest";
import { evaluateClaims } from "../../lib/claims/mod.ts";
import type { ClaimResult } from "../../lib/claims/types.ts";
import { claims } from "../../lib/markov_induction/claims.ts";
import { experiments } from "../../lib/markov_induction/experiments.ts";
import { dataFolder, type Experiment, openStore, type RunRecord, selectRecords } from "../../lib/runs/mod.ts";

let results: ClaimResult[];
const records: Record<string, RunRecord[]> = {};
beforeAll(async () => {
  const store = openStore(dataFolder);
  for (const [key, experiment] of Object.entries(experiments)) {
    records[key] = await selectRecords(experiment as unknown as Experiment, store);
  }
  results = evaluateClaims(claims(records));
}, 40_000);

describe("on the committed records", () => {
  test("every claim holds", () => {
    expect(
      results.filter(({ verdict }) => verdict !== "holds").map(({ id, measured }) => `${id}: ${measured}`),
    ).toEqual([]);
    expect(results.filter(({ control }) => !control).length).toBeGreaterThanOrEqual(14);
  });
  test("there are controls, of each stage and of the outcome", () => {
    expect(results.filter(({ control }) => control).map(({ id }) => id)).toEqual(expect.arrayContaining([
      "control-no-gap",
      "control-small-alpha",
      "control-step-one",
      "control-chi2",
      "control-settles",
      "control-one-parent",
    ]));
  });
  test("ids are unique, statements are sentences, nothing is tagged abstract that the abstract does not say", () => {
    expect(new Set(results.map(({ id }) => id)).size).toBe(results.length);
    for (const { id, statement, source } of results) {
      expect(statement.length).toBeGreaterThan(20);
      expect(source === "abstract").toBe(id === "limit-is-induction-head");
    }
  });
});

test("without records nothing but pure theory is judged", () => {
  const judged = evaluateClaims(claims({})).filter(({ verdict }) => verdict !== "not run");
  expect(judged.map(({ id }) => id)).toEqual(["half-log-law", "improper-loss"]);
});

describe("claims can fail", () => {
  const spoiled = (change: (text: string) => string) =>
    evaluateClaims(claims(JSON.parse(change(JSON.stringify(records))) as typeof records));
  const verdict = (list: ClaimResult[], id: string) => list.find((result) => result.id === id)!.verdict;

  test("a learning rate misstated by ten percent breaks the replicator's slope", () => {
    const list = spoiled((text) => text.replaceAll('"a0":0.01', '"a0":0.011'));
    expect(verdict(list, "replicator-slope")).toBe("fails");
    expect(verdict(list, "replicator-straight")).toBe("holds"); // still lines
  });
  test("another selected set breaks the table", () => {
    const list = spoiled((text) => text.replaceAll('"selected":"{1,2}"', '"selected":"{2}"'));
    expect(verdict(list, "selected-sets")).toBe("fails");
  });
  test("engines that differ in the fourth digit are told apart", () => {
    const list = evaluateClaims(claims({
      ...records,
      onDevice: records.onDevice.map((record) => {
        if ((record.config as { engine?: string }).engine !== "direct") return record;
        const text = JSON.stringify(record.metrics);
        const metrics = JSON.parse(
          text,
          (key, value) => key === "loss" && Array.isArray(value) ? value.map((x) => x + 2e-4) : value,
        );
        return { ...record, metrics };
      }),
    }));
    expect(verdict(list, "two-engines")).toBe("fails");
  });
});
