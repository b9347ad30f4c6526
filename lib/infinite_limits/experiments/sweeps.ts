/** @module Networks over sizes and learning rates on fresh samples: transfer of rates, more heads or wider heads, own files. */
import { rounded } from "../../numerics/mod.ts";
import { frozen } from "../../runs/mod.ts";
import type { Experiment, RunContext } from "../../runs/mod.ts";
import { parametrise } from "../parametrisation.ts";
import { type Sizes, type SweepConfig, type SweepMetrics, sweepMetrics } from "../records.ts";
import { largestProgram, trainProgram } from "./common.ts";
import { characterTask, gratingTask, type TokenTask } from "./sources.ts";

const images = {
  data: { kind: "gratings" },
  optimiser: "sgd",
  beta0: 2,
  gamma0: 0.5,
  baseDepth: 1,
  context: 0,
} as const;
const characters = {
  data: { kind: "characters" },
  optimiser: "adam",
  beta0: 2,
  gamma0: 0.5,
  baseDepth: 1,
  context: 16,
} as const;

/** `count` rates from `low` to `high`, equally spaced in the logarithm. */
function rates(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => rounded(low * (high / low) ** (i / (count - 1))));
}

/**
 * Lists of sizes around a base; the base itself is trained once for each pair of exponents it occurs with, and a single
 * block once: alphaL is about many.
 */
function around(
  base: Sizes,
  lists: { readonly N: readonly number[]; readonly H: readonly number[]; readonly L: readonly number[] },
) {
  const along = (axis: "N" | "H" | "L", exponents: Partial<Sizes>, withBase: boolean) =>
    lists[axis].filter((value) => withBase || value !== base[axis]).map((value): Sizes => ({
      ...base,
      ...exponents,
      [axis]: value,
    })).filter(({ L, alphaL }) => L > 1 || alphaL === base.alphaL);
  return [
    along("N", {}, true),
    along("N", { alphaA: 0.5 }, true),
    along("H", {}, false),
    along("H", { alphaA: 0.5 }, false),
    along("L", {}, false),
    along("L", { alphaL: 0.5 }, true),
  ];
}

/** One program a list of sizes. */
function programs(lists: readonly (readonly Sizes[])[], rest: Omit<SweepConfig, "sizes">): SweepConfig[] {
  return lists.map((sizes) => ({ sizes, ...rest }));
}

/** Cuts a list of sizes so that each part, padded to its largest, fits into one program of `copies` runs a size. */
function fitting(sizes: readonly Sizes[], copies: number): Sizes[][] {
  const parts: Sizes[][] = [];
  const weights = (part: readonly Sizes[]) => {
    const most = (of: (size: Sizes) => number) => Math.max(...part.map(of));
    return part.length * copies * 6 * most(({ L }) => L) * (most(({ N }) => N) * most(({ H }) => H)) ** 2;
  };
  for (const size of sizes) {
    const last = parts.at(-1);
    if (last && weights([...last, size]) <= largestProgram) last.push(size);
    else parts.push([size]);
  }
  return parts;
}

const small: Sizes = { N: 4, H: 8, L: 1, alphaA: 1, alphaL: 1 };
const large: Sizes = { N: 8, H: 8, L: 2, alphaA: 1, alphaL: 1 };
const transferProfiles = frozen({
  // One program a size: padding a small network to a large one costs a processor what it saves a GPU.
  quick: programs(
    around(small, { N: [2, 4, 8], H: [4, 8, 16], L: [1, 2, 4] }).flat().map((size) => [size]),
    {
      ...images,
      base: small,
      rates: [1, 2, 4, 8],
      seeds: 3,
      batch: 24,
      steps: 160,
      evaluation: 96,
    },
  ),
  // A sweep over sizes is one program, as far as buffers go.
  full: programs(
    around(large, { N: [2, 4, 8, 16, 32], H: [2, 4, 8, 16, 32], L: [1, 2, 4, 8, 16] }).flatMap((sizes) =>
      fitting(sizes, 10 * 4)
    ),
    {
      ...images,
      base: large,
      rates: rates(0.2, 25, 10),
      seeds: 4,
      batch: 32,
      steps: 1000,
      evaluation: 1024,
    },
  ),
});

const bothExponents = (sizes: readonly Sizes[]): Sizes[] =>
  [1, 0.5].flatMap((alphaA) => sizes.map((size) => ({ ...size, alphaA })));
const versus = (base: Sizes, values: readonly number[]): Sizes[] => [
  ...bothExponents(values.map((N) => ({ ...base, N }))),
  ...bothExponents(values.filter((H) => H !== base.H).map((H) => ({ ...base, H }))),
];
const modest: Sizes = { N: 4, H: 4, L: 2, alphaA: 1, alphaL: 1 };
const languageProfiles = frozen({
  quick: versus(modest, [2, 4, 8, 16]).map((size): SweepConfig => ({
    ...characters,
    base: modest,
    sizes: [size],
    rates: [0.05],
    seeds: 3,
    batch: 12,
    steps: 200,
    evaluation: 48,
  })),
  full: programs(fitting(versus(large, [2, 4, 8, 16, 32]), 3 * 3), {
    ...characters,
    base: large,
    rates: [0.02, 0.05, 0.1],
    seeds: 3,
    batch: 64,
    steps: 3000,
    evaluation: 512,
    context: 32,
  }),
});

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
  const runs = rows.map(({ size, rate, seed }) => ({
    scales: parametrise({ ...size, eta0: rate, optimiser, beta0, gamma0, baseDepth }),
    seed,
  }));
  const text = task.pool === "token";
  // Five times over the last twelfth of training; fewer when it is shorter than that.
  const gap = Math.ceil(steps / 50);
  const evaluations = [4, 3, 2, 1, 0].map((i) => steps - i * gap).filter((step) => step > 0);
  const heldOut = task.heldOut(config.evaluation);
  const { history, diverged } = await trainProgram(
    {
      runs,
      architecture: { layerNorm: "full", finalNorm: true, mlp: true, causal: text, positional: text },
      features: task.features,
      tokens: task.tokens,
      outputs: task.outputs,
      pool: task.pool,
      loss: "cross-entropy",
      metrics: ["accuracy", "headVariance"],
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
  );
  const lost = new Set(diverged.map(({ run }) => run));
  const finite = (x: number | undefined) => x !== undefined && Number.isFinite(x) ? rounded(x) : null;
  return {
    rows: rows.map(({ index, rate, seed }, run) => {
      const { loss, metrics: { accuracy, headVariance } } = history,
        complete = loss.length === evaluations.length + 1 && !lost.has(run);
      const last = (series: readonly (readonly number[])[]) => {
        let sum = 0;
        for (const sample of series.slice(1)) sum += sample[run] / evaluations.length;
        return complete ? finite(sum) : null;
      };
      return {
        size: index,
        rate,
        seed,
        loss: last(loss),
        accuracy: last(accuracy),
        headVariance: [finite(headVariance[0][run]), complete ? finite(headVariance.at(-1)![run]) : null],
      };
    }),
  };
}

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
