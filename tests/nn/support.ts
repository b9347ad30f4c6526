/** @module What the tests of `nn` share: the devices of this machine, host arithmetic, and a small transformer. */
import {
  attention,
  type BackendName,
  causalBias,
  gaussian,
  type HostArray,
  type HostArrays,
  initialize,
  layerNorm,
  linear,
  meanSquaredError,
  mergeHeads,
  type Model,
  openDevice,
  splitHeads,
  tf,
  toTensor,
} from "../../lib/nn/mod.ts";
import { stream } from "../../lib/numerics/mod.ts";

/** A backend and, when it cannot be tested here, the reason. */
export interface TestDevice {
  readonly backend: BackendName;
  readonly missing?: string;
}

const adapter = await navigator.gpu?.requestAdapter();

/** Backends to test on; the missing ones are reported as skipped, with the reason in the title. */
export const devices: readonly TestDevice[] = [
  { backend: "cpu" },
  { backend: "wasm" },
  { backend: "webgpu", missing: adapter ? undefined : "no WebGPU adapter answers" },
];

/** `describe.each` title: says what is skipped and why. */
export function titled(device: TestDevice): string {
  return device.missing ? `on ${device.backend} (skipped: ${device.missing})` : `on ${device.backend}`;
}

/** Opens the device of a block of tests; to be called in `beforeAll`, because there is one device at a time. */
export async function open(device: TestDevice): Promise<void> {
  await openDevice(device.backend);
}

/** Numbers of a tensor, which is disposed of. */
export async function read(tensor: tf.Tensor): Promise<number[]> {
  const data = await tensor.data();
  tensor.dispose();
  return Array.from(data);
}

/** Reproducible numbers of a shape, uniform on (-1, 1). */
export function numbers(shape: readonly number[], seed: number | string = 0): HostArray {
  const data = new Float32Array(shape.reduce((product, n) => product * n, 1));
  return { data: stream(7, "test", seed).fillUniform(data, -1, 1), shape };
}

/** Largest absolute difference of two lists of the same length; Infinity when anything is not finite. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const d = Math.abs(a[i] - b[i]);
    if (!(d <= Infinity) || !Number.isFinite(a[i])) return Infinity;
    most = Math.max(most, d);
  }
  return most;
}

/** Sizes of the small transformer. */
export const small = { batch: 4, T: 6, D: 8, H: 2, F: 16 } as const;

/** A one-layer causal transformer with a scalar output at every position, one run per seed. */
export function smallTransformer(seeds: readonly number[]): Model & { outputs: typeof smallOutputs } {
  const { D, F } = small;
  return {
    name: "small transformer",
    runs: seeds.length,
    outputs: smallOutputs,
    initial: () =>
      initialize(seeds, () => ({
        q: gaussian([D, D], D ** -0.5),
        k: gaussian([D, D], D ** -0.5),
        v: gaussian([D, D], D ** -0.5),
        o: gaussian([D, D], D ** -0.5),
        f: gaussian([D, F], D ** -0.5),
        g: gaussian([F, D], F ** -0.5),
        r: gaussian([D, 1], D ** -0.5),
      })),
    loss: (p, batch) => meanSquaredError(smallOutputs(p, batch.x), batch.y),
    metrics: (p, batch) => ({
      norm: tf.sum(tf.square(tf.reshape(p.r, [seeds.length, -1])), 1),
      y: tf.mean(batch.y),
    }),
  };
}

/** Outputs [run, batch, T, 1] of the small transformer for x [1, batch, T, D]. */
export function smallOutputs(p: Record<string, tf.Tensor>, x: tf.Tensor): tf.Tensor {
  const h = layerNorm(x);
  const [q, k, v] = [p.q, p.k, p.v].map((w) => splitHeads(linear(h, w), small.H));
  const bias = toTensor(causalBias(small.T));
  const mixed = tf.add(x, linear(mergeHeads(attention({ q, k, v, bias })), p.o));
  return linear(tf.add(mixed, linear(tf.relu(linear(layerNorm(mixed), p.f)), p.g)), p.r);
}

/** The batch of a step: fresh inputs, and the mean of each input as its target. */
export function smallBatch(step: number): HostArrays {
  const { batch, T, D } = small;
  const x = numbers([1, batch, T, D], `batch ${step}`);
  const y = new Float32Array(batch * T);
  for (let i = 0; i < y.length; i++) for (let j = 0; j < D; j++) y[i] += x.data[i * D + j] / D;
  return { x, y: { data: y, shape: [1, batch, T, 1] } };
}
