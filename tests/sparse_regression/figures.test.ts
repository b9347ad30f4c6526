/** @module Every figure, of records and of theory, is fit to be shown; and the claims can be measured on the same records. */
import { beforeAll, describe, expect, test } from "vitest";
import { evaluateClaims } from "../../lib/claims/mod.ts";
import { checkFigure, type Figure, renderSvg } from "../../lib/figure/mod.ts";
import { claims } from "../../lib/sparse_regression/claims.ts";
import { figures } from "../../lib/sparse_regression/figures.ts";
import { estimatorTable } from "../../lib/sparse_regression/reader.ts";
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
