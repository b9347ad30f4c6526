/** @module Transformers trained from scratch, one run for each number of heads and seed, and everything measured on them. */
import { rounded } from "../../numerics/mod.ts";
import {
  breathe,
  checkpointParts,
  type CheckpointSlot,
  type Experiment,
  frozen,
  type RunContext,
  Stopped,
} from "../../runs/mod.ts";
import type { Architecture } from "../forward.ts";
import {
  type Estimated,
  type TrainedRun,
  type TrainingConfig,
  type TrainingMetrics,
  trainingMetrics,
} from "../records.ts";
import { bayesInReach, type Method, methodRisk, PromptSample } from "../theory/mod.ts";
import { estimated } from "./sampling.ts";

/** Small networks on short prompts: the smallest setting found in which the head effect is clear of the noise. */
const small: TrainingConfig = {
  regime: "2",
  task: { d: 8, s: 1, sigma: 1, prior: "rad" },
  n: { min: 16, max: 32 },
  lengths: [16, 20, 24, 28, 32],
  attention: "linear",
  layers: 3,
  width: 32,
  keyWidth: 32,
  heads: [1, 2, 4, 8],
  seeds: [1, 2, 3],
  batch: 32,
  q: 4,
  steps: 2500,
  rate: 6e-3,
  testing: 1024,
  probeSteps: 400, // five times as many lower every curve by 1 % and change no comparison
};

/** The size of the pilot that this project's acceptance numbers come from. */
const large: TrainingConfig = {
  ...small,
  layers: 4,
  width: 40,
  keyWidth: 40,
  batch: 256,
  steps: 30_000,
  rate: 2e-3,
  testing: 4096,
  probeSteps: 1000,
};

const softmax = { attention: "softmax", rate: 2e-3 } as const;
const regime1 = { regime: "1", task: { d: 8, s: 2, sigma: 0.5, prior: "rad" } } as const;
const regime1b = { regime: "1b", task: { d: 8, s: 2, sigma: 1, prior: "rad" } } as const;
const sixteen = {
  regime: "d = 16",
  task: { d: 16, s: 4, sigma: 0.5, prior: "rad" },
  n: { min: 16, max: 80 },
  lengths: [16, 20, 30, 40, 60, 80],
  width: 64,
  keyWidth: 64,
  heads: [1, 2, 4, 8, 16],
  steps: 100_000,
  rate: 1e-3,
} as const;

const configs = frozen({
  quick: [
    small,
    { ...small, ...regime1, heads: [1, 8], probeSteps: 0 },
  ],
  full: [
    large,
    { ...large, ...softmax },
    { ...large, ...regime1 },
    { ...large, ...regime1, ...softmax },
    { ...large, ...regime1b },
    { ...large, ...regime1b, ...softmax },
    { ...large, ...sixteen },
    // 16 heads of scores [3 runs, 64 prompts, 16, 84, 80] are 80 MB: WebGPU binds no more than 128 MB at once
    { ...large, ...sixteen, ...softmax, rate: 3e-4, batch: 64 },
  ],
});

/** The network with this many heads. */
export function architectureOf(config: TrainingConfig, heads: number): Architecture {
  const { task: { d }, width, attention, layers, keyWidth } = config;
  if (keyWidth % heads !== 0) {
    throw new RangeError(`width ${keyWidth} cannot be shared out among ${heads} heads`);
  }
  const layer = { heads, keyWidth: keyWidth / heads, valueWidth: keyWidth / heads };
  return { d, width, attention, layers: new Array(layers).fill(layer) };
}

