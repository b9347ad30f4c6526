/** @module Tables for a reader who changes one thing: the estimators in a setting of their own. */
import type { SparseTask } from "./data.ts";
import {
  decoupledOptimum,
  leastSquaresRisk,
  type Method,
  oracleRisk,
  riskRow,
  spectralLowerBound,
} from "./theory/mod.ts";

const names: Readonly<Record<Method, string>> = {
  leastSquares: "least squares",
  ridge: "ridge, best λ",
  descent: "GD, best time T",
  preprocessed: "preprocessed GD, best time T",
  lasso: "Lasso, best λ",
  oracle: "least squares on the true support",
  bayes: "Bayes",
};

/**
 * Excess risk of every estimator in one setting as a Markdown table, with what theory says beside it.
 * @param n examples
 * @param prompts simulated prompts; 200 take some seconds at d = 16
 */
export function estimatorTable(task: SparseTask, n: number, prompts = 200): string {
  const { risks } = riskRow({ task, n }, { count: prompts, seed: 1 });
  const short = (x: number) => x === Infinity ? "∞" : x.toPrecision(3);
  const theory: Partial<Record<Method, string>> = {
    leastSquares: `exact ${short(leastSquaresRisk(task, n))}`,
    ridge: `Theorem A: at least ${short(spectralLowerBound(task, n))}`,
    descent: `Theorem A: at least ${short(spectralLowerBound(task, n))}`,
    preprocessed: `scalar prediction ${short(decoupledOptimum(task, n, { nodes: 16 }).risk)}`,
    oracle: `exact ${short(oracleRisk(task, n))}`,
  };
  const rows = Object.entries(risks).map(([method, { risk, standardError, parameter }]) => {
    const tuned = parameter === undefined ? "" : short(parameter);
    return `| ${names[method as Method]} | ${short(risk)} ± ${short(standardError)} | ${tuned} | ${
      theory[method as Method] ?? ""
    } |`;
  });
  return ["| estimator | excess risk | λ or T | theory |", "|---|---|---|---|", ...rows].join("\n");
}
