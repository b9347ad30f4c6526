/**
 * @module The full two-layer transformer as a trainable model on any device (the robustness check in the published code of
 * arXiv 2409.10559): the same function as `forward/full.ts`, gradients by automatic differentiation.
 */
import {
  blocked,
  type HostArray,
  hostArray,
  type HostArrays,
  matMul,
  type Tensors,
  tf,
} from "../../nn/mod.ts";
import { type Architecture, type FullArchitecture, offsetsOf, SELF_LOGIT } from "../forward.ts";
import { checkLoss, type Loss } from "../loss.ts";
import { subsets } from "../subsets.ts";
import { accuracyOf, type DirectModel, lossOf, matchesOf, secondLayer, weightShapes } from "./direct.ts";
import { type DirectRun, layerTwoArrays, sizesOf, stackWeights } from "./direct_arrays.ts";
import { initialFullWeights } from "./weights.ts";

/** A program of full networks. */
export interface FullProgram {
  /** Sizes; windows as in `repo`, all positions are keys. */
  readonly architecture: FullArchitecture;
  /** The loss. */
  readonly loss: Loss;
  /** The runs. */
  readonly runs: readonly DirectRun[];
}

/** The full network as a trainable model. Metrics: the parameters and the accuracy [run]. */
export function fullModel({ architecture, loss, runs }: FullProgram): DirectModel {
  checkLoss(loss);
  const { d, H, M, D } = architecture,
    R = runs.length,
    repo: Architecture = { variant: "repo", ...architecture };
  const { N, K, keys } = sizesOf(repo, runs), P = K + 1, span = offsetsOf(repo, H)[M - 1], T = span + 1;
  const starts = runs.map(({ start }) =>
    start && "weights" in start ? start.weights : initialFullWeights(architecture, start)
  );
  const batch: HostArrays = {
    ...windowArrays(runs, T, keys.L, d),
    masks: masksOf(architecture, T, P),
    scatter: scatterOf(architecture, T),
    ...layerTwoArrays(runs, d, keys),
  };
  const head = (p: Tensors, x: Tensors, h: number): tf.Tensor => {
    const [query, key, value] = ["query", "key", "value"].map((name) =>
      tf.reshape(tf.slice(p[name], [0, h, 0, 0], [R, 1, d, d]), [R, d, d])
    );
    const content = matMul(query, tf.transpose(key, [0, 2, 1])); // [run, d, d]
    const asked = tf.reshape(matMul(x.tokens, content), [R * N * P, 1, d]);
    const positional = matMul(
      tf.reshape(tf.slice(p.w, [0, h, 0], [R, 1, M]), [R, 1, M]),
      tf.reshape(tf.slice(x.scatter, [h, 0, 0], [1, M, T]), [1, M, T]),
    ); // [run, 1, T]
    const scores = tf.reshape(tf.sum(tf.mul(asked, x.windows), 2), [R, N, P, T]);
    const logits = tf.add(
      tf.add(scores, tf.reshape(positional, [R, 1, 1, T])),
      tf.reshape(tf.slice(x.masks, [h, 0, 0], [1, P, T]), [1, 1, P, T]),
    );
    const weights = tf.reshape(tf.softmax(logits), [R * N * P, T, 1]);
    const mixed = tf.reshape(tf.sum(tf.mul(weights, x.windows), 1), [R, N * P, d]);
    const out = matMul(mixed, value); // [run, N P, d]
    const centred = tf.sub(out, tf.mean(out, 2, true));
    const hat = tf.div(centred, tf.sqrt(tf.add(tf.mean(tf.square(centred), 2, true), 1e-5)));
    return tf.reshape(
      tf.add(tf.mul(hat, tf.reshape(p.gain, [R, 1, d])), tf.reshape(p.bias, [R, 1, d])),
      [R, 1, N * P * d],
    );
  };
  const predict = (p: Tensors, x: Tensors) => {
    const v = tf.concat(Array.from({ length: H }, (_, h) => head(p, x, h)), 1); // [run, H, N P d]
    const rows = tf.reshape(v, [R * H * N, P, d]); // the query is the last
    const [keys, query] = [[0, K], [K, 1]].map(([from, count]) =>
      tf.slice(rows, [0, from, 0], [R * H * N, count, d])
    );
    const r = tf.reshape(matchesOf(query, keys), [R, H, N, K]);
    return secondLayer(tf.relu(r), p, x, subsets(H, D));
  };
  return {
    name: `full network, H=${H}, M=${M}, D=${D}, ${loss.kind}`,
    runs: R,
    batch,
    initial: () => stackWeights(starts, weightShapes(architecture)),
    loss: (p, x) => lossOf(predict(p, x), x, loss),
    metrics: (p, x) => ({ ...p, accuracy: accuracyOf(predict(p, x), x) }),
  };
}

/** One-hot tokens [run, N P, d] and their windows [run N P, T, d], offset 0 (itself) first; the query is the zero vector. */
function windowArrays(runs: readonly DirectRun[], T: number, L: number, d: number): HostArrays {
  const { count: N } = runs[0].data, P = L + 1, R = runs.length;
  const windows = new Float32Array(R * N * P * T * d), tokens = new Float32Array(R * N * P * d);
  runs.forEach(({ data }, run) => {
    for (let i = 0; i < N; i++) {
      for (let l = 0; l < P; l++) {
        const row = (run * N + i) * P + l;
        if (l < L) tokens[row * d + data.tokens[i * P + l]] = 1;
        for (let o = l < L ? 0 : 1; o < T && o <= l; o++) {
          windows[(row * T + o) * d + data.tokens[i * P + l - o]] = 1;
        }
      }
    }
  });
  return {
    windows: Object.freeze(hostArray(windows, [R * N * P, T, d])),
    tokens: Object.freeze(hostArray(tokens, [R, N * P, d])),
  };
}

/** Constant logits [H, P, T]: of the position itself, and `blocked` outside of a head's window and before the start. */
function masksOf({ H, M }: FullArchitecture, T: number, P: number): HostArray {
  const out = new Float32Array(H * P * T).fill(blocked);
  for (let h = 0; h < H; h++) {
    const offsets = offsetsOf({ variant: "repo", M }, h + 1);
    for (let l = 0; l < P; l++) {
      out[(h * P + l) * T] = SELF_LOGIT;
      for (const o of offsets) if (o <= l) out[(h * P + l) * T + o] = 0;
    }
  }
  return Object.freeze(hostArray(out, [H, P, T]));
}

/** Where row h of w goes, [H, M, T]. */
function scatterOf({ H, M }: FullArchitecture, T: number): HostArray {
  const out = new Float32Array(H * M * T);
  for (let h = 0; h < H; h++) {
    offsetsOf({ variant: "repo", M }, h + 1).forEach((o, j) => out[(h * M + j) * T + o] = 1);
  }
  return Object.freeze(hostArray(out, [H, M, T]));
}
