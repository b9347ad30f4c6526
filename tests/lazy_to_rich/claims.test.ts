import { beforeAll, describe, expect, it } from "vitest";
import { evaluateClaims, failures } from "../../lib/claims/mod.ts";
import { claims } from "../../lib/lazy_to_rich/claims.ts";
import { experimentList } from "../../lib/lazy_to_rich/experiments.ts";
import { finiteDecayRate } from "../../lib/lazy_to_rich/claims/finite_rate.ts";
import { finalDecayRate } from "../../lib/lazy_to_rich/theory/mod.ts";
import { dataFolder, openStore, type RunRecord, selectRecords } from "../../lib/runs/mod.ts";

const records: Record<string, RunRecord[]> = {};

/** The records with the metrics of one experiment changed. */
// deno-lint-ignore no-explicit-any
function changed(name: string, change: (metrics: any) => void): Record<string, RunRecord[]> {
  const copies = structuredClone(records[name]);
  for (const { metrics } of copies) change(metrics);
  return { ...records, [name]: copies };
}

beforeAll(async () => {
  const store = openStore(dataFolder);
  for (const [name, experiment] of experimentList) records[name] = await selectRecords(experiment, store);
});

describe("the claims", () => {
  it("hold on the records of the repository, controls included", () => {
    const results = evaluateClaims(claims(records));
    expect(failures(results).map(({ id, measured }) => `${id}: ${measured}`)).toEqual([]);
    expect(results.filter(({ verdict, control }) => verdict === "holds" && !control).length)
      .toBeGreaterThanOrEqual(14);
    expect(results.filter(({ verdict, control }) => verdict === "holds" && control).length)
      .toBeGreaterThanOrEqual(3);
  });

  it("without records only those of theory alone are measured, and they hold", () => {
    const results = evaluateClaims(claims({}));
    expect(failures(results)).toEqual([]);
    expect(results.filter(({ verdict }) => verdict === "holds").map(({ id }) => id)).toEqual([
      "copy-exact",
      "copy-super-exponential",
      "periodisation",
      "plateau-end",
      "conserved",
      "no-target",
    ]);
  });

  it.each([
    // what is changed, what must then fail
    [
      "times",
      "emergence-time",
      (m: { times: { t50: number }[] }) => m.times.forEach((run) => run.t50 *= 1.1),
    ],
    [
      "times",
      "first-phase",
      (m: { times: { firstPhase: number }[] }) => m.times.forEach((run) => run.firstPhase *= 1.1),
    ],
    [
      "phases",
      "plateau",
      (m: { series: { induction: number[][] } }) => m.series.induction.forEach((row) => row[0] *= 0.8),
    ],
    [
      "joint",
      "joint-asymptote",
      (m: { series: { p2: number[][] } }) => m.series.p2.forEach((row) => row[row.length - 1] = 2),
    ],
    [
      "constructedHeads",
      "ih2-uniform",
      (m: { single: { error: number }[] }) => m.single.forEach((row) => row.error *= 4),
    ],
    [
      "constructedHeads",
      "guard-off",
      (m: { guard: { off: number }[] }) => m.guard.forEach((row) => row.off = 1e-9),
    ],
    [
      "constructedHeads",
      "two-heads-short",
      (m: { grid: { error: number }[] }) => m.grid.forEach((row) => row.error = 1e-3),
    ],
    ["staircase", "staircase-flow", (m: { half: number[][] }) => m.half.forEach((run) => run[2] *= 1.2)],
    ["noiselessAdam", "adam-noiseless", (m: { half: number[] }) => m.half = [200, 1200, 2000, 400]],
  ])("changed records of %s are noticed by %s", (experiment, id, change) => {
    const verdict = (all: Record<string, RunRecord[]>) =>
      evaluateClaims(claims(all).filter((claim) => claim.id === id)).map(({ verdict }) => verdict);
    expect(verdict(records)).toEqual(["holds"]);
    expect(verdict(changed(experiment, change))).toEqual(["fails"]);
  });
});

describe("the decay rate at finite N", () => {
  it("tends to that of the leading order like 1/N", () => {
    const gap = (L: number) => {
      const task = { alphaStar: 1, wStar: 0.5, L };
      return 1 - finiteDecayRate(task, 40_000) / finalDecayRate(task);
    };
    const [near, far] = [gap(52), gap(402)];
    // 11 % at N = 50; the Monte Carlo of 40 000 sequences has a standard error of 0.7 % at either
    expect(near).toBeGreaterThan(0.08);
    expect(near).toBeLessThan(0.15);
    expect(far).toBeLessThan(0.04);
  });
});
