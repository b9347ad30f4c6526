/** @module Attention scores equal their definitions, chance is what a uniform head gets, and the claims can fail. */
import { beforeAll, describe, expect, test } from "vitest";
import { evaluateClaims } from "../../lib/claims/mod.ts";
import { checkFigure, renderSvg } from "../../lib/figure/mod.ts";
import { architectureOf, taskOf, transformer } from "../../lib/lazy_to_rich/experiments/transformer.ts";
import { ordinaryTransformer } from "../../lib/lazy_to_rich/figures/transformer.ts";
import { forward, selectRun, type TransformerParameters } from "../../lib/lazy_to_rich/forward.ts";
import { transformerModel } from "../../lib/lazy_to_rich/model/transformer.ts";
import { transformerClaims } from "../../lib/lazy_to_rich/transformer_claims.ts";
import type {
  TransformerConfig,
  TransformerMetrics,
  TransformerRecord,
} from "../../lib/lazy_to_rich/transformer_records.ts";
import { ignorance, targetAttention } from "../../lib/lazy_to_rich/uniform_head.ts";
import { type HostArrays, openDevice, tf, toHost, toTensors } from "../../lib/nn/mod.ts";
import { mean, standardError, stream } from "../../lib/numerics/mod.ts";

const [quick] = transformer.configs("quick");
const small: TransformerConfig = {
  ...quick,
  L: 8,
  batch: 4,
  steps: 20,
  every: 10,
  evaluation: 16,
  seeds: [1, 2],
};
const task = taskOf(small), { L, d } = task, architecture = architectureOf(small);
const programOf = (seeds: readonly number[]) => transformerModel({ task, architecture, batch: 4, seeds });

/** Metrics of a model on a batch, read back. */
async function measured(model: ReturnType<typeof programOf>, parameters: HostArrays, batch: HostArrays) {
  const p = toTensors(parameters), x = toTensors(batch);
  return await toHost(tf.tidy(() => model.metrics!(p, x)));
}

const sequences = ({ tokens }: HostArrays, run: number) =>
  Array.from({ length: tokens.shape[1] }, (_, b) => {
    const at = (run * tokens.shape[1] + b) * L * d;
    return tokens.data.slice(at, at + L * d);
  });

describe("scores", () => {
  beforeAll(() => openDevice("wasm"));

  test("both equal a plain recomputation from the attention that the float64 pass records", async () => {
    const model = programOf([1, 2]), batch = model.evaluation(12);
    const parameters = Object.fromEntries(
      Object.entries(model.initial()).map(([name, { data, shape }]) => [
        name,
        { data: stream(9, name).fillNormal(new Float32Array(data.length), 0.6), shape },
      ]),
    );
    const host = await measured(model, parameters, batch);
    for (const run of [0, 1]) {
      const weights = selectRun(parameters as unknown as TransformerParameters, run);
      const passes = sequences(batch, run).map((tokens) => ({
        tokens,
        attention: forward(architecture, weights, tokens, { record: true }).attention!,
      }));
      const best = (score: (heads: typeof passes[number], head: number) => number) =>
        Math.max(...small.slopes.map((_, head) => mean(passes.map((pass) => score(pass, head)))));
      const copied = best(({ attention }, head) => {
        let sum = 0;
        for (let t = 1; t < L; t++) sum += attention[0][head][t * L + t - 1];
        return sum / (L - 1);
      });
      const overlap = best(({ attention, tokens }, head) => {
        // key s - 1 of the target scores the value at s: zero-based positions 1..L-2 against entries 0..L-3
        const target = targetAttention(tokens, task);
        return target.reduce((sum, a, i) => sum + Math.min(a, attention[1][head][(L - 1) * L + i + 1]), 0);
      });
      expect(host.previousToken.data[run]).toBeCloseTo(copied, 5); // float32 means of numbers below 1
      expect(host.inductionScore.data[run]).toBeCloseTo(overlap, 5);
    }
  });

  test("uniform heads get chance, and chance is what is written down as ignorance", async () => {
    const model = programOf([1]), batch = model.evaluation(500);
    const uniform = Object.fromEntries(
      Object.entries(model.initial()).map(([name, { data, shape }]) => [
        name,
        { data: new Float32Array(data.length), shape },
      ]),
    );
    const host = await measured(model, uniform, batch);
    const overlaps = sequences(batch, 0).map((tokens) =>
      targetAttention(tokens, task).reduce((sum, a) => sum + Math.min(a, 1 / (L - 1)), 0)
    );
    const losses = [host.fourGram.data[0], host.induction.data[0]];
    const nothing = ignorance(task, { sequences: 4000, seed: 1 });
    expect(host.inductionScore.data[0]).toBeCloseTo(mean(overlaps), 5);
    expect(host.previousToken.data[0]).toBeCloseTo(nothing.previousToken, 5);
    // two independent samples, 500 and 4000 sequences: five standard errors of the smaller
    const error = 5 * standardError(overlaps);
    expect(Math.abs(nothing.inductionScore - mean(overlaps))).toBeLessThan(error);
    // zero weights put out zero; the mean of d chi-squares over 500 sequences has relative error sqrt(2 / (500 d)) = 4 %
    expect(Math.abs(losses[0] / nothing.fourGram - 1)).toBeLessThan(0.18);
    expect(Math.abs(losses[1] / nothing.induction - 1)).toBeLessThan(0.25);
  });

  test("the experiment returns metrics that pass its own check, at every sample and for every run", async () => {
    const metrics = await transformer.run(small, {
      device: () => openDevice("wasm"),
      signal: new AbortController().signal,
      progress: () => {},
      checkpoint: { load: () => Promise.resolve(undefined), save: async () => {}, clear: async () => {} },
    });
    expect(transformer.checkMetrics(JSON.parse(JSON.stringify(metrics)))).toEqual(metrics);
    expect(metrics.steps).toEqual([0, 10, 20]);
    expect(metrics.series.inductionScore.every((run) => run.every((score) => score > 0 && score < 1))).toBe(
      true,
    );
    const { fourGram, ...rest } = metrics.series;
    expect(() => transformer.checkMetrics({ ...metrics, series: { ...rest, fourGram: fourGram.slice(1) } }))
      .toThrow(/one row per run/);
  });
});

