/** @module Informations averaged over the prior: quickly while a slider moves, then precisely by a worker, part by part. */
import { type Chain, isFixed } from "../data.ts";
import { CHI2, type InformationEstimate, type Measure, MODIFIED, priorInformation } from "../theory.ts";
import { logarithmic } from "../figures/statistics.ts";
import { kernelsWithin, M, type Task } from "./task.ts";

/** What is measured: the modified information, and the ordinary one beside it. */
export const MEASURES: readonly Measure[] = [MODIFIED, CHI2];

/** An information below this is rounding. */
const rounding = 1e-13;

/** Modified information of every set along the family's knob. */
export interface SweepPoint {
  readonly kind: "sweep";
  /** The knob. */
  readonly x: number;
  /** [subsets] */
  readonly mean: readonly number[];
}

/** More kernels at the present value of the knob. */
export interface Batch {
  readonly kind: "batch";
  /** One a measure. */
  readonly estimates: readonly InformationEstimate[];
}

/** A part of the worker's job. */
export type Part = SweepPoint | Batch;

/** Few kernels, in the milliseconds that a slider leaves; exact for a prior that is one kernel. */
export function quickAverage({ chain }: Task): InformationEstimate[] {
  return priorInformation(chain, {
    M,
    measures: MEASURES,
    kernels: kernelsWithin(chain, 4, 600),
    seed: 1,
  });
}

/** Values of the knob that are swept. */
export function gridOf({ chain: { prior }, knob: { low, high, log } }: Task): number[] {
  const points = isFixed(prior) ? 49 : 15;
  if (log) return logarithmic(low, high, points);
  // The ends may be chains that never mix, or that carry no information.
  const inset = 0.01 * (high - low);
  return Array.from(
    { length: points },
    (_, i) => low + inset + (high - low - 2 * inset) * i / (points - 1),
  );
}

/** One point of the sweep. All points share their kernels' random numbers, so that curves are smooth. */
export function sweepPoint({ chain, knob }: Task, x: number): SweepPoint {
  const swept = { ...chain, prior: knob.prior(x) };
  const [{ mean }] = priorInformation(swept, {
    M,
    measures: [MODIFIED],
    kernels: kernelsWithin(swept, 30, 3000),
    seed: 1,
  });
  return { kind: "sweep", x, mean: [...mean].map((x) => x < rounding ? 0 : x) };
}

const batches = 12;

/** Parts at a task: the sweep, then batches of kernels; a single kernel is exact at once. */
export function partsOf(task: Task): number {
  return isFixed(task.chain.prior) ? 1 : gridOf(task).length + batches;
}

/** Part `index` of the job. */
export function partOf(task: Task, index: number): Part {
  const { chain } = task, grid = gridOf(task);
  if (!isFixed(chain.prior) && index < grid.length) return sweepPoint(task, grid[index]);
  return {
    kind: "batch",
    estimates: priorInformation(chain, {
      M,
      measures: MEASURES,
      kernels: kernelsWithin(chain, 40, 4000),
      seed: 2 + index,
    }),
  };
}

/**
 * Independent estimates of equally many kernels as one: means of means, covariances of the mean.
 * @param estimates one or more of the same chain and measure
 */
export function pool(estimates: readonly InformationEstimate[]): InformationEstimate {
  const [first] = estimates, n = estimates.length;
  const average = (of: (estimate: InformationEstimate) => Float64Array, over: number) =>
    of(first).map((_, i) => estimates.reduce((sum, estimate) => sum + of(estimate)[i], 0) / over);
  const covariance = average((estimate) => estimate.covariance, n * n), size = first.mean.length;
  return {
    measure: first.measure,
    subsets: first.subsets,
    kernels: estimates.reduce((sum, { kernels }) => sum + kernels, 0),
    mean: average((estimate) => estimate.mean, n),
    standardError: first.mean.map((_, i) => Math.sqrt(Math.max(0, covariance[i * size + i]))),
    covariance,
  };
}

/** The best estimates there are: those of the finished batches, or the quick ones; rounding is no information. */
export function bestOf(
  quick: readonly InformationEstimate[],
  chain: Chain,
  parts: readonly Part[],
): readonly InformationEstimate[] {
  const batches = parts.filter((part) => part.kind === "batch");
  const best = batches.length === 0 || isFixed(chain.prior)
    ? quick
    : MEASURES.map((_, m) => pool(batches.map(({ estimates }) => estimates[m])));
  return best.map((estimate) => ({ ...estimate, mean: estimate.mean.map((x) => x < rounding ? 0 : x) }));
}
