/** @module What the direct engines upload and bring back: one-hot arrays of sequences, weights with the run axis in front. */
import { type HostArray, hostArray, type HostArrays } from "../../nn/mod.ts";
import type { Sequences } from "../data.ts";
import { type Architecture, firstKeyOf, type Start } from "../forward.ts";
import type { Weights } from "./weights.ts";

/** One run: its data and its start. */
export interface DirectRun {
  /** All runs' data have one N and one L. */
  readonly data: Sequences;
  /** Where training starts: initial parameters (default), or given ones. */
  readonly start?: Start | { readonly weights: Weights };
}

/** N, number of keys K and the first key (0-based); refuses runs that do not share them. @throws {RangeError} */
export function sizesOf(
  architecture: Pick<Architecture, "variant" | "M" | "firstKey" | "d">,
  runs: readonly DirectRun[],
): { N: number; K: number; keys: { first: number; L: number } } {
  if (runs.length === 0) throw new RangeError("a program needs at least one run");
  const { count: N, L, d } = runs[0].data, first = firstKeyOf(architecture) - 1;
  for (const { data } of runs) {
    if (data.count !== N || data.L !== L || data.d !== architecture.d) {
      throw new RangeError(
        `all runs need ${N} sequences of length ${L} over ${architecture.d} tokens, got ${data.count} of length ${data.L} over ${data.d}`,
      );
    }
  }
  if (L <= first || d < 2) throw new RangeError(`L must be > ${first}, got ${L}: no position is a key`);
  return { N, K: L - first, keys: { first, L } };
}

/**
 * One-hot tokens at every offset of the places from..to, counted from 0, [run, span, N places d]; zeros before the start. The query is
 * the place behind the last key.
 */
export function windowsOf(
  runs: readonly DirectRun[],
  span: number,
  [from, to]: readonly [number, number],
): HostArray {
  const { count: N, L, d } = runs[0].data, places = to - from + 1, size = N * places * d;
  const out = new Float32Array(runs.length * span * size);
  runs.forEach(({ data: { tokens } }, run) => {
    for (let o = 1; o <= span; o++) {
      const base = (run * span + o - 1) * size;
      for (let i = 0; i < N; i++) {
        for (let l = Math.max(from, o); l <= to; l++) {
          out[base + (i * places + l - from) * d + tokens[i * (L + 1) + l - o]] = 1;
        }
      }
    }
  });
  return Object.freeze(hostArray(out, [runs.length, span, size]));
}

/** One-hot values of the keys [run, d, N, K] and targets [run, d, N]. */
export function layerTwoArrays(
  runs: readonly DirectRun[],
  d: number,
  { first, L }: { first: number; L: number },
): HostArrays {
  const { count: N } = runs[0].data, K = L - first, R = runs.length;
  const values = new Float32Array(R * d * N * K), targets = new Float32Array(R * d * N);
  runs.forEach(({ data: { tokens } }, run) => {
    for (let i = 0; i < N; i++) {
      const at = i * (L + 1);
      for (let l = first; l < L; l++) values[((run * d + tokens[at + l]) * N + i) * K + l - first] = 1;
      targets[(run * d + tokens[at + L]) * N + i] = 1;
    }
  });
  return {
    values: Object.freeze(hostArray(values, [R, d, N, K])),
    targets: Object.freeze(hostArray(targets, [R, d, N])),
  };
}

/** Weights of several runs as host arrays with the run axis in front. */
export function stackWeights(
  runs: readonly Weights[],
  shapes: Record<string, readonly number[]>,
): HostArrays {
  return Object.fromEntries(
    Object.keys(runs[0]).map((name) => [
      name,
      hostArray(Float32Array.from(runs.flatMap((weights) => [...weights[name]])), [
        runs.length,
        ...shapes[name],
      ]),
    ]),
  );
}

/** The weights of one run of host arrays. */
export function weightsOfRun(arrays: HostArrays, run: number): Weights {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { data, shape }]) => {
      const size = data.length / shape[0];
      return [name, Float64Array.from(data.subarray(run * size, (run + 1) * size))];
    }),
  );
}
