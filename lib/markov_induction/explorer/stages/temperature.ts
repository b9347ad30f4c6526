/** @module Stage III at a start: a(t) on infinite sequences with its laws, and on sequences of length L. */
import { logTimes, solve } from "../../../ode/mod.ts";
import { sampleSequences } from "../../data.ts";
import type { Mask } from "../../subsets.ts";
import {
  bestTemperature,
  contextSample,
  countedDrive,
  countedTailConstant,
  matchCounts,
  oracle,
  tailConstant,
  temperatureDrive,
} from "../../theory.ts";
import { remembered } from "../remembered.ts";
import { M } from "../task.ts";
import { chainOf, type Settings } from "./settings.ts";

/** a where drives are drawn. */
export const SCALES: readonly number[] = Array.from({ length: 29 }, (_, i) => i / 2);
/** Decades of time that are drawn. */
const decades = 6;

/** Stage III on infinite sequences. */
export interface Population {
  readonly mask: Mask;
  readonly kernels: number;
  /** Drive at the start. */
  readonly J: number;
  /** Constant of the tail log(Kt). */
  readonly K: number;
  readonly times: readonly number[];
  /** a at the times. */
  readonly a: readonly number[];
  /** da/dt at `SCALES`. */
  readonly drives: readonly number[];
}

/** Stage III on sequences of length L. */
export interface Finite {
  readonly mask: Mask;
  readonly sequences: number;
  readonly times: readonly number[];
  readonly a: readonly number[];
  readonly drives: readonly number[];
  /** Constant of the tail log(Kt): only contexts that occur count. */
  readonly K: number;
  /** Where the loss is least. */
  readonly best: number;
  /** Whether that is an optimum, rather than the end of the search. */
  readonly interior: boolean;
}

/** How well a(t) is known. */
export interface Precision {
  /** Kernels that are averaged over. */
  readonly kernels: number;
  /** Relative tolerance of the integration. */
  readonly tolerance: number;
}

/**
 * a(t) at times that are equally spaced in their logarithm: in log t the tail is nearly a straight line, so few steps do.
 * @param settles whether a may come to rest, where log t makes the flow stiff
 */
function ascend(
  drive: (a: number) => number,
  a0: number,
  times: readonly number[],
  tolerance: number,
  settles: boolean,
): number[] {
  // So early that one Euler step leads there.
  const first = times[0] / 100;
  const solution = solve((s, y, dy) => void (dy[0] = Math.exp(s) * drive(y[0])), [a0 + first * drive(a0)], {
    t0: Math.log(first),
    t1: Math.log(times[times.length - 1]),
    sampleAt: times.map(Math.log),
    method: settles ? "rodas5p" : "tsit5",
    rtol: tolerance,
    atol: tolerance / 10,
  });
  if (solution.status !== "done") {
    throw new RangeError(`Stage III was not solved to the end: ${solution.message}`);
  }
  return solution.y.map(([a]) => a);
}

/** Times around 1/J, whole powers of ten at both ends. */
function timesFor(J: number): number[] {
  const first = 10 ** Math.floor(Math.log10(0.1 / J));
  return [...logTimes(first, first * 10 ** decades, 80)];
}

type Key = Pick<Settings, "alpha" | "a0" | "loss"> & Precision & { readonly mask: Mask };

const sampleFor = remembered(({ alpha, mask, kernels }: Pick<Key, "alpha" | "mask" | "kernels">) =>
  contextSample(chainOf({ alpha }), mask, { kernels, seed: 1 })
);

const drivesFor = remembered(({ alpha, loss, mask, kernels }: Omit<Key, "a0" | "tolerance">) => {
  const sample = sampleFor({ alpha, mask, kernels });
  return { K: tailConstant(sample, loss), drives: SCALES.map((a) => temperatureDrive(sample, loss, a)) };
});

const populationFor = remembered(({ alpha, a0, loss, mask, kernels, tolerance }: Key): Population => {
  const sample = sampleFor({ alpha, mask, kernels }),
    drive = (a: number) => temperatureDrive(sample, loss, a);
  const J = drive(a0);
  if (!(J > 0)) throw new RangeError("a does not grow from here: its drive is not positive");
  const times = timesFor(J);
  return {
    mask,
    kernels,
    J,
    times,
    a: ascend(drive, a0, times, tolerance, false),
    ...drivesFor({ alpha, loss, mask, kernels }),
  };
});

/** Stage III on infinite sequences. @throws {RangeError} where a does not grow */
export function populationOf({ alpha, a0, loss }: Settings, mask: Mask, precision: Precision): Population {
  return populationFor({ alpha, a0, loss, mask, ...precision });
}

const finiteFor = remembered(
  (
    { alpha, a0, loss, L, mask, sequences }: Omit<Key, keyof Precision> & { L: number; sequences: number },
  ) => {
    const chain = chainOf({ alpha });
    const data = sampleSequences(chain, { L, count: sequences, seed: 1, keepKernels: true });
    const counts = matchCounts(data, mask, { M }), laws = oracle(data, chain.parents);
    const drive = (a: number) => countedDrive(counts, laws, loss, a), J = drive(a0);
    const times = timesFor(Math.abs(J) || 1), best = bestTemperature(counts, laws, loss);
    return {
      mask,
      sequences,
      times,
      a: ascend(drive, a0, times, 1e-5, true),
      drives: SCALES.map(drive),
      K: countedTailConstant(counts, laws, loss),
      best: best.a,
      interior: best.interior,
    };
  },
);

/** Stage III on so many sequences of length L, expected under the true laws of their targets. */
export function finiteOf({ alpha, a0, loss, L }: Settings, mask: Mask, sequences: number): Finite {
  return finiteFor({ alpha, a0, loss, L, mask, sequences });
}

/** Numbers of sequences of the worker's parts: each part starts anew with more. */
export function sequencesFor({ L }: Pick<Settings, "L">): number[] {
  const all = Math.min(4000, Math.max(500, Math.round(4e5 / L)));
  return [8, 3, 1].map((part) => Math.round(all / part));
}
