/**
 * @module Optimisers as pure functions of named tensors, every run with its own learning rate.
 *
 * All parameters of a run are joined into one vector, so an update is a dozen operations however many tensors the model
 * has. What changes with the step (learning rate, bias corrections) enters as small tensors made by `scalars`, so that
 * `apply` is the same program at every step.
 */
import { disposeTensors, flatten, mapValues, toTensors, unflatten } from "./tensors.ts";
import { tf } from "./tf.ts";
import type { HostArrays, Tensors } from "./types.ts";

/** A learning rate: one for all runs, one per run, or a schedule giving either from the step (0 is the first update). */
export type LearningRate = number | readonly number[] | ((step: number) => number | readonly number[]);

/** Parameters and optimiser state after an update. */
export interface Updated {
  /** New parameters. */
  readonly parameters: Tensors;
  /** New optimiser state. */
  readonly state: Tensors;
}

/** An optimiser: what it keeps, what changes with the step, and the update. */
export interface Optimizer {
  /** Name for checkpoints. */
  readonly name: string;
  /** State before the first update. */
  initial(parameters: Tensors): Tensors;
  /** The numbers of update `step` (0 is the first), one per run: the only thing that depends on the step. */
  scalars(step: number, runs: number): HostArrays;
  /** The update itself, a pure function of tensors. */
  apply(scalars: Tensors, parameters: Tensors, gradients: Tensors, state: Tensors): Updated;
  /** `apply` with the scalars of `step`. */
  update(step: number, parameters: Tensors, gradients: Tensors, state: Tensors): Updated;
}

/** What SGD and Adam share. */
export interface CommonOptions {
  /** Step size, for all runs or per run, fixed or scheduled. */
  readonly learningRate: LearningRate;
  /** Multiplies the learning rate of single parameters, for all runs or per run; 0 freezes one. Default 1. */
  readonly scale?: Readonly<Record<string, number | readonly number[]>>;
  /** Largest Euclidean norm of a run's whole gradient; larger ones are scaled down to it. */
  readonly clipNorm?: number;
  /** Decoupled decay $\lambda$: a parameter also shrinks by the factor $1 - \eta\lambda$. Default 0. */
  readonly weightDecay?: number;
}

/** Options of `sgd`. */
export interface SgdOptions extends CommonOptions {
  /** Heavy-ball momentum $\mu$. Default 0. */
  readonly momentum?: number;
}

