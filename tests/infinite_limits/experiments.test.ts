/** @module Experiments of this paper: configs, what a small run leaves, and the loaders of real files. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  characterTask,
  cifarFileTask,
  experimentList,
  gratingTask,
  ownSweep,
  textFileTask,
} from "../../lib/infinite_limits/experiments.ts";
import { experiments } from "../../lib/infinite_limits/experiments.ts";
import { largestProgram, largestStep } from "../../lib/infinite_limits/experiments/common.ts";
import { sideBySide } from "../../lib/infinite_limits/experiments/sweeps.ts";
import { bytesOfRun, largestArrayOfRun } from "../../lib/infinite_limits/model/footprint.ts";
import { histogramOf, squaredDistance } from "../../lib/infinite_limits/records.ts";
import { openDevice } from "../../lib/nn/mod.ts";
import { canonicalJson, type Experiment, type JsonObject, type RunContext } from "../../lib/runs/mod.ts";
import { mean, stream } from "../../lib/numerics/mod.ts";

let folder = "";
beforeAll(async () => void (folder = await Deno.makeTempDir()));
afterAll(async () => await Deno.remove(folder, { recursive: true }));

/** A context that keeps nothing. */
function contextOf(signal = new AbortController().signal): RunContext {
  return {
    device: () => openDevice("wasm"),
    signal,
    progress: () => {},
    checkpoint: {
      load: () => Promise.resolve(undefined),
      save: () => Promise.resolve(),
      clear: () => Promise.resolve(),
    },
  };
}

/** Runs a config and puts its metrics through their own check, as a store would. */
async function result<C extends JsonObject, M extends JsonObject>(
  experiment: Experiment<C, M>,
  config: C,
): Promise<M> {
  return experiment.checkMetrics(JSON.parse(JSON.stringify(await experiment.run(config, contextOf()))));
}

describe("every experiment", () => {
  test.each(experimentList)("%s has frozen, distinct configs in both profiles", (_, experiment) => {
    expect(experiment.paper).toBe("infinite_limits");
    for (const profile of ["quick", "full"] as const) {
      const configs = experiment.configs(profile);
      expect(configs.length).toBeGreaterThan(0);
      expect(new Set(configs.map((config) => canonicalJson(config))).size).toBe(configs.length);
      expect(configs.every((config) => Object.isFrozen(config))).toBe(true);
    }
  });
  test.each(experimentList)("%s refuses metrics that are not its own", (_, experiment) => {
    expect(() => experiment.checkMetrics({ nonsense: 1 })).toThrow();
  });
  test("sizes of comparisons with the limits have at least sixty seeds", () => {
    for (const profile of ["quick", "full"] as const) {
      for (const { seeds } of experiments.limits.configs(profile)) expect(seeds).toBeGreaterThanOrEqual(60);
    }
  });
});

describe("programs of the full profile", () => {
  test("sweeps over N, H and L on the tiny data have at least sixty seeds a size", () => {
    const { limits, movement, scaling, particles } = experiments;
    const all = [limits, movement, scaling, particles].flatMap((one) => [...one.configs("full")]);
    for (const { seeds } of all) expect(seeds).toBeGreaterThanOrEqual(60);
  });
  test.each([["transfer", experiments.transfer, 9], ["language", experiments.language, 32]] as const)(
    "%s: every size is trained at every exponent, in parts of which each fits",
    (_, experiment, tokens) => {
      for (const { sizes, rates, seeds, batch, evaluation } of experiment.configs("full")) {
        // Larger held-out sets are measured batch by batch.
        expect(evaluation).toBeGreaterThan(128);
        const rows = sizes.flatMap((size) =>
          rates.flatMap(() => Array.from({ length: seeds }, () => ({ size })))
        );
        const parts = sideBySide(rows, batch, tokens);
        expect(parts.flat()).toEqual(rows);
        for (const part of parts) {
          const most = (key: "N" | "H" | "L") => Math.max(...part.map(({ size }) => size[key]));
          const run = { N: most("N"), H: most("H"), L: most("L"), samples: batch, tokens };
          expect(part.length * bytesOfRun(run)).toBeLessThanOrEqual(largestStep);
          expect(part.length * largestArrayOfRun(run)).toBeLessThanOrEqual(largestProgram);
        }
      }
      const all = experiment.configs("full").flatMap(({ sizes }) => sizes);
      for (const alphaA of [1, 0.5]) {
        for (const value of [2, 4, 8, 16, 32]) {
          for (const axis of ["N", "H"] as const) {
            const found = all.some((size) => size.alphaA === alphaA && size[axis] === value);
            expect([alphaA, axis, value, found]).toEqual([alphaA, axis, value, true]);
          }
        }
      }
    },
  );
  test("transfer covers depth at both exponents of it", () => {
    const all = experiments.transfer.configs("full").flatMap(({ sizes }) => sizes);
    for (const alphaL of [1, 0.5]) {
      const depths = new Set(all.filter((size) => size.alphaL === alphaL || size.L === 1).map(({ L }) => L));
      expect([...depths].sort((a, b) => a - b)).toEqual([1, 2, 4, 8, 16]);
    }
  });
});

