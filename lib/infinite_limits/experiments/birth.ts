/** @module Logits and kernels of networks that were never trained, in float64: real networks, drawn one by one. */
import { ksTest, mean, normalCdf, rounded, standardError, stream } from "../../numerics/mod.ts";
import { breathe, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import { inputKernel } from "../data.ts";
import { forward, initialParameters } from "../forward.ts";
import { parametrise } from "../parametrisation.ts";
import {
  type BirthConfig,
  type BirthMetrics,
  birthMetrics,
  histogramOf,
  type KernelsConfig,
  type KernelsMetrics,
  kernelsMetrics,
} from "../records.ts";
import { initialKernels, logitLaw, type Rows } from "../theory.ts";
import { short, throwIfStopped, tiny } from "./common.ts";

const birthProfiles = frozen({
  quick: [{ seed: 1, networks: 400, width: 64, N: [1, 2, 4, 16, 64] }],
  full: [{ seed: 1, networks: 4000, width: 256, N: [1, 2, 4, 16, 64, 256] }],
});

const { P, S, D } = tiny, B = P * S;

/** $\langle h_a h_b\rangle$ over the sites of a field, row-major. */
function kernelOf({ data, offset, stride, count }: Rows): Float64Array {
  const out = new Float64Array(count * count);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      let sum = 0;
      for (let i = 0; i < stride; i++) sum += data[offset + a * stride + i] * data[offset + b * stride + i];
      out[a * count + b] = sum / stride;
    }
  }
  return out;
}

/**
 * z of A(1; 1, 2) for every head of every network at one exponent: given the network's own kernel, z has exactly the
 * variance-gamma law.
 */
async function drawLogits(
  config: BirthConfig,
  N: number,
  alphaA: number,
  networks: number,
  context: RunContext,
): Promise<number[]> {
  const H = config.width / N, scales = parametrise({ N, H, L: 1, alphaA });
  const shape = { scales, features: D, tokens: S }, z: number[] = [];
  for (let i = 0; i < networks; i++) {
    const parameters = initialParameters(shape, stream(config.seed, "birth", N, i));
    const { residual: [field], blocks: [{ heads }] } = forward(shape, parameters, tiny.inputs);
    const kernel = kernelOf(field), norm = Math.sqrt(kernel[0] * kernel[B + 1]);
    for (let h = 0; h < H; h++) z.push(heads.logits[h * P * S * S + 1] / norm);
    await breathe();
    throwIfStopped(context);
  }
  return z;
}

/** Excess kurtosis with a standard error from ten groups. */
function kurtosisOf(values: readonly number[]): { value: number; error: number } {
  const kurtosis = (x: readonly number[]) => {
    const second = mean(x.map((v) => v ** 2)), fourth = mean(x.map((v) => v ** 4));
    return fourth / second ** 2 - 3;
  };
  const size = Math.floor(values.length / 10);
  const groups = Array.from({ length: 10 }, (_, g) => kurtosis(values.slice(g * size, (g + 1) * size)));
  return { value: kurtosis(values), error: standardError(groups) };
}

async function runBirth(config: BirthConfig, context: RunContext): Promise<BirthMetrics> {
  const rows = [];
  for (const [i, N] of config.N.entries()) {
    // Wide heads are few in a network of given width, so more networks are drawn.
    const { networks } = config, more = Math.min(8, Math.ceil(N / 4));
    const one = await drawLogits(config, N, 1, networks * more, context);
    const half = await drawLogits(config, N, 0.5, networks, context);
    const z = one.map((a) => N * a), law = logitLaw(N), kurtosis = kurtosisOf(z);
    const squares = [one, half].map((values) => values.map((a) => a * a));
    rows.push({
      N,
      count: z.length,
      histogram: histogramOf(z.map((x) => x / Math.sqrt(N)), -4, 4, 64),
      distance: rounded(ksTest(z, (x) => law.cumulative(x)).statistic),
      gaussDistance: rounded(ksTest(z, (x) => normalCdf(x / Math.sqrt(N))).statistic),
      excessKurtosis: rounded(kurtosis.value),
      kurtosisError: rounded(kurtosis.error),
      variance: short(squares.map((values) => mean(values))),
      varianceError: short(squares.map((values) => standardError(values))),
    });
    context.progress(i + 1, config.N.length);
  }
  return { rows };
}

/** The law of a logit at birth. */
export const birth: Experiment<BirthConfig, BirthMetrics> = {
  paper: "infinite_limits",
  name: "birth",
  title: "Attention logits of untrained networks",
  version: 2,
  configs: (profile) => birthProfiles[profile],
  checkMetrics: (metrics) => birthMetrics.parse(metrics),
  run: runBirth,
};

const kernelsProfiles = frozen({
  quick: [{ seed: 1, N: 4, L: 4, alphaL: 0.5, H: [4, 8, 16, 32, 64], networks: 24, heads: 10_000 }],
  full: [{ seed: 1, N: 4, L: 8, alphaL: 0.5, H: [8, 16, 32, 64, 128, 256], networks: 64, heads: 40_000 }],
});

async function runKernels(config: KernelsConfig, context: RunContext): Promise<KernelsMetrics> {
  const { N, L, alphaL, networks, seed } = config;
  const architecture = { layerNorm: "full", mlp: true } as const;
  const { branchScale } = parametrise({ N, H: Infinity, L, alphaL });
  const law = { P, S, N, alphaA: 1, ...architecture, heads: config.heads, stream: stream(seed, "limit") };
  const limit = initialKernels(inputKernel(tiny), law, L, branchScale);
  const error: number[][] = [], errors: number[][] = [];
  let example: number[] = [];
  for (const [i, H] of config.H.entries()) {
    const shape = { scales: parametrise({ N, H, L, alphaL }), architecture, features: D, tokens: S };
    const levels = Array.from({ length: L + 1 }, () => [] as number[]);
    for (let j = 0; j < networks; j++) {
      const parameters = initialParameters(shape, stream(seed, "kernels", H, j));
      forward(shape, parameters, tiny.inputs).residual.forEach((field, l) => {
        const kernel = kernelOf(field);
        let distance = 0, norm = 0;
        kernel.forEach((k, e) => (distance += (k - limit[l][e]) ** 2, norm += limit[l][e] ** 2));
        levels[l].push(distance / norm);
        if (l === L) example = short(kernel);
      });
      await breathe();
      throwIfStopped(context);
    }
    error.push(short(levels.map((values) => mean(values))));
    errors.push(short(levels.map((values) => standardError(values))));
    context.progress(i + 1, config.H.length);
  }
  return { limit: limit.map((kernel) => short(kernel)), example, error, standardError: errors };
}

/** Kernels at birth over depth and heads. */
export const kernels: Experiment<KernelsConfig, KernelsMetrics> = {
  paper: "infinite_limits",
  name: "kernels",
  title: "Kernels of untrained deep networks against the recursion at infinitely many heads",
  version: 1,
  configs: (profile) => kernelsProfiles[profile],
  checkMetrics: (metrics) => kernelsMetrics.parse(metrics),
  run: runKernels,
};
