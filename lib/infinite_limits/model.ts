/**
 * @module The trainable network: `forward.ts` with a leading run axis, sizes padded and masked, outputs centred.
 *
 * Runs may differ in N, H, L, exponents, rates and seeds, so a sweep over widths is one program. Centring subtracts the
 * outputs of the initial network, which travels with every batch as constants: f(0) is of order $1/(\gamma_0\sqrt d)$ and
 * would otherwise be the largest deviation of a finite network from the limit.
 */
import {
  adam,
  causalBias,
  crossEntropy,
  type HostArray,
  type HostArrays,
  meanPerRun,
  type Model,
  type Optimizer,
  sgd,
  type Tensors,
  tf,
} from "../nn/mod.ts";
import { type Architecture, completeArchitecture } from "./fields/architecture.ts";
import { averages, type MetricName, metricOf } from "./model/metrics.ts";
import { inParts } from "./model/parts.ts";
import { isPadded, type NetworkRun, paddedParameters, paddedScales, paddedSizes } from "./model/padding.ts";
import { forwardPass } from "./model/pass.ts";
import { parameterLayout } from "./layout.ts";
import { parametrise } from "./parametrisation.ts";

export { type MetricName, metricNames } from "./model/metrics.ts";
export type { NetworkRun } from "./model/padding.ts";

/** Runs of one architecture on one kind of task. */
export interface NetworkProgram {
  /** One row of every array each. */
  readonly runs: readonly NetworkRun[];
  /** Default: the reference model. */
  readonly architecture?: Architecture;
  /** Features a token, D. */
  readonly features: number;
  /** Tokens a sample, S. */
  readonly tokens: number;
  /** Outputs, C; default 1. */
  readonly outputs?: number;
  /** Read out the mean over tokens (default) or every token. */
  readonly pool?: "mean" | "token";
  /** Half the mean squared error, or the cross entropy in nats of one-hot targets. */
  readonly loss: "square" | "cross-entropy";
  /** What to read at sampling steps. */
  readonly metrics?: readonly MetricName[];
  /**
   * Most samples measured at once, for held-out sets larger than memory holds; a larger batch is measured in parts and
   * averaged. Default: all.
   */
  readonly measureBy?: number;
}

/** A model, and what its batches carry besides data. */
export interface NetworkModel extends Model {
  /** Prefactors, masks and the initial network, frozen: spread them into every batch. */
  readonly constants: HostArrays;
  /** A batch of `inputs` [1 or run, sample, token, D] and `targets` in the layout of the outputs. */
  batch(inputs: HostArray, targets: HostArray): HostArrays;
  /** Gradient descent or Adam with every weight's own rate, as the runs' scales say. */
  optimizer(): Optimizer;
}

/** Adam's epsilon: gradients here are of order 1/d, so the usual 1e-8 would not be small. */
const adamEpsilon = 1e-12;

/**
 * Builds the model of a program.
 *
 * @throws RangeError without runs, when runs mix optimisers, or when a metric to be measured in parts is no average
 */
export function networkModel(program: NetworkProgram): NetworkModel {
  const { runs, features, tokens, outputs = 1, pool = "mean", metrics = [], measureBy = Infinity } = program;
  if (runs.length === 0) throw new RangeError("a program needs at least one run");
  const { optimiser } = runs[0].scales;
  if (runs.some(({ scales }) => scales.optimiser !== optimiser)) {
    throw new RangeError("all runs of a program need the same optimiser");
  }
  const whole = measureBy === Infinity ? undefined : metrics.find((name) => !averages.includes(name));
  if (whole !== undefined) {
    throw new RangeError(`the metric "${whole}" is no average over samples: leave out measureBy`);
  }
  const architecture = completeArchitecture(program.architecture);
  const sizes = paddedSizes(runs);
  const common = { architecture, features, tokens, outputs, pool };
  const setting = { architecture, sizes, pool, padded: isPadded(runs) };
  const start = paddedParameters(runs, common);
  const constants: HostArrays = {
    ...paddedScales(runs),
    ...architecture.causal ? { causal: Object.freeze(causalBias(tokens)) } : {},
    ...Object.fromEntries(Object.entries(start).map(([name, array]) => [`initial.${name}`, array])),
  };

  const centred = (p: Tensors, x: Tensors) => {
    const initial = Object.fromEntries(Object.keys(p).map((name) => [name, x[`initial.${name}`]]));
    const pass = forwardPass(setting, p, x);
    return { pass, outputs: tf.sub(pass.outputs, forwardPass(setting, initial, x).outputs) };
  };
  const lossAt = (outputs: tf.Tensor, { targets }: Tensors) =>
    program.loss === "square"
      ? meanPerRun(tf.mul(tf.square(tf.sub(outputs, targets)), 0.5))
      : crossEntropy(outputs, targets);
  // A sample asks for the metrics and then for the loss of the same parameters and batch: one pass serves both.
  let last: { readonly p: Tensors; readonly x: Tensors; readonly loss: tf.Tensor1D } | undefined;

  return {
    name: `multi-head transformer, N=${sizes.N}, H=${sizes.H}, L=${sizes.L}, ${runs.length} runs`,
    runs: runs.length,
    constants,
    // copies: the initial network among the constants must stay as it was
    initial: () =>
      Object.fromEntries(
        Object.entries(start).map(([name, { data, shape }]) => [name, { data: data.slice(), shape }]),
      ),
    loss(p, x) {
      const known = last?.p === p && last.x === x && !last.loss.isDisposed ? last.loss : undefined;
      last = undefined;
      return known ??
        inParts(x, measureBy, (part) => ({ loss: lossAt(centred(p, part).outputs, part) })).loss;
    },
    metrics(p, x) {
      const { "": loss, ...values } = inParts(x, measureBy, (part) => {
        const observed = { ...centred(p, part), parameters: p, batch: part };
        const all: Record<string, tf.Tensor> = { "": lossAt(observed.outputs, part) };
        for (const name of metrics) all[name] = metricOf[name](observed);
        return all;
      });
      last = { p, x, loss: loss as tf.Tensor1D };
      return values;
    },
    batch: (inputs, targets) => ({ ...constants, inputs, targets }),
    optimizer() {
      const layout = parameterLayout({
        ...common,
        scales: parametrise({ N: sizes.N, H: sizes.H, L: sizes.L }),
      });
      const scale = Object.fromEntries(
        layout.map(({ name, kind }) => [name, runs.map(({ scales }) => scales.rate[kind])]),
      );
      return optimiser === "sgd"
        ? sgd({ learningRate: 1, scale })
        : adam({ learningRate: 1, scale, epsilon: adamEpsilon });
    },
  };
}
