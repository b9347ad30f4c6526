/** @module Masking, pruning, refitting and probes, on explicit weights whose answers are known. */
import { beforeAll, describe, expect, test } from "vitest";
import { openDevice, tf, toHost, toTensors } from "../../lib/nn/mod.ts";
import {
  bestHeads,
  descentProbe,
  descentProbing,
  LARGEST_ARRAY,
  maskedRatios,
  ones,
  productProbe,
  promptsAtOnce,
  prunedGains,
  refitGains,
  testRisk,
} from "../../lib/sparse_regression/assessment.ts";
import { constructPreprocessed } from "../../lib/sparse_regression/construction.ts";
import type { SparseTask } from "../../lib/sparse_regression/data.ts";
import { descentProbeModel, packParameters, transformerModel } from "../../lib/sparse_regression/model.ts";

const task: SparseTask = { d: 4, s: 4, sigma: 0.1, prior: "rad" };
const steps = [1, 1, 1];
// 120 examples: with 30, one prompt in a thousand explodes under steps of size 1, and its risk would be the mean.
const { architecture, parameters } = constructPreprocessed(4, steps);
const model = transformerModel({ task, n: 120, q: 4, batch: 8, runs: [{ architecture, seed: 1 }] });
const host = packParameters([architecture], [parameters]);

beforeAll(async () => void await openDevice("wasm"));

describe("masking and pruning", () => {
  test("every head of layer 1 matters alike where all coordinates do, and every step matters", async () => {
    const [ratios] = await maskedRatios(model, toTensors(host), [architecture], { n: 120, prompts: 64 });
    expect(ratios.map((layer) => layer.length)).toEqual([4, 1, 1, 1]);
    expect(Math.min(...ratios[0])).toBeGreaterThan(0);
    expect(Math.min(...ratios.slice(1).flat())).toBeGreaterThan(0);
  });

  test("the head that costs most stays, others of pruned layers go", () => {
    const ratios = [[[0.1, 0.4, 0.2], [0.3, -0.1, 0]]];
    expect(bestHeads(ratios[0])).toEqual([1, 0]);
    expect(prunedGains(ratios, (layer) => layer === 1)).toEqual([[[1, 1, 1], [1, 0, 0]]]);
    expect(prunedGains(ratios, (layer) => layer === 0)).toEqual([[[0, 1, 0], [1, 1, 1]]]);
  });

  test("a layer that was damped is found out by its refitted scalar, and the risk comes back", async () => {
    const gains = ones([architecture]);
    gains[0][1][0] = 0.5;
    const parameters = toTensors(host), test = { n: 120, prompts: 128 };
    const [damped] = await testRisk(model, parameters, { ...test, gains });
    const [full] = await testRisk(model, parameters, test);
    const refitted = await refitGains(model, host, { gains, layers: [1], n: 120, steps: 60 });
    const [again] = await testRisk(model, parameters, { ...test, gains: refitted });
    expect(refitted[0][0]).toEqual([1, 1, 1, 1]);
    expect(refitted[0][1][0]).toBeGreaterThan(0.8);
    expect(again.risk).toBeLessThan(damped.risk);
    // The best scalar is at least as good as the original one up to the noise of fitting it.
    expect(again.risk).toBeLessThan(1.1 * full.risk);
  });

  test("a network that is wrong beyond float32 has a finite risk, so that its record can be written", async () => {
    const wild = Object.fromEntries(
      Object.entries(host).map((
        [name, { data, shape }],
      ) => [name, { data: data.map((v) => 1e18 * v), shape }]),
    );
    const [{ risk, se }] = await testRisk(model, toTensors(wild), { n: 120, prompts: 8 });
    expect(risk).toBe(1e30);
    expect(se).toBe(0);
  });
});

test("as many prompts go through at once as fit into one binding of any WebGPU device, and at least one", () => {
  expect(promptsAtOnce(1000)).toBe(128);
  expect(promptsAtOnce(LARGEST_ARRAY / 64 + 1)).toBe(63);
  expect(promptsAtOnce(2 * LARGEST_ARRAY)).toBe(1);
});

