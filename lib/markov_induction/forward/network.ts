/** @module The network on one sequence and on many: output, loss, exact gradient, drives (arXiv 2409.10559). */
import type { Sequences } from "../data.ts";
import { checkLoss, type Loss, lossOf, pullOf } from "../loss.ts";
import type { Mask } from "../subsets.ts";
import type { Architecture, Parameters } from "./architecture.ts";
import { Engine } from "./engine.ts";

/** Everything between a context and its prediction. */
export interface ForwardResult {
  /** Prediction, [d], on the simplex. */
  readonly y: Float64Array;
  /** First key position (1-based); row k of the arrays below is position firstKey + k. */
  readonly firstKey: number;
  /** Attention of layer 2, [keys]. */
  readonly attention: Float64Array;
  /** Scores of layer 2, [keys]. */
  readonly scores: Float64Array;
  /** Matches r_h(l) of query and key, [keys, H]. */
  readonly matches: Float64Array;
  /** Outputs of layer 1, [keys + 1, H, d]; the last row is the query's. */
  readonly values: Float64Array;
  /** Positional attention with a full window, [H, M]. */
  readonly sigma: Float64Array;
  /** Shares p_S of the sets of heads, [subsets]. */
  readonly shares: Float64Array;
  /** Sets of heads. */
  readonly sets: readonly Mask[];
}

function checkTokens(tokens: ArrayLike<number>, d: number): void {
  for (let l = 0; l < tokens.length; l++) {
    if (!(Number.isInteger(tokens[l]) && tokens[l] >= 0 && tokens[l] < d)) {
      throw new RangeError(`tokens must be integers in 0..${d - 1}, got ${tokens[l]} at position ${l + 1}`);
    }
  }
}

/** Prediction for a context x_1..x_L and what led to it. */
export function forward(
  architecture: Architecture,
  parameters: Parameters,
  context: ArrayLike<number>,
): ForwardResult {
  const engine = new Engine(architecture, context.length);
  checkTokens(context, architecture.d);
  engine.load(parameters);
  const y = engine.forward(parameters, context);
  const { first: firstKey, attention, scores, matches, values, sigma, shares, sets } = engine;
  return { y, firstKey, attention, scores, matches, values, sigma, shares, sets };
}

/** A mean loss and its gradient, in the shapes of the parameters. */
export interface Gradient {
  /** Mean loss. */
  readonly loss: number;
  /** d loss / d c, [subsets]. */
  readonly c: Float64Array;
  /** d loss / d w, [H, M]. */
  readonly w: Float64Array;
  /** d loss / d a. */
  readonly a: number;
  /** Mean drives J_S = -(d loss / d p_S)/a, [subsets]. */
  readonly drives: Float64Array;
  /** Standard errors of the drives over the sequences, [subsets] (0 for one sequence). */
  readonly driveStandardError: Float64Array;
}

/** Loss and gradient of one sequence: a context x_1..x_L and its target. */
export function lossGradient(
  architecture: Architecture,
  parameters: Parameters,
  context: ArrayLike<number>,
  target: number,
  loss: Loss,
): Gradient {
  checkTokens(context, architecture.d);
  checkTokens([target], architecture.d);
  const L = context.length,
    tokens = Uint8Array.from({ length: L + 1 }, (_, l) => l < L ? context[l] : target);
  return batchGradient(architecture, parameters, { tokens, count: 1, L, d: architecture.d }, loss);
}

/** Which part of the data, and which target. */
export interface BatchOptions {
  /** First sequence; default 0. */
  readonly from?: number;
  /** One past the last; default all. */
  readonly to?: number;
  /** True laws of the targets, [count, d]: loss and gradient are then expected over the target (same mean, less noise). */
  readonly laws?: Float64Array;
}

/** Mean loss, gradient and drives over sequences. About 100 operations a key position and head. */
export function batchGradient(
  architecture: Architecture,
  parameters: Parameters,
  data: Pick<Sequences, "tokens" | "count" | "L" | "d">,
  loss: Loss,
  options: BatchOptions = {},
): Gradient {
  const { tokens, count, L, d } = data, { from = 0, to = count, laws } = options;
  checkLoss(loss);
  if (d !== architecture.d) {
    throw new RangeError(`the data has ${d} tokens and the network ${architecture.d}`);
  }
  if (!(from >= 0 && from < to && to <= count)) {
    throw new RangeError(`a batch must be a part of 0..${count}, got ${from}..${to}`);
  }
  const engine = new Engine(architecture, L), n = to - from, sets = engine.sets.length;
  engine.load(parameters);
  const c = new Float64Array(sets), w = new Float64Array(parameters.w.length);
  const drives = new Float64Array(sets), squares = new Float64Array(sets);
  const g = new Float64Array(d), one = new Float64Array(d);
  let [total, a] = [0, 0];
  for (let i = from; i < to; i++) {
    const start = i * (L + 1), y = engine.forward(parameters, tokens, start);
    if (laws) {
      g.fill(0);
      for (let x = 0; x < d; x++) {
        const law = laws[i * d + x];
        if (law === 0) continue;
        total += law * lossOf(loss, y, x);
        pullOf(loss, y, x, one);
        for (let e = 0; e < d; e++) g[e] += law * one[e];
      }
    } else {
      total += lossOf(loss, y, tokens[start + L]);
      pullOf(loss, y, tokens[start + L], g);
    }
    a += engine.backward(parameters, g, c, w);
    for (let s = 0; s < sets; s++) {
      drives[s] += engine.drives[s] / n;
      squares[s] += engine.drives[s] ** 2 / n;
    }
  }
  for (let s = 0; s < sets; s++) c[s] /= n;
  for (let j = 0; j < w.length; j++) w[j] /= n;
  const driveStandardError = drives.map((J, s) =>
    n > 1 ? Math.sqrt(Math.max(0, squares[s] - J * J) / (n - 1)) : 0
  );
  return { loss: total / n, c, w, a: a / n, drives, driveStandardError };
}

/** Predictions for many sequences, [count, d]. */
export function predictions(
  architecture: Architecture,
  parameters: Parameters,
  data: Pick<Sequences, "tokens" | "count" | "L" | "d">,
): Float64Array {
  const { tokens, count, L, d } = data, engine = new Engine(architecture, L);
  if (d !== architecture.d) {
    throw new RangeError(`the data has ${d} tokens and the network ${architecture.d}`);
  }
  engine.load(parameters);
  const out = new Float64Array(count * d);
  for (let i = 0; i < count; i++) out.set(engine.forward(parameters, tokens, i * (L + 1)), i * d);
  return out;
}
