/**
 * @module The general transformer of `forward/` as a trainable network: the same parameter names and shapes with a leading
 * run axis, nothing tied, nothing reparametrised. Trained on the mixed target it shows whether the story of the six scalars
 * (a copier in layer 1, a matcher in layer 2) is also what an ordinary two-layer network finds.
 */
import {
  batchesOf,
  type BatchSource,
  constant,
  gaussian,
  type HostArrays,
  type Initial,
  initialize,
  type Model,
  type Tensors,
  tf,
  values,
} from "../../nn/mod.ts";
import { mixedDraws, type MixedTask, scoreDiagonal } from "../data.ts";
import { type Architecture, parameterShapes } from "../forward.ts";
import { forwardPass, positionConstants } from "./transformer_pass.ts";
import { inductionScore, previousTokenScore, scoreConstants } from "./transformer_scores.ts";

/** How a run starts: independent Gaussian weights, zero biases, given slopes. */
export interface TransformerStart {
  /** Initial slope of every head in every layer, or one for all. Default 0: no preference for near tokens. */
  readonly slopes?: number | readonly number[];
  /** Values, outputs, feed-forward weights and readout have standard deviation gain / sqrt(inputs). Default 1. */
  readonly gain?: number;
  /** The same for queries and keys; small means attention that starts without regard to content. Default `gain`. */
  readonly matchGain?: number;
}

/** A program: runs of one architecture on one task, differing in their seeds. */
export interface TransformerProgram {
  readonly task: MixedTask;
  /** `d` must be the task's, `outputs` 2 d; no BOS. */
  readonly architecture: Architecture;
  /** Sequences per run and step. */
  readonly batch: number;
  /** One run each: of initial parameters and data. */
  readonly seeds: readonly number[];
  /** How every run starts. */
  readonly start?: TransformerStart;
}

/** A model together with the batches it eats. */
export interface TransformerModel extends Model {
  /** The data of a step, a function of (seed of the run, step) alone. */
  readonly batchAt: BatchSource;
  /** A batch no step uses. */
  evaluation(sequences: number): HostArrays;
}

/**
 * A trainable transformer on the mixed target. Losses are those of the six scalars, half mean squared errors, and sampled as
 * `fourGram` and `induction`. Two more metrics, `previousToken` and `inductionScore` (`transformer_scores.ts`), say what the
 * attention does.
 * @throws {RangeError} when task and architecture do not fit, or the architecture has a part that cannot be trained here
 */
export function transformerModel(program: TransformerProgram): TransformerModel {
  const { task, architecture, batch, seeds, start = {} } = program;
  const { L, d = 1 } = task;
  check(program);
  const R = seeds.length;
  const constants = {
    ...positionConstants(architecture, L),
    ...scoreConstants(L, scoreDiagonal(task)),
  };

  const evaluate = (p: Tensors, x: Tensors) => {
    const pass = forwardPass(architecture, p, x);
    const errors = tf.square(tf.sub(pass.output, x.targets)); // [run, batch, 2 d]
    const half = (from: number) =>
      // half the mean squared length of one part of the error, [run]
      tf.mul(tf.mean(tf.reshape(tf.slice(errors, [0, 0, from], [-1, -1, d]), [R, -1]), 1), d / 2);
    return { ...pass, fourGram: half(0), induction: half(d) };
  };
  return {
    name: `transformer, L=${L}, d=${d}, width ${architecture.width}`,
    runs: R,
    initial: () => initialize(seeds, () => initials(architecture, start)),
    loss(p, x) {
      const { fourGram, induction } = evaluate(p, x);
      return tf.add(fourGram, induction) as tf.Tensor1D;
    },
    metrics(p, x) {
      const { fourGram, induction, attention } = evaluate(p, x);
      return {
        fourGram,
        induction,
        previousToken: previousTokenScore(attention[0], x.previous),
        inductionScore: inductionScore(attention[attention.length - 1], x.tokens, x.bStar),
      };
    },
    batchAt: batchesOf(
      constants,
      mixedDraws,
      { task, seeds, batch },
      () => new URL("../data.ts", import.meta.url).href,
    ),
    evaluation: (sequences) => ({ ...constants, ...mixedDraws({ task, seeds, batch: sequences })(-1) }),
  };
}

/** Gaussian weights of the start's standard deviations (the embedding's is 1 / sqrt(d)), zero biases, given slopes. */
function initials(architecture: Architecture, start: TransformerStart): Record<string, Initial> {
  const { gain = 1, matchGain = gain, slopes = 0 } = start;
  return Object.fromEntries(
    Object.entries(parameterShapes(architecture)).map(([name, shape]) => {
      const inputs = shape[shape.length - 2];
      if (name.endsWith(".position")) {
        const flat = shape.length === 1 && typeof slopes !== "number";
        return [
          name,
          flat ? values(shape, slopes) : constant(shape, shape.length === 1 ? Number(slopes) : 0),
        ];
      }
      if (name.endsWith("bias")) return [name, constant(shape, 0)];
      const matches = name.endsWith(".query") || name.endsWith(".key");
      const scale = name === "embedding.weight" ? 1 : matches ? matchGain : gain;
      return [name, gaussian(shape, scale / Math.sqrt(inputs))];
    }),
  );
}

function check({ task, architecture, seeds, start = {} }: TransformerProgram): void {
  const { bos, outputs, layers } = architecture, { d = 1 } = task;
  if (seeds.length === 0) throw new RangeError("a program needs at least one seed");
  if (architecture.d !== d || outputs !== 2 * d) {
    throw new RangeError(
      `tokens of width ${d} need an architecture with d = ${d} and ${2 * d} outputs, ` +
        `got d = ${architecture.d} and ${outputs}`,
    );
  }
  if (bos) throw new RangeError("the trainable transformer has no BOS token: set bos: false");
  layers.forEach(({ encoding, heads }, index) => {
    const { slopes } = start;
    const sloped = encoding.kind === "alibi" || encoding.kind === "log";
    if (sloped && typeof slopes === "object" && slopes.length !== heads) {
      throw new RangeError(
        `layer ${index + 1} has ${heads} heads, so it needs as many slopes, got ${slopes.length}`,
      );
    }
    if (encoding.kind === "t5" && !((encoding.buckets ?? 0) >= 1)) {
      throw new RangeError(
        `layer ${index + 1}: a t5 encoding needs buckets >= 1, got ${encoding.buckets}`,
      );
    }
  });
}