/** A record as runs leave it, of three seeds: losses fall at given steps, scores rise with the induction loss. */
function recordOf(
  slopes: readonly number[],
  times: { fourGram: number; induction: number },
): TransformerRecord {
  const steps = Array.from({ length: 11 }, (_, i) => 10 * i), seeds = [1, 2, 3];
  const nothing = { previousToken: 0.2, inductionScore: 0.5, fourGram: 0.4, induction: 0.1 };
  const rows = (value: (step: number) => number) =>
    seeds.map((seed) => steps.map((step) => value(step) * (1 + seed / 1000)));
  const metrics: TransformerMetrics = {
    steps,
    series: {
      fourGram: rows((t) => t < times.fourGram ? 0.35 : 0.001),
      induction: rows((t) => t < times.induction ? 0.09 : 0.001),
      previousToken: rows((t) => t < times.fourGram ? 0.3 : 0.9),
      inductionScore: rows((t) => t < times.induction ? 0.45 : 0.95),
    },
    ignorance: nothing,
    learned: seeds.map((seed) => ({
      fourGram: times.fourGram + seed / 10,
      induction: times.induction + seed / 5,
    })),
  };
  return {
    format: 1,
    paper: "lazy_to_rich",
    experiment: "transformer",
    experimentVersion: 1,
    profile: "quick",
    config: { ...small, slopes, steps: 100, seeds },
    hash: "0".repeat(64),
    device: { backend: "wasm", name: "test", kind: "cpu" },
    versions: {},
    wallSeconds: 1,
    finishedAt: "2026-01-01T00:00:00.000Z",
    metrics,
    digest: "0".repeat(64),
  };
}

describe("claims and figure", () => {
  const steep = [1, 0.5, 0.25, 0.125], flat = [0.25, 0.0625, 0.015625, 0.00390625];
  const story = [
    recordOf(steep, { fourGram: 30, induction: 70 }),
    recordOf(flat, { fourGram: 70, induction: 40 }),
  ];
  const verdicts = (records: readonly TransformerRecord[]) =>
    Object.fromEntries(evaluateClaims(transformerClaims(records)).map(({ id, verdict }) => [id, verdict]));

  test("all claims hold on runs that do what they say, in whatever order the records come", () => {
    for (const records of [story, [...story].reverse()]) {
      expect(new Set(Object.values(verdicts(records)))).toEqual(new Set(["holds"]));
    }
  });

  test("they fail on runs that do not: the reverse order, and no emergence", () => {
    const reversed = verdicts([recordOf(steep, { fourGram: 70, induction: 30 }), story[1]]);
    expect(reversed["transformer-order"]).toBe("fails");
    expect(reversed["transformer-waits"]).toBe("fails");
    const never = verdicts([recordOf(steep, { fourGram: 30, induction: 1000 }), story[1]]);
    expect(never["transformer-induction-head"]).toBe("fails");
    expect(verdicts([story[0], recordOf(flat, { fourGram: 30, induction: 70 })])["transformer-flat-start"])
      .toBe("fails");
  });

  test("without records nothing is run", () => {
    expect(new Set(Object.values(verdicts([])))).toEqual(new Set(["not run"]));
  });

  test("the figure is sound, says how many runs got there, and refuses a length nobody trained", () => {
    const partly: TransformerRecord = {
      ...story[1],
      metrics: {
        ...story[1].metrics,
        learned: story[1].metrics.learned.map((run, i) =>
          i === 0 ? { fourGram: null, induction: null } : run
        ),
      },
    };
    const figure = ordinaryTransformer([story[0], partly]), svg = renderSvg(figure);
    expect(checkFigure(figure, svg)).toEqual([]);
    expect(svg).toContain("(2 of 3)");
    expect(() => ordinaryTransformer(story, { L: 99 })).toThrow(/length 99/);
  });
});