/** Options of `adam`. */
export interface AdamOptions extends CommonOptions {
  /** Decay of the mean. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean square. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  readonly epsilon?: number;
}

/** Gradient descent, $v \leftarrow \mu v + g$, $\theta \leftarrow (1-\eta\lambda)\theta - \eta v$ ($v = g$ without momentum). */
export function sgd(options: SgdOptions): Optimizer {
  const momentum = unitInterval("momentum", options.momentum ?? 0);
  return build("sgd", options, {
    initial: (flat): Tensors => momentum === 0 ? {} : { velocity: tf.zerosLike(flat) },
    corrections: () => ({}),
    direction(gradient, state): Direction {
      if (momentum === 0) return { direction: gradient, state: {} };
      const velocity = tf.add(tf.mul(state.velocity, momentum), gradient);
      return { direction: velocity, state: { velocity } };
    },
  });
}

/**
 * Adam (arXiv 1412.6980) with decoupled weight decay:
 * $\theta \leftarrow (1-\eta\lambda)\theta - \eta\, \hat m / (\sqrt{\hat v} + \epsilon)$,
 * $\hat m = m/(1-\beta_1^t)$, $\hat v = v/(1-\beta_2^t)$. The corrections are computed in float64 on the host.
 */
export function adam(options: AdamOptions): Optimizer {
  const beta1 = unitInterval("beta1", options.beta1 ?? 0.9);
  const beta2 = unitInterval("beta2", options.beta2 ?? 0.999);
  const epsilon = options.epsilon ?? 1e-8;
  if (!(epsilon > 0)) throw new Error(`epsilon must be > 0, got ${epsilon}`);
  return build("adam", options, {
    initial: (flat): Tensors => ({ mean: tf.zerosLike(flat), square: tf.zerosLike(flat) }),
    corrections: (step) => ({
      mean: 1 / (1 - beta1 ** (step + 1)),
      root: 1 / Math.sqrt(1 - beta2 ** (step + 1)),
    }),
    direction(gradient, state, corrections) {
      const mean = tf.add(tf.mul(state.mean, beta1), tf.mul(gradient, 1 - beta1));
      const square = tf.add(tf.mul(state.square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
      const size = tf.add(tf.mul(tf.sqrt(square), corrections.root), epsilon);
      return { direction: tf.div(tf.mul(mean, corrections.mean), size), state: { mean, square } };
    },
  });
}

/** Scales each run's whole gradient down to norm `maximum` where it is longer, $g \min(1, c/\lVert g\rVert)$. */
export function clipByGlobalNorm(gradients: Tensors, maximum: number): Tensors {
  return tf.tidy(() => unflatten(clipFlat(flatten(gradients), maximum), gradients));
}

function clipFlat(flat: tf.Tensor2D, maximum: number): tf.Tensor2D {
  const norm = tf.sqrt(tf.sum(tf.square(flat), 1, true)); // [run, 1]
  // max(norm, c) keeps the quotient at most 1 and away from 0/0.
  return tf.mul(flat, tf.div(maximum, tf.maximum(norm, maximum)));
}

/** Where to go, before the learning rate, and the state to keep. */
interface Direction {
  direction: tf.Tensor;
  state: Tensors;
}

/** The part that differs between optimisers; everything is a vector per run, `[run, size]`. */
interface Rule {
  initial(flat: tf.Tensor2D): Tensors;
  corrections(step: number): Record<string, number>;
  direction(
    gradient: tf.Tensor2D,
    state: Tensors,
    corrections: Tensors,
  ): { direction: tf.Tensor; state: Tensors };
}

function build(name: string, options: CommonOptions, rule: Rule): Optimizer {
  const { learningRate, scale, clipNorm } = options;
  const decay = options.weightDecay ?? 0;
  if (clipNorm !== undefined && !(clipNorm > 0)) throw new Error(`clipNorm must be > 0, got ${clipNorm}`);
  if (!(decay >= 0)) throw new Error(`weightDecay must be >= 0, got ${decay}`);
  const optimizer: Optimizer = {
    name,
    initial(parameters) {
      return tf.tidy(() => {
        const state = rule.initial(flatten(parameters));
        return scale ? { ...state, scale: scaleVector(scale, parameters) } : state;
      });
    },
    scalars(step, runs) {
      const column = (values: Float32Array) => ({ data: values, shape: [runs, 1] });
      return {
        learningRate: column(ratesAt(learningRate, step, runs)),
        ...mapValues(rule.corrections(step), (value) => column(new Float32Array(runs).fill(value))),
      };
    },
    apply(scalars, parameters, gradients, state) {
      const ordered = mapValues(parameters, (_, key) => gradients[key]);
      let gradient = flatten(ordered);
      if (clipNorm !== undefined) gradient = clipFlat(gradient, clipNorm);
      const next = rule.direction(gradient, state, scalars);
      const rate = state.scale ? tf.mul(scalars.learningRate, state.scale) : scalars.learningRate;
      const flat = flatten(parameters);
      const shrunk = decay === 0 ? flat : tf.mul(flat, tf.sub(1, tf.mul(rate, decay)));
      const moved = tf.sub(shrunk, tf.mul(next.direction, rate)) as tf.Tensor2D;
      return {
        parameters: unflatten(moved, parameters),
        state: state.scale ? { ...next.state, scale: state.scale } : next.state,
      };
    },
    update(step, parameters, gradients, state) {
      const scalars = toTensors(optimizer.scalars(step, Object.values(parameters)[0].shape[0]));
      const updated = tf.tidy(() => nested(optimizer.apply(scalars, parameters, gradients, state)));
      disposeTensors(scalars);
      return updated;
    },
  };
  return optimizer;
}

/** `tf.tidy` understands nested containers of tensors, its type does not. */
function nested(updated: Updated): Updated & tf.TensorContainer {
  return updated as unknown as Updated & tf.TensorContainer;
}

function ratesAt(rate: LearningRate, step: number, runs: number): Float32Array {
  const value = typeof rate === "function" ? rate(step) : rate;
  if (typeof value === "number") return new Float32Array(runs).fill(checkRate(value, step));
  if (value.length !== runs) throw new Error(`learningRate has ${value.length} entries for ${runs} runs`);
  return Float32Array.from(value, (v) => checkRate(v, step));
}

function checkRate(value: number, step: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`learningRate must be finite and >= 0, got ${value} at step ${step}`);
}

function scaleVector(scale: NonNullable<CommonOptions["scale"]>, parameters: Tensors): tf.Tensor2D {
  for (const name of Object.keys(scale)) {
    if (!parameters[name]) {
      throw new Error(
        `scale names "${name}", which is not a parameter (${Object.keys(parameters).join(", ")})`,
      );
    }
  }
  return flatten(mapValues(parameters, (tensor, name) => {
    const runs = tensor.shape[0];
    const value = scale[name] ?? 1;
    const perRun = typeof value === "number" ? new Array<number>(runs).fill(value) : value;
    if (perRun.length !== runs) {
      throw new Error(`scale of "${name}" has ${perRun.length} entries for ${runs} runs`);
    }
    return tf.broadcastTo(tf.tensor2d([...perRun], [runs, 1]), [runs, tensor.size / runs]);
  }));
}

function unitInterval(name: string, value: number): number {
  if (value >= 0 && value < 1) return value;
  throw new Error(`${name} must be in [0, 1), got ${value}`);
}
