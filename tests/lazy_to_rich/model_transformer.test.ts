/** @module The trainable transformer is the network of forward.ts, its gradients are right, and nothing looks ahead. */
import { beforeAll, describe, expect, test } from "vitest";
import { constructInductionHead } from "../../lib/lazy_to_rich/construction.ts";
import { inductionHead } from "../../lib/lazy_to_rich/data.ts";
import {
  type Architecture,
  type Encoding,
  forward,
  parameterShapes,
  selectRun,
  type TransformerParameters,
} from "../../lib/lazy_to_rich/forward.ts";
import { transformerModel, type TransformerProgram } from "../../lib/lazy_to_rich/model/transformer.ts";
import { forwardPass } from "../../lib/lazy_to_rich/model/transformer_pass.ts";
import {
  adam,
  type BackendName,
  disposeTensors,
  type HostArrays,
  openDevice,
  tf,
  toHost,
  toTensors,
} from "../../lib/nn/mod.ts";
import { lossesAndGradients, trainingStep } from "../../lib/nn/step.ts";
import { stream } from "../../lib/numerics/mod.ts";

const task = { alphaStar: 1, bStar: [1, 0.5], L: 7, d: 2 } as const;

/** Two layers of two heads; a feed-forward network in the first when asked for. */
const network = (encodings: [Encoding, Encoding], hidden = 0): Architecture => ({
  d: 2,
  width: 6,
  outputs: 4,
  bos: false,
  layers: encodings.map((encoding, index) => ({
    heads: 2,
    keyWidth: 3,
    valueWidth: 2,
    encoding,
    hidden: index === 0 ? hidden : 0,
  })),
});
const alibi = { kind: "alibi" } as const, t5 = { kind: "t5", buckets: 3 } as const;

/** Gaussian entries everywhere, biases and slopes too, so that every path matters. */
function weights(architecture: Architecture, runs: number): HostArrays {
  return Object.fromEntries(
    Object.entries(parameterShapes(architecture)).map(([name, shape]) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, runs));
      return [name, { data: stream(5, name).fillNormal(data, 0.5), shape: [runs, ...shape] }];
    }),
  );
}

const modelOf = (architecture: Architecture, more: Partial<TransformerProgram> = {}) =>
  transformerModel({ task, architecture, batch: 3, seeds: [1, 2], ...more });

/** Sequence `b` of run `r`, [L, d]. */
function sequence({ tokens }: HostArrays, r: number, b: number): Float32Array {
  const [, B, L, d] = tokens.shape;
  return tokens.data.slice((r * B + b) * L * d, (r * B + b + 1) * L * d) as Float32Array;
}

const asForward = (parameters: HostArrays) => parameters as unknown as TransformerParameters;

const adapter = await navigator.gpu?.requestAdapter();
const devices: { backend: BackendName; missing?: string }[] = [
  { backend: "cpu" },
  { backend: "webgpu", ...adapter ? {} : { missing: "no WebGPU adapter answers" } },
  { backend: "wasm" },
];

