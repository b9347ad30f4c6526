import { describe, expect, it } from "vitest";
import { checkFigure, type Figure, renderSvg } from "../../lib/figure/mod.ts";
import { experiments } from "../../lib/lazy_to_rich/experiments.ts";
import { figures } from "../../lib/lazy_to_rich/figures.ts";
import type { TrainingConfig } from "../../lib/lazy_to_rich/records.ts";
import { stageTwoFlow } from "../../lib/lazy_to_rich/theory/mod.ts";
import {
  dataFolder,
  type Experiment,
  type JsonObject,
  openStore,
  selectRecords,
} from "../../lib/runs/mod.ts";
import { asFlowed, program, record } from "./support/records.ts";

const near = { alphaStar: 1, wStar: 0.5, sigma: 0.1 };
const trained = (experiment: typeof experiments.phases, config: TrainingConfig) =>
  record(experiment, config, asFlowed(config));

const sweep = [
  program(50, [near, { ...near, sigma: 0.03 }], 3200),
  program(50, [{ ...near, alphaStar: 2 }], 4500),
  program(30, [near], 1500),
  program(50, [{ ...near, wStar: 0.4 }], 4000),
].map((config) => trained(experiments.times, config));
const main = [trained(experiments.phases, program(40, [near], 2500))];
const first = [trained(experiments.stageOne, program(40, [near, { ...near, sigma: 0.3 }], 500, "one"))];
const both = (["two", "joint"] as const).map((stage) =>
  trained(experiments.joint, program(40, [near], 2500, stage))
);
const heads = [record(experiments.constructedHeads, experiments.constructedHeads.configs("quick")[0], {
  grid: [2, 3].flatMap((n) => [1, 2, 3].map((H) => ({ n, H, error: 10 ** -H, bound: 1, distance: 0.9 }))),
  single: [1, 2, 4].flatMap((p) =>
    [8, 32, 256].map((L) => ({ p, L, error: Math.exp(-p), bound: 8 * Math.exp(-p) }))
  ),
  guard: [8, 32].map((L) => ({ L, on: 1e-9, off: 1 / L })),
  groups: [3, 6].map((H) => ({ H, shared: 10 ** -H, grouped: 1 })),
})];
const general = [record(experiments.generalHeads, experiments.generalHeads.configs("quick")[0], {
  spectra: { synonym: [3, 1, 0.1], antonym: [9, 8], periodic: [3, 2.9] },
  modes: [1, 2].map((K) => ({ K, error: 10 ** -K, bound: 1 })),
  hidden: [10, 20].map((M) => ({ M, error: M ** -2, bound: 1 })),
  slopes: [2, 4].map((p) => ({ p, error: Math.exp(-p), bound: 1 })),
})];
const adam = experiments.adam.configs("quick").map((config) =>
  record(experiments.adam, config, {
    steps: [0, 1],
    half: config.runs.map((_, i) => i % 2 ? 210 : 220),
    beta: [[0, 1]],
  })
);
const noiseless = [
  record(experiments.noiselessAdam, experiments.noiselessAdam.configs("quick")[0], {
    half: [204, 206, null, 208],
  }),
];
const stairs = experiments.staircase.configs("quick").map((config) =>
  record(experiments.staircase, { ...config, bStar: [0.3, 0.1] }, {
    steps: [0, 500, 1000],
    half: [[100, 200], [110, null]],
    beta: [0, 1].map(() => [[0.001, 0.2, 0.3], [0.001, 0.002, 0.05]]),
    v: [0, 1].map(() => [0.01, 0.5, 0.5]),
  })
);

const tiny: Record<string, () => Figure> = {
  copyKernels: () => figures.copyKernels(),
  "copyKernels with one head": () => figures.copyKernels({ H: 1, a: 2 }),
  errorHeatmap: () => figures.errorHeatmap(heads),
  generalisedHead: () => figures.generalisedHead(general, { similarities: { mine: "u * v" }, query: -0.3 }),
  fourPhases: () => figures.fourPhases(main, { name: "own_run" }),
  predictedTimes: () => figures.predictedTimes(sweep),
  collapse: () => figures.collapse(sweep),
  jointTraining: () => figures.jointTraining(first, both),
  whereTheoryStops: () => figures.whereTheoryStops(adam, noiseless, stairs),
};

describe("every figure", () => {
  it.each(Object.entries(tiny))("%s is complete and finite on tiny data", (_, make) => {
    const figure = make();
    expect(checkFigure(figure, renderSvg(figure))).toEqual([]);
    expect(figure.caption).toMatch(/derived here/);
  });

  it("is tried here", () => {
    const tried = new Set(Object.keys(tiny).map((name) => name.split(" ")[0]));
    // the ordinary transformer's figure is tried with its model
    expect(Object.keys(figures).filter((name) => !tried.has(name))).toEqual(["ordinaryTransformer"]);
  });

  it("is the same twice", () => {
    expect(renderSvg(figures.collapse(sweep))).toBe(renderSvg(figures.collapse(sweep)));
  });

  it("names its records as sources, and only the theory figure has none", () => {
    for (const [name, make] of Object.entries(tiny)) {
      expect(make().sources.length === 0, name).toBe(name.startsWith("copyKernels"));
    }
  });
});

describe("the figures of the repository", () => {
  const store = openStore(dataFolder);
  const of = <C extends JsonObject, M extends JsonObject>(experiment: Experiment<C, M>) =>
    selectRecords(experiment, store);

  it("are complete and finite", async () => {
    const all = [
      figures.errorHeatmap(await of(experiments.constructedHeads)),
      figures.generalisedHead(await of(experiments.generalHeads)),
      figures.fourPhases(await of(experiments.phases)),
      figures.predictedTimes(await of(experiments.times)),
      figures.collapse(await of(experiments.times)),
      figures.jointTraining(await of(experiments.stageOne), await of(experiments.joint)),
      figures.whereTheoryStops(
        await of(experiments.adam),
        await of(experiments.noiselessAdam),
        await of(experiments.staircase),
      ),
      figures.ordinaryTransformer(await of(experiments.transformer)),
    ];
    for (const figure of all) {
      expect([figure.name, ...checkFigure(figure, renderSvg(figure))]).toEqual([figure.name]);
    }
  });
});

describe("four phases", () => {
  it("a run that follows the flow lies on its line: the last theory point of beta is b*", () => {
    const { series } = main[0].metrics, flow = stageTwoFlow({ ...near, L: 40 });
    const last = series.wQ[0].length - 1;
    const state = flow.names.map((name) => series[name][0][last]);
    expect(Math.abs(flow.beta(state) / 0.25 - 1)).toBeLessThan(0.01); // e^(-2 lambda t) at the end of the run
  });
});
