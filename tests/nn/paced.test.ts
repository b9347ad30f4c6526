/** @module A training moved on by hand is the training: the same numbers, stoppable at every sample, and it says when it diverges. */
import { beforeAll, expect, test } from "vitest";
import {
  adam,
  type Device,
  hostArray,
  type Model,
  openDevice,
  PacedTraining,
  sgd,
  tf,
  train,
} from "../../lib/nn/mod.ts";

let device: Device;
beforeAll(async () => {
  device = await openDevice("wasm");
});

/** Two runs of y = w x on fixed data: w should become 3 in run 0 and -1 in run 1. */
const model: Model = {
  name: "line",
  runs: 2,
  initial: () => ({ w: hostArray(new Float32Array([0, 0.5]), [2, 1]) }),
  loss: (p, { x, y }) => tf.mean(tf.square(tf.sub(tf.mul(p.w, x), y)), 1) as ReturnType<Model["loss"]>,
  metrics: (p) => ({ w: p.w }),
};
const x = [1, 2, -1, 0.5, 1, 2, -1, 0.5];
const batch = () => ({
  x: hostArray(Float32Array.from(x), [2, 4]),
  y: hostArray(Float32Array.from(x, (v, i) => (i < 4 ? 3 : -1) * v), [2, 4]),
});
const options = { model, batch, steps: 40, sampleAt: [0, 1, 7, 40] };

test.each([["sgd", sgd({ learningRate: 0.1 })], ["adam", adam({ learningRate: 0.2 })]])(
  "with %s it gives the samples of train, bit for bit, and then nothing",
  async (_, optimizer) => {
    const { history } = await train({ ...options, optimizer });
    const paced = new PacedTraining({ ...options, optimizer, device });
    for (const [i, step] of options.sampleAt.entries()) {
      expect(await paced.next()).toEqual({
        step,
        loss: history.loss[i],
        metrics: { w: history.metrics.w[i] },
      });
    }
    expect(await paced.next()).toBeUndefined();
    expect(await paced.next()).toBeUndefined();
    paced.dispose();
  },
);

test("samples need not hold the start or the end", async () => {
  const paced = new PacedTraining({
    ...options,
    sampleAt: [3],
    optimizer: sgd({ learningRate: 0.1 }),
    device,
  });
  expect((await paced.next())!.step).toBe(3);
  expect(await paced.next()).toBeUndefined();
  paced.dispose();
});

test("left at any sample, it leaves nothing on the device", async () => {
  const before = tf.memory().numTensors;
  for (const samples of [0, 1, 3, 5]) {
    const paced = new PacedTraining({ ...options, optimizer: adam({ learningRate: 0.1 }), device });
    for (let k = 0; k < samples; k++) await paced.next();
    paced.dispose();
  }
  expect(tf.memory().numTensors).toBe(before);
});

test("a run that leaves the finite numbers ends it, by name", async () => {
  const paced = new PacedTraining({
    ...options,
    steps: 100,
    sampleAt: [100],
    optimizer: sgd({ learningRate: 9 }),
    device,
  });
  await expect(paced.next()).rejects.toThrow(
    /^run 0 diverged by step 100: "w" holds .*; lower the step size$/,
  );
  paced.dispose();
});
