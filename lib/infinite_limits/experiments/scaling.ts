/** @module What grows with N at alphaA = 1/2 and not at 1: dense networks of four heads on the tiny data, in float64. */
import { stream } from "../../numerics/mod.ts";
import { breathe, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import { descend } from "../descent.ts";
import { initialParameters } from "../forward.ts";
import { parametrise } from "../parametrisation.ts";
import { type ScalingConfig, type ScalingMetrics, scalingMetrics } from "../records.ts";
import { headStatistics } from "../theory.ts";
import { rich, short, throwIfStopped, tiny } from "./common.ts";

const times = [0, 1, 3, 12];
const configs = (N: readonly number[], seeds: number): ScalingConfig[] => [
  { alphaA: 1, embedding: true, H: 4, N, seeds, times },
  { alphaA: 0.5, embedding: true, H: 4, N, seeds, times },
  { alphaA: 0.5, embedding: false, H: 4, N, seeds, times },
];
const profiles = frozen({
  quick: configs([8, 16, 32, 64], 12),
  full: configs([16, 32, 64, 128, 256], 60),
});

const meanSquare = (values: Float64Array) => values.reduce((sum, x) => sum + x ** 2 / values.length, 0);

async function run(config: ScalingConfig, context: RunContext): Promise<ScalingMetrics> {
  const names = ["headVariance", "logitMove", "keyPath", "alignment"] as const;
  const out = Object.fromEntries(
    names.map((name) => [name, config.N.map(() => config.times.map(() => [] as number[]))]),
  ) as Record<typeof names[number], number[][][]>;
  const last = Math.max(...config.times), total = config.N.length * config.seeds;
  for (const [i, N] of config.N.entries()) {
    const frozenKinds = config.embedding ? [] : ["embedding" as const];
    const scales = parametrise({ ...rich, N, H: config.H, L: 1, alphaA: config.alphaA, frozen: frozenKinds });
    const shape = { scales, features: tiny.D, tokens: tiny.S };
    for (let seed = 0; seed < config.seeds; seed++) {
      let start: Float64Array | undefined;
      descend(shape, initialParameters(shape, stream(1, "scaling", N, seed)), tiny, last, (state) => {
        const { heads } = state.trace.blocks[0];
        start ??= heads.logits.slice();
        const at = config.times.indexOf(state.t);
        if (at < 0) return;
        // Gradients of the loss carry -Delta/(gamma0 d P): divided by it they are the theory's fields.
        const { P, targets } = tiny;
        const field = (values: Float64Array, sampleOf: (i: number) => number) =>
          values.map((g, i) => {
            const p = sampleOf(i);
            return scales.width * scales.gamma0 * P * g / (targets[p] - state.outputs[p]);
          });
        const keys = state.gradients.throughKeys[0].data,
          perSample = keys.length / P,
          block = heads.sensitivity.length / heads.heads / P;
        const { variance } = headStatistics(heads);
        out.headVariance[i][at].push(variance.reduce((sum, v) => sum + v / variance.length, 0));
        out.logitMove[i][at].push(meanSquare(heads.logits.map((a, e) => a - start![e])));
        out.keyPath[i][at].push(meanSquare(field(keys, (e) => Math.floor(e / perSample))));
        out.alignment[i][at].push(meanSquare(field(heads.sensitivity, (e) => Math.floor(e / block) % P)));
      });
      context.progress(i * config.seeds + seed + 1, total);
      await breathe();
      throwIfStopped(context);
    }
  }
  const tidy = (sweep: number[][][]) => sweep.map((row) => row.map((values) => short(values)));
  return {
    headVariance: tidy(out.headVariance),
    logitMove: tidy(out.logitMove),
    keyPath: tidy(out.keyPath),
    alignment: tidy(out.alignment),
  };
}

/** Growth with N. */
export const scaling: Experiment<ScalingConfig, ScalingMetrics> = {
  paper: "infinite_limits",
  name: "scaling",
  title: "Head variance, logit movement and the backward key path over head width",
  version: 2,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => scalingMetrics.parse(metrics),
  run,
};
