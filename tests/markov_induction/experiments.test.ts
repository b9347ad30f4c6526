/** @module The experiments: sane configs, trainings that stop and go on, records that are what they say. */
import { describe, expect, test } from "vitest";
import { experiments, ownRun } from "../../lib/markov_induction/experiments.ts";
import { sampleSteps } from "../../lib/markov_induction/experiments/sampling.ts";
import { dataOf, runTraining, startOf } from "../../lib/markov_induction/experiments/training.ts";
import { START, TASK } from "../../lib/markov_induction/experiments/settings.ts";
import { architectureOf, finalParameters, type TrainingConfig } from "../../lib/markov_induction/records.ts";
import { tableMetrics, trainingMetrics } from "../../lib/markov_induction/records.ts";
import {
  canonicalJson,
  type CheckpointSlot,
  contentHash,
  type RunContext,
  Stopped,
} from "../../lib/runs/mod.ts";

const all = Object.entries(experiments);

/** A context without a device that remembers its checkpoint; aborts once `until` updates are reported. */
function context(until = Infinity): RunContext & { saved?: Uint8Array } {
  const stop = new AbortController();
  const own = {
    saved: undefined as Uint8Array | undefined,
    signal: stop.signal,
    progress: (done: number) => done >= until && stop.abort(),
    device: () => Promise.reject(new Error("a float64 training opened a device")),
    get checkpoint(): CheckpointSlot {
      return {
        load: () => Promise.resolve(own.saved),
        save: (bytes) => Promise.resolve(void (own.saved = bytes)),
        clear: () => Promise.resolve(void (own.saved = undefined)),
      };
    },
  };
  return own;
}

const tiny: TrainingConfig = {
  ...TASK,
  label: "tiny",
  engine: "compressed",
  variant: "paper",
  loss: { kind: "logeps", epsilon: 0.1 },
  N: 40,
  L: 20,
  start: START,
  seeds: [1, 2, 3],
  stages: [
    { train: ["c"], steps: 20, rate: 0.2 },
    { train: ["w", "a"], steps: 20, rate: 1, growth: 0.1, cap: 3 },
  ],
};

describe("configs", () => {
  test.each(all)(
    "%s: both profiles have distinct, frozen configs that are JSON, and full is not smaller",
    (_, experiment) => {
      for (const profile of ["quick", "full"] as const) {
        const configs = experiment.configs(profile),
          texts = configs.map((config) => canonicalJson(config as never, "config"));
        expect(configs.length).toBeGreaterThan(0);
        expect(new Set(texts).size).toBe(texts.length);
        expect(configs.every((config) => Object.isFrozen(config))).toBe(true);
      }
      expect(experiment.configs("full").length).toBeGreaterThanOrEqual(experiment.configs("quick").length);
      expect(experiment.paper).toBe("markov_induction");
    },
  );

  test("experiments have distinct names", () => {
    expect(new Set(all.map(([, { name }]) => name)).size).toBe(all.length);
  });

  test("samples include both ends and what was asked for, in order", () => {
    const at = sampleSteps(500, 40, [7, 63, 900]);
    expect(at[0]).toBe(0);
    expect(at[at.length - 1]).toBe(500);
    expect(at).toEqual(expect.arrayContaining([7, 63]));
    expect(at).not.toContain(900);
    expect(at).toEqual([...new Set(at)].sort((a, b) => a - b));
  });

  test("a start on one set is one-hot there, and elsewhere the start of the network", () => {
    const weights = startOf(tiny, { ...START, selected: 3 });
    expect([...weights.c].map((c) => c > 0)).toEqual([false, false, false, false, true, false, false]);
    expect([...startOf(tiny, START).w]).toEqual([3, 0.1, 0.1, 0.1, 3, 0.1, 0.1, 0.1, 3]);
  });
});

test("validation sequences are others than those trained on", () => {
  const config = { ...tiny, N: 50 };
  const [train, fresh] = [dataOf(config, 1), dataOf(config, 1, "validation")];
  const rows = ({ tokens, L }: typeof train) =>
    Array.from({ length: 50 }, (_, i) => tokens.slice(i * (L + 1), (i + 1) * (L + 1)).join(""));
  const known = new Set(rows(train));
  // Nearly deterministic short chains may coincide; as many as half of them do not.
  expect(rows(fresh).filter((row) => known.has(row)).length).toBeLessThan(25);
});

