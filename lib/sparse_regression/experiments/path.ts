/** @module The U-shaped risk along the time of descent, its parts, discrete steps that diverge, and Theorem B on single prompts. */
import { breathe, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import { median, quantile, rounded } from "../../numerics/mod.ts";
import { logTimes } from "../../ode/mod.ts";
import { type Estimated, type RiskPathConfig, type RiskPathMetrics, riskPathMetrics } from "../records.ts";
import {
  conditionalBound,
  type ConditionalProblem,
  conditionalRisk,
  descentFilter,
  flowFilter,
  preprocessedPath,
  PromptSample,
  summarise,
} from "../theory/mod.ts";
import { estimated } from "./sampling.ts";

const times = Array.from(logTimes(0.5, 500, 25), rounded);
const config = (prior: "rad" | "gau", prompts: number): RiskPathConfig => ({
  d: 16,
  s: 4,
  sigma: 0.5,
  prior,
  n: 80,
  prompts,
  seed: 3,
  times,
  etas: [0.5, 1, 2],
});
const configs = frozen({
  quick: [config("rad", 800), config("gau", 800)],
  full: [config("rad", 4000), config("gau", 4000)],
});

/** Above this a mean says nothing but that some prompt has exploded. */
const EXPLODED = 1e6;

/** Preprocessing from an independent sample: the exact risk given inputs, and Theorem B's bounds beside it. */
function splitSample(config: RiskPathConfig, sample: PromptSample) {
  const { n, prompts, seed, sigma } = config, task = sample.task, step = 0.02;
  // Fresh inputs and noise, the same weights: r = S' w* + (r' - S' w') with moments S', r' of another prompt whose weights are w'.
  const second = new PromptSample(task, n, { count: prompts, seed: seed + 1000 });
  const scales = sample.statistics.map(({ weights }, i) => {
    const other = second.statistics[i], scale = new Float64Array(task.d);
    for (let j = 0; j < task.d; j++) {
      let value = other.correlation[j];
      for (let k = 0; k < task.d; k++) value += other.gram[j * task.d + k] * (weights[k] - other.weights[k]);
      scale[j] = value;
    }
    return scale;
  });
  const problem = (i: number, eta: number, steps: number): ConditionalProblem => {
    const { d, n, gram, weights } = sample.statistics[i];
    return { d, n, gram, weights, scale: scales[i], sigma, eta, steps };
  };
  const curve = config.times.map((time) =>
    summarise(Float64Array.from(sample.statistics, (_, i) => {
      const { bias, variance } = conditionalRisk(problem(i, step, Math.max(1, Math.round(time / step))));
      return bias + variance;
    }))
  );
  let tried = 0, violations = 0;
  const tightest: [number, number] = [0, 0];
  for (let i = 0; i < Math.min(prompts, 200); i++) {
    const { largest } = preprocessedPath(sample.statistics[i], scales[i]);
    for (const steps of [1, 3, 10, 30, 100, 300, 1000]) {
      const given = problem(i, 1 / largest, steps);
      const exact = conditionalRisk(given), bound = conditionalBound(given);
      tried += 2;
      const ratios = [exact.bias / bound.bias, exact.variance / bound.variance];
      ratios.forEach((ratio, part) => {
        if (ratio > 1 + 1e-9) violations++;
        tightest[part] = Math.max(tightest[part], ratio);
      });
    }
  }
  return { curve, bounds: { tried, violations, tightest: tightest.map(rounded) as [number, number] } };
}

async function run(config: RiskPathConfig, context: RunContext): Promise<RiskPathMetrics> {
  const { n, prompts, seed, times, etas, d, s, sigma, prior } = config;
  const sample = new PromptSample({ d, s, sigma, prior }, n, { count: prompts, seed });
  const filters = times.map(flowFilter);
  const curve = (kind: "plain" | "preprocessed"): Estimated[] => sample.curve(kind, filters).map(estimated);
  const preprocessed = curve("preprocessed"), descent = curve("plain");
  context.progress(1, 3, "split sample");
  await breathe();
  context.signal.throwIfAborted();
  const split = splitSample(config, sample);
  context.progress(2, 3, "discrete steps");
  await breathe();
  const largest = sample.largestEigenvalues("preprocessed");
  const discrete = etas.map((eta) => {
    const steps = [...new Set(times.map((time) => Math.max(1, Math.round(time / eta))))];
    const risks = steps.map((t) => sample.filterRisks("preprocessed", descentFilter(eta, t)));
    return {
      eta,
      steps,
      mean: risks.map((r) => {
        const { risk } = summarise(r);
        return risk < EXPLODED ? rounded(risk) : null;
      }),
      median: risks.map((r) => rounded(median(r.map((risk) => Math.min(risk, EXPLODED))))),
      unstable: largest.filter((value) => value > 2 / eta).length / prompts,
    };
  });
  return {
    preprocessed,
    on: filters.map((filter) => rounded(sample.splitRisks("preprocessed", filter).on.risk)),
    descent,
    split: split.curve.map(estimated),
    discrete,
    largest: Array.from({ length: 100 }, (_, i) => rounded(quantile(largest, (i + 0.5) / 100))),
    bounds: split.bounds,
  };
}

/** Risk along the path at n = 80. */
export const riskPath: Experiment<RiskPathConfig, RiskPathMetrics> = {
  paper: "sparse_regression",
  name: "risk_path",
  title: "Risk along the time of descent",
  version: 1,
  configs: (profile) => configs[profile],
  checkMetrics: (metrics) => riskPathMetrics.parse(metrics),
  run,
};
