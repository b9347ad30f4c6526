/** @module Float64 tables: excess risk of every estimator over context lengths, noise levels and priors, and its scaling. */
import { breathe, type Experiment, frozen, type RunContext } from "../../runs/mod.ts";
import {
  type MethodName,
  type RiskTableConfig,
  type RiskTableMetrics,
  riskTableMetrics,
  type Setting,
} from "../records.ts";
import { bestSpectralRisk, type MethodRisk, methodRisk, PromptSample, type Risk } from "../theory/mod.ts";
import { estimated } from "./sampling.ts";

const allMethods: MethodName[] = [
  "leastSquares",
  "ridge",
  "descent",
  "preprocessed",
  "lasso",
  "oracle",
  "bayes",
];
const base: Setting = { d: 16, s: 4, sigma: 0.5, prior: "rad", n: 40 };

function table(prompts: number): RiskTableConfig {
  const rows = (["rad", "gau"] as const).flatMap((prior) =>
    [0.1, 0.5, 1].flatMap((sigma) =>
      [10, 20, 40, 80, 160].map((n) => ({ ...base, prior, sigma, n, methods: allMethods }))
    )
  );
  return { rows, prompts, seed: 1 };
}

function laws(prompts: number): RiskTableConfig[] {
  const methods: MethodName[] = ["ridge", "preprocessed", "lasso", "oracle"];
  const sweep = (settings: readonly Partial<Setting>[]): RiskTableConfig => ({
    rows: settings.map((setting) => ({ ...base, ...setting, methods })),
    prompts,
    seed: 2,
  });
  return [
    sweep([16, 32, 64, 128].map((d) => ({ d, n: 256 }))),
    sweep([2, 4, 8, 16].map((s) => ({ s, d: 64, n: 512 }))),
    sweep([64, 128, 256, 512, 1024].map((n) => ({ n, d: 32 }))),
    sweep([64, 128, 256, 512, 1024].map((n) => ({ n, d: 32, prior: "gau" as const }))),
  ];
}

const tables = frozen({ quick: [table(1000)], full: [table(4000)] });
const scalings = frozen({ quick: laws(300), full: laws(600) });

async function run(config: RiskTableConfig, context: RunContext): Promise<RiskTableMetrics> {
  const { rows, prompts, seed } = config;
  const risks: Record<string, MethodRisk>[] = [], spectral: Risk[] = [];
  let done = 0;
  const total = rows.reduce((sum, { methods }) => sum + methods.length, 0);
  for (const { n, methods, ...task } of rows) {
    const sample = new PromptSample(task, n, { count: prompts, seed });
    const row: Record<string, MethodRisk> = {};
    for (const method of methods) {
      row[method] = methodRisk(sample, method);
      context.progress(++done, total, `d ${task.d}, s ${task.s}, sigma ${task.sigma}, n ${n}, ${method}`);
      await breathe();
      context.signal.throwIfAborted();
    }
    risks.push(row);
    spectral.push(bestSpectralRisk(sample));
  }
  return {
    rows: risks.map((row) =>
      Object.fromEntries(Object.entries(row).map(([method, risk]) => [method, estimated(risk)]))
    ),
    spectral: spectral.map((risk) => estimated(risk)),
  };
}

/** Risk of every estimator at d = 16, s = 4. */
export const riskTable: Experiment<RiskTableConfig, RiskTableMetrics> = {
  paper: "sparse_regression",
  name: "risk_table",
  title: "Excess risk of every estimator, by noise, prior and context length",
  version: 1,
  configs: (profile) => tables[profile],
  checkMetrics: (metrics) => riskTableMetrics.parse(metrics),
  run,
};

/** Risk along d, s and n. */
export const scaling: Experiment<RiskTableConfig, RiskTableMetrics> = {
  ...riskTable,
  name: "scaling",
  title: "How the risk scales with dimension, sparsity and context length",
  configs: (profile) => scalings[profile],
};
