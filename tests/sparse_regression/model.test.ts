/** @module The trainable program is the network of forward.ts, whatever the backend, and its gradients are right. */
import { beforeAll, describe, expect, test } from "vitest";
import { type BackendName, type HostArrays, openDevice, tf, toHost, toTensors } from "../../lib/nn/mod.ts";
import { lossesAndGradients } from "../../lib/nn/step.ts";
import {
  constructDescent,
  constructInPlace,
  type Construction,
  constructMixed,
  constructPreprocessed,
  constructWithConstant,
} from "../../lib/sparse_regression/construction.ts";
import type { SparseTask } from "../../lib/sparse_regression/data.ts";
import {
  type Architecture,
  type AttentionKind,
  forward,
  parameterShapes,
  type TransformerParameters,
  withoutHead,
} from "../../lib/sparse_regression/forward.ts";
import {
  oneCycle,
  packParameters,
  type TransformerModel,
  transformerModel,
  unpackParameters,
} from "../../lib/sparse_regression/model.ts";
import { stream } from "../../lib/numerics/mod.ts";

const task: SparseTask = { d: 4, s: 2, sigma: 0.5, prior: "rad" };

const network = (attention: AttentionKind, heads: number): Architecture => ({
  d: 4,
  width: 10,
  attention,
  layers: [1, 2].map(() => ({ heads, keyWidth: 8 / heads, valueWidth: 4 / heads })),
});

/** Gaussian weights of the size training starts from, times three, so that every path matters. */
const weights = (architecture: Architecture, seed: number): TransformerParameters =>
  Object.fromEntries(
    Object.entries(parameterShapes(architecture)).map(([name, shape]) => {
      const data = new Float64Array(shape.reduce((a, b) => a * b, 1));
      return [name, { data: stream(seed, name).fillNormal(data, 0.4), shape }];
    }),
  );

/** Largest difference between the program's predictions and those of forward.ts, relative to the largest prediction. */
async function disagreement(
  model: TransformerModel,
  architectures: readonly Architecture[],
  parameters: readonly TransformerParameters[],
  batch: HostArrays,
): Promise<number> {
  const p = toTensors(packParameters(architectures, parameters)), x = toTensors(batch);
  const { y } = await toHost({ y: tf.tidy(() => model.predictions(p, x)) });
  const [, B, T, width] = batch.tokens.shape as number[], q = batch.targets.shape[2];
  let worst = 0, largest = 0;
  architectures.forEach((architecture, r) => {
    for (let b = 0; b < B; b++) {
      const at = (r * B + b) * T;
      const tokens = batch.tokens.data.slice(at * width, (at + T) * width);
      const { output } = forward(architecture, parameters[r], tokens, batch.context.data.slice(at, at + T));
      for (let i = 0; i < q; i++) {
        worst = Math.max(worst, Math.abs(output[T - q + i] - y.data[(r * B + b) * q + i]));
        largest = Math.max(largest, Math.abs(output[T - q + i]));
      }
    }
  });
  return worst / Math.max(1, largest);
}

const adapter = await navigator.gpu?.requestAdapter();
const devices: { backend: BackendName; missing?: string }[] = [
  { backend: "cpu" },
  { backend: "wasm" },
  { backend: "webgpu", ...adapter ? {} : { missing: "no WebGPU adapter answers" } },
];

