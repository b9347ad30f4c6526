import { beforeAll, describe, expect, it } from "vitest";
import {
  adam,
  type HostArrays,
  matMul,
  type Model,
  sgd,
  StateError,
  tf,
  train,
  type TrainOptions,
} from "../../lib/nn/mod.ts";
import { webGpuBackend } from "../../lib/nn/recording.ts";
import { checkpointParts } from "../../lib/runs/mod.ts";
import { devices, numbers, open, small, smallBatch, smallTransformer, titled } from "./support.ts";

/** A slot in memory that counts what is saved. */
function slot() {
  let bytes: Uint8Array | undefined;
  return {
    saves: 0,
    load: () => Promise.resolve(bytes),
    save(next: Uint8Array) {
      bytes = next.slice();
      this.saves++;
      return Promise.resolve();
    },
    clear() {
      bytes = undefined;
      return Promise.resolve();
    },
  };
}

const transformer = (seeds: number[], learningRate: number | number[] = 0.01): TrainOptions => ({
  model: smallTransformer(seeds),
  optimizer: adam({ learningRate, clipNorm: 1 }),
  batch: smallBatch,
  steps: 24,
  sampleAt: [0, 5, 10, 24],
});

/** Least squares on one number per run; the gradient of run r is that of (w - r)^2. */
function parabola(runs: number, loss?: Model["loss"]): Model {
  return {
    name: "parabola",
    runs,
    initial: () => ({ w: { data: new Float32Array(runs), shape: [runs, 1] } }),
    loss: loss ?? ((p, batch) => tf.sum(tf.square(tf.sub(p.w, batch.target)), 1)),
  };
}
const target = (runs: number): HostArrays => ({
  target: Object.freeze({ data: Float32Array.from({ length: runs }, (_, r) => r), shape: [runs, 1] }),
});

