/** @module The figures of this paper, drawn from the committed records. */
import { describe, expect, test } from "vitest";
import { checkFigure, duplicateNames, type Figure, renderSvg } from "../../lib/figure/mod.ts";
import { driftEstimate, exactLimit, rateCurves, slopeOf } from "../../lib/infinite_limits/analysis.ts";
import { experimentList } from "../../lib/infinite_limits/experiments.ts";
import { figures } from "../../lib/infinite_limits/figures.ts";
import type {
  BirthRecord,
  DepthRecord,
  KernelsRecord,
  LimitsRecord,
  MovementRecord,
  ParticlesRecord,
  PopulationRecord,
  ScalingRecord,
  SweepRecord,
} from "../../lib/infinite_limits/records.ts";
import { openStore, selectRecords } from "../../lib/runs/mod.ts";

const store = openStore(new URL("../../data/", import.meta.url));
const records = Object.fromEntries(
  await Promise.all(experimentList.map(async ([name, one]) => [name, await selectRecords(one, store)])),
);
const of = <R>(name: string) => records[name] as unknown as readonly R[];
const limits = of<LimitsRecord>("limits"), population = of<PopulationRecord>("population");
const transfer = of<SweepRecord>("transfer");

const all: Record<string, () => Figure> = {
  logitsAtBirth: () => figures.logitsAtBirth(of<BirthRecord>("birth")),
  kernelsAtBirth: () => figures.kernelsAtBirth(of<KernelsRecord>("kernels")),
  headCollapse: () => figures.headCollapse(limits),
  population: () => figures.population(limits, population),
  populationHalf: () => figures.population(limits, population, { alphaA: 0.5, name: "population_half" }),
  particles: () => figures.particles(of<ParticlesRecord>("particles")),
  whyAlphaOne: () => figures.whyAlphaOne(of<ScalingRecord>("scaling")),
  freezeOrFlow: () => figures.freezeOrFlow(of<DepthRecord>("depth"), of<MovementRecord>("movement")),
  transfer: () => figures.transfer(transfer),
  headsOrWidth: () => figures.headsOrWidth(transfer, of<SweepRecord>("language")),
  ownSweep: () => figures.ownSweep([transfer[0]]),
};

describe("figures", () => {
  test.each(Object.keys(all))(
    "%s has labels, finite curves and sources, and is the same every time",
    (name) => {
      const figure = all[name](), svg = renderSvg(figure);
      expect(checkFigure(figure, svg)).toEqual([]);
      expect(figure.sources.length).toBeGreaterThan(0);
      expect(renderSvg(all[name]())).toBe(svg);
    },
  );
  test("no two share a file name", () => {
    expect(duplicateNames(Object.values(all).map((draw) => draw()))).toEqual([]);
  });
  test("a sweep of your own is keyed by what differs, and what diverged is left out", () => {
    const [{ config, ...record }] = transfer, rates = [1, 2, 4];
    const sizes = [2, 4].map((H) => ({ ...config.base, H, alphaA: H === 2 ? 1 : 0.5 }));
    const rows = sizes.flatMap((_, size) =>
      rates.map((rate) => {
        const lost = size === 1 && rate === 4;
        return {
          ...{ size, rate, seed: 1, accuracy: null, loss: lost ? null : 1 + (rate - 2) ** 2 },
          headVariance: [0.5, lost ? null : rate],
        };
      })
    );
    const figure = figures.ownSweep([{
      ...record,
      config: { ...config, sizes, rates, seeds: 1, data: { kind: "text", file: "book.txt", sha256: "" } },
      metrics: { rows },
    }]);
    const labels = ["H = 2, α_A = 1", "H = 4, α_A = ½"];
    expect(figure.panels.map(({ legend }) => legend!.map(({ label }) => label))).toEqual([labels, labels]);
    expect(figure.caption).toContain("book.txt");
    expect(checkFigure(figure, renderSvg(figure))).toEqual([]);
  });
  test("the response toggle removes the ablated theory, and only it", () => {
    const [shown, hidden] = [true, false].map((ablated) =>
      renderSvg(figures.headCollapse(limits, { ablated }))
    );
    expect(shown).toContain("responses deleted");
    expect(hidden).not.toContain("responses deleted");
    expect(shown.length).toBeGreaterThan(hidden.length);
  });
});

