/** @module What figures and claims read off records: distances to the limits, slopes with standard errors, optimal rates. */
import { logLogFit, mean, standardError } from "../numerics/mod.ts";
import { tinyData } from "./data.ts";
import { type Parametrisation, parametrise } from "./parametrisation.ts";
import { squaredDistance } from "./measures.ts";
import type { LimitsRecord, PopulationRecord, Sizes, SweepRecord } from "./records.ts";
import { type TrainingCurve, trainingCurve } from "./theory.ts";

/** The task and the rich setting behind most comparisons. */
export const tinyTask = tinyData();

/** Scales of the rich setting at N = infinity, alphaA = 1. */
export const richScales: Parametrisation = parametrise({
  N: Infinity,
  H: 1,
  L: 1,
  beta0: 2,
  gamma0: 2,
  eta0: 0.1,
});

const curves = new Map<boolean, TrainingCurve>();

/** The exact N = infinity training curve, T = 12, with or without response terms; computed once. */
export function exactLimit(response = true): TrainingCurve {
  const known = curves.get(response) ??
    trainingCurve({ task: tinyTask, scales: richScales, steps: 12, response });
  curves.set(response, known);
  return known;
}

/** What a limit predicts of the quantities that are compared. */
export interface Prediction {
  /** [t][P]. */
  readonly outputs: readonly ArrayLike<number>[];
  readonly firstKernel: ArrayLike<number>;
  readonly lastKernel: ArrayLike<number>;
  readonly valueKernel: ArrayLike<number>;
  readonly meanLogits: ArrayLike<number>;
}

/** The exact limit in that form. */
export function exactPrediction(): Prediction {
  const { outputs, residualKernels, valueKernels, logits } = exactLimit();
  return {
    outputs,
    firstKernel: residualKernels[0][1],
    lastKernel: residualKernels[12][1],
    valueKernel: valueKernels[12][0],
    meanLogits: logits[12][0].mean,
  };
}

/** Squared output error of every network of a record, mean over t = 0 .. T and samples. */
export function outputErrors(
  { config, metrics }: {
    readonly config: Pick<LimitsRecord["config"], "steps">;
    readonly metrics: Pick<LimitsRecord["metrics"], "outputs">;
  },
  outputs: Prediction["outputs"],
): number[] {
  const P = outputs[0].length, steps = config.steps;
  return metrics.outputs.map((row) => {
    let sum = 0;
    for (let t = 0; t <= steps; t++) {
      for (let p = 0; p < P; p++) sum += (row[t * P + p] - outputs[t][p]) ** 2 / (P * (steps + 1));
    }
    return sum;
  });
}

/** The five squared errors of a record; kernels relative. */
export function squaredErrors(record: LimitsRecord, limit: Prediction): Record<string, number> {
  const { metrics } = record;
  return {
    outputs: mean(outputErrors(record, limit.outputs)),
    firstKernel: squaredDistance(metrics.firstKernel, limit.firstKernel, true),
    lastKernel: squaredDistance(metrics.lastKernel, limit.lastKernel, true),
    valueKernel: squaredDistance(metrics.valueKernel, limit.valueKernel, true),
    meanLogits: squaredDistance(metrics.meanLogits, limit.meanLogits),
  };
}

/** Records of the sweep over heads at N = 4 and this exponent, by H. */
export function headSweep(records: readonly LimitsRecord[], alphaA: number): LimitsRecord[] {
  return records.filter(({ config }) => config.N === 4 && config.H > 2 && config.alphaA === alphaA)
    .sort((a, b) => a.config.H - b.config.H);
}

/** Records of the sweep over head width at H = 2, by N. */
export function widthSweep(records: readonly LimitsRecord[]): LimitsRecord[] {
  return records.filter(({ config }) => config.H === 2 && config.alphaA === 1).sort((a, b) =>
    a.config.N - b.config.N
  );
}

/** The limit H = infinity with these settings. */
export function populationOf(
  records: readonly PopulationRecord[],
  wanted: { readonly N: number; readonly alphaA?: number; readonly response?: boolean },
): PopulationRecord | undefined {
  const { N, alphaA = 1, response = true } = wanted;
  return records.find(({ config }) =>
    config.N === N && config.alphaA === alphaA && config.response === response
  );
}

/** A slope on logarithmic axes. */
export interface Slope {
  readonly value: number;
  readonly standardError: number;
}

/**
 * Slope of log mean over log size. Its error is that of the means carried through the fit, or what the residuals of
 * the fit say where that is larger.
 */
export function slopeOf(sizes: readonly number[], samples: readonly (readonly number[])[]): Slope {
  const means = samples.map((values) => mean(values)), fit = logLogFit(sizes, means);
  const x = sizes.map(Math.log), centre = mean(x);
  const spread = x.reduce((sum, v) => sum + (v - centre) ** 2, 0);
  const carried = samples.map((values, i) =>
    (x[i] - centre) / spread * (values.length > 1 ? standardError(values) / means[i] : 0)
  );
  return {
    value: fit.slope,
    standardError: Math.max(Math.hypot(...carried), sizes.length > 2 ? fit.slopeStandardError : 0),
  };
}