test("a probe of large networks is tested in parts, all of its prompts once", () => {
  const layer = { heads: 16, keyWidth: 4, valueWidth: 4 };
  const architecture = { d: 16, width: 64, attention: "softmax", layers: [layer, layer] } as const;
  const large = transformerModel({
    task: { d: 16, s: 4, sigma: 0.5, prior: "rad" },
    n: 80,
    q: 4,
    batch: 1,
    runs: [1, 2, 3].map((seed) => ({ architecture, seed })),
  });
  const options = { n: 80, steps: [1, 2, 4, 8], updates: 1 };
  const { tests } = descentProbing(large, large.initial(), 64, 16, options);
  expect(tests.length).toBeGreaterThan(1);
  expect(tests.reduce((sum, { prompts }) => sum + prompts, 0)).toBe(512);
  const [first, second] = tests.map(({ batch }) => batch());
  expect(first.tokens.shape[1]).toBe(tests[0].prompts);
  expect(first.tokens.data.slice(0, 64)).not.toEqual(second.tokens.data.slice(0, 64));
});

describe("probes", () => {
  test("all products are read from a layer with d heads, and only its own from one with two", () => {
    const sparse: SparseTask = { d: 4, s: 1, sigma: 1, prior: "rad" };
    const two = constructPreprocessed(4, [], { coordinates: [1, 3] });
    const [all] = productProbe([architecture], host, sparse, { n: 20, prompts: 60 });
    const [some] = productProbe(
      [two.architecture],
      packParameters([two.architecture], [two.parameters]),
      sparse,
      {
        n: 20,
        prompts: 60,
      },
    );
    expect(Math.min(...all)).toBeGreaterThan(0.999); // weights went through float32
    expect(some[1]).toBeGreaterThan(0.999);
    expect(some[3]).toBeGreaterThan(0.999);
    // 120 held-out rows: R² of nothing is 0 ± 0.1, and slightly negative from overfitting
    expect(some[0]).toBeLessThan(0.3);
    expect(some[2]).toBeLessThan(0.3);
  });

  test("with the scratch rows as features and steps of size 1 the descent probe is construction A", async () => {
    const noisy: SparseTask = { ...task, s: 1, sigma: 1 }, n = 20, q = 4, B = 6, D = architecture.width;
    const probed = transformerModel({ task: noisy, n, q, batch: B, runs: [{ architecture, seed: 1 }] });
    const batch = probed.batchAt(0), x = toTensors(batch), p = toTensors(host);
    const selector = new Float32Array(D * 4);
    for (let k = 0; k < 4; k++) selector[(5 + k) * 4 + k] = 1; // rows of the stream: x, label, then R x
    const probe = descentProbeModel({ width: D, d: 4, steps: [3], starts: [selector] });
    const { learned, built } = await toHost(tf.tidy(() => ({
      learned: probe.loss({ projection: tf.tensor(selector, [1, D, 4]), rates: tf.ones([1, 3, 1]) }, {
        features: probed.stream(p, x, 1),
        labels: tf.slice(x.tokens, [0, 0, 0, 4], [1, B, n, 1]),
        weight: tf.expandDims(tf.slice(x.context, [0, 0, 0], [1, B, n]), 3),
        targets: x.targets,
        active: tf.ones([1, 3, 1]),
      }),
      built: tf.mean(tf.minimum(probed.risks(p, x), 4), 1),
    })));
    // The same float32 sums in another order.
    expect(Math.abs(learned.data[0] - built.data[0])).toBeLessThan(1e-5 * built.data[0]);
  });

  test("learned descent does better with more steps, and better than predicting zero", async () => {
    const sparse: SparseTask = { d: 4, s: 1, sigma: 1, prior: "rad" };
    const probed = transformerModel({
      task: sparse,
      n: 20,
      q: 4,
      batch: 8,
      runs: [{ architecture, seed: 1 }],
    });
    const { stream, raw } = await descentProbe(probed, host, architecture.width, 4, {
      n: 20,
      steps: [1, 3],
      updates: 60,
    });
    expect(stream).toHaveLength(1);
    expect(raw[1]).toBeLessThan(raw[0]);
    expect(raw[1]).toBeLessThan(1);
  });
});
