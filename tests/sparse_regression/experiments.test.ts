/** @module Experiments: configs are sound, a stopped training resumes to the same numbers, broken metrics are refused. */
import { expect, test } from "vitest";
import { canonicalJson, Stopped } from "../../lib/runs/mod.ts";
import { experiments, ownTraining } from "../../lib/sparse_regression/experiments.ts";
import { LARGEST_ARRAY } from "../../lib/sparse_regression/assessment.ts";
import { transformerModel } from "../../lib/sparse_regression/model.ts";
import { architectureOf } from "../../lib/sparse_regression/experiments/training_configs.ts";
import { transformers } from "../../lib/sparse_regression/experiments/transformers.ts";
import type { TrainingConfig } from "../../lib/sparse_regression/records.ts";
import { context, memorySlot, tinyTraining } from "./tiny_records.ts";

test.each(Object.entries(experiments))(
  "%s: both profiles have configs, none twice, all frozen",
  (_, experiment) => {
    for (const profile of ["quick", "full"] as const) {
      const texts = experiment.configs(profile).map((config) => canonicalJson(config));
      expect(texts.length).toBeGreaterThan(0);
      expect(new Set(texts).size).toBe(texts.length);
      expect(experiment.configs(profile).every(Object.isFrozen)).toBe(true);
    }
  },
);

test("the width of every training can be shared out among its heads", () => {
  for (const config of [...transformers.configs("quick"), ...transformers.configs("full")]) {
    for (const heads of config.heads) {
      expect(architectureOf(config, heads).layers[0].keyWidth * heads).toBe(config.keyWidth);
    }
  }
  expect(() => architectureOf(tinyTraining, 3)).toThrow(/shared out/);
});

test("every training makes arrays that every WebGPU device can bind", () => {
  for (const config of [...transformers.configs("quick"), ...transformers.configs("full")]) {
    const { attention, heads, seeds, task, n, q, batch } = config;
    const programs = attention === "linear" ? [heads] : heads.map((count) => [count]);
    for (const program of programs) {
      const runs = program.flatMap((count) =>
        seeds.map((seed) => ({ architecture: architectureOf(config, count), seed }))
      );
      const each = transformerModel({ task, n, q, batch, runs }).numbersPerPrompt(n.max, q);
      expect(batch * each, `${attention}, regime ${config.regime}`).toBeLessThanOrEqual(LARGEST_ARRAY);
    }
  }
});

test("a training that was stopped ends with the numbers of one that was not", async () => {
  const config: TrainingConfig = {
    ...tinyTraining,
    seeds: [1],
    steps: 60,
    testing: 8,
    probeSteps: 0,
    lengths: [10],
  };
  const whole = await transformers.run(config, context());
  const slot = memorySlot(), stop = new AbortController();
  const interrupted = transformers.run(
    config,
    context({ checkpoint: slot, signal: stop.signal, progress: (done) => done >= 50 && stop.abort() }),
  );
  await expect(interrupted).rejects.toThrow(Stopped);
  expect(slot.bytes).toBeDefined();
  const resumed = await transformers.run(config, context({ checkpoint: slot }));
  expect(canonicalJson(resumed)).toBe(canonicalJson(whole));
}, 60_000);

test(
  "a reader's own training is remembered by its knobs, measured like the others, and refused before it starts",
  async () => {
    const task = { d: 3, s: 1, sigma: 0.5, prior: "gau" } as const;
    const knobs = {
      task,
      heads: [2],
      attention: "softmax",
      layers: 2,
      width: 4,
      seeds: 1,
      steps: 3,
    } as const;
    const mine = ownTraining(knobs), [config] = mine.configs("quick");
    expect(config).toEqual(ownTraining({ ...knobs }).configs("full")[0]);
    expect(config.rate).not.toBe(ownTraining({ ...knobs, attention: "linear" }).configs("quick")[0].rate);
    const { runs } = mine.checkMetrics(await mine.run(config, context()));
    expect(runs.map(({ heads, masked }) => [heads, masked.length])).toEqual([[2, 2]]);
    expect(runs[0].risk).toHaveLength(3);
    const quiet = ownTraining({ ...knobs, task: { ...task, sigma: 0 } });
    const { baselines } = await quiet.run(quiet.configs("quick")[0], context());
    expect(baselines[0]).toHaveProperty("oracle"); // without noise there is no posterior density, and no failure after training
    expect(baselines[0]).not.toHaveProperty("bayes");
    expect(() => ownTraining({ ...knobs, heads: [3] })).toThrow(/shared out among 3 heads/);
  },
  60_000,
);

test("metrics that are not metrics are refused", () => {
  for (const experiment of Object.values(experiments)) expect(() => experiment.checkMetrics({})).toThrow();
});