describe.each(devices)("training", (device) => {
  describe.skipIf(device.missing)(titled(device), () => {
    beforeAll(() => open(device));

    it("learns, samples where it was told, and leaves no tensors behind", async () => {
      const before = tf.memory().numTensors;
      const alive: number[] = [];
      const result = await train({
        ...transformer([1, 2], [0.01, 0.02]),
        steps: 50,
        sampleAt: [0, 10, 50],
        guardEvery: 1,
        evaluationBatch: smallBatch(999),
        onProgress: () => alive.push(tf.memory().numTensors),
      });
      expect(result).toMatchObject({ status: "done", step: 50, diverged: [] });
      expect(result.history.steps).toEqual([0, 10, 50]);
      expect(result.history.loss.map((l) => l.length)).toEqual([2, 2, 2]);
      expect(result.history.metrics.norm.map((l) => l.length)).toEqual([2, 2, 2]);
      for (const run of [0, 1]) {
        expect(result.history.loss[2][run]).toBeLessThan(0.5 * result.history.loss[0][run]);
      }
      expect(alive).toHaveLength(50);
      expect(new Set(alive.slice(1)).size, `tensors alive after each step: ${alive}`).toBe(1);
      expect(tf.memory().numTensors).toBe(before);
    });

    it("a run is the same beside others as alone", async () => {
      const both = await train(transformer([1, 2], [0.01, 0.02]));
      const alone = await train(transformer([2], 0.02));
      for (const [name, { data }] of Object.entries(alone.parameters)) {
        const beside = both.parameters[name].data.slice(data.length);
        if (device.backend === "webgpu") {
          // Shaders are chosen by the size of the whole product: round-off, amplified by Adam where gradients are near 0.
          expect(Math.max(...Array.from(data, (x, i) => Math.abs(x - beside[i]))), name).toBeLessThan(1e-4);
        } else {
          expect(beside, name).toEqual(data); // bit for bit
        }
      }
    });

    it("stopped and resumed equals uninterrupted, bit for bit", async () => {
      const whole = await train(transformer([1, 2]));
      const checkpoint = slot();
      const stops = { 3: 4, 10: 10, 11: 12 }; // in the middle, while a sample is taken, right after that
      for (const [stop, end] of Object.entries(stops)) {
        const controller = new AbortController();
        const batch = (step: number) => {
          if (step === Number(stop)) controller.abort();
          return smallBatch(step);
        };
        const part = await train({ ...transformer([1, 2]), batch, checkpoint, signal: controller.signal });
        expect(part).toMatchObject({
          status: "stopped",
          step: end,
          message: `stopped after ${end} of 24 steps`,
        });
      }
      const resumed = await train({ ...transformer([1, 2]), checkpoint });
      expect(resumed).toStrictEqual(whole);
      // The final state is kept: asking again costs no step.
      const again = await train({ ...transformer([1, 2]), checkpoint, batch: () => expect.unreachable() });
      expect(again).toStrictEqual(whole);
    });

    it("a run that leaves the finite numbers is named with its step and tensor, and the last good state is kept", async () => {
      const checkpoint = slot();
      const options = {
        model: parabola(3),
        optimizer: sgd({ learningRate: [0.1, 1e6, 0.1] }),
        batch: () => target(3),
        steps: 100,
        guardEvery: 7,
        checkpointEvery: 2,
        checkpoint,
      };
      const result = await train(options);
      expect(result.status).toBe("diverged");
      // w - 1 is multiplied by 1 - 2e6 at each step: -(2e6)^n leaves float32 (3.4e38) in the loss first, (2e6)^(2n) at n = 4,
      // which is the loss computed by step 5.
      expect(result.diverged).toEqual([{ run: 1, step: 5, tensor: "loss", value: Infinity }]);
      expect(result.message).toContain('run 1 diverged at step 5: "loss" holds Infinity');
      expect(result.step).toBe(4);
      expect(Array.from(result.parameters.w.data).every(Number.isFinite)).toBe(true);
      expect(checkpoint.saves).toBe(2); // steps 2 and 4, no bad one
    });

    it("the other runs go on when asked to", async () => {
      const result = await train({
        model: parabola(3),
        optimizer: sgd({ learningRate: [0.1, 1e6, 0.1] }),
        batch: () => target(3),
        steps: 60,
        sampleAt: [60],
        guardEvery: 7,
        onDivergence: "continue",
      });
      expect(result).toMatchObject({ status: "done", step: 60, diverged: [{ run: 1, step: 5 }] });
      expect(result.message).toContain("run 1 diverged at step 5");
      expect(result.parameters.w.data[0]).toBeCloseTo(0, 6);
      expect(result.parameters.w.data[2]).toBeCloseTo(2, 4); // 0.8^60 is 2e-6
    });
  });
});

