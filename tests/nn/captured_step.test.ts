import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { CapturedStep } from "../../lib/nn/captured_step.ts";
import {
  adam,
  disposeTensors,
  hostArray,
  type HostArrays,
  linear,
  meanSquaredError,
  type Model,
  openDevice,
  type Optimizer,
  sgd,
  tf,
  toHost,
  toTensors,
  train,
  trainingStep,
} from "../../lib/nn/mod.ts";
import { stream } from "../../lib/numerics/mod.ts";

const adapter = await navigator.gpu?.requestAdapter();
const runs = 2, width = 5;
const random = (label: string, step: number, shape: number[]) =>
  hostArray(
    stream(3, label, step).fillNormal(new Float32Array(shape.reduce((a, b) => a * b, 1)), 0.5),
    shape,
  );

/** Two layers with a constant made inside the loss, so that uploads during a step are covered. */
const network: Model = {
  name: "two layers",
  runs,
  initial: () => ({ a: random("a", 0, [runs, 3, width]), b: random("b", 0, [runs, width, 1]) }),
  loss(p, { x, y }) {
    const hidden = tf.tanh(tf.mul(linear(x, p.a), tf.tensor1d([1, 0.5, 2, 1, 1])));
    return meanSquaredError(linear(hidden, p.b), y);
  },
};
const batch = (step: number): HostArrays => ({
  x: random("x", step, [runs, 16, 3]),
  y: random("y", step, [runs, 16, 1]),
});
const optimizers: [string, Optimizer][] = [
  ["sgd with momentum", sgd({ learningRate: [0.1, 0.05], momentum: 0.9 })],
  ["adam with a schedule and clipping", adam({ learningRate: (step) => 0.01 / (1 + step), clipNorm: 0.5 })],
];

