/** @module The trainable network is the float64 one: forward, training, padding, both optimisers, causal masks. */
import { beforeAll, describe, expect, test } from "vitest";
import { descend } from "../../lib/infinite_limits/descent.ts";
import { forward, initialParameters } from "../../lib/infinite_limits/forward.ts";
import { networkModel, type NetworkProgram, type NetworkRun } from "../../lib/infinite_limits/model.ts";
import { type ParametrisationOptions, parametrise } from "../../lib/infinite_limits/parametrisation.ts";
import { bytesOfRun, fittingParts } from "../../lib/infinite_limits/model/footprint.ts";
import { hostArray, openDevice, type Tensors, tf, toTensors, train } from "../../lib/nn/mod.ts";
import { stream } from "../../lib/numerics/mod.ts";
import { distance, task } from "./shared.ts";

beforeAll(async () => void await openDevice("wasm"));

const inputs = Object.freeze(hostArray(Float32Array.from(task.inputs), [1, 3, 3, 4]));
const targets = Object.freeze(hostArray(Float32Array.from(task.targets), [1, 3, 1]));
const T = 6;

function runOf(options: ParametrisationOptions, seed = 1): NetworkRun {
  return { scales: parametrise({ beta0: 2, gamma0: 2, eta0: 0.1, ...options }), seed };
}

/** Outputs [sample][run * P] and parameters after training on the tiny data. */
async function trained(program: Omit<NetworkProgram, "features" | "tokens" | "loss">, steps = T) {
  const model = networkModel({ features: 4, tokens: 3, loss: "square", metrics: ["outputs"], ...program });
  const batch = Object.freeze(model.batch(inputs, targets));
  const result = await train({ model, optimizer: model.optimizer(), batch: () => batch, steps, every: 1 });
  expect(result.status).toBe("done");
  return { model, outputs: result.history.metrics.outputs, loss: result.history.loss, result };
}

/** The same training in float64. */
function reference({ scales, seed }: NetworkRun, architecture = {}): number[][] {
  const shape = { scales, architecture, features: 4, tokens: 3 }, outputs: number[][] = [];
  descend(shape, initialParameters(shape, stream(seed, "network")), task, T, (state) => {
    outputs.push([...state.outputs]);
  });
  return outputs;
}

// Float32 round-off of about 1e-7 a step, amplified by the training; outputs are of order one.
const tolerance = 3e-5;

describe("gradient descent of the trainable network equals the float64 one", () => {
  test.each(
    [
      ["the reference model", {}, { N: 4, H: 3, L: 1 }],
      ["two blocks, rms normalisation, causal mask", { layerNorm: "rms", causal: true }, {
        N: 2,
        H: 4,
        L: 2,
      }],
      ["alphaA = alphaL = 1/2, full normalisation, MLP, positions", {
        layerNorm: "full",
        finalNorm: true,
        mlp: true,
        positional: true,
      }, { N: 4, H: 2, L: 2, alphaA: 0.5, alphaL: 0.5, gamma0: 1, beta0: 1 }],
    ] as const,
  )("%s", async (_, architecture, sizes) => {
    const run = runOf(sizes);
    const { outputs } = await trained({ runs: [run], architecture });
    const expected = reference(run, architecture);
    for (let t = 0; t <= T; t++) expect(distance(outputs[t], expected[t])).toBeLessThan(tolerance);
    expect(Math.abs(expected[T][0])).toBeGreaterThan(0.01); // something was learned, so that equality says something
  });

  test("with a frozen embedding, the embedding does not move", async () => {
    const run = runOf({ N: 4, H: 2, L: 1, frozen: ["embedding"] });
    const { outputs, result, model } = await trained({ runs: [run] });
    expect(distance(outputs[T], reference(run)[T])).toBeLessThan(tolerance);
    expect(result.parameters.embedding.data).toEqual(model.initial().embedding.data);
    expect(result.parameters.readout.data).not.toEqual(model.initial().readout.data);
  });
});