describe("the trainer", () => {
  beforeAll(() => open({ backend: "cpu" }));
  const base = {
    model: parabola(2),
    optimizer: sgd({ learningRate: 0.1 }),
    batch: () => target(2),
    steps: 5,
  };

  it("uploads a frozen array once and others at every step, so that a reused buffer is seen", async () => {
    const buffer = new Float32Array(2);
    const reused = (step: number) => ({ target: { data: buffer.fill(step), shape: [2, 1] } });
    const fresh = (step: number) => ({ target: { data: new Float32Array(2).fill(step), shape: [2, 1] } });
    const [a, b] = [await train({ ...base, batch: reused }), await train({ ...base, batch: fresh })];
    expect(a).toStrictEqual(b);
    expect(Math.abs(a.parameters.w.data[0])).toBeGreaterThan(0.1); // not the zeros of step 0
  });

  it("a metric that keeps tensors ends in out-of-memory with a count, before the process does", async () => {
    const kept: tf.Tensor[] = [];
    const leaky = parabola(2, (p, batch) => {
      kept.push(tf.keep(tf.scalar(1)));
      return tf.sum(tf.square(tf.sub(p.w, batch.target)), 1);
    });
    const result = await train({ ...base, model: leaky, steps: 1000, guardEvery: 10 });
    expect(result.status).toBe("out-of-memory");
    expect(result.message).toMatch(/^\d+ tensors are alive between steps, \d+ were at the start/);
    expect(result.step).toBeLessThan(120);
    tf.dispose(kept);
  });

  it("more bytes than allowed end in out-of-memory", async () => {
    const result = await train({ ...base, maxBytes: 10, guardEvery: 1 });
    expect(result).toMatchObject({ status: "out-of-memory", step: 1 });
    expect(result.message).toContain("the limit is 10");
  });

  it("a step that runs out of memory ends the training with the last good parameters", async () => {
    await open({ backend: "wasm" });
    let step = 0;
    const greedy = parabola(2, (p, batch) => {
      const size = ++step > 3 ? 40000 : 1;
      const waste = matMul(tf.zeros([size, 1]), tf.zeros([1, size]));
      return tf.add(
        tf.sum(tf.square(tf.sub(p.w, batch.target)), 1),
        tf.slice(waste, [0, 0], [1, 1]).reshape([1]),
      );
    });
    const before = tf.memory().numTensors;
    const result = await train({ ...base, model: greedy, sampleAt: [], guardEvery: 1 });
    expect(result).toMatchObject({ status: "out-of-memory", step: 3 });
    expect(result.message).toMatch(
      /^step 4 ran out of memory \(out of memory: .*\): use a smaller batch or fewer runs$/,
    );
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(2); // what the failed step's gradient tape had saved
    await open({ backend: "cpu" });
  });

  it("yields while it runs, so that a timer can stop it", async () => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), 60);
    const result = await train({ ...base, steps: 10_000_000, sampleAt: [], signal: controller.signal });
    clearTimeout(timer);
    expect(result.status).toBe("stopped");
    expect(result.step).toBeGreaterThan(0);
  });

  it("with no steps returns the initial parameters and one sample", async () => {
    const result = await train({ ...base, steps: 0 });
    expect(result).toMatchObject({ status: "done", step: 0, history: { steps: [0], loss: [[0, 1]] } });
  });

  it.each<[string, Partial<Model>, string]>([
    ["a parameter the loss does not use", {
      initial: () => ({ ...parabola(2).initial(), spare: { data: new Float32Array(2), shape: [2, 1] } }),
    }, "parabola: the loss has no gradient with respect to spare"],
    ["a loss that mixes the runs", {
      loss: (p) => tf.sum(p.w) as unknown as tf.Tensor1D,
    }, "parabola: loss must have shape [2], one per run, got []"],
    ["a parameter without the run axis", {
      initial: () => ({ w: { data: new Float32Array(3), shape: [3] } }),
    }, 'parabola: parameter "w" has shape [3], its first axis must be 2 runs'],
  ])("refuses a model with %s", async (_title, change, message) => {
    await expect(train({ ...base, model: { ...parabola(2), ...change } })).rejects.toThrow(message);
  });

  it.each<[string, Partial<TrainOptions>, string]>([
    [
      "a sample outside the training",
      { sampleAt: [6] },
      "sampleAt must hold whole numbers from 0 to 5, got 6",
    ],
    ["half a step", { steps: 1.5 }, "steps must be a whole number >= 0, got 1.5"],
    ["a batch that cannot be made", {
      batch: (step) => step < 3 ? target(2) : expect.unreachable("no such batch"),
      sampleAt: [],
    }, "no such batch"],
  ])("refuses %s, and leaves no tensors behind", async (_title, change, message) => {
    const before = tf.memory().numTensors;
    await expect(train({ ...base, ...change })).rejects.toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
  });

  it("refuses a checkpoint of something else, by name", async () => {
    const checkpoint = slot();
    await train({ ...base, checkpoint });
    const attempt = (change: Partial<TrainOptions>) => train({ ...base, checkpoint, ...change });
    await expect(attempt({ model: parabola(3) })).rejects.toThrow(
      "the checkpoint has runs 2, this training has runs 3",
    );
    await expect(attempt({ optimizer: adam({ learningRate: 1 }) })).rejects.toThrow("has optimizer sgd");
    const wide = { ...parabola(2), initial: () => ({ w: { data: new Float32Array(4), shape: [2, 2] } }) };
    await expect(attempt({ model: wide })).rejects.toThrow('"parameters/w" has shape [2,1], expected [2,2]');
    await open({ backend: "wasm" });
    await expect(attempt({})).rejects.toThrow("has backend cpu, this training has backend wasm");
    await checkpoint.save((await checkpoint.load())!.subarray(1));
    await expect(attempt({})).rejects.toThrow(StateError);
  });
});

