/** @module Tables for a reader: estimators in a setting of their own, the risk table beside an independent simulation, a training. */
import type { SparseTask } from "./data.ts";
import { mean } from "../numerics/mod.ts";
import type { RiskTableRecord, TrainingRecord } from "./records.ts";
import { comparedWithReference } from "./reference.ts";
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

/**
 * The risk table beside an independent simulation as a Markdown table, `found / reference` in every cell, bold where they differ
 * by more than three standard errors.
 */
export function referenceTable(records: readonly RiskTableRecord[]): string {
  const rows = comparedWithReference(records).map(({ prior, sigma, n, cells }) => {
    const texts = cells.map(({ found, reference, deviation }) => {
      const text = `${found.risk.toFixed(4)} / ${reference.toFixed(4)}`;
      return Math.abs(deviation) > 3 ? `**${text}**` : text;
    });
    return `| ${[prior, sigma, n, ...texts].join(" | ")} |`;
  });
  const head = ["weights", "σ", "n", ...Object.values(names)];
  return [`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...rows].join("\n");
}

/**
 * What was measured on trained networks as a Markdown table, a row a run: excess risk at the shortest and the longest context, the
 * share of the products readable after layer 1, and by what factor the risk grows when a layer loses its most important head.
 * The last row is ridge at its best penalties.
 */
export function trainingTable({ config, metrics }: TrainingRecord): string {
  const { lengths, layers } = config, last = lengths.length - 1;
  const factor = (ratios: readonly number[]) => {
    const worst = Math.max(...ratios);
    return worst < 4 ? `× ${(10 ** worst).toPrecision(3)}` : `× 10^${worst.toFixed(0)}`;
  };
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  const removed = Array.from({ length: layers }, (_, l) => `layer ${l + 1} without its best head`);
  const head = [
    "H",
    "seed",
    `risk, n = ${lengths[0]}`,
    `risk, n = ${lengths[last]}`,
    "R² of r̂ₖxₖ",
    ...removed,
  ];
  const risks = (at: (i: number) => number) => [0, last].map((i) => at(i).toPrecision(3));
  return [
    row(head),
    `|${"---|".repeat(head.length)}`,
    ...metrics.runs.map(({ heads, seed, risk, probe, masked }) =>
      row([heads, seed, ...risks((i) => risk[i].risk), mean(probe).toFixed(2), ...masked.map(factor)])
    ),
    row(["ridge*", "", ...risks((i) => metrics.baselines[i].ridge.risk), "", ...removed.map(() => "")]),
    ...metrics.diverged.map((text) => `\nLeft out as diverged: ${text}.`),
  ].join("\n");
}
