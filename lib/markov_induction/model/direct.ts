/**
 * @module The direct engine: the network over sequences, position by position, on any device, with gradients by automatic differentiation
 * and never by the formulas of the compressed engine, so that their agreement means something. Runs lie side by side.
 */
import { hostArray, type HostArrays, matMul, type Model, type Tensors, tf } from "../../nn/mod.ts";
import { type Architecture, checkArchitecture, offsetsOf } from "../forward.ts";
import { checkLoss, type Loss } from "../loss.ts";
import { type Mask, subsets } from "../subsets.ts";
import { type DirectRun, layerTwoArrays, sizesOf, stackWeights, windowsOf } from "./direct_arrays.ts";
import { initialWeights } from "./weights.ts";

/** A program: runs of one network and loss. */
export interface DirectProgram {
  /** The network. */
  readonly architecture: Architecture;
  /** The loss. */
  readonly loss: Loss;
  /** The runs. */
  readonly runs: readonly DirectRun[];
}

/** A model and the one batch it eats: its whole data, full-batch as published. */
export interface DirectModel extends Model {
  /** Frozen, so that it is uploaded once. */
  readonly batch: HostArrays;
}

/** Shapes of the parameters by name, without the run axis. */
export function weightShapes(
  { H, M, D, d }: Pick<Architecture, "H" | "M" | "D" | "d">,
): Record<string, number[]> {
  const square = [H, d, d];
  return {
    c: [subsets(H, D).length],
    w: [H, M],
    a: [],
    query: square,
    key: square,
    value: square,
    gain: [d],
    bias: [d],
  };
}

/** The simplified network as a trainable model. Metrics: the parameters and the accuracy [run]. */
export function directModel({ architecture, loss, runs }: DirectProgram): DirectModel {
  checkArchitecture(architecture);
  checkLoss(loss);
  const { variant, d, H, M } = architecture, R = runs.length, { N, K, keys } = sizesOf(architecture, runs);
  const offsets = Array.from({ length: H }, (_, h) => offsetsOf(architecture, h + 1)),
    span = offsets[H - 1][M - 1];
  const starts = runs.map(({ start }) =>
    start && "weights" in start ? start.weights : initialWeights(architecture, start)
  );
  /** Puts row (h, j) of the attention onto the offset it stands for, [H M, H span]. */
  const scatter = new Float32Array(H * M * H * span);
  offsets.forEach((row, h) => row.forEach((o, j) => scatter[(h * M + j) * H * span + h * span + o - 1] = 1));
  const batch: HostArrays = {
    scatter: Object.freeze(hostArray(scatter, [1, H * M, H * span])),
    windows: windowsOf(runs, span, [keys.first, keys.L - 1]),
    question: windowsOf(runs, span, [keys.L, keys.L]),
    ...layerTwoArrays(runs, d, keys),
  };
  const predict = (p: Tensors, x: Tensors) => {
    const sigma = tf.reshape(tf.softmax(p.w), [R, 1, H * M]);
    const spread = tf.reshape(matMul(sigma, x.scatter), [R, H, span]);
    /** What every head copies to the places of `windows`, [run H N, places, d]. */
    const outputs = (windows: tf.Tensor): tf.Tensor => {
      const v = tf.reshape(matMul(spread, windows), [R * H * N, -1, d]);
      if (variant !== "repo") return v;
      const whole = tf.div(v, tf.maximum(tf.sum(v, 2, true), 1e-20)); // softmax over the offsets that exist
      // The tiny number keeps the root differentiable where nothing is attended to.
      return tf.div(whole, tf.add(tf.sqrt(tf.add(tf.sum(tf.square(whole), 2, true), 1e-30)), 1e-7));
    };
    const r = tf.reshape(matchesOf(outputs(x.question), outputs(x.windows)), [R, H, N, K]);
    return secondLayer(r, p, x, subsets(H, architecture.D));
  };
  return {
    name: `${variant} network, H=${H}, M=${M}, D=${architecture.D}, ${loss.kind}`,
    runs: R,
    batch,
    initial: () => stackWeights(starts, weightShapes(architecture)),
    loss: (p, x) => lossOf(predict(p, x), x, loss),
    metrics: (p, x) => ({ ...p, accuracy: accuracyOf(predict(p, x), x) }),
  };
}

/** Inner products [rows, K] of a query's outputs [rows, 1, d] with the keys' [rows, K, d]. */
export function matchesOf(query: tf.Tensor, keys: tf.Tensor): tf.Tensor {
  return tf.sum(tf.mul(query, keys), 2);
}

/** From matches [run, H, N, K] to predictions [run, d, N]. */
export function secondLayer(r: tf.Tensor, p: Tensors, x: Tensors, sets: readonly Mask[]): tf.Tensor {
  const [R, H, N, K] = r.shape as number[];
  const heads = Array.from(
    { length: H },
    (_, h) => tf.reshape(tf.slice(r, [0, h, 0, 0], [R, 1, N, K]), [R, N, K]),
  );
  const squares = tf.square(p.c), shares = tf.div(squares, tf.sum(squares, 1, true)); // p_S, [run, subsets]
  const products = new Map<Mask, tf.Tensor>();
  let score: tf.Tensor | undefined;
  sets.forEach((mask, s) => {
    const share = tf.reshape(tf.slice(shares, [0, s], [R, 1]), [R, 1, 1]);
    let term: tf.Tensor = share;
    if (mask !== 0) {
      const head = 31 - Math.clz32(mask), rest = mask & ~(1 << head);
      const product = rest === 0 ? heads[head] : tf.mul(products.get(rest)!, heads[head]);
      products.set(mask, product);
      term = tf.mul(share, product);
    }
    score = score === undefined ? term : tf.add(score, term);
  });
  const scores = tf.mul(tf.reshape(p.a, [R, 1, 1]), score!); // [run, N, K]
  const attention = tf.reshape(tf.softmax(scores), [R, 1, N, K]);
  return tf.sum(tf.mul(attention, x.values), 3); // [run, d, N]
}

/** Mean loss [run] of predictions [run, d, N]. */
export function lossOf(y: tf.Tensor, x: Tensors, loss: Loss): tf.Tensor1D {
  const hit = tf.sum(tf.mul(y, x.targets), 1); // y at the target, [run, N]
  const losses = loss.kind === "logeps"
    ? tf.neg(tf.log(tf.add(hit, loss.epsilon)))
    : tf.sub(tf.log(tf.sum(tf.exp(y), 1)), hit);
  return tf.mean(losses, 1) as tf.Tensor1D;
}

/** Share of targets that are the most probable token [run]. */
export function accuracyOf(y: tf.Tensor, x: Tensors): tf.Tensor {
  const right = tf.cast(tf.equal(tf.argMax(y, 1), tf.argMax(x.targets, 1)), "float32");
  return tf.mean(right, 1);
}
