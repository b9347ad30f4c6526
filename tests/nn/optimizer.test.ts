import { beforeAll, describe, expect, it } from "vitest";
import {
  adam,
  clipByGlobalNorm,
  flatten,
  type Optimizer,
  sgd,
  tf,
  toHost,
  toTensors,
  unflatten,
} from "../../lib/nn/mod.ts";
import { devices, distance, numbers, open, read, titled } from "./support.ts";

const shapes = { w: [2, 3, 2], b: [2, 4] };
const host = (seed: string) => ({ w: numbers(shapes.w, `w ${seed}`), b: numbers(shapes.b, `b ${seed}`) });

/** Twenty updates with the gradients of `host(step)`; returns run by run, w before b. */
async function trajectory(optimizer: Optimizer, steps = 20): Promise<number[][]> {
  let parameters = toTensors(host("start"));
  let state = optimizer.initial(parameters);
  for (let step = 0; step < steps; step++) {
    const gradients = toTensors(host(`gradient ${step}`));
    const next = optimizer.update(step, parameters, gradients, state);
    tf.dispose([gradients, parameters]);
    tf.dispose(Object.values(state).filter((t) => !Object.values(next.state).includes(t)));
    ({ parameters, state } = next);
  }
  const { w, b } = await toHost(parameters);
  tf.dispose([parameters, state]);
  return [0, 1].map((r) => [...w.data.slice(6 * r, 6 * r + 6), ...b.data.slice(4 * r, 4 * r + 4)]);
}

/** The same in float64: one run's numbers and gradients through a scalar rule. */
function reference(
  run: number,
  steps: number,
  rule: (step: number, theta: number, g: number, memory: number[]) => number,
) {
  const cut = (seed: string) => {
    const { w, b } = host(seed);
    return [...w.data.slice(6 * run, 6 * run + 6), ...b.data.slice(4 * run, 4 * run + 4)];
  };
  const memories = Array.from({ length: 10 }, () => [0, 0]);
  let theta = cut("start");
  for (let step = 0; step < steps; step++) {
    const g = cut(`gradient ${step}`);
    theta = theta.map((x, i) => rule(step, x, g[i], memories[i]));
  }
  return theta;
}

describe.each(devices)("optimisers", (device) => {
  describe.skipIf(device.missing)(titled(device), () => {
    beforeAll(() => open(device));

    it("Adam follows its definition in float64, every run at its own learning rate", async () => {
      const rates = [0.01, 0.03];
      const got = await trajectory(
        adam({ learningRate: rates, beta1: 0.8, beta2: 0.95, epsilon: 1e-3, weightDecay: 0.1 }),
      );
      for (const run of [0, 1]) {
        const want = reference(run, 20, (step, theta, g, memory) => {
          memory[0] = 0.8 * memory[0] + 0.2 * g;
          memory[1] = 0.95 * memory[1] + 0.05 * g * g;
          const [m, v] = [memory[0] / (1 - 0.8 ** (step + 1)), memory[1] / (1 - 0.95 ** (step + 1))];
          return theta - rates[run] * 0.1 * theta - rates[run] * m / (Math.sqrt(v) + 1e-3);
        });
        expect(distance(got[run], want)).toBeLessThan(5e-6); // 20 steps, each rounded to 6e-8 of numbers below 2
      }
    });

    it("momentum follows its definition, with a schedule", async () => {
      const rate = (step: number) => 0.1 / (1 + step);
      const got = await trajectory(sgd({ learningRate: rate, momentum: 0.9 }));
      for (const run of [0, 1]) {
        const want = reference(run, 20, (step, theta, g, memory) => {
          memory[0] = 0.9 * memory[0] + g;
          return theta - rate(step) * memory[0];
        });
        expect(distance(got[run], want)).toBeLessThan(5e-6);
      }
    });

    it("a scale multiplies a parameter's rate, and 0 freezes it", async () => {
      const got = await trajectory(sgd({ learningRate: 0.1, scale: { w: [2, 0] } }), 3);
      const [start] = await trajectory(sgd({ learningRate: 0 }), 1).then((t) => [t[1]]);
      expect(got[1].slice(0, 6)).toEqual(start.slice(0, 6));
      const want = reference(0, 3, (_step, theta, g) => theta - 0.2 * g);
      expect(distance(got[0].slice(0, 6), want.slice(0, 6))).toBeLessThan(1e-6);
    });

    it("clipping bounds each run's whole gradient and leaves short ones alone", async () => {
      const gradients = toTensors({
        w: { data: Float32Array.of(3, 0, 0, 0.3), shape: [2, 2] },
        b: { data: Float32Array.of(4, 0.4), shape: [2, 1] },
      });
      const clipped = clipByGlobalNorm(gradients, 1);
      expect(distance(await read(clipped.w), [0.6, 0, 0, 0.3])).toBeLessThan(1e-6);
      expect(distance(await read(clipped.b), [0.8, 0.4])).toBeLessThan(1e-6);
      const zero = clipByGlobalNorm(toTensors({ w: { data: new Float32Array(2), shape: [1, 2] } }), 1);
      expect(await read(zero.w)).toEqual([0, 0]);
      tf.dispose(gradients);
    });

    it("one vector per run and back is the identity", async () => {
      const tensors = toTensors(host("flat"));
      const back = tf.tidy(() => unflatten(flatten(tensors), tensors));
      expect(await toHost(back)).toEqual(await toHost(tensors));
      tf.dispose([tensors, back]);
    });

    it("an update leaves no tensors behind", async () => {
      const before = tf.memory().numTensors;
      await trajectory(adam({ learningRate: 0.1, clipNorm: 1, scale: { b: 0.5 } }), 3);
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});

describe("optimisers refuse", () => {
  beforeAll(() => open({ backend: "cpu" }));

  it.each([
    [() => adam({ learningRate: 1, beta1: 1 }), "beta1 must be in [0, 1), got 1"],
    [() => adam({ learningRate: 1, epsilon: 0 }), "epsilon must be > 0, got 0"],
    [() => sgd({ learningRate: 1, clipNorm: -1 }), "clipNorm must be > 0, got -1"],
    [() => sgd({ learningRate: [1, 2, 3] }).scalars(0, 2), "learningRate has 3 entries for 2 runs"],
    [
      () => sgd({ learningRate: () => NaN }).scalars(4, 2),
      "learningRate must be finite and >= 0, got NaN at step 4",
    ],
    [
      () => sgd({ learningRate: 1, scale: { x: 2 } }).initial({ w: tf.zeros([1, 1]) }),
      'scale names "x", which is not a parameter (w)',
    ],
  ])("case %#", (attempt, message) => {
    expect(attempt).toThrow(message);
  });
});
