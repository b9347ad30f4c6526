/** @module The limit H = infinity at finite N: a population of heads, in float64. */
import { stream } from "../../numerics/mod.ts";
import { breathe, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import { parametrise } from "../parametrisation.ts";
import {
  histogramOf,
  histogramTimes,
  type PopulationConfig,
  type PopulationMetrics,
  populationMetrics,
} from "../records.ts";
import { headStatistics, TrainingDynamics } from "../theory.ts";
import { rich, short, throwIfStopped, tiny } from "./common.ts";

const base = { ...rich, alphaA: 1, steps: 12, seed: 1, response: true } as const;
const configs = (heads: number): PopulationConfig[] => [
  { ...base, N: 4, heads },
  { ...base, N: 4, heads, alphaA: 0.5 },
  { ...base, N: 4, heads, response: false },
  // The same number of sampled sites for every width.
  ...[1, 2, 8, 16].map((N) => ({ ...base, N, heads: Math.round(4 * heads / N), steps: 6 })),
];
const profiles = frozen({ quick: configs(6000), full: configs(20_000) });

async function run(config: PopulationConfig, context: RunContext): Promise<PopulationMetrics> {
  const { steps, heads, response, seed } = config, { S } = tiny;
  const dynamics = new TrainingDynamics({
    task: tiny,
    scales: parametrise({ ...config, H: Infinity, L: 1 }),
    steps,
    heads,
    response,
    stream: stream(seed, "population"),
  });
  const outputs: number[][] = [], headVariance: number[] = [], histograms = [];
  let firstKernel: number[] = [];
  for (let t = 0;; t++) {
    const [block] = dynamics.blocks, { logits } = block.heads;
    const statistics = headStatistics(block.heads), size = statistics.mean.length;
    outputs.push(short(dynamics.outputs));
    headVariance.push(statistics.variance.reduce((sum, v) => sum + v / size, 0));
    if ((histogramTimes as readonly number[]).includes(t)) {
      // A(1; 1, 2) of head h
      const shown = Array.from({ length: heads }, (_, h) => logits[h * size + 0 * S + 1]);
      histograms.push(histogramOf(shown, -4, 4, 64));
    }
    if (t === 0) firstKernel = short(dynamics.residualKernels[1]);
    if (t === steps) {
      return {
        outputs,
        firstKernel,
        lastKernel: short(dynamics.residualKernels[1]),
        valueKernel: short(block.valueKernel()),
        meanLogits: short(statistics.mean),
        headVariance: short(headVariance),
        histograms,
      };
    }
    dynamics.step();
    context.progress(t + 1, steps);
    await breathe();
    throwIfStopped(context);
  }
}

/** Infinitely many heads. */
export const population: Experiment<PopulationConfig, PopulationMetrics> = {
  paper: "infinite_limits",
  name: "population",
  title: "Infinitely many heads of finite width, with and without response terms",
  version: 1,
  configs: (profile) => profiles[profile],
  checkMetrics: (metrics) => populationMetrics.parse(metrics),
  run,
};