describe("a program of padded sizes trains every network as if it were alone", () => {
  const architecture = { layerNorm: "full", finalNorm: true, mlp: true } as const;
  const runs = [
    runOf({ N: 2, H: 3, L: 1, gamma0: 1 }),
    runOf({ N: 4, H: 2, L: 2, gamma0: 1 }, 2),
    runOf({ N: 1, H: 4, L: 2, alphaL: 0.5, gamma0: 1 }, 3),
  ];
  test("under gradient descent", async () => {
    const { outputs } = await trained({ runs, architecture });
    runs.forEach((run, i) =>
      expect(distance(outputs[T].slice(3 * i, 3 * i + 3), reference(run, architecture)[T])).toBeLessThan(
        tolerance,
      )
    );
  });

  test("under Adam, and what is padded stays exactly zero", async () => {
    const adam = runs.map(({ scales, seed }) => ({
      scales: parametrise({ ...scales, optimiser: "adam", eta0: 0.02 }),
      seed,
    }));
    const { outputs, result, model } = await trained({ runs: adam, architecture });
    for (const [i, run] of adam.entries()) {
      const alone = await trained({ runs: [run], architecture });
      // Adam divides by gradients, so round-off is felt more; the outputs move by order one.
      expect(distance(outputs[T].slice(3 * i, 3 * i + 3), alone.outputs[T])).toBeLessThan(2e-3);
    }
    const start = model.initial();
    for (const [name, { data }] of Object.entries(result.parameters)) {
      const moved = data.some((x, i) => x !== start[name].data[i]);
      expect(moved).toBe(true);
      expect(data.every((x, i) => start[name].data[i] !== 0 || x === 0)).toBe(true);
    }
  });
});

test("outputs are centred: a network at its start says zero whatever its weights", async () => {
  const { outputs, loss } = await trained({ runs: [runOf({ N: 2, H: 2, L: 1 })] }, 1);
  expect(outputs[0]).toEqual([0, 0, 0]);
  expect(loss[0][0]).toBeCloseTo(0.375, 6); // half the mean square of 1, -1, 1/2
});

test("every token can be read out, with later tokens out of sight", async () => {
  const run = runOf({ N: 2, H: 2, L: 1 }), architecture = { causal: true } as const;
  const common = { features: 4, tokens: 3, outputs: 2, pool: "token" } as const;
  const model = networkModel({
    ...common,
    runs: [run],
    architecture,
    loss: "cross-entropy",
    metrics: ["outputs"],
  });
  const oneHot = hostArray(Float32Array.from({ length: 18 }, (_, i) => i % 2), [1, 3, 3, 2]);
  const after = async (data: Float64Array) => {
    const batch = model.batch(hostArray(Float32Array.from(data), [1, 3, 3, 4]), oneHot);
    const result = await train({
      model,
      optimizer: model.optimizer(),
      batch: () => batch,
      steps: 0,
      every: 1,
    });
    const shape = { ...common, scales: run.scales, architecture };
    return { result, trace: forward(shape, initialParameters(shape, stream(1, "network")), data) };
  };
  const { result, trace } = await after(task.inputs);
  expect(result.history.loss[0][0]).toBeCloseTo(Math.log(2), 6);
  const changed = task.inputs.slice();
  changed[11] += 1; // the last token of the first sample
  const other = (await after(changed)).trace;
  expect(other.outputs.slice(0, 4)).toEqual(trace.outputs.slice(0, 4));
  expect(other.outputs[4]).not.toBe(trace.outputs[4]);
});

test("programs without runs or with mixed optimisers are refused", () => {
  const program = { features: 4, tokens: 3, loss: "square" } as const;
  expect(() => networkModel({ ...program, runs: [] })).toThrow(/at least one run/);
  const mixed = [runOf({ N: 1, H: 1, L: 1 }), runOf({ N: 1, H: 1, L: 1, optimiser: "adam" })];
  expect(() => networkModel({ ...program, runs: mixed })).toThrow(/same optimiser/);
});

