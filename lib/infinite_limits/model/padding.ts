/**
 * @module Networks of different sizes side by side: every run is stored at the largest N, H and L of the program.
 *
 * A smaller run has zeros in the rows and columns it lacks and a branch scale of 0 in the blocks it lacks. Zeros stay zero
 * under training: what multiplies them, forward and backward, is zero too. Head h of the padded network owns columns
 * hN .. hN + N - 1 with N the largest.
 */
import { hostArray, type HostArrays } from "../../nn/mod.ts";
import { stream } from "../../numerics/mod.ts";
import type { Architecture } from "../fields/architecture.ts";
import { initialParameters, type NetworkParameters, type NetworkShape, parameterLayout } from "../layout.ts";
import { type Parametrisation, parametrise } from "../parametrisation.ts";

/** One run: its scales, and the seed of its initial weights. */
export interface NetworkRun {
  /** Sizes, prefactors, learning rates. */
  readonly scales: Parametrisation;
  /** Equal seeds at equal sizes start with equal weights. */
  readonly seed: number;
}

/** Sizes every run is stored at. */
export interface PaddedSizes {
  /** Largest head width. */
  readonly N: number;
  /** Most heads. */
  readonly H: number;
  /** Most blocks. */
  readonly L: number;
  /** N H. */
  readonly width: number;
}

/** What all runs of a program have in common; sizes are padded. */
export type CommonShape = Omit<NetworkShape, "scales"> & { readonly architecture?: Architecture };

/** Sizes that hold every run. */
export function paddedSizes(runs: readonly NetworkRun[]): PaddedSizes {
  const most = (size: "N" | "H" | "L") => Math.max(...runs.map(({ scales }) => scales[size]));
  const [N, H, L] = [most("N"), most("H"), most("L")];
  return { N, H, L, width: N * H };
}

/** Where each of a run's d sites lies among the padded ones. */
function placesOf({ N, H }: Parametrisation, padded: PaddedSizes): Int32Array {
  return Int32Array.from({ length: N * H }, (_, i) => Math.floor(i / N) * padded.N + i % N);
}

/** Copies a run's matrix into a padded one; an axis of the run's width is spread over the padded width. */
function place(
  from: Float64Array,
  [rows, columns]: readonly [number, number],
  to: Float32Array,
  paddedColumns: number,
  rowAt: (i: number) => number,
  columnAt: (j: number) => number,
): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) to[rowAt(i) * paddedColumns + columnAt(j)] = from[i * columns + j];
  }
}

/** Initial weights of every run, [run, in, out], those of the float64 network with the stream (seed, "network"). */
export function paddedParameters(runs: readonly NetworkRun[], common: CommonShape): HostArrays {
  const padded = paddedSizes(runs), R = runs.length;
  const whole = parametrise({ N: padded.N, H: padded.H, L: padded.L });
  const layout = parameterLayout({ ...common, scales: whole });
  const weights = Object.fromEntries(
    layout.map(({ name, shape }) => [name, new Float32Array(R * shape[0] * shape[1])]),
  );
  runs.forEach(({ scales, seed }, run) => {
    const shape = { ...common, scales }, places = placesOf(scales, padded);
    const parameters: NetworkParameters = initialParameters(shape, stream(seed, "network"));
    const own = new Map(parameterLayout(shape).map((spec) => [spec.name, spec]));
    for (const { name, shape: [rows, columns] } of layout) {
      const spec = own.get(name);
      if (spec === undefined) continue; // a block this run does not have
      const size = rows * columns,
        wide = (kind: 0 | 1) => spec.kind !== edge[kind] && spec.kind !== "position";
      const to = weights[name].subarray(run * size, (run + 1) * size);
      place(
        parameters[name],
        spec.shape,
        to,
        columns,
        wide(0) ? (i) => places[i] : (i) => i,
        spec.kind === "readout" ? (j) => j : (j) => places[j],
      );
    }
  });
  return Object.fromEntries(
    layout.map(({ name, shape }) => [name, Object.freeze(hostArray(weights[name], [R, ...shape]))]),
  );
}

/** Kinds whose rows, or columns, are not sites of the residual stream. */
const edge = ["embedding", "readout"] as const;

/** Prefactors and masks of every run as arrays that never change, named so that they can travel with a batch. */
export function paddedScales(runs: readonly NetworkRun[]): HostArrays {
  const padded = paddedSizes(runs), R = runs.length;
  const each = (value: (scales: Parametrisation) => number) =>
    Object.freeze(hostArray(Float32Array.from(runs, ({ scales }) => value(scales)), [R, 1, 1, 1]));
  const mask = new Float32Array(R * padded.width), heads = new Float32Array(R * padded.H);
  const branch = new Float32Array(R * padded.L);
  runs.forEach(({ scales }, run) => {
    for (const i of placesOf(scales, padded)) mask[run * padded.width + i] = 1;
    heads.fill(1 / scales.H, run * padded.H, run * padded.H + scales.H);
    branch.fill(scales.branchScale, run * padded.L, run * padded.L + scales.L);
  });
  return {
    "scale.logit": Object.freeze(
      hostArray(Float32Array.from(runs, ({ scales }) => scales.logitScale), [R, 1, 1, 1, 1]),
    ),
    "scale.branch": Object.freeze(hostArray(branch, [R, padded.L, 1, 1])),
    "scale.hidden": each(({ hiddenScale }) => hiddenScale),
    "scale.output": each(({ outputScale }) => outputScale),
    "scale.site": each(({ width }) => 1 / width),
    "scale.mask": Object.freeze(hostArray(mask, [R, 1, 1, padded.width])),
    "scale.head": Object.freeze(hostArray(heads, [R, 1, padded.H, 1, 1])),
  };
}

/** Whether some run is smaller than the padded sizes in width: then means over sites need the mask. */
export function isPadded(runs: readonly NetworkRun[]): boolean {
  const { width } = paddedSizes(runs);
  return runs.some(({ scales }) => scales.width !== width);
}