describe.each(devices.map((device) => [device.backend, device] as const))("on %s", (backend, { missing }) => {
  beforeAll(async () => {
    if (!missing) await openDevice(backend);
  });

  // Sums of some hundred float32 products, each good to 6e-8.
  const roundOff = 1e-5;

  test.skipIf(missing)("linear attention with one and with four heads in one program", async () => {
    const architectures = [network("linear", 1), network("linear", 4), network("linear", 2)];
    const runs = architectures.map((architecture, i) => ({ architecture, seed: i }));
    const model = transformerModel({ task, n: { min: 5, max: 9 }, q: 3, batch: 4, runs });
    const parameters = architectures.map(weights);
    expect(await disagreement(model, architectures, parameters, model.batchAt(0))).toBeLessThan(roundOff);
  });

  test.skipIf(missing)("softmax attention over contexts of different lengths", async () => {
    const architectures = [network("softmax", 2), network("softmax", 2)];
    const runs = architectures.map((architecture, i) => ({ architecture, seed: i }));
    const model = transformerModel({ task, n: { min: 2, max: 9 }, q: 3, batch: 4, runs });
    const parameters = architectures.map(weights);
    expect(await disagreement(model, architectures, parameters, model.batchAt(0))).toBeLessThan(roundOff);
  });

  const steps = [0.4, 0.3, 0.5];
  const constructions: [string, Construction][] = [
    ["A", constructPreprocessed(4, steps)],
    ["A'", constructMixed(4, steps.map((eta) => ({ a: 0.3 * eta, k: eta })))],
    ["B", constructInPlace(4, steps)],
    ["C", constructWithConstant(4, steps)],
    ["plain descent", constructDescent(4, steps)],
  ];
  test.skipIf(missing).each(constructions)(
    "construction %s, loaded, predicts what it must",
    async (_, made) => {
      const { architecture, parameters } = made;
      const model = transformerModel({ task, n: 12, q: 5, batch: 3, runs: [{ architecture, seed: 1 }] });
      // The promise is 1e-4; three layers of float32 keep well inside.
      expect(await disagreement(model, [architecture], [parameters], model.batchAt(3))).toBeLessThan(1e-4);
    },
  );

  test.skipIf(missing)("a head with gain 0 is a head removed; no other head is", async () => {
    const architecture = network("linear", 4), parameters = weights(architecture, 5);
    const model = transformerModel({ task, n: 8, q: 2, batch: 3, runs: [{ architecture, seed: 2 }] });
    const gains = [[[1, 1, 0, 1], [1, 1, 1, 1]]];
    const batch = model.prompts({ n: 8, prompts: 3, step: -1, gains });
    const removed = (head: number) =>
      disagreement(model, [architecture], [withoutHead(parameters, 0, head)], {
        ...batch,
        "layer1.gain": { ...batch["layer1.gain"], data: new Float32Array(4).fill(1) },
      });
    const masked = async (head: number) => {
      const p = toTensors(packParameters([architecture], [parameters])), x = toTensors(batch);
      const q = toTensors(packParameters([architecture], [withoutHead(parameters, 0, head)]));
      const { gap } = await toHost({
        gap: tf.tidy(() => {
          const whole = { ...x };
          delete whole["layer1.gain"];
          return tf.max(tf.abs(tf.sub(model.predictions(p, x), model.predictions(q, whole))));
        }),
      });
      return gap.data[0];
    };
    expect(await removed(2)).toBeLessThan(roundOff);
    expect(await masked(2)).toBeLessThan(roundOff);
    expect(await masked(1)).toBeGreaterThan(1e-3);
  });
});

test.each([["linear", 1], ["linear", 4], ["softmax", 2], ["softmax", 4]] as const)(
  "the largest array that a batch makes is as large as said (%s attention, %i heads)",
  async (attention, heads) => {
    await openDevice("cpu");
    const architecture = network(attention, heads), B = 3;
    for (const [n, q] of [[4, 1], [40, 3]]) {
      const runs = [1, 2].map((seed) => ({ architecture, seed }));
      const model = transformerModel({ task, n, q, batch: B, runs });
      const p = toTensors(model.initial()), x = toTensors(model.batchAt(0));
      const { kernels } = await tf.profile(() => tf.tidy(() => model.risks(p, x)));
      const sizes = kernels.flatMap(({ outputShapes }) =>
        outputShapes.map((s) => s.reduce((a, b) => a * b, 1))
      );
      expect(Math.max(...sizes)).toBe(B * model.numbersPerPrompt(n, q));
    }
  },
);

