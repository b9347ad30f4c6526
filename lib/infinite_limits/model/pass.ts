/**
 * @module Forward pass of the trainable transformer, [run, sample, token, site], in operations that have gradients on every
 * backend. It is `forward.ts` again with a run axis; the test of one is the other.
 */
import {
  layerNorm,
  linear,
  matMul,
  mergeHeads,
  splitHeads,
  type Tensors,
  tf,
  transposeLast,
} from "../../nn/mod.ts";
import type { Architecture } from "../fields/architecture.ts";
import type { PaddedSizes } from "./padding.ts";

/** What a pass needs to know besides parameters and batch. */
export interface PassSetting {
  /** Every choice made. */
  readonly architecture: Required<Architecture>;
  /** Sizes the runs are stored at. */
  readonly sizes: PaddedSizes;
  /** Read out the mean over tokens, or every token. */
  readonly pool: "mean" | "token";
  /** Some runs are narrower than the stored width. */
  readonly padded: boolean;
}

/** What a pass yields. */
export interface Pass {
  /** Outputs, not centred, [run, sample, C] or [run, sample, token, C]. */
  readonly outputs: tf.Tensor;
  /** Residual stream behind the last block, [run, sample, token, site]. */
  readonly residual: tf.Tensor;
  /** Logits of every block, [run, sample, head, token, token]; without the mask. */
  readonly logits: readonly tf.Tensor[];
  /** Attended values of every block, [run, sample, token, site]. */
  readonly attended: readonly tf.Tensor[];
}

/** Float32 resolves no smaller variance, and the float64 network has none. */
const epsilon = 1e-12;

/**
 * Runs the network.
 * @param p parameters, [run, in, out]
 * @param x `inputs` [1 or run, sample, token, D], the arrays of `paddedScales`, `causal` [token, token] when masked
 */
export function forwardPass(setting: PassSetting, p: Tensors, x: Tensors): Pass {
  const { architecture, sizes: { H, L }, pool } = setting;
  const normal = (h: tf.Tensor) => normalise(setting, h, x);
  const D = x.inputs.shape[3]!;
  let h = linear(tf.mul(x.inputs, D ** -0.5), p.embedding); // [run, sample, token, site]
  if (architecture.positional) h = tf.add(h, tf.expandDims(p.position, 1));
  const logits: tf.Tensor[] = [], attended: tf.Tensor[] = [];
  for (let l = 0; l < L; l++) {
    const w = (kind: string) => p[`block${l}.${kind}`];
    const branch = tf.slice(x["scale.branch"], [0, l, 0, 0], [-1, 1, 1, 1]); // [run, 1, 1, 1]
    const scaled = (a: tf.Tensor) => tf.mul(a, x["scale.hidden"]);
    const input = scaled(normal(h));
    const heads = (kind: string) => splitHeads(linear(input, w(kind)), H); // [run, sample, head, token, N]
    const scores = matMul(tf.mul(heads("query"), x["scale.logit"]), transposeLast(heads("key")));
    const weights = tf.softmax(architecture.causal ? tf.add(scores, x.causal) : scores);
    const values = mergeHeads(matMul(weights, heads("value")));
    h = tf.add(h, tf.mul(linear(scaled(values), w("output")), branch));
    logits.push(scores);
    attended.push(values);
    if (!architecture.mlp) continue;
    const activation = gelu(linear(scaled(normal(h)), w("up")));
    h = tf.add(h, tf.mul(linear(scaled(activation), w("down")), branch));
  }
  const top = architecture.finalNorm ? normal(h) : h;
  const perToken = linear(tf.mul(top, x["scale.output"]), p.readout); // [run, sample, token, C]
  return { outputs: pool === "mean" ? tf.mean(perToken, 2) : perToken, residual: h, logits, attended };
}

/** The tanh form, as in the float64 network. */
function gelu(x: tf.Tensor): tf.Tensor {
  const cubic = tf.mul(tf.mul(tf.square(x), x), 0.044715);
  return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(tf.mul(tf.add(x, cubic), Math.sqrt(2 / Math.PI))), 1));
}

/** Normalisation over the sites a run has. */
function normalise(
  { architecture: { layerNorm: kind }, padded }: PassSetting,
  h: tf.Tensor,
  x: Tensors,
): tf.Tensor {
  if (kind === "none") return h;
  if (kind === "full" && !padded) return layerNorm(h, epsilon);
  const mean = (a: tf.Tensor) => tf.mul(tf.sum(a, -1, true), x["scale.site"]); // [run, sample, token, 1]
  // The mask inside the mean keeps its gradient away from the sites a run lacks: they must stay zero.
  const masked = () => tf.mul(h, x["scale.mask"]);
  const centred = kind === "full" ? tf.mul(tf.sub(h, mean(masked())), x["scale.mask"]) : h;
  return tf.mul(centred, tf.rsqrt(tf.add(mean(tf.square(centred)), epsilon)));
}
