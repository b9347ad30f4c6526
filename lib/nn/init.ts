/** @module Initial parameters from the house's own random streams: the same numbers on every backend. */
import { type RandomStream, stream } from "../numerics/mod.ts";
import { hostArray } from "./tensors.ts";
import type { HostArray, HostArrays } from "./types.ts";

/** One run's initial value of one parameter: a shape without the run axis, and how to fill it. */
export interface Initial {
  /** Shape without the run axis. */
  readonly shape: readonly number[];
  /** Writes the numbers of one run, row-major. */
  fill(out: Float32Array, random: RandomStream): void;
}

/** Independent Gaussian entries of standard deviation `sd` and mean 0. */
export function gaussian(shape: readonly number[], sd: number): Initial {
  if (!(sd >= 0)) throw new Error(`sd must be >= 0, got ${sd}`);
  return { shape, fill: (out, random) => void random.fillNormal(out, sd) };
}

/** Every entry the same. */
export function constant(shape: readonly number[], value: number): Initial {
  return { shape, fill: (out) => void out.fill(value) };
}

/** Given numbers, row-major. */
export function values(shape: readonly number[], numbers: ArrayLike<number>): Initial {
  return { shape, fill: (out) => out.set(Float32Array.from(numbers)) };
}

/**
 * Draws the parameters of all runs, [run, ...shape]. Run r's parameter `name` comes from the stream (`seeds[r]`, "init",
 * name): it depends neither on the other runs nor on the other parameters, so equal seeds start equal.
 */
export function initialize(
  seeds: readonly (number | bigint)[],
  tree: (run: number) => Readonly<Record<string, Initial>>,
): HostArrays {
  const runs = seeds.map((_, run) => tree(run));
  return Object.fromEntries(
    Object.entries(runs[0]).map(([name, { shape }]): [string, HostArray] => {
      const size = shape.reduce((product, n) => product * n, 1);
      const data = new Float32Array(seeds.length * size);
      runs.forEach((parameters, run) => {
        if (`${parameters[name]?.shape}` !== `${shape}`) {
          throw new Error(
            `"${name}" has shape [${parameters[name]?.shape}] in run ${run}, [${shape}] in run 0`,
          );
        }
        parameters[name].fill(data.subarray(run * size, (run + 1) * size), stream(seeds[run], "init", name));
      });
      return [name, hostArray(data, [seeds.length, ...shape])];
    }),
  );
}