describe("gradients", () => {
  test.each(["linear", "softmax"] as const)(
    "of %s attention are those of finite differences",
    async (attention) => {
      await openDevice("cpu");
      const heads = [2, attention === "linear" ? 1 : 2];
      const architectures = heads.map((h) => network(attention, h));
      const runs = architectures.map((architecture, i) => ({ architecture, seed: i }));
      const model = transformerModel({ task, n: { min: 4, max: 6 }, q: 2, batch: 3, runs });
      const host = packParameters(architectures, architectures.map(weights));
      const p = toTensors(host), x = toTensors(model.batchAt(0));
      const { gradients } = tf.tidy(() => lossesAndGradients(model, p, x) as never) as {
        gradients: Record<string, tf.Tensor>;
      };
      const exact = await toHost(gradients);
      const total = (arrays: HostArrays) => {
        // float64 through forward.ts, so that differences of 1e-5 are not lost in float32
        const batch = model.batchAt(0), [, B, T, width] = batch.tokens.shape as number[], q = 2;
        let sum = 0;
        architectures.forEach((architecture, r) => {
          const own = unpackParameters(architecture, arrays, r);
          for (let b = 0; b < B; b++) {
            const at = (r * B + b) * T;
            const { output } = forward(
              architecture,
              own,
              batch.tokens.data.slice(at * width, (at + T) * width),
              batch.context.data.slice(at, at + T),
            );
            for (let i = 0; i < q; i++) {
              sum += (output[T - q + i] - batch.targets.data[(r * B + b) * q + i]) ** 2 / (B * q);
            }
          }
        });
        return sum;
      };
      for (const name of Object.keys(host)) {
        const { data } = host[name], at = Math.floor(data.length * 0.6), kept = data[at];
        // float32 holds the shifted weight to 2e-8; over a step of 2e-3 that is 1e-5, and curvature adds 1e-6.
        const h = 1e-3;
        data[at] = kept + h;
        const up = total(host), high = data[at];
        data[at] = kept - h;
        const slope = (up - total(host)) / (high - data[at]);
        data[at] = kept;
        expect(Math.abs(slope - exact[name].data[at]), name).toBeLessThan(2e-4 * (1 + Math.abs(slope)));
      }
    },
  );
});

test("weights survive being packed and unpacked, for runs of different head counts", () => {
  const architectures = [network("linear", 4), network("linear", 1)];
  const parameters = architectures.map(weights), packed = packParameters(architectures, parameters);
  architectures.forEach((architecture, r) => {
    const back = unpackParameters(architecture, packed, r);
    for (const [name, { data }] of Object.entries(parameters[r])) {
      expect(Array.from(back[name].data), name).toEqual(Array.from(data, Math.fround));
    }
  });
});

test("runs that cannot share shapes are refused, and so are softmax runs of different head counts", () => {
  const build = (a: Architecture, b: Architecture) => () =>
    transformerModel({
      task,
      n: 8,
      q: 1,
      batch: 1,
      runs: [{ architecture: a, seed: 1 }, { architecture: b, seed: 1 }],
    });
  expect(build(network("linear", 1), { ...network("linear", 1), width: 12 })).toThrow(/equal total widths/);
  expect(build(network("softmax", 1), network("softmax", 2))).toThrow(/equal head counts/);
  expect(build({ ...network("linear", 1), d: 5 }, network("linear", 1))).toThrow(/d = 5/);
});

test("the learning rate rises to its peak and falls to almost nothing", () => {
  const rate = oneCycle(2e-3, 1000);
  expect(rate(0)).toBeCloseTo(2e-3 / 25, 12);
  expect(rate(300)).toBeCloseTo(2e-3, 12);
  expect(rate(1000)).toBeCloseTo(2e-7, 12);
  expect(() => oneCycle(0, 10)).toThrow(/peak/);
});
