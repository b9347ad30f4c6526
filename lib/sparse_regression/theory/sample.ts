/** @module Many prompts of one setting, with their solution paths, and the mean excess risk of an estimator over them. */
import { mean, standardError } from "../../numerics/mod.ts";
import { checkTask, type SparseTask } from "../data.ts";
import type { Filter } from "./filters.ts";
import { plainPath, preprocessedPath, type SolutionPath } from "./paths.ts";
import { drawStatistics, excessRisk, type PromptStatistics, splitRisk } from "./statistics.ts";

/** Which solution path: of the raw inputs, or of the preprocessed ones. */
export type PathKind = "plain" | "preprocessed";

/** A mean over prompts. */
export interface Risk {
  /** Mean excess risk. */
  readonly risk: number;
  /** Standard error of that mean. */
  readonly standardError: number;
}

/** Which prompts. */
export interface SampleOptions {
  /** Number of prompts. */
  readonly count: number;
  /** Seed; prompt i of a setting is a function of it and i. */
  readonly seed: number;
}

/** Mean and standard error of risks; both infinite when some prompt's descent has overflowed. */
export function summarise(risks: Float64Array): Risk {
  if (!risks.every(Number.isFinite)) return { risk: Infinity, standardError: Infinity };
  return { risk: mean(risks), standardError: standardError(risks) };
}

/** Prompts of one task and context length; eigendecompositions are made on first use and kept. */
export class PromptSample {
  /** Their statistics. */
  readonly statistics: readonly PromptStatistics[];
  readonly #paths: Partial<Record<PathKind, SolutionPath[]>> = {};

  /** Draws the prompts. */
  constructor(readonly task: SparseTask, readonly n: number, options: SampleOptions) {
    checkTask(task);
    this.statistics = drawStatistics(task, n, options);
  }

  /** Solution paths, one a prompt. */
  paths(kind: PathKind): readonly SolutionPath[] {
    return this.#paths[kind] ??= this.statistics.map((prompt) =>
      kind === "plain" ? plainPath(prompt) : preprocessedPath(prompt)
    );
  }

  /** Excess risk of an estimator on every prompt, [count]. */
  risks(estimate: (prompt: PromptStatistics, index: number) => Float64Array): Float64Array {
    const { covariance } = this.task;
    return Float64Array.from(
      this.statistics,
      (prompt, i) => excessRisk(estimate(prompt, i), prompt.weights, covariance),
    );
  }

  /** Excess risk under one filter on every prompt, [count]. */
  filterRisks(kind: PathKind, filter: Filter): Float64Array {
    const paths = this.paths(kind), w = new Float64Array(this.task.d);
    return this.risks((_, i) => paths[i].weights(filter, w));
  }

  /** Mean risks on and off the support under one filter; they add up to the risk. */
  splitRisks(kind: PathKind, filter: Filter): { on: Risk; off: Risk } {
    const paths = this.paths(kind), w = new Float64Array(this.task.d);
    const parts = this.statistics.map((prompt, i) =>
      splitRisk(paths[i].weights(filter, w), prompt, this.task.covariance)
    );
    return {
      on: summarise(Float64Array.from(parts, ({ on }) => on)),
      off: summarise(Float64Array.from(parts, ({ off }) => off)),
    };
  }

  /** Risk along a family of filters, for a curve. */
  curve(kind: PathKind, filters: Iterable<Filter>): Risk[] {
    return Array.from(filters, (filter) => summarise(this.filterRisks(kind, filter)));
  }

  /** Largest eigenvalue of every prompt's problem, [count]: constant steps above 2 / it diverge. */
  largestEigenvalues(kind: PathKind): Float64Array {
    return Float64Array.from(this.paths(kind), ({ largest }) => largest);
  }
}
