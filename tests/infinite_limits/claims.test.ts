/** @module The claims of this paper: what holds on the committed records, and what changed numbers do to them. */
import { describe, expect, test } from "vitest";
import { evaluateClaims, failures } from "../../lib/claims/mod.ts";
import { claims } from "../../lib/infinite_limits/claims.ts";
import { experimentList } from "../../lib/infinite_limits/experiments.ts";
import type { LimitsRecord, ParticlesRecord, SweepRecord } from "../../lib/infinite_limits/records.ts";
import { openStore, type RunRecord, selectRecords } from "../../lib/runs/mod.ts";

const store = openStore(new URL("../../data/", import.meta.url));
const records: Record<string, RunRecord[]> = Object.fromEntries(
  await Promise.all(experimentList.map(async ([name, one]) => [name, await selectRecords(one, store)])),
);
const verdicts = (changed: Record<string, readonly RunRecord[]>) =>
  new Map(evaluateClaims(claims(changed)).map(({ id, verdict }) => [id, verdict]));

describe("on the committed records", () => {
  const results = evaluateClaims(claims(records));
  test("every claim is run and holds, controls included", () => {
    expect(failures(results)).toEqual([]);
    expect(results.filter(({ verdict }) => verdict === "not run")).toEqual([]);
  });
  test("there are at least sixteen claims and five controls, with different names", () => {
    const controls = results.filter(({ control }) => control).length;
    expect(controls).toBeGreaterThanOrEqual(5);
    expect(results.length - controls).toBeGreaterThanOrEqual(16);
    expect(new Set(results.map(({ id }) => id)).size).toBe(results.length);
  });
});

test("without records, only theory is judged", () => {
  const found = verdicts({});
  expect(found.get("first-logit")).toBe("holds");
  expect(found.get("width-outputs")).toBe("not run");
  expect(found.get("transfer-width")).toBe("not run");
});

describe("changed numbers are noticed", () => {
  test("networks that do not approach the limit fail the slopes and the means", () => {
    const shifted = (records.limits as unknown as LimitsRecord[]).map((record) => ({
      ...record,
      metrics: {
        ...record.metrics,
        outputs: record.metrics.outputs.map((row) => row.map((f) => f + 0.2)),
      },
    }));
    const found = verdicts({ ...records, limits: shifted as unknown as RunRecord[] });
    for (const id of ["heads-outputs", "width-outputs", "heads-mean", "width-mean"]) {
      expect([id, found.get(id)]).toEqual([id, "fails"]);
    }
  });
  test("rates that do not transfer fail, and the control then does too", () => {
    // Multiply eta0 by 1/NH: what a rate without its factor would have done.
    const unscaled = (records.transfer as unknown as SweepRecord[]).map((record) => {
      const [{ N, H }] = record.config.sizes;
      return {
        ...record,
        config: { ...record.config, rates: record.config.rates.map((rate) => rate / (N * H)) },
        metrics: { rows: record.metrics.rows.map((row) => ({ ...row, rate: row.rate / (N * H) })) },
      };
    });
    const found = verdicts({ ...records, transfer: unscaled as unknown as RunRecord[] });
    expect(found.get("transfer-width")).toBe("fails");
    expect(found.get("transfer-width-raw")).toBe("fails");
  });
  test("particles that stay away from their limits fail slopes and means", () => {
    const shifted = (records.particles as unknown as ParticlesRecord[]).map((record) => ({
      ...record,
      metrics: {
        ...record.metrics,
        errors: record.metrics.errors.map((row) => row.map((e) => e + 0.1)),
        largest: record.metrics.largest.map((f) => f.map((row) => row.map((x) => x + 0.2))),
      },
    }));
    const found = verdicts({ ...records, particles: shifted as unknown as RunRecord[] });
    for (const id of ["particles-heads", "particles-width", "particles-mean"]) {
      expect([id, found.get(id)]).toEqual([id, "fails"]);
    }
  });
  test("with the losses of both exponents exchanged, the comparison of heads and width fails", () => {
    const swapped = (records.transfer as unknown as SweepRecord[]).map((record) => ({
      ...record,
      config: {
        ...record.config,
        sizes: record.config.sizes.map((size) => ({ ...size, alphaA: 1.5 - size.alphaA })),
      },
    }));
    const found = verdicts({ ...records, transfer: swapped as unknown as RunRecord[] });
    expect(found.get("wide-heads-half")).toBe("fails");
  });
});
