/** @module Every figure, of records and of theory, is fit to be shown; and the claims can be measured on the same records. */
import { beforeAll, describe, expect, test } from "vitest";
import { evaluateClaims } from "../../lib/claims/mod.ts";
import { checkFigure, type Figure, renderSvg } from "../../lib/figure/mod.ts";
import { claims } from "../../lib/sparse_regression/claims.ts";
import { figures } from "../../lib/sparse_regression/figures.ts";
import { estimatorTable, referenceTable, trainingTable } from "../../lib/sparse_regression/reader.ts";
import { tinyRecords } from "./tiny_records.ts";

let records: Awaited<ReturnType<typeof tinyRecords>>;
beforeAll(async () => void (records = await tinyRecords()), 60_000);

const drawings: [string, () => Figure][] = [
  ["residual_stream", () => figures.residualStream()],
  ["why_d_heads", () => figures.whyDHeads(records.transformers)],
  [
    "risk_vs_examples",
    () => figures.riskVsExamples(records.riskTable, { panels: [{ prior: "rad", sigma: 0.5 }] }),
  ],
  ["risk_vs_time", () => figures.riskVsTime(records.riskPath)],
  ["scaling", () => figures.scaling(records.scaling)],
  ["depth", () => figures.depth(records.depth)],
  ["trained_heads", () => figures.trainedHeads(records.transformers)],
  ["head_assessment", () => figures.headAssessment(records.transformers)],
];

describe("figures", () => {
  test.each(drawings)("%s passes the check and bears its name", (name, draw) => {
    const figure = draw();
    expect(figure.name).toBe(name);
    expect(checkFigure(figure, renderSvg(figure))).toEqual([]);
  });

  test("there are eight, and all are tested", () => {
    expect(Object.keys(figures)).toHaveLength(drawings.length);
  });

  test("deleting a head in the residual stream is said in the caption, and the network still is the algorithm", () => {
    const { caption, panels } = figures.residualStream({ deleteHead: 1, d: 5, steps: 3 });
    expect(caption).toMatch(/coordinate 2 is lost/);
    const [, difference] = /run directly: ([\d.]+)×10⁻¹/.exec(caption) ?? [];
    expect(Number(difference)).toBeGreaterThan(0);
    expect(panels).toHaveLength(4);
  });
});

describe("claims", () => {
  test("without records the exact ones hold, and the others are not run", () => {
    const results = evaluateClaims(claims({}));
    const run = results.filter(({ verdict }) => verdict !== "not run");
    expect(run.map(({ id }) => id)).toContain("head-bound");
    expect(run.every(({ verdict }) => verdict === "holds")).toBe(true);
    expect(run.length).toBeLessThan(results.length);
  });

  test("with records of every experiment all but those that need more settings can be measured", () => {
    const results = evaluateClaims(claims(records as never));
    expect(results.filter(({ verdict }) => verdict === "not run").map(({ id }) => id)).toEqual([]);
    expect(results.every(({ measured }) => measured !== null)).toBe(true);
  });

  test("they have distinct names, and there are controls among them", () => {
    const all = claims({});
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.filter(({ control }) => control).length).toBeGreaterThanOrEqual(3);
    expect(all.filter(({ control }) => !control).length).toBeGreaterThanOrEqual(14);
  });
});

test("a reader's setting gives a table with every estimator and its theory", () => {
  const table = estimatorTable({ d: 6, s: 2, sigma: 0.5, prior: "gau" }, 20, 20);
  expect(table.split("\n")).toHaveLength(2 + 7);
  expect(table).toMatch(/scalar prediction 0\.\d+/);
});

test("the table beside the independent simulation has a row a common setting, and marks what is far off", () => {
  const [{ config, metrics }] = records.riskTable;
  const far = {
    ...records.riskTable[0],
    metrics: { ...metrics, rows: metrics.rows.map((row) => ({ ...row })) },
  };
  const at = config.rows.findIndex(({ prior, sigma, n }) => prior === "rad" && sigma === 0.5 && n === 40);
  far.metrics.rows[at].ridge = { risk: 0.5, se: 0.001 };
  const lines = referenceTable([far]).split("\n").slice(2);
  // sigma = 0.5: n = 10, 40, 80 for rad and 10, 20, 40 for gau; n = 40 at the other two noise levels
  expect(lines).toHaveLength(6 + 4);
  expect(lines.filter((line) => line.includes("**0.5000 / 0.1357**"))).toHaveLength(1);
});

test("the table of a training has a row a run, and one for ridge", () => {
  const [record] = records.transformers, { config: { layers }, metrics: { runs, baselines } } = record;
  const rows = trainingTable(record).split("\n").slice(2);
  expect(rows).toHaveLength(runs.length + 1);
  for (const line of rows) expect(line.split(" | ")).toHaveLength(5 + layers);
  expect(rows.at(-1)).toContain(baselines.at(-1)!.ridge.risk.toPrecision(3));
  const lost = { ...runs[0], masked: [[0.5, 6.2], [0]] };
  expect(trainingTable({ ...record, metrics: { ...record.metrics, runs: [lost] } })).toContain(
    "× 10^6 | × 1.00",
  );
});
