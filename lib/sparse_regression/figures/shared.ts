/** @module What the figures share: names and colours of methods, means over seeds, settings in words. */
import { mean, standardError } from "../../numerics/mod.ts";
import { type Estimate, runColor, theme } from "../../figure/mod.ts";
import type { SparseTask } from "../data.ts";
import type { MethodName, Setting, TrainedRun } from "../records.ts";
import { decoupledRisk } from "../theory/mod.ts";

/** How a method is called and coloured, the same in every figure. */
export const methodStyle: Readonly<Record<MethodName, { readonly name: string; readonly color: string }>> = {
  leastSquares: { name: "least squares", color: runColor(3) },
  ridge: { name: "ridge*", color: runColor(0) },
  descent: { name: "GD*", color: runColor(5) },
  preprocessed: { name: "preprocessed GD*", color: runColor(1) },
  lasso: { name: "Lasso*", color: runColor(2) },
  oracle: { name: "oracle (knows support)", color: runColor(4) },
  bayes: { name: "Bayes", color: theme.colors.reference },
};

/** Mean over seeds with its standard error; no error for a single one. */
export function overSeeds(x: number, values: readonly number[]): Estimate {
  return values.length > 1 ? { x, y: mean(values), se: standardError(values) } : { x, y: values[0] };
}

/** The runs of one number of heads. */
export function withHeads(runs: readonly TrainedRun[], heads: number): TrainedRun[] {
  return runs.filter((run) => run.heads === heads);
}

/** The numbers of heads of some runs, ascending. */
export function headCounts(runs: readonly TrainedRun[]): number[] {
  return [...new Set(runs.map(({ heads }) => heads))].sort((a, b) => a - b);
}

/** `rad, d = 16, s = 4, σ = 0.5`, without what is named in `except`. */
export function settingText(
  setting: Partial<Setting>,
  except: readonly (keyof Setting)[] = [],
): string {
  const names = { prior: "", d: "d = ", s: "s = ", sigma: "σ = ", n: "n = " } as const;
  return (Object.keys(names) as (keyof typeof names)[])
    .filter((key) => setting[key] !== undefined && !except.includes(key))
    .map((key) => `${names[key]}${setting[key]}`).join(", ");
}

/** `count` numbers from `low` to `high`, equally spaced in the logarithm. */
export function logarithmic(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => low * (high / low) ** (i / (count - 1)));
}

/** Lowest risk of the scalar prediction, on a grid as coarse as its flat minimum allows. */
export function predictedMinimum(task: SparseTask, n: number): number {
  return Math.min(
    ...decoupledRisk(task, n, logarithmic(0.1, 1500, 56), { nodes: task.prior === "gau" ? 14 : 24 }).risk,
  );
}