describe("memory", () => {
  const sizes = { N: 4, H: 4, L: 2, gamma0: 1 };
  const architecture = { layerNorm: "full", finalNorm: true, mlp: true } as const;
  const program = (S: number, more: Partial<NetworkProgram> = {}): NetworkProgram => ({
    runs: [runOf(sizes), runOf({ ...sizes, N: 2 }, 2)],
    ...{ architecture, features: 4, tokens: S, outputs: 3, loss: "cross-entropy" },
    ...more,
  });
  /** `count` samples of `S` tokens. */
  const batchOf = (model: ReturnType<typeof networkModel>, S: number, count: number) => {
    const random = stream(1, "memory");
    const x = random.fillNormal(new Float32Array(count * S * 4)), y = new Float32Array(count * 3);
    for (let i = 0; i < count; i++) y[3 * i + random.integer(3)] = 1;
    return toTensors(model.batch(hostArray(x, [1, count, S, 4]), hostArray(y, [1, count, 3])));
  };

  test("a held-out set measured in parts gives what it gives at once", () => {
    const metrics = ["accuracy", "headVariance"] as const;
    const [whole, parts] = [Infinity, 4].map((measureBy) => {
      const model = networkModel(program(3, { metrics, measureBy })), x = batchOf(model, 3, 10);
      const parameters = toTensors(model.initial());
      // Something to measure: centred outputs are zero at the start.
      parameters.readout = tf.mul(parameters.readout, 3);
      const measured: Tensors = { ...model.metrics!(parameters, x), loss: model.loss(parameters, x) };
      return Object.entries(measured).map(([name, value]) => ({ name, values: [...value.dataSync()] }));
    });
    whole.forEach(({ name, values }, i) => {
      expect([name, distance(values, parts[i].values) < 1e-5]).toEqual([name, true]); // sums of ten in float32
      expect(values).toHaveLength(2);
    });
    expect(new Set(whole.flatMap(({ values }) => values)).size).toBeGreaterThan(3);
  });

  test("the loss that came with the metrics is that of the same parameters and batch alone", () => {
    const model = networkModel(program(3, { metrics: ["accuracy"] })), p = toTensors(model.initial());
    const q = { ...p, readout: tf.mul(p.readout, 3) },
      [x, y] = [4, 6].map((count) => batchOf(model, 3, count));
    const alone = (parameters: Tensors, batch: Tensors) => [...model.loss(parameters, batch).dataSync()];
    const [atP, atQ, other] = [alone(p, x), alone(q, x), alone(q, y)];
    expect(atP).not.toEqual(atQ);
    expect(atQ).not.toEqual(other);
    for (const [parameters, batch, loss] of [[q, x, atQ], [p, x, atP], [q, y, other]] as const) {
      model.metrics!(q, x); // the one that is remembered
      expect(alone(parameters, batch)).toEqual(loss);
      expect(alone(parameters, batch)).toEqual(loss);
    }
  });

  test("what is no average over samples cannot be measured in parts", () => {
    expect(() => networkModel(program(3, { metrics: ["residualKernel"], measureBy: 2 }))).toThrow(
      '"residualKernel" is no average',
    );
  });

  test.each([[9, 8], [24, 4]])("a step needs what its footprint says, %i tokens", async (S, samples) => {
    const model = networkModel(program(S)), x = batchOf(model, S, samples);
    const parameters = toTensors(model.initial()), names = Object.keys(parameters);
    const before = tf.memory().numBytes;
    const { peakBytes } = await tf.profile(() =>
      tf.tidy(() => {
        const f = (...p: tf.Tensor[]) => model.loss(Object.fromEntries(names.map((n, i) => [n, p[i]])), x);
        tf.valueAndGrads(f)(Object.values(parameters), tf.ones([2]));
        return tf.scalar(0);
      })
    );
    const ratio = (peakBytes - before) / (2 * bytesOfRun({ ...sizes, samples, tokens: S }));
    // Narrow layers add their weights and norms.
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
  });

  test("runs are cut into parts that fit, the largest size of each deciding", () => {
    const of = (N: number) => ({ N, H: 1, L: 1, samples: 1, tokens: 1 });
    const budget = { array: 6 * 16 * 3, bytes: Infinity }; // three runs at N = 4
    expect(fittingParts([1, 1, 4, 4, 1, 9, 1, 1], of, budget)).toEqual([[1, 1, 4], [4, 1], [9], [1, 1]]);
    expect(fittingParts([4, 4, 4], of, { array: Infinity, bytes: 2 * bytesOfRun(of(4)) })).toEqual([[4, 4], [
      4,
    ]]);
  });
});
