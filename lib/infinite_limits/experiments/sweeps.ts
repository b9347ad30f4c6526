/** @module Networks over sizes and learning rates on fresh samples: transfer of rates, more heads or wider heads, own files. */
import { rounded } from "../../numerics/mod.ts";
import { checkpointParts, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import { fittingParts } from "../model/footprint.ts";
import { parametrise } from "../parametrisation.ts";
import { type Sizes, type SweepConfig, type SweepMetrics, sweepMetrics } from "../records.ts";
import { largestProgram, largestStep, trainProgram } from "./common.ts";
import { characterTask, gratingTask, networkOf, type TokenTask } from "./sources.ts";
import { languageProfiles, transferProfiles } from "./sweep_profiles.ts";

function taskOf({ data, context }: SweepConfig): TokenTask {
  if (data.kind === "gratings") return gratingTask();
  if (data.kind === "characters") return characterTask(context);
  throw new Error(`sequences of kind "${data.kind}" come from your own file: ask for them with ownSweep`);
}

async function train(config: SweepConfig, task: TokenTask, context: RunContext): Promise<SweepMetrics> {
  const { steps, batch, optimiser, beta0, gamma0, baseDepth } = config;
  const rows = config.sizes.flatMap((size, index) =>
    config.rates.flatMap((rate) =>
      Array.from({ length: config.seeds }, (_, i) => ({ size, index, rate, seed: i + 1 }))
    )
  );
  // Five times over the last twelfth of training; fewer when it is shorter than that.
  const gap = Math.ceil(steps / 50);
  const evaluations = [4, 3, 2, 1, 0].map((i) => steps - i * gap).filter((step) => step > 0);
  const heldOut = task.heldOut(config.evaluation), held = config.evaluation;
  const measureBy = held > wholeEvaluation ? batch : Math.max(batch, held);
  const parts = sideBySide(rows, measureBy, task.tokens);
  const slot = checkpointParts(context.checkpoint);
  const finite = (x: number | undefined) => x !== undefined && Number.isFinite(x) ? rounded(x) : null;
  const out: SweepMetrics["rows"][number][] = [];
  for (const [index, part] of parts.entries()) {
    const { history: { loss, metrics }, diverged } = await trainProgram(
      {
        runs: part.map(({ size, rate, seed }) => ({
          scales: parametrise({ ...size, eta0: rate, optimiser, beta0, gamma0, baseDepth }),
          seed,
        })),
        ...networkOf(task),
        metrics: ["accuracy", "headVariance"],
        measureBy,
      },
      {
        steps,
        sampleAt: [0, ...evaluations],
        batch(model, step) {
          const { inputs, targets } = task.training(step, batch);
          return model.batch(inputs, targets);
        },
        evaluation: (model) => model.batch(heldOut.inputs, heldOut.targets),
        tolerant: true,
      },
      context,
      parts.length > 1 ? slot(`part ${index + 1} of ${parts.length}`) : context.checkpoint,
    );
    const lost = new Set(diverged.map(({ run }) => run));
    part.forEach(({ index, rate, seed }, run) => {
      const complete = loss.length === evaluations.length + 1 && !lost.has(run);
      const last = (series: readonly (readonly number[])[]) => {
        let sum = 0;
        for (const sample of series.slice(1)) sum += sample[run] / evaluations.length;
        return complete ? finite(sum) : null;
      };
      const { accuracy, headVariance } = metrics, spread = headVariance.at(-1)!;
      out.push({
        size: index,
        rate,
        seed,
        loss: last(loss),
        accuracy: last(accuracy),
        headVariance: [finite(headVariance[0][run]), complete ? finite(spread[run]) : null],
      });
    });
  }
  return { rows: out };
}

/** As many networks side by side as memory holds; they do not see each other, so the cut changes nothing. */
export function sideBySide<T extends { readonly size: Sizes }>(
  rows: readonly T[],
  samples: number,
  tokens: number,
): T[][] {
  const footprint = ({ size: { N, H, L } }: T) => ({ N, H, L, samples, tokens });
  return fittingParts(rows, footprint, { array: largestProgram, bytes: largestStep });
}

/** Largest held-out set that is measured at once; a larger one goes batch by batch. */
const wholeEvaluation = 128;

const common = {
  paper: "infinite_limits",
  version: 1,
  checkMetrics: (metrics: unknown) => sweepMetrics.parse(metrics),
  run: (config: SweepConfig, context: RunContext) => train(config, taskOf(config), context),
} as const;

/** Learning rates over N, H and L. */
export const transfer: Experiment<SweepConfig, SweepMetrics> = {
  ...common,
  name: "transfer",
  title: "Learning rates over head width, heads and depth on gratings",
  configs: (profile) => transferProfiles[profile],
};

/** More heads or wider heads, in a language model under Adam. */
export const language: Experiment<SweepConfig, SweepMetrics> = {
  ...common,
  name: "language",
  title: "More heads or wider heads in a character model",
  configs: (profile) => languageProfiles[profile],
};

/** Knobs of {@linkcode ownSweep}. */
export interface OwnSweepKnobs {
  /** From `gratingTask`, `characterTask`, `cifarFileTask` or `textFileTask`. */
  readonly task: TokenTask;
  /** Sizes side by side, padded to the largest. */
  readonly sizes: readonly Sizes[];
  /** Values of eta0. */
  readonly rates: readonly number[];
  /** Default: Adam for text, gradient descent for images. */
  readonly optimiser?: "sgd" | "adam";
  /** Default 2. */
  readonly seeds?: number;
  /** Default 16. */
  readonly batch?: number;
  /** Default 100. */
  readonly steps?: number;
  /** Default 2. */
  readonly beta0?: number;
  /** Default 0.5. */
  readonly gamma0?: number;
}

/** A sweep of your own, remembered as a record like every other. */
export function ownSweep(knobs: OwnSweepKnobs): Experiment<SweepConfig, SweepMetrics> {
  const { task, seeds = 2, batch = 16, steps = 100, beta0 = 2, gamma0 = 0.5 } = knobs;
  const text = task.pool === "token", optimiser = knobs.optimiser ?? (text ? "adam" : "sgd");
  const config = frozen<SweepConfig>({
    data: { ...task.source },
    base: { ...knobs.sizes[0] },
    sizes: knobs.sizes.map((size) => ({ ...size })),
    rates: [...knobs.rates],
    seeds,
    optimiser,
    beta0,
    gamma0,
    baseDepth: 1,
    batch,
    steps,
    evaluation: 192,
    context: text ? task.tokens : 0,
  });
  return {
    ...common,
    name: "own_sweep",
    title: "A sweep of your own",
    configs: () => [config],
    run: (config, context) => train(config, task, context),
  };
}
