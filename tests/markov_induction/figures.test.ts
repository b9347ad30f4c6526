/** @module Every figure is drawn from the committed records without a fault; the attention viewer obeys and complains as it should. */
import { beforeAll, describe, expect, test } from "vitest";
import { checkFigure, duplicateNames, type Figure, renderSvg } from "../../lib/figure/mod.ts";
import { limitingParameters } from "../../lib/markov_induction/construction.ts";
import { readContext, writeContext } from "../../lib/markov_induction/context.ts";
import { experiments } from "../../lib/markov_induction/experiments.ts";
import { figures } from "../../lib/markov_induction/figures.ts";
import { labelled } from "../../lib/markov_induction/figures/statistics.ts";
import type { TableRecord, TrainingRecord } from "../../lib/markov_induction/records.ts";
import { maskOf } from "../../lib/markov_induction/subsets.ts";
import { sampleSequences } from "../../lib/markov_induction/data.ts";
import { bayes, matchCounts, oracle } from "../../lib/markov_induction/theory.ts";
import { dataFolder, type Experiment, openStore, selectRecords } from "../../lib/runs/mod.ts";

const store = openStore(dataFolder);
const load = <T>(experiment: unknown) =>
  selectRecords(experiment as Experiment, store) as unknown as Promise<T[]>;
const e = experiments;
const tables = (experiment: unknown) => load<TableRecord>(experiment);
const trainings = (experiment: unknown) => load<TrainingRecord>(experiment);

const architecture = { variant: "paper", d: 3, H: 3, M: 3, D: 2 } as const;
const view = {
  architecture,
  parameters: limitingParameters(architecture, maskOf([1, 2]), { a: 9 }),
  parents: [1, 2],
  alpha: 0.1,
};

describe("from the committed records", () => {
  const make: Record<string, () => Promise<Figure>> = {
    information: async () => figures.informationBars(await tables(e.information)),
    stage_one: async () => figures.stageOne(await trainings(e.selection)),
    selection_map: async () =>
      figures.selectionMap(await tables(e.selectionMap), await tables(e.information)),
    stage_two: async () => figures.stageTwo(await trainings(e.copying), await trainings(e.threeStages)),
    stage_three: async () =>
      figures.stageThree(
        await trainings(e.temperature),
        await trainings(e.threeStages),
        await tables(e.estimators),
      ),
    loss_ladder: async () =>
      figures.lossLadder(
        await trainings(e.threeStages),
        await trainings(e.joint),
        await tables(e.ablations),
        await tables(e.estimators),
      ),
    generalisation: async () =>
      figures.generalisation(await tables(e.generalisation), await tables(e.ablations)),
    published_runs: async () =>
      figures.publishedRuns(
        await trainings(e.threeStages),
        await trainings(e.joint),
        await trainings(e.fullTransformer),
        await trainings(e.selection),
      ),
    own_run: async () =>
      figures.threeStageRun(
        (await trainings(e.threeStages)).filter(({ config }) => config.label === "paper"),
      ),
    attention_viewer: () =>
      Promise.resolve(figures.attentionViewer({ ...view, context: "abcabcabcabacbabcab" })),
  };
  const made: Figure[] = [];
  beforeAll(async () => {
    for (const figure of Object.values(make)) made.push(await figure());
  }, 40_000);

  test.each(Object.keys(make))("%s has no fault, and names its sources", (name) => {
    const figure = made[Object.keys(make).indexOf(name)];
    expect(figure.name).toBe(name);
    expect(checkFigure(figure, renderSvg(figure))).toEqual([]);
    expect(figure.sources.length > 0).toBe(name !== "attention_viewer");
  });

  test("names do not collide, and every figure of the paper is drawn here", () => {
    expect(duplicateNames(made)).toEqual([]);
    expect(made).toHaveLength(Object.keys(figures).length);
  });

  test("a label that no record has is an error that names those there are", async () => {
    expect(() => labelled([], "flow")).toThrow('no record "flow": there are none');
    const records = await trainings(e.selection);
    expect(() => labelled(records, "nonsense")).toThrow("published step");
  });
});

describe("the attention viewer", () => {
  const rows = (context: string) => {
    const { panels } = figures.attentionViewer({ ...view, context });
    return panels.map(({ title }) => title);
  };
  test("a context one longer than the window is enough", () => {
    expect(rows("abca")).toEqual(["Matches and scores", "Layer-2 attention", "Layer 1", "Prediction"]);
  });
  test("a symbol outside of the alphabet is named, with its place", () => {
    expect(() => rows("abcaxb")).toThrow(
      'symbol 5 of the context is "x", which is not in the alphabet a, b, c',
    );
    expect(() => rows("abcdab")).toThrow('symbol 4 of the context is "d"');
  });
  test("a context that is too short says how much is missing", () => {
    expect(() => rows("abc")).toThrow("the context has 3 symbols and needs at least 4: add 1");
    expect(() => rows("")).toThrow("add 4");
  });
  test("spaces do not count, and what is read can be written", () => {
    expect([...readContext(" ab\nca ", 3)]).toEqual([0, 1, 2, 0]);
    expect(writeContext(readContext("abca", 3), 3)).toBe("abca");
  });
  test("Bayes and the true row are those of the estimators, for parents anywhere", () => {
    for (const parents of [[1, 2], [1, 3], [2]]) {
      const chain = { d: 3, parents, prior: { kind: "dirichlet", alpha: 0.7 } } as const;
      const drawn = sampleSequences(chain, { L: 40, count: 1, seed: 9, keepKernels: true });
      const context = writeContext(drawn.tokens.subarray(0, 40), 3);
      const { panels } = figures.attentionViewer({
        ...view,
        parents,
        alpha: 0.7,
        context,
        kernel: drawn.kernels,
      });
      // deno-lint-ignore no-explicit-any
      const bars = panels[3].plot.marks!.flat(3).flatMap((mark: any) => [...mark?.data ?? []]);
      const shown = (group: string) =>
        ["a", "b", "c"].map((label) => bars.find((bar) => bar.group === group && bar.label === label)!.value);
      const counts = matchCounts(drawn, maskOf(parents), { M: 3, first: Math.max(...parents) + 1 });
      bayes(counts, 0.7).forEach((p, e) => expect(shown("Bayes")[e]).toBeCloseTo(p, 12));
      oracle(drawn, parents).forEach((p, e) => expect(shown("true row")[e]).toBeCloseTo(p, 12));
      expect(shown("network").reduce((sum: number, p: number) => sum + p, 0)).toBeCloseTo(1, 12);
    }
  });
  test("the title counts the earlier places that look like the end", () => {
    // a b occurs before positions 3, 6, 9 and at the end
    expect(figures.attentionViewer({ ...view, context: "abcabcabcab" }).title).toContain(
      "3 earlier places look",
    );
    expect(figures.attentionViewer({ ...view, context: "abcaabb" }).title).toContain("0 earlier places");
  });
});