describe("small runs", () => {
  test("moments give the mean squared distance to any prediction", () => {
    const random = stream(1, "moments"), limit = [0.3, -1];
    const draws = Array.from({ length: 50 }, () => [random.normal(), random.normal()]);
    const moments = {
      mean: [0, 1].map((i) => mean(draws.map((x) => x[i]))),
      square: [0, 1].map((i) => mean(draws.map((x) => x[i] ** 2))),
    };
    const direct = mean(draws.map((x) => ((x[0] - limit[0]) ** 2 + (x[1] - limit[1]) ** 2) / 2));
    expect(squaredDistance(moments, limit)).toBeCloseTo(direct, 12);
    expect(squaredDistance(moments, limit, true)).toBeCloseTo(2 * direct / 1.09, 12);
  });
  test("a histogram counts every value, outliers in the end bins", () => {
    expect(histogramOf([-9, -0.9, 0.1, 0.9, 9], -1, 1, 4).counts).toEqual([2, 0, 1, 2]);
  });
  test("finite networks: outputs start at zero and approach the targets", async () => {
    const [config] = experiments.limits.configs("quick");
    const { outputs, headVariance } = await result(experiments.limits, { ...config, H: 4, seeds: 6 });
    expect(outputs).toHaveLength(6);
    expect(outputs.every((row) => row.slice(0, 3).every((f) => f === 0))).toBe(true);
    expect(mean(outputs.map((row) => row[36]))).toBeGreaterThan(0.5); // towards 1
    expect(headVariance).toHaveLength(config.steps + 1);
  });
  test("the limit H = infinity: more sampled heads change it within their scatter", async () => {
    const config = { ...experiments.population.configs("quick")[0], steps: 6 };
    const few = await result(experiments.population, { ...config, heads: 500 });
    const more = await result(experiments.population, { ...config, heads: 1000 });
    // Scatter 0.03 at 500 heads.
    few.outputs[6].forEach((f, p) => expect(Math.abs(f - more.outputs[6][p])).toBeLessThan(0.1));
    expect(few.histograms).toHaveLength(2);
  });
  test("depth: networks of several depths in one program, padded, move as they do alone", async () => {
    const [config] = experiments.movement.configs("quick");
    const small = { ...config, N: 2, H: 2, steps: 3, seeds: 2 };
    const both = await result(experiments.movement, { ...small, L: [1, 3] });
    const alone = await result(experiments.movement, { ...small, L: [1] });
    both.movement.forEach((kind, k) =>
      kind[0].forEach((x, seed) => {
        expect(x).toBeCloseTo(alone.movement[k][0][seed], 5); // float32
      })
    );
  });
  test("particles: models come closer to either limit as they grow, and the exact one has its reference value", async () => {
    const [many, wide] = experiments.particles.configs("quick");
    const small = { steps: 5, sizes: [8, 64], seeds: 12, heads: 1000 };
    for (const config of [{ ...many, ...small }, { ...wide, ...small, heads: 0 }]) {
      const { limit, errors, spread, largest } = await result(experiments.particles, config);
      const [few, more] = errors.map((values) => values.reduce((a, b) => a + b));
      expect(more).toBeLessThan(few / 2); // a factor of eight in expectation, each sum known to 40 percent
      expect(spread.map((row) => row.length)).toEqual([6, 6]);
      expect(largest[5][0]).toHaveLength(12);
      if (config.limit === "width") expect(limit.outputs[5]).toEqual([0.200025, -0.258024, 0.369869]);
    }
  });
  test("an aborted signal ends a float64 run", async () => {
    const [config] = experiments.scaling.configs("quick");
    const stopped = experiments.scaling.run({ ...config, N: [2], seeds: 2 }, contextOf(AbortSignal.abort()));
    await expect(stopped).rejects.toThrow(/stopped/);
  });
});

describe("sweeps of your own", () => {
  const size = { N: 2, H: 2, L: 1, alphaA: 1, alphaL: 1 };
  test("runs that diverge are null, the others are not", async () => {
    const sweep = ownSweep({
      task: gratingTask(),
      sizes: [size, { ...size, N: 1 }],
      rates: [1, 1e9],
      seeds: 1,
      batch: 4,
      steps: 12,
    });
    const { rows } = await result(sweep, sweep.configs("quick")[0]);
    expect(rows.map(({ size, rate }) => [size, rate])).toEqual([[0, 1], [0, 1e9], [1, 1], [1, 1e9]]);
    const [a, lost, b] = rows.map(({ loss }) => loss);
    expect(a).toBeLessThan(2);
    expect(b).toBeLessThan(2);
    expect(lost === null || lost > 2).toBe(true);
  });
  test("a text model learns to beat guessing", async () => {
    const sweep = ownSweep({
      task: characterTask(8),
      sizes: [{ ...size, N: 4 }],
      rates: [0.05],
      seeds: 1,
      batch: 8,
      steps: 60,
    });
    const { rows: [{ loss }] } = await result(sweep, sweep.configs("quick")[0]);
    expect(loss).toBeLessThan(Math.log(28) - 0.3);
  });
  test("batches are functions of the step, and held-out samples are none of them", () => {
    const task = gratingTask();
    expect(task.training(3, 2).inputs).toEqual(task.training(3, 2).inputs);
    expect(task.training(3, 2).inputs).not.toEqual(task.training(4, 2).inputs);
    expect(task.training(3, 2).inputs).not.toEqual(task.heldOut(2).inputs);
  });
});

