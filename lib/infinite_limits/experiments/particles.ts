/** @module Heads as particles against both of their limits, in float64: sampled finite models, one size at a time. */
import { mean, stream, variance } from "../../numerics/mod.ts";
import { breathe, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import { parametrise } from "../parametrisation.ts";
import { type ParticlesConfig, type ParticlesMetrics, particlesMetrics } from "../records.ts";
import { type Particles, particles as particleDynamics } from "../theory.ts";
import { short, throwIfStopped, tiny } from "./common.ts";

const base = { alphaA: 1, gamma0: 2, eta0: 0.1, readoutScale: 1, steps: 20, seed: 1 } as const;
const both = (heads: number, sizes: readonly number[], seeds: number): ParticlesConfig[] => [
  { ...base, limit: "heads", fixed: 4, sizes, seeds, heads },
  { ...base, limit: "width", fixed: 4, sizes, seeds, heads: 0 },
];
const profiles = frozen({
  quick: both(8000, [8, 16, 32, 64, 128], 60),
  full: both(40_000, [8, 16, 32, 64, 128, 256, 512], 200),
});

const { P, S } = tiny;

/** Variance of A(1; 1, 2) over heads; none where all heads are one. */
function spread({ logits }: Particles): number {
  const size = P * S * S, heads = logits.length / size;
  return heads < 2 ? 0 : variance(Float64Array.from({ length: heads }, (_, h) => logits[h * size + 1]));
}

async function run(config: ParticlesConfig, context: RunContext): Promise<ParticlesMetrics> {
  const { steps, seeds, seed, fixed, limit, readoutScale, sizes } = config;
  const scalesOf = (N: number, H: number) => parametrise({ ...config, N, H, L: 1 });
  /** f and spread at every step. */
  const follow = async (dynamics: Particles) => {
    const outputs: number[][] = [], spreads: number[] = [];
    for (let t = 0;; t++) {
      outputs.push(Array.from(dynamics.outputs));
      spreads.push(spread(dynamics));
      if (t === steps) return { outputs, spreads };
      dynamics.step();
      await breathe();
      throwIfStopped(context);
    }
  };
  const infinite = await follow(
    particleDynamics({
      task: tiny,
      scales: limit === "heads" ? scalesOf(fixed, Infinity) : scalesOf(Infinity, fixed),
      readoutScale,
      heads: config.heads,
      stream: stream(seed, "particles", limit),
    }),
  );
  const errors: number[][] = [], spreads: number[][] = [];
  let outputs: number[][][] = [];
  for (const [i, size] of sizes.entries()) {
    const [N, H] = limit === "heads" ? [fixed, size] : [size, fixed];
    errors.push([]);
    const curves: { outputs: number[][]; spreads: number[] }[] = [];
    for (let network = 0; network < seeds; network++) {
      const curve = await follow(
        particleDynamics({
          task: tiny,
          scales: scalesOf(N, H),
          readoutScale,
          heads: H,
          infinite: false,
          stream: stream(seed, "particles", limit, size, network),
        }),
      );
      curves.push(curve);
      const squares = curve.outputs.flatMap((f, t) => f.map((x, p) => (x - infinite.outputs[t][p]) ** 2));
      errors[i].push(mean(squares));
    }
    outputs = infinite.outputs.map((f, t) => f.map((_, p) => curves.map((curve) => curve.outputs[t][p])));
    spreads.push(infinite.spreads.map((_, t) => mean(curves.map((curve) => curve.spreads[t]))));
    context.progress(i + 1, sizes.length);
  }
  return {
    limit: { outputs: infinite.outputs.map(short), spread: short(infinite.spreads) },
    errors: errors.map(short),
    spread: spreads.map(short),
    largest: outputs.map((samples) => samples.map(short)),
  };
}

/** Heads as particles, both limits. */
export const particles: Experiment<ParticlesConfig, ParticlesMetrics> = {
  paper: "infinite_limits",
  name: "particles",
  title: "Heads as particles: finite models against infinitely many heads and infinitely wide ones",
  version: 1,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => particlesMetrics.parse(metrics),
  run,
};
