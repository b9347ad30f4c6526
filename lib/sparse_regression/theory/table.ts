/** @module The risk table: every estimator at its best fixed hyper-parameter, which is searched for, never set by hand. */
import { mean } from "../../numerics/mod.ts";
import { signalOf, type SparseTask } from "../data.ts";
import { bayes, bayesInReach } from "./bayes.ts";
import { type Filter, flowFilter, ridgeFilter } from "./filters.ts";
import { lasso } from "./lasso.ts";
import { oracle } from "./oracle.ts";
import { type PathKind, PromptSample, type Risk, type SampleOptions, summarise } from "./sample.ts";
import { logGrid, refine, tune, type Tuned, type TuneOptions } from "./tune.ts";
import { excessRisk } from "./statistics.ts";

/**
 * The estimators: least squares (of smallest norm when n < d); ridge, GD flow, preprocessed GD flow and Lasso at the one
 * hyper-parameter with the lowest mean risk in the setting; least squares on the true support; the posterior mean.
 */
export const METHODS = [
  "leastSquares",
  "ridge",
  "descent",
  "preprocessed",
  "lasso",
  "oracle",
  "bayes",
] as const;
/** One of {@link METHODS}. */
export type Method = (typeof METHODS)[number];

/** Risk of one method in one setting. */
export interface MethodRisk extends Risk {
  /** The best lambda (ridge, Lasso) or flow time T (GD, preprocessed GD). */
  readonly parameter?: number;
  /** The search ended at an end of its range: more would be better. */
  readonly atEdge?: boolean;
}

/** A setting. */
export interface RiskRow {
  /** The task. */
  readonly task: SparseTask;
  /** Context length. */
  readonly n: number;
  /** Which methods; default all (Bayes only where it can be enumerated, see `bayesInReach`). */
  readonly methods?: readonly Method[];
}

/** A setting and the risks in it. */
export interface RiskResult extends RiskRow {
  /** Prompts behind every mean. */
  readonly prompts: number;
  /** Risk by method. */
  readonly risks: Partial<Record<Method, MethodRisk>>;
}

/** Search ranges, in units in which they do not depend on W: preprocessing times scale as 1/W, Lasso penalties as sqrt(W). */
export function searchRange(
  method: "ridge" | "descent" | "preprocessed" | "lasso",
  row: RiskRow,
): TuneOptions {
  const { d, sigma } = row.task, W = signalOf(row.task);
  const best = Math.max((sigma ** 2 * d) / (row.n * W), 1e-6); // ridge's optimum for isotropic inputs
  return {
    ridge: { low: best / 30, high: best * 30 },
    descent: { low: 0.05, high: 3000 },
    preprocessed: { low: 0.2 / W, high: 3e4 / W },
    lasso: { low: 1e-3 * Math.sqrt(W), high: 2 * Math.sqrt(W) },
  }[method];
}

/** Best filter of a one-parameter family by mean risk. */
export function tuneFilter(
  sample: PromptSample,
  kind: PathKind,
  family: (parameter: number) => Filter,
  range: TuneOptions,
): MethodRisk {
  const found = tune((parameter) => mean(sample.filterRisks(kind, family(parameter))), range);
  return tuned(found, sample.filterRisks(kind, family(found.at)));
}

/** Best Lasso penalty by mean risk; each prompt's path is warm started from large penalties to small. */
export function tuneLasso(sample: PromptSample, range: TuneOptions): MethodRisk {
  const grid = logGrid(range), totals = new Float64Array(grid.length);
  const { task: { d, covariance }, statistics } = sample;
  for (const prompt of statistics) {
    const w = new Float64Array(d);
    grid.forEach((lambda, i) => {
      lasso(prompt, lambda, { w });
      totals[i] += excessRisk(w, prompt.weights, covariance) / statistics.length;
    });
  }
  const risks = (lambda: number) => sample.risks((prompt) => lasso(prompt, lambda));
  const found = refine((lambda) => mean(risks(lambda)), grid, totals, 0.08); // a flat minimum: 4 % in lambda is plenty
  return tuned(found, risks(found.at));
}

function tuned({ at, atEdge }: Tuned, risks: Float64Array): MethodRisk {
  return { ...summarise(risks), parameter: at, atEdge };
}

/** Risk of one method over a sample. */
export function methodRisk(sample: PromptSample, method: Method): MethodRisk {
  const { task, n } = sample, row = { task, n };
  switch (method) {
    case "leastSquares": {
      const paths = sample.paths("plain");
      return summarise(sample.risks((_, i) => paths[i].leastSquares()));
    }
    case "ridge":
      return tuneFilter(sample, "plain", ridgeFilter, searchRange(method, row));
    case "descent":
      return tuneFilter(sample, "plain", flowFilter, searchRange(method, row));
    case "preprocessed":
      return tuneFilter(sample, "preprocessed", flowFilter, searchRange(method, row));
    case "lasso":
      return tuneLasso(sample, searchRange(method, row));
    case "oracle":
      return summarise(sample.risks(oracle));
    case "bayes":
      return summarise(sample.risks((prompt) => bayes(prompt, task)));
  }
}

/** One row of the table. */
export function riskRow(row: RiskRow, options: SampleOptions): RiskResult {
  const { task, n } = row, sample = new PromptSample(task, n, options);
  const methods = row.methods ??
    METHODS.filter((method) => method !== "bayes" || bayesInReach(task, options.count));
  const risks = Object.fromEntries(methods.map((method) => [method, methodRisk(sample, method)]));
  return { ...row, prompts: options.count, risks };
}

/**
 * The table. A row depends on its own setting, `prompts` and `seed` alone, so rows may be computed in any chunks.
 * @param prompts prompts a row
 */
export function riskTable(rows: readonly RiskRow[], prompts: number, seed: number): RiskResult[] {
  return rows.map((row) => riskRow(row, { count: prompts, seed }));
}
