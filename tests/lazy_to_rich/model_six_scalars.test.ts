import { beforeAll, describe, expect, it } from "vitest";
import { mixedTarget } from "../../lib/lazy_to_rich/data.ts";
import { sixScalarsGradient } from "../../lib/lazy_to_rich/forward.ts";
import {
  sixScalarModel,
  type SixScalarProgram,
  type Stage,
} from "../../lib/lazy_to_rich/model/six_scalars.ts";
import { type HostArray, hostArray, tf, toTensors } from "../../lib/nn/mod.ts";
import { devices, open, read, titled } from "../nn/support.ts";

const L = 14, batch = 5;
const runs = [
  { alphaStar: 1, wStar: 0.6, sigma: 0.1, seed: 3 },
  { alphaStar: 3, wStar: 0.4, sigma: 0.2, seed: 4 },
];
const theta = {
  p1: [0.9, 1.4],
  p2: [0.5, 0.8],
  a: [0.7, -0.4],
  v: [0.3, 0.6],
  wQ: [0.8, 0.5],
  wK: [0.4, -0.7],
  w: [0.6, 0.9],
};

/** Losses and gradients of each run by the float64 forward pass, averaged over the batch. */
function expected(stage: Stage, d: number, tied: boolean, tokens: HostArray, row: number) {
  const pick = (name: keyof typeof theta) => theta[name][row];
  const start = {
    p1: 0,
    p2: runs[row].sigma,
    a: runs[row].sigma,
    v: runs[row].sigma,
    wQ: runs[row].sigma,
    wK: runs[row].sigma,
  };
  const at = stage === "one" ? { ...start, p1: pick("p1") } : {
    p1: stage === "two" ? Infinity : pick("p1"),
    p2: pick("p2"),
    a: pick("a"),
    v: pick("v"),
    wQ: pick(tied ? "w" : "wQ"),
    wK: pick(tied ? "w" : "wK"),
  };
  const size = L * d, sums: Record<string, number> = {};
  for (let b = 0; b < batch; b++) {
    const x = Float64Array.from(tokens.data.subarray((row * batch + b) * size, (row * batch + b + 1) * size));
    const { losses, gradient } = sixScalarsGradient(at, x, mixedTarget(x, { ...runs[row], d }), d);
    const all = {
      ...gradient,
      w: gradient.wQ + gradient.wK,
      fourGram: losses.fourGram,
      induction: losses.induction,
    };
    for (const [name, value] of Object.entries(all)) sums[name] = (sums[name] ?? 0) + value / batch;
  }
  return sums;
}

const cases: [Stage, number, boolean][] = [
  ["two", 1, false],
  ["two", 3, false],
  ["two", 1, true],
  ["joint", 1, false],
  ["joint", 2, false],
  ["one", 1, false],
];

describe.each(devices.filter(({ missing }) => !missing))("six scalars, trainable", (device) => {
  beforeAll(() => open(device));

  it.each(cases)(
    `stage %s, d = %i, tied %s: losses and gradients are those of the float64 forward pass ${titled(device)}`,
    async (stage, d, tied) => {
      const program: SixScalarProgram = { L, d, batch, stage, tied, runs };
      const model = sixScalarModel(program);
      const host = model.batchAt(7);
      const parameters = Object.entries(model.initial()).map(([name, { shape }]) =>
        [
          name,
          hostArray(
            Float32Array.from(
              { length: shape[0] * shape[1] },
              (_, i) => theta[name as keyof typeof theta][Math.floor(i / shape[1])],
            ),
            shape,
          ),
        ] as const
      );
      const names = parameters.map(([name]) => name),
        p = toTensors(Object.fromEntries(parameters)),
        data = toTensors(host);
      const metrics = model.metrics!(p, data);
      const got = { fourGram: await read(metrics.fourGram), induction: await read(metrics.induction) };
      const gradients = tf.grads((...values: tf.Tensor[]) =>
        tf.sum(model.loss(Object.fromEntries(values.map((value, i) => [names[i], value])), data)) as tf.Scalar
      )(names.map((name) => p[name]));
      for (const row of [0, 1]) {
        const want = expected(stage, d, tied, host.tokens, row);
        // float32: 14 tokens and 5 sequences lose about two of its seven digits
        expect(Math.abs(got.fourGram[row] - want.fourGram)).toBeLessThan(2e-6 + 1e-5 * want.fourGram);
        expect(Math.abs(got.induction[row] - want.induction)).toBeLessThan(2e-6 + 1e-5 * want.induction);
      }
      for (const [i, name] of names.entries()) {
        const values = await read(gradients[i]), width = values.length / 2;
        for (const row of [0, 1]) {
          // equal entries of the d coordinates act as one scalar, whose derivative is the sum of theirs
          const sum = values.slice(row * width, (row + 1) * width).reduce((a, b) => a + b, 0);
          const want = expected(stage, d, tied, host.tokens, row)[name];
          expect(Math.abs(sum - want), `${name} of run ${row}: ${sum} for ${want}`).toBeLessThan(
            1e-5 + 1e-4 * Math.abs(want),
          );
        }
      }
      tf.dispose([p, data]);
    },
  );
});

describe("programs of six scalars", () => {
  it("the data of a step depend on the run's seed and the step alone", () => {
    const alone = sixScalarModel({ L, batch, stage: "two", runs: [runs[1]] });
    const both = sixScalarModel({ L, batch, stage: "two", runs });
    const size = batch * L, second = Float32Array.from(both.batchAt(3).tokens.data.subarray(size));
    expect(Array.from(alone.batchAt(3).tokens.data)).toEqual(Array.from(second));
    expect(Array.from(both.batchAt(4).tokens.data.subarray(size))).not.toEqual(Array.from(second));
    expect(Array.from(both.evaluation(batch).tokens.data.subarray(size))).not.toEqual(Array.from(second));
  });

  it("starts where it is told: everything at sigma, or a and v at their own values", () => {
    const model = sixScalarModel({
      L,
      batch,
      stage: "joint",
      runs: [{ ...runs[0], values: { a: 0.5, v: 0.25 } }],
    });
    const start = Object.fromEntries(
      Object.entries(model.initial()).map(([name, { data }]) => [name, data[0]]),
    );
    expect(start).toEqual({
      p1: Math.fround(0.1),
      p2: Math.fround(0.1),
      a: 0.5,
      v: 0.25,
      wQ: Math.fround(0.1),
      wK: Math.fround(0.1),
    });
  });

  it.each([
    [{ L: 3 }, "L must be an integer >= 4, got 3"],
    [{ batch: 0 }, "batch must be an integer >= 1, got 0"],
    [{ runs: [] }, "a program needs at least one run"],
  ])("%o is refused", (change, message) => {
    expect(() => sixScalarModel({ L, batch, stage: "two", runs, ...change })).toThrow(message);
  });
});