describe("a CIFAR-format file", () => {
  const record = 3073;
  const write = async (name: string, bytes: Uint8Array) => {
    await Deno.writeFile(`${folder}/${name}`, bytes);
    return `${folder}/${name}`;
  };
  const images = (count: number) =>
    Uint8Array.from(
      { length: count * record },
      (_, i) => i % record === 0 ? Math.floor(i / record) % 10 : (i * 7919) % 256,
    );

  test("is read, trained on, and known by its name and hash, not by its folder", async () => {
    const task = await cifarFileTask(await write("some.bin", images(12)), 16);
    expect([task.tokens, task.features, task.outputs]).toEqual([4, 768, 10]);
    expect(task.source).toMatchObject({ kind: "cifar", file: "some.bin" });
    expect(canonicalJson({ ...task.source })).not.toContain(folder);
    const sweep = ownSweep({
      task,
      sizes: [{ N: 1, H: 2, L: 1, alphaA: 1, alphaL: 1 }],
      rates: [0.5],
      seeds: 1,
      batch: 2,
      steps: 2,
    });
    const { rows: [{ loss }] } = await result(sweep, sweep.configs("quick")[0]);
    expect(loss).toBeGreaterThan(0);
  });
  test("held-out images are never trained on", async () => {
    const task = await cifarFileTask(await write("two.bin", images(10)), 32);
    const first = (inputs: Float32Array, size: number) =>
      new Set(Array.from({ length: inputs.length / size }, (_, i) => inputs[i * size]));
    const [trained, held] = [task.training(0, 200), task.heldOut(20)].map(({ inputs }) =>
      first(inputs.data as Float32Array, 3072)
    );
    for (const value of held) expect(trained.has(value)).toBe(false);
  });
  test("held-out images do not even decide how the others are standardised", async () => {
    const changed = images(10);
    changed.fill(255, 9 * record + 1);
    const [one, other] = await Promise.all([
      cifarFileTask(await write("one.bin", images(10)), 32),
      cifarFileTask(await write("other.bin", changed), 32),
    ]);
    expect(other.training(0, 5).inputs).toEqual(one.training(0, 5).inputs);
    expect(other.heldOut(1).inputs).not.toEqual(one.heldOut(1).inputs);
  });
  test.each([
    ["empty", new Uint8Array(0), /empty/],
    ["truncated", images(2).subarray(0, 5000), /3073/],
    ["of another format", new Uint8Array(record * 2).fill(77), /label 77/],
    ["of a single image", images(1), /one image is not enough/],
  ])("that is %s is refused by name", async (name, bytes, reason) => {
    const path = await write(`${name}.bin`, bytes);
    await expect(cifarFileTask(path)).rejects.toThrow(reason);
    await expect(cifarFileTask(path)).rejects.toThrow(`${name}.bin`);
  });
  test("that is not there is refused by name", async () => {
    await expect(cifarFileTask(`${folder}/none.bin`)).rejects.toThrow(/cannot read .*none\.bin/);
  });
});

describe("a plain text file", () => {
  const write = async (name: string, content: string | Uint8Array) => {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await Deno.writeFile(`${folder}/${name}`, bytes as Uint8Array<ArrayBuffer>);
    return `${folder}/${name}`;
  };
  test("becomes windows of its own alphabet with the next character as target", async () => {
    const task = await textFileTask(await write("a.txt", "abc".repeat(200)), 4);
    expect([task.features, task.tokens, task.outputs, task.pool]).toEqual([3, 4, 3, "token"]);
    const { inputs, targets } = task.training(0, 5);
    const letters = (data: ArrayLike<number>) =>
      Array.from({ length: data.length / 3 }, (_, i) => [0, 1, 2].findIndex((c) => data[3 * i + c] > 0));
    const [now, next] = [letters(inputs.data), letters(targets.data)];
    now.forEach((letter, i) => expect(next[i]).toBe((letter + 1) % 3));
  });
  test.each([
    ["empty", "", /empty/],
    ["not UTF-8", Uint8Array.of(97, 98, 255, 99), /UTF-8: byte 2/],
    ["too short for its held-out tenth", "abcdefgh".repeat(5), /context of 16/],
  ])("that is %s is refused by name", async (name, content, reason) => {
    const path = await write(`${name}.txt`, content);
    await expect(textFileTask(path)).rejects.toThrow(reason);
    await expect(textFileTask(path)).rejects.toThrow(`${name}.txt`);
  });
  test("that is not there is refused by name", async () => {
    await expect(textFileTask(`${folder}/none.txt`)).rejects.toThrow(/cannot read .*none\.txt/);
  });
});