const webgpu = devices.find(({ backend }) => backend === "webgpu")!;

describe.skipIf(webgpu.missing)(`batches under way ${titled(webgpu)}`, () => {
  beforeAll(() => open(webgpu));

  it("are waited for before they fill the memory; what is uploaded once does not count", async () => {
    const { queue } = webGpuBackend(), wait = queue.onSubmittedWorkDone.bind(queue);
    let waits = 0;
    queue.onSubmittedWorkDone = () => (waits++, wait());
    const size = 2 ** 24, data = new Float32Array(size); // 64 MiB: the fifth one is too much
    const model = parabola(
      1,
      (p, { x }) => tf.reshape(tf.square(tf.sub(p.w, tf.slice(x, [0, 7], [1, 1]))), [1]),
    );
    const training = (x: HostArrays["x"]) =>
      train({ model, optimizer: sgd({ learningRate: 0.1 }), batch: () => ({ x }), steps: 11, every: 11 });
    try {
      await training(Object.freeze({ data, shape: [1, size] }));
      expect(waits).toBe(0);
      expect((await training({ data, shape: [1, size] })).status).toBe("done");
      expect(waits).toBe(2);
    } finally {
      delete (queue as Partial<GPUQueue>).onSubmittedWorkDone;
    }
  });
});

describe("a slot in parts", () => {
  beforeAll(() => open({ backend: "cpu" }));

  it("lets two trainings share one slot: the finished one is passed through, the other resumes", async () => {
    const checkpoint = slot();
    const options = (name: string, steps: number) => ({
      model: { ...parabola(2), name },
      optimizer: sgd({ learningRate: 0.1 }),
      batch: () => target(2),
      steps,
      checkpoint: checkpointParts(checkpoint)(name),
    });
    const first = await train(options("first", 3));
    const second = await train(options("second", 6));
    expect(await train({ ...options("first", 3), batch: () => expect.unreachable() })).toStrictEqual(first);
    expect(await train({ ...options("second", 6), batch: () => expect.unreachable() })).toStrictEqual(second);
  });
});

describe("backends", () => {
  const run = async (backend: (typeof devices)[number]["backend"]) => {
    await open({ backend });
    return await train({
      ...transformer([3]),
      optimizer: adam({ learningRate: 1e-3 }),
      steps: 60,
      sampleAt: [60],
    });
  };
  const here = devices.filter((d) => !d.missing && d.backend !== "cpu");

  it.each(here)("$backend agrees with the plain one after 60 Adam steps", async ({ backend }) => {
    const [want, got] = [await run("cpu"), await run(backend)];
    for (const [name, { data }] of Object.entries(want.parameters)) {
      const gap = Math.max(...Array.from(data, (x, i) => Math.abs(x - got.parameters[name].data[i])));
      // Parameters move by up to 0.06; 60 steps of round-off stay a thousand times smaller.
      expect(gap, name).toBeLessThan(5e-5);
      expect(gap, `${name} in ${backend} and cpu, bit for bit`).not.toBeNaN();
    }
  });

  it.each(here)("$backend repeats itself bit for bit", async ({ backend }) => {
    expect(await run(backend)).toStrictEqual(await run(backend));
  });

  it("a different seed gives different parameters (negative control)", async () => {
    const batch = numbers([1, small.batch, small.T, small.D], "batch 0");
    expect(batch).not.toEqual(numbers([1, small.batch, small.T, small.D], "batch 1"));
    await open({ backend: "wasm" });
    const [a, b] = [await train(transformer([3])), await train(transformer([4]))];
    expect(a.parameters).not.toEqual(b.parameters);
  });
});