/** Trains one program (runs that share their shapes) and measures it. */
async function trainProgram(
  config: TrainingConfig,
  heads: readonly number[],
  context: RunContext,
  slot: CheckpointSlot,
): Promise<Pick<TrainingMetrics, "steps" | "runs" | "descentRaw" | "diverged">> {
  // TensorFlow.js is loaded when something is trained, not when records are read.
  const [nn, { oneCycle, transformerModel }, assess] = await Promise.all([
    import("../../nn/mod.ts"),
    import("../model.ts"),
    import("../assessment.ts"),
  ]);
  const { task, n, q, batch, seeds, steps, rate, lengths, testing, probeSteps } = config;
  const runs = heads.flatMap((count) =>
    seeds.map((seed) => ({ architecture: architectureOf(config, count), seed, heads: count }))
  );
  const program = { task, n, q, batch };
  const model = transformerModel({ ...program, runs });
  const title = `${config.attention}, regime ${config.regime}, heads ${heads.join(" ")}`;
  const trained = await nn.train({
    model,
    optimizer: nn.adam({ learningRate: oneCycle(rate, steps), clipNorm: 1 }),
    batch: model.batchAt,
    steps,
    every: Math.ceil(steps / 40),
    evaluationBatch: model.prompts({ n, prompts: 128, step: 0, sharedSeed: 3, name: "history" }),
    onDivergence: "continue",
    signal: context.signal,
    checkpoint: slot,
    onProgress: (step, total, loss) =>
      context.progress(
        step,
        total,
        `${title}: risk ${loss[0].toPrecision(3)} ... ${loss.at(-1)!.toPrecision(3)}`,
      ),
  });
  if (trained.status === "stopped") throw new Stopped(trained.message);
  if (trained.status === "out-of-memory") throw new Error(trained.message);
  const lost = new Set(trained.diverged.map(({ run }) => run));
  const kept = runs.map((_, r) => r).filter((r) => !lost.has(r));
  if (kept.length === 0) throw new Error(`every run diverged: ${trained.message}`);

  const host = assess.selectRuns(trained.parameters, kept), survivors = kept.map((r) => runs[r]);
  const architectures = survivors.map(({ architecture }) => architecture);
  const whole = transformerModel({ ...program, runs: survivors });
  const note = async (what: string) => {
    context.progress(steps, steps, `${title}: ${what}`);
    await breathe();
    if (context.signal.aborted) throw new Stopped("stopped while the trained networks were assessed");
  };
  const parameters = nn.toTensors(host);
  try {
    await note("risks");
    const curves: Estimated[][] = [];
    for (const length of lengths) {
      curves.push(await assess.testRisk(whole, parameters, { n: length, prompts: testing }));
    }
    await note("masking heads");
    const test = { n, prompts: testing, seed: 2 };
    const masked = await assess.maskedRatios(whole, parameters, architectures, {
      n,
      prompts: Math.min(512, testing),
      seed: 3,
    });
    await note("pruning");
    const later = assess.prunedGains(masked, (layer) => layer > 0);
    const first = assess.prunedGains(masked, (layer) => layer === 0);
    const refit = (gains: typeof later, layers: number[]) =>
      assess.refitGains(whole, host, { gains, layers, n, signal: context.signal });
    const risksWith = (gains: typeof later) => assess.testRisk(whole, parameters, { ...test, gains });
    const full = await assess.testRisk(whole, parameters, test);
    const laterLayers = Array.from({ length: config.layers - 1 }, (_, l) => l + 1);
    const pruned = {
      later: await risksWith(later),
      laterRefit: await risksWith(await refit(later, laterLayers)),
      first: await risksWith(first),
      firstRefit: await risksWith(await refit(first, [0])),
    };
    await note("probes");
    const probe = assess.productProbe(architectures, host, task, { n: n.max, prompts: 800 });
    // The descent probe compares the fewest heads with the most, all seeds.
    const ends = [Math.min(...config.heads), Math.max(...config.heads)];
    const looked = survivors.flatMap(({ heads }, r) => ends.includes(heads) ? [r] : []);
    const descent = probeSteps === 0 || looked.length === 0 ? undefined : await assess.descentProbe(
      transformerModel({ ...program, runs: looked.map((r) => survivors[r]) }),
      assess.selectRuns(host, looked),
      config.width,
      task.d,
      { n, steps: DESCENT_STEPS, updates: probeSteps, signal: context.signal },
    );
    return {
      steps: [...trained.history.steps],
      descentRaw: descent?.raw ?? [],
      diverged: trained.diverged.map(({ run, step }) =>
        `H = ${runs[run].heads}, seed ${runs[run].seed}: step ${step}`
      ),
      runs: survivors.map((run, r): TrainedRun => ({
        heads: run.heads,
        seed: run.seed,
        risk: curves.map((curve) => curve[r]),
        history: trained.history.loss.map((loss) => rounded(loss[kept[r]])),
        probe: probe[r],
        masked: masked[r],
        pruning: {
          full: full[r],
          later: pruned.later[r],
          laterRefit: pruned.laterRefit[r],
          first: pruned.first[r],
          firstRefit: pruned.firstRefit[r],
        },
        descent: descent && looked.includes(r) ? descent.stream[looked.indexOf(r)] : [],
      })),
    };
  } finally {
    nn.disposeTensors(parameters);
  }
}

const DESCENT_STEPS = [1, 2, 4, 8];
const BASELINES: Method[] = ["leastSquares", "ridge", "descent", "preprocessed", "lasso", "oracle", "bayes"];

async function run(config: TrainingConfig, context: RunContext): Promise<TrainingMetrics> {
  await context.device();
  const part = checkpointParts(context.checkpoint);
  const programs = config.attention === "linear" ? [config.heads] : config.heads.map((count) => [count]);
  const parts = [];
  for (const heads of programs) {
    parts.push(
      await trainProgram(
        config,
        heads,
        context,
        part(`heads ${heads.join(" ")}`),
      ),
    );
  }
  const methods = BASELINES.filter((method) =>
    method !== "bayes" || bayesInReach(config.task, config.testing)
  );
  const baselines = [];
  for (const n of config.lengths) {
    const sample = new PromptSample(config.task, n, { count: config.testing, seed: 9 });
    baselines.push(
      Object.fromEntries(methods.map((method) => [method, estimated(methodRisk(sample, method))])),
    );
    await breathe();
  }
  return {
    steps: parts[0].steps,
    descentSteps: config.probeSteps > 0 ? DESCENT_STEPS : [],
    descentRaw: parts[0].descentRaw,
    runs: parts.flatMap(({ runs }) => runs),
    baselines,
    diverged: parts.flatMap(({ diverged }) => diverged),
  };
}

/** Trained transformers by number of heads. */
export const transformers: Experiment<TrainingConfig, TrainingMetrics> = {
  paper: "sparse_regression",
  name: "transformers",
  title: "Trained transformers: excess risk, masked heads, pruning and probes by number of heads",
  version: 1,
  configs: (profile) => configs[profile],
  checkMetrics: (metrics) => trainingMetrics.parse(metrics),
  run,
};