/** Loss over eta0 of one size: mean over seeds, and null where a seed diverged. */
export interface RateCurve {
  readonly size: Sizes;
  readonly rates: readonly number[];
  readonly loss: readonly (number | null)[];
  readonly error: readonly number[];
  /** Rate of the least loss, from a parabola in log eta0 through the best point and its neighbours. */
  readonly best: number;
  /** Loss there. */
  readonly bestLoss: number;
  /** False when the best point is at an end of the grid. */
  readonly inside: boolean;
}

/** What of a sweep its losses are read from; a whole record is one. */
export type SweepLosses = Pick<SweepRecord, "config"> & {
  /** One row a network. */
  readonly metrics: {
    readonly rows: readonly Pick<SweepRecord["metrics"]["rows"][number], "size" | "rate" | "loss">[];
  };
};

/** Curves of the sizes that differ from the base along one axis alone, at these exponents, in the order of sizes. */
export function rateCurves(
  records: readonly SweepLosses[],
  axis: "N" | "H" | "L",
  exponents: { readonly alphaA?: number; readonly alphaL?: number } = {},
): RateCurve[] {
  const { alphaA = 1, alphaL = 1 } = exponents;
  const others = (["N", "H", "L"] as const).filter((other) => other !== axis);
  return records.flatMap(({ config, metrics }) =>
    config.sizes.flatMap((size, index) => {
      // A single block is the same network for every alphaL.
      if (size.alphaA !== alphaA || (size.alphaL !== alphaL && size.L > 1)) return [];
      if (others.some((other) => size[other] !== config.base[other])) return [];
      return [rateCurve({ config, metrics }, index)];
    })
  ).sort((a, b) => a.size.N * a.size.H * a.size.L - b.size.N * b.size.H * b.size.L);
}

/** The curve of one size of a sweep. */
export function rateCurve({ config, metrics }: SweepLosses, index: number): RateCurve {
  const of = (rate: number) => metrics.rows.filter((row) => row.size === index && row.rate === rate);
  const losses = config.rates.map((rate) => of(rate).map(({ loss }) => loss));
  const loss = losses.map((values) => values.some((v) => v === null) ? null : mean(values as number[]));
  const error = losses.map((values) =>
    values.length > 1 && values.every((v) => v !== null) ? standardError(values as number[]) : 0
  );
  return { size: config.sizes[index], rates: config.rates, loss, error, ...optimum(config.rates, loss) };
}

function optimum(rates: readonly number[], loss: readonly (number | null)[]) {
  const value = (i: number) => loss[i] ?? Infinity;
  let i = 0;
  for (let j = 1; j < rates.length; j++) if (value(j) < value(i)) i = j;
  const [a, b, c] = [value(i - 1), value(i), value(i + 1)];
  const inside = i > 0 && i < rates.length - 1;
  const shift = inside && Number.isFinite(a) && Number.isFinite(c) ? (a - c) / (2 * (a - 2 * b + c)) : 0;
  const step = rates.length > 1 ? Math.log(rates[1] / rates[0]) : 0;
  return {
    best: rates[i] * Math.exp(step * shift),
    bestLoss: shift === 0 ? b : b - (a - c) * shift / 4,
    inside,
  };
}

/** Curves that got at least 0.05 nats below chance: where nothing was learned, the best rate means nothing. */
export function learned(curves: readonly RateCurve[], classes: number): RateCurve[] {
  return curves.filter(({ bestLoss }) => bestLoss < Math.log(classes) - 0.05);
}

/** Decades between the smallest and the largest optimal rate; `raw` measures the rate without its factor N H. */
export function drift(curves: readonly RateCurve[], raw = false): number {
  const best = curves.map(({ best, size }) => Math.log10(best * (raw ? size.N * size.H : 1)));
  return Math.max(...best) - Math.min(...best);
}

/** Which curves, and what counts as having learned. */
export interface DriftOptions {
  /** What grows. */
  readonly axis: "N" | "H" | "L";
  /** Exponents other than 1. */
  readonly exponents?: { readonly alphaA?: number; readonly alphaL?: number };
  /** Classes of the task: chance is their logarithm. */
  readonly classes: number;
  /** Measure the rate without its factor N H. */
  readonly raw?: boolean;
}

/**
 * {@link drift} of the sizes that learned, with a jackknife standard error: every seed left out once. `undefined` where
 * fewer than two sizes learned.
 */
export function driftEstimate(
  records: readonly SweepRecord[],
  { axis, exponents = {}, classes, raw = false }: DriftOptions,
): Slope | undefined {
  const of = (some: readonly SweepRecord[]) => {
    const curves = learned(rateCurves(some, axis, exponents), classes);
    return curves.length < 2 ? undefined : drift(curves, raw);
  };
  const value = of(records);
  if (value === undefined) return undefined;
  const seeds = [...new Set(records.flatMap(({ metrics }) => metrics.rows.map(({ seed }) => seed)))];
  const without = (seed: number) =>
    records.map((record) => ({
      ...record,
      metrics: { rows: record.metrics.rows.filter((row) => row.seed !== seed) },
    }));
  const left = seeds.length < 2 ? [] : seeds.flatMap((seed) => of(without(seed)) ?? []);
  const centre = left.length > 0 ? mean(left) : 0;
  const squares = left.reduce((sum, d) => sum + (d - centre) ** 2, 0);
  return { value, standardError: Math.sqrt(squares * (left.length - 1) / Math.max(left.length, 1)) || 0 };
}
