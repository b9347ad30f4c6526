/** @module Transformers trained from scratch, one run for each number of heads and seed, and everything measured on them. */
import { rounded } from "../../numerics/mod.ts";
import {
  breathe,
  checkpointParts,
  type CheckpointSlot,
  type Experiment,
  type RunContext,
  Stopped,
} from "../../runs/mod.ts";
import {
  type Estimated,
  type TrainedRun,
  type TrainingConfig,
  type TrainingMetrics,
  trainingMetrics,
} from "../records.ts";
import { bayesInReach, type Method, methodRisk, PromptSample } from "../theory/mod.ts";
import { estimated } from "./sampling.ts";
import { architectureOf, trainingConfigs } from "./training_configs.ts";

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
    evaluationBatch: model.prompts({
      n,
      prompts: assess.promptsAtOnce(model.numbersPerPrompt(n.max, q)),
      step: 0,
      sharedSeed: 3,
      name: "history",
    }),
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
  configs: (profile) => trainingConfigs[profile],
  checkMetrics: (metrics) => trainingMetrics.parse(metrics),
  run,
};