describe("trainings", () => {
  test("a stopped training keeps finished seeds and ends where an uninterrupted one does", async () => {
    const whole = await runTraining(tiny, context());
    const stopped = context(65); // in the second seed
    await expect(runTraining(tiny, stopped)).rejects.toThrow(Stopped);
    expect(JSON.parse(new TextDecoder().decode(stopped.saved))).toHaveLength(1);
    const again = context();
    again.saved = stopped.saved;
    expect(await runTraining(tiny, again)).toEqual(whole);
    expect(trainingMetrics.parse(JSON.parse(JSON.stringify(whole)))).toEqual(whole);
  });

  test("samples carry the time of the step sizes, shares that sum to one, and the parameters that moved", async () => {
    const { runs: [{ stages: [one, two], final }] } = await runTraining({ ...tiny, seeds: [4] }, context());
    expect(one.times[one.times.length - 1]).toBeCloseTo(4, 5); // 20 steps of 0.2, six digits
    expect(two.times[two.times.length - 1]).toBeGreaterThan(20); // steps grow from 1
    expect(two.times[two.times.length - 1]).toBeLessThanOrEqual(60); // and are capped at 3
    one.steps.forEach((_, i) => expect(one.series.p.reduce((sum, row) => sum + row[i], 0)).toBeCloseTo(1, 5));
    expect(Object.keys(one.series)).toEqual(["p", "C"]);
    expect(Object.keys(two.series)).toEqual(["w", "a"]);
    expect(final.a[0]).toBe(two.series.a[0][two.steps.length - 1]);
    expect(one.drives).toHaveLength(7);
    const parameters = finalParameters({ metrics: { runs: [{ final }] } } as never);
    expect(parameters.w).toHaveLength(9);
    expect(() => finalParameters({ metrics: { runs: [] } } as never)).toThrow("there are runs");
  });

  test("the full transformer uses the published code's windows", () => {
    expect(architectureOf({ ...tiny, variant: "full" }).variant).toBe("repo");
  });

  test("damaged metrics are refused", () => {
    const run = {
      seed: 1,
      stages: [{
        steps: [0, 1],
        times: [0, 1],
        loss: [1, 1],
        accuracy: [0, 0],
        series: { a: [[1]] },
        drives: [],
      }],
      final: {},
      validation: { loss: 1, accuracy: 0 },
    };
    expect(() => trainingMetrics.parse({ runs: [run] })).toThrow("one number per sample");
    expect(() => tableMetrics.parse({ rows: [] })).toThrow();
    expect(() => tableMetrics.parse({ rows: [{ loss: null }] })).toThrow();
  });
});

test("a run with knobs of your own selects the single parent of an additive kernel, and its knobs make its hash", async () => {
  const knobs = {
    prior: { kind: "additive", lambdas: [0.5, 0.3] },
    gap: 4,
    D: 2,
    N: 1000,
    seeds: 1,
  } as const;
  const experiment = ownRun(knobs), [config] = experiment.configs("quick");
  const { runs: [{ stages: [selection], validation }] } = await experiment.run(config, context());
  const shares = selection.series.p.map((row) => row[row.length - 1]);
  expect(shares.indexOf(Math.max(...shares))).toBe(1); // {1}
  expect(shares[1]).toBeGreaterThan(0.9);
  expect(validation.accuracy).toBeGreaterThan(0.45); // copying the first parent is right with probability 0.5 + 0.2/3 or so
  const other = ownRun({ ...knobs, gap: 3 });
  expect(await contentHash(experiment as never, config)).not.toBe(
    await contentHash(other as never, other.configs("quick")[0]),
  );
});

test("a table experiment stops between rows and rounds to six digits", async () => {
  const [config] = experiments.information.configs("quick");
  const small = { ...config, chains: config.chains.slice(0, 2), kernels: 50 };
  const { rows } = await experiments.information.run(small, context());
  expect(rows).toHaveLength(16);
  for (const { modified } of rows) expect(Number(modified)).toBe(Number(Number(modified).toPrecision(6)));
  await expect(experiments.information.run(small, context(3))).rejects.toThrow(Stopped);
});