describe("what figures read off records", () => {
  test("a power law has its slope, with an error that grows with the scatter", () => {
    const sizes = [2, 4, 8, 16], exact = sizes.map((n) => [3 / n, 3 / n]);
    expect(slopeOf(sizes, exact).value).toBeCloseTo(-1, 12);
    expect(slopeOf(sizes, exact).standardError).toBeLessThan(1e-9);
    const noisy = sizes.map((n) => [2 / n, 4 / n]);
    expect(slopeOf(sizes, noisy).value).toBeCloseTo(-1, 12);
    expect(slopeOf(sizes, noisy).standardError).toBeGreaterThan(0.1);
  });
  test("the optimum of a parabola in the logarithm of the rate is found exactly", () => {
    const [record] = transfer, rates = [1, 2, 4, 8], at = 3;
    const size = { ...record.config.base };
    const rows = rates.map((rate) => ({
      size: 0,
      rate,
      seed: 1,
      loss: 0.5 + Math.log(rate / at) ** 2,
      accuracy: 0.5,
      headVariance: [0, 0],
    }));
    const made = { ...record, config: { ...record.config, sizes: [size], rates }, metrics: { rows } };
    const [curve] = rateCurves([made], "N");
    expect(curve.best).toBeCloseTo(at, 10);
    expect(curve.bestLoss).toBeCloseTo(0.5, 10);
    expect(curve.inside).toBe(true);
  });
  test("a rate at which a seed diverged is never the best", () => {
    const [record] = transfer, size = { ...record.config.base };
    const row = (rate: number, loss: number | null) => ({
      size: 0,
      rate,
      seed: 1,
      loss,
      accuracy: null,
      headVariance: [],
    });
    const metrics = { rows: [row(1, 1), row(2, null), row(4, 1.1)] };
    const [curve] = rateCurves([{
      ...record,
      config: { ...record.config, sizes: [size], rates: [1, 2, 4] },
      metrics,
    }], "N");
    expect(curve.best).toBe(1);
    expect(curve.inside).toBe(false);
  });
  test("the drift of best rates is their spread in decades, with the error that leaving seeds out gives", () => {
    const [record] = transfer, base = { ...record.config.base }, rates = [1, 2, 4, 8];
    const sizes = [2, 4].map((N) => ({ ...base, N }));
    /** Parabolas with optimum `at(size, seed)`; the mean of parabolas has the mean optimum in the logarithm. */
    const made = (at: (size: number, seed: number) => number) => [{
      ...record,
      config: { ...record.config, base, sizes, rates },
      metrics: {
        rows: sizes.flatMap((_, size) =>
          rates.flatMap((rate) =>
            [1, 2, 3].map((seed) => ({
              ...{ size, rate, seed, accuracy: 0.5, headVariance: [] },
              loss: 0.5 + Math.log(rate / at(size, seed)) ** 2,
            }))
          )
        ),
      },
    }];
    const options = { axis: "N", classes: 4 } as const;
    const same = driftEstimate(made((size) => size === 0 ? 2 : 3), options)!;
    expect(same.value).toBeCloseTo(Math.log10(1.5), 10);
    expect(same.standardError).toBeCloseTo(0, 10);
    const raw = driftEstimate(made(() => 3), { ...options, raw: true })!;
    expect(raw.value).toBeCloseTo(Math.log10(2), 10);
    // A mean of three decimal logarithms 0.3, 0.4, 0.5 has the standard error 0.1/sqrt(3).
    const spread = driftEstimate(made((size, seed) => size === 0 ? 2 : 10 ** (0.2 + 0.1 * seed)), options)!;
    expect(spread.standardError).toBeCloseTo(0.1 / Math.sqrt(3), 6);
    // Sizes at chance have no best rate.
    expect(driftEstimate(made(() => 3), { ...options, classes: 1 })).toBeUndefined();
  });
  test("the exact limit is computed once and has the reference value", () => {
    expect(exactLimit()).toBe(exactLimit());
    // Six digits of an independent implementation.
    expect(exactLimit().outputs[6][0]).toBeCloseTo(0.446074, 6);
    expect(exactLimit(false).outputs[6][0]).toBeCloseTo(0.153701, 6);
  });
});