describe.each(devices.map((device) => [device.backend, device] as const))("on %s", (backend, { missing }) => {
  beforeAll(async () => {
    if (!missing) await openDevice(backend);
  });

  const encodings: [string, [Encoding, Encoding]][] = [
    ["alibi in both layers", [alibi, alibi]],
    ["alibi below, none above", [alibi, { kind: "none" }]],
    ["free biases below, logarithmic slopes above", [t5, { kind: "log" }]],
  ];
  test.skipIf(missing).each(encodings)(
    "streams and outputs are those of the float64 pass: %s",
    async (_, pair) => {
      const architecture = network(pair, 5), model = modelOf(architecture);
      const parameters = weights(architecture, 2), batch = model.batchAt(0);
      const p = toTensors(parameters), x = toTensors(batch);
      const host = await toHost(tf.tidy(() => {
        const { output, streams } = forwardPass(architecture, p, x, { everywhere: true });
        const short = forwardPass(architecture, p, x).output; // the last layer at the last position only
        return { output, short, ...Object.fromEntries(streams.map((s, i) => [`stream${i}`, s])) };
      }));
      let worst = 0;
      const compare = (name: string, at: number, expected: Float64Array) =>
        expected.forEach((value, i) =>
          worst = Math.max(worst, Math.abs(host[name].data[at * expected.length + i] - value))
        );
      for (let r = 0; r < 2; r++) {
        for (let b = 0; b < 3; b++) {
          const run = selectRun(asForward(parameters), r);
          const { output, streams } = forward(architecture, run, sequence(batch, r, b), { record: true });
          compare("output", r * 3 + b, output);
          compare("short", r * 3 + b, output);
          streams!.forEach((expected, layer) => compare(`stream${layer}`, r * 3 + b, expected));
        }
      }
      // numbers of order 5, sums of some ten float32 products, each good to 6e-8 relatively
      expect(worst).toBeLessThan(2e-5);
    },
  );

  test.skipIf(missing)("gradients are the finite differences of the float64 losses", async () => {
    const architecture = network([alibi, t5], 3), model = modelOf(architecture);
    const parameters = weights(architecture, 2), batch = model.batchAt(1);
    const p = toTensors(parameters), x = toTensors(batch);
    const { losses, gradients } = tf.tidy(() => lossesAndGradients(model, p, x));
    const host = await toHost({ ...gradients, losses });
    const loss = (run: TransformerParameters, r: number) => {
      let sum = 0;
      for (let b = 0; b < 3; b++) {
        forward(architecture, run, sequence(batch, r, b)).output.forEach((value, i) =>
          sum += (value - batch.targets.data[(r * 3 + b) * 4 + i]) ** 2 / 2 / 3
        );
      }
      return sum;
    };
    const r = 1,
      run: TransformerParameters = Object.fromEntries(
        Object.entries(selectRun(asForward(parameters), r)).map(([name, { data, shape }]) => [
          name,
          { data: Float64Array.from(data), shape },
        ]),
      );
    expect(host.losses.data[r]).toBeCloseTo(loss(run, r), 5);
    for (const [name, { data }] of Object.entries(run)) {
      const gradient = host[name].data.subarray(r * data.length, (r + 1) * data.length);
      let worst = 0, largest = 1e-3;
      data.forEach((value, i) => {
        const at = (shift: number) => {
          data[i] = value + shift;
          return loss(run, r);
        };
        const expected = (at(1e-5) - at(-1e-5)) / 2e-5; // good to 1e-10
        data[i] = value;
        worst = Math.max(worst, Math.abs(gradient[i] - expected));
        largest = Math.max(largest, Math.abs(expected));
      });
      // float32 sums of terms that partly cancel: some ten times 6e-8 of the largest entry, with room
      expect.soft(worst / largest, name).toBeLessThan(2e-5);
    }
  });

  test.skipIf(missing)("training steps and metrics leave no tensor behind", () => {
    const model = modelOf(network([alibi, alibi])), optimizer = adam({ learningRate: 1e-3 });
    const step = trainingStep(model, optimizer), x = toTensors(model.batchAt(0));
    let parameters = toTensors(model.initial()), state = optimizer.initial(parameters);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 5; i++) {
      const scalars = toTensors(optimizer.scalars(i, 2));
      const next = step({ parameters, optimizer: state }, x, scalars);
      disposeTensors(parameters);
      disposeTensors(state);
      disposeTensors(scalars);
      next.losses.dispose();
      ({ parameters, optimizer: state } = next.state);
      disposeTensors(tf.tidy(() => model.metrics!(parameters, x)));
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("on WebAssembly", () => {
  beforeAll(() => openDevice("wasm"));

  test("a token changes no stream at earlier positions, and every stream from its own on", async () => {
    const architecture = network([alibi, t5]), model = modelOf(architecture);
    const p = toTensors(weights(architecture, 2)), batch = model.batchAt(0), changed = 4;
    const tokens = Float32Array.from(batch.tokens.data, (value, i) => {
      return Math.floor(i / 2) % 7 === changed ? value + 1 : value;
    });
    const streams = (data: Float32Array) => {
      const x = toTensors({ ...batch, tokens: { ...batch.tokens, data } });
      return toHost(tf.tidy(() => {
        const pass = forwardPass(architecture, p, x, { everywhere: true });
        return { first: pass.streams[1], second: pass.streams[2] };
      }));
    };
    const [before, after] = [await streams(batch.tokens.data as Float32Array), await streams(tokens)];
    for (const layer of ["first", "second"]) {
      for (let position = 0; position < 7; position++) {
        let moved = 0;
        before[layer].data.forEach((value, i) => {
          if (Math.floor(i / 6) % 7 === position) {
            moved = Math.max(moved, Math.abs(value - after[layer].data[i]));
          }
        });
        if (position < changed) expect(moved).toBe(0); // masked logits vanish exactly in float32
        else expect(moved).toBeGreaterThan(1e-3);
      }
    }
  });

  test("the constructed induction head, loaded, gives IH_2 and the score 1", async () => {
    const [d, L, slope] = [2, 12, 14], W = [[1.5, 0], [0, 0.7]];
    const made = constructInductionHead({ n: 2, d, W, copy: { kind: "single", slope } });
    const architecture = { ...made.architecture, outputs: 2 * d };
    const kappa = 1 / 2; // alpha* = 1
    const readout = new Float64Array(architecture.width * 2 * d);
    made.parameters.readout.data.forEach((value, i) =>
      readout[Math.floor(i / d) * 2 * d + d + i % d] = kappa * value
    );
    const all = { ...made.parameters, readout: { data: readout, shape: [architecture.width, 2 * d] } };
    const model = transformerModel({
      task: { alphaStar: 1, bStar: [1.5, 0.7], L, d },
      architecture,
      batch: 8,
      seeds: [3],
    });
    const p = toTensors(Object.fromEntries(
      Object.entries(all).map(([name, { data, shape }]) => [name, {
        data: Float32Array.from(data),
        shape: [1, ...shape],
      }]),
    ));
    const batch = model.batchAt(0), x = toTensors(batch);
    const host = await toHost(tf.tidy(() => ({
      output: forwardPass(architecture, p, x).output,
      ...model.metrics!(p, x),
    })));
    for (let b = 0; b < 8; b++) {
      const expected = inductionHead(sequence(batch, 0, b), W, 2, d);
      // copy error 2 e^-14 = 2e-6 on tokens up to 3; the guard of 60 costs float32 logits 4e-6
      for (let i = 0; i < d; i++) {
        expect(Math.abs(host.output.data[b * 4 + d + i] - kappa * expected[i])).toBeLessThan(1e-4);
      }
    }
    expect(host.inductionScore.data[0]).toBeGreaterThan(1 - 1e-4);
    expect(host.previousToken.data[0]).toBeGreaterThan(1 - 1e-4);
    expect(host.induction.data[0]).toBeLessThan(1e-8);
    expect(host.fourGram.data[0]).toBeGreaterThan(0.1); // it does nothing for x_{L-2}
  });
});

describe("programs", () => {
  test("a run is the same in whatever company it trains", () => {
    const [many, alone] = [[1, 2, 3], [2]].map((seeds) =>
      modelOf(network([alibi, alibi]), { seeds, start: { slopes: [1, 0.5], gain: 0.3 } })
    );
    const [first, second] = [many.initial(), alone.initial()];
    for (const name of Object.keys(second)) {
      const size = second[name].data.length;
      expect(first[name].data.subarray(size, 2 * size)).toEqual(second[name].data);
    }
    const size = 3 * 7 * 2;
    expect(many.batchAt(4).tokens.data.subarray(size, 2 * size)).toEqual(alone.batchAt(4).tokens.data);
    expect(many.batchAt(4).tokens.data).not.toEqual(many.batchAt(5).tokens.data);
  });

  test("a start is what it says: slopes, gains, zero biases", () => {
    const architecture = network([alibi, t5]), start = { slopes: [2, 0.25], gain: 0.5, matchGain: 0.01 };
    const seeds = Array.from({ length: 200 }, (_, i) => i);
    const host = modelOf(architecture, { seeds, start }).initial();
    expect([...host["layer1.position"].data.subarray(0, 2)]).toEqual([2, 0.25]);
    expect(host["layer2.position"].data.every((bias) => bias === 0)).toBe(true);
    expect(host["embedding.bias"].data.every((bias) => bias === 0)).toBe(true);
    const deviation = (name: string) => {
      const data = Array.from(host[name].data);
      return Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
    };
    // 200 runs x at least 12 entries: relative standard error at most 1/sqrt(2 x 2400) = 1.4 %; three of them
    expect(Math.abs(deviation("layer1.query") / (0.01 / Math.sqrt(6)) - 1)).toBeLessThan(0.05);
    expect(Math.abs(deviation("layer2.key") / (0.01 / Math.sqrt(6)) - 1)).toBeLessThan(0.05);
    expect(Math.abs(deviation("layer1.output") / (0.5 / Math.sqrt(2)) - 1)).toBeLessThan(0.05);
    expect(Math.abs(deviation("embedding.weight") / (1 / Math.sqrt(2)) - 1)).toBeLessThan(0.05);
  });

  test("what does not fit is refused with a reason", () => {
    const good = network([alibi, alibi]);
    expect(() => modelOf({ ...good, bos: true })).toThrow(/no BOS/);
    expect(() => modelOf({ ...good, outputs: 2 })).toThrow(/need an architecture with d = 2 and 4 outputs/);
    expect(() => modelOf(good, { seeds: [] })).toThrow(/at least one seed/);
    expect(() => modelOf(good, { start: { slopes: [1] } })).toThrow(/2 heads, so it needs as many slopes/);
    expect(() => modelOf(network([{ kind: "t5" }, alibi]))).toThrow(/buckets >= 1/);
  });
});