describe.skipIf(!adapter)("a captured step", () => {
  beforeAll(async () => {
    await openDevice("webgpu");
  });
  let before = 0;
  const begin = (optimizer: Optimizer) => {
    before = tf.memory().numTensors;
    const parameters = toTensors(network.initial());
    return { parameters, optimizer: optimizer.initial(parameters) };
  };
  const capture = (optimizer = optimizers[0][1]) =>
    new CapturedStep(
      trainingStep(network, optimizer),
      begin(optimizer),
      batch(0),
      optimizer.scalars(0, runs),
    );
  let captured: CapturedStep | undefined;
  afterEach(() => {
    captured?.dispose();
    captured = undefined;
  });

  it.each(optimizers)("equals the eager one bit for bit over 200 steps: %s", async (_name, optimizer) => {
    const options = { model: network, optimizer, batch, steps: 200, every: 50 };
    const eager = await train({ ...options, capture: false });
    const replayed = await train({ ...options, capture: true });
    expect(replayed).toStrictEqual(eager);
    expect(eager.history.loss.at(-1)![0]).not.toBe(eager.history.loss[0][0]); // it did learn something
  });

  it("frees its memory and its tensors", () => {
    captured = capture();
    for (let step = 1; step < 20; step++) captured.update(batch(step), optimizers[0][1].scalars(step, runs));
    const { state, losses } = captured.snapshot();
    disposeTensors(state.parameters);
    disposeTensors(state.optimizer);
    losses.dispose();
    captured.dispose();
    captured = undefined;
    expect(tf.memory().numTensors).toBe(before);
  });

  it("takes no more memory with more steps", () => {
    captured = capture();
    const { bytes } = captured.cost;
    const tensors = tf.memory().numTensors;
    for (let step = 1; step < 20; step++) captured.update(batch(step), optimizers[0][1].scalars(step, runs));
    expect(captured.cost.bytes).toBe(bytes);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it("goes back to a snapshot, and from there the same way again", async () => {
    const optimizer = optimizers[1][1];
    captured = capture(optimizer);
    const start = captured.snapshot();
    const advance = async () => {
      for (let step = 1; step < 6; step++) captured!.update(batch(step), optimizer.scalars(step, runs));
      const { state, losses } = captured!.snapshot();
      const host = await toHost({ ...state.parameters, losses });
      disposeTensors({ ...state.parameters, ...state.optimizer, losses });
      return host;
    };
    const first = await advance();
    captured.restore(start.state);
    expect(await advance()).toStrictEqual(first);
    disposeTensors({ ...start.state.parameters, ...start.state.optimizer, losses: start.losses });
  });

  it.each<[string, HostArrays, string]>([
    [
      "another shape",
      { ...batch(1), y: random("y", 1, [runs, 8, 1]) },
      "recorded with batch/y [2,16,1], got [2,8,1]",
    ],
    ["a missing array", { x: batch(1).x }, "reads batch/x, batch/y, scalars/"],
    [
      "another type",
      { ...batch(1), y: hostArray(new Int32Array(32), [runs, 16, 1]) },
      "shapes and types must be",
    ],
  ])("refuses %s and says what it was recorded with", (_what, changed, message) => {
    captured = capture();
    expect(() => captured!.update(changed, optimizers[0][1].scalars(1, runs))).toThrow(message);
  });

  let calls = 0;
  it.each<[string, (hidden: tf.Tensor) => tf.Tensor, string]>([
    ["operations", (x) => calls++ % 2 ? tf.relu(x) : tf.sigmoid(tf.relu(x)), "operations to the GPU, then"],
    ["an operation", (x) => calls++ % 2 ? tf.maximum(x, 0) : tf.minimum(x, 0), "is another one"],
    ["a constant", (x) => tf.mul(x, tf.tensor1d([1, 2, 3, 4, calls++])), "it uses other constants"],
    ["a number inside an operation", (x) => tf.leakyRelu(x, ++calls / 100), "it uses other constants"],
  ])(
    "refuses a model that changes %s from call to call, and frees its memory",
    (_what, changing, message) => {
      calls = 0;
      const model: Model = {
        ...network,
        loss: (p, { x, y }) => meanSquaredError(linear(changing(linear(x, p.a)), p.b), y),
      };
      const optimizer = optimizers[0][1];
      const state = begin(optimizer);
      const capture = () =>
        new CapturedStep(trainingStep(model, optimizer), state, batch(0), optimizer.scalars(0, runs));
      expect(capture).toThrow(message);
      expect(capture).toThrow("must come with the batch or with the optimiser's scalars");
      disposeTensors({ ...state.parameters, ...state.optimizer });
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  it("owns the GPU memory it says, and gives all of it back", () => {
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    const create = device.createBuffer.bind(device), alive = new Set<GPUBuffer>();
    device.createBuffer = (descriptor) => {
      const buffer = create(descriptor), destroy = buffer.destroy;
      buffer.destroy = () => {
        alive.delete(buffer);
        destroy.call(buffer);
      };
      alive.add(buffer);
      return buffer;
    };
    try {
      captured = capture();
      const bytes = () => [...alive].reduce((sum, { size }) => sum + size, 0);
      const others = bytes() - captured.cost.bytes; // inputs and state, from the backend's own pool
      expect(captured.cost.bytes).toBeGreaterThan(0);
      for (let step = 1; step < 5; step++) {
        captured.update(batch(step), optimizers[0][1].scalars(step, runs));
        expect(bytes()).toBe(captured.cost.bytes + others);
      }
      const held = captured.cost.bytes;
      captured.dispose();
      captured = undefined;
      expect(bytes()).toBe(others);
      expect(others).toBeLessThan(held);
    } finally {
      delete (device as Partial<GPUDevice>).createBuffer;
    }
  });

  it("leaves the backend usable after a step that throws", async () => {
    const broken: Model = { ...network, loss: () => expect.unreachable("this loss throws") };
    const optimizer = optimizers[0][1];
    const state = begin(optimizer);
    expect(() =>
      new CapturedStep(trainingStep(broken, optimizer), state, batch(0), optimizer.scalars(0, runs))
    ).toThrow("this loss throws");
    disposeTensors({ ...state.parameters, ...state.optimizer });
    expect(tf.memory().numTensors).toBe(before);
    expect(Array.from(await tf.add(tf.tensor1d([1, 2]), 1).data())).toEqual([2, 3]);
  });
});

it("needs the webgpu backend, and says so", async () => {
  await openDevice("cpu");
  const [, optimizer] = optimizers[0];
  const parameters = toTensors(network.initial());
  const state = { parameters, optimizer: optimizer.initial(parameters) };
  expect(() =>
    new CapturedStep(trainingStep(network, optimizer), state, batch(0), optimizer.scalars(0, runs))
  )
    .toThrow("only the webgpu backend can be recorded, the current one is cpu");
});
